"""The turn at what one process does for all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chiso.ledger.store import Ledger
from chiso.ledger.turn import TURN_LOCK, Turn


def test_one_has_the_turn_until_it_leaves(address: Any) -> None:
    with Ledger.open(*address) as one, Ledger.open(*address) as other:
        first, second = (Turn(ledger.database, address[0]) for ledger in (one, other))
        assert first.mine()
        assert not second.mine()
        assert first.mine()
        assert (first.held, second.held) == (True, False)
        first.leave()
        assert not first.mine()
        assert second.mine()
        second.leave()


@pytest.mark.postgres
def test_a_connection_that_breaks_gives_the_turn_away(postgres: Any, tmp_path: Path) -> None:
    url = postgres.database()
    with Ledger.open(tmp_path, url) as one, Ledger.open(tmp_path, url) as other:
        first, second = (Turn(ledger.database, tmp_path) for ledger in (one, other))
        assert first.mine()
        assert not second.mine()
        holder = sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key"
        )
        with other.database.write() as connection:
            connection.execute(holder, {"key": TURN_LOCK})
        assert not first.mine()
        assert second.mine()
        first.leave()
        second.leave()
