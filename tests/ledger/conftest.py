"""Ledgers to test with: every test that asks for one runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chiso.ledger.store import Ledger
from tests.support.postgres import Postgres, find_binaries


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    binaries = find_binaries()
    if binaries is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no PostgreSQL server is installed (package postgresql)")
        pytest.skip("no PostgreSQL server is installed (package postgresql)")
    server = Postgres(binaries)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """(folder, url): where a ledger can be opened, again and again."""
    url = request.getfixturevalue("postgres").database() if request.param == "postgres" else None
    return tmp_path / "data", url


@pytest.fixture
def ledger(address: tuple[Path, str | None]) -> Iterator[Ledger]:
    with Ledger.open(*address) as opened:
        yield opened
