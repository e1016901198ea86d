"""Boards of other instants are kept for whoever asks again, within a bound of bytes."""

from __future__ import annotations

import pytest

from chiso.folder import DataFolder, state
from chiso.instants import DAY, year_of


def test_boards_are_kept_within_a_bound_of_bytes(own: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    year, now = year_of(own.now()), own.now()
    size = own.view(year, now - DAY).board.nbytes
    assert size > 10_000
    monkeypatch.setattr(state, "BOARDS_BYTES", 3 * size + size // 2)
    boards = [own.view(year, now - days * DAY).board for days in range(2, 8)]
    assert len(own._boards) == 3
    assert own.view(year, now - 7 * DAY).board is boards[-1]
    again = own.view(year, now - 2 * DAY).board
    assert again is not boards[0]
    assert (again.n == boards[0].n).all()
    assert (again.d == boards[0].d).all()
    monkeypatch.setattr(state, "BOARDS_BYTES", 1)
    own.view(year, now - 9 * DAY)
    assert len(own._boards) == 1
