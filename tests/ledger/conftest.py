"""Ledgers to test with: every test that asks for one runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chiso.ledger.store import Ledger


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """(folder, url): where a ledger can be opened, again and again."""
    url = request.getfixturevalue("postgres").database() if request.param == "postgres" else None
    return tmp_path / "data", url


@pytest.fixture
def ledger(address: tuple[Path, str | None]) -> Iterator[Ledger]:
    with Ledger.open(*address) as opened:
        yield opened
