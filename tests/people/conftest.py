"""People of an empty folder, on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from chiso.ledger.store import Ledger
from chiso.people.house import People
from tests.ledger.conftest import address, ledger  # noqa: F401


@pytest.fixture
def people(ledger: Ledger) -> People:  # noqa: F811
    return People(ledger)
