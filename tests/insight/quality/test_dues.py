"""Promised dates read in pieces, against one told after the other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chiso.insight.quality.dues import Dues
from chiso.instants import NEVER
from chiso.ledger.rows import ROW

DAY = 86_400
Telling = tuple[int, int | None, int, bool, int]
days = st.one_of(st.none(), st.integers(0, 6))
told = st.tuples(st.integers(1, 4), days, st.integers(-1, 3), st.booleans(), st.integers(1, 2))
"""dossier, promised day, days since what was told before, timely, spans"""


@given(st.lists(told, max_size=25), st.lists(st.integers(0, 25), max_size=4))
def test_pieces_read_as_one_after_the_other(drawn: list[Telling], cuts: list[int]) -> None:
    rows, known = [], 10 * DAY
    first: dict[int, int] = {}
    last: dict[int, tuple[int, int]] = {}
    moved: dict[int, int] = {}
    for version, (dossier, promised, step, timely, spans) in enumerate(drawn, 1):
        known += step * DAY
        due = NEVER if promised is None else known + (promised - 3) * DAY
        for span in range(spans):
            row = np.zeros(1, ROW)
            row["version"], row["dossier"], row["known_at"], row["due_at"] = version, dossier, known, due
            row["timely"], row["judged_from"] = timely, span
            rows.append(row)
        if promised is None:
            continue
        before = last.get(dossier)
        if before and due > before[0] and known > before[0] and timely and known >= before[1]:
            moved[dossier] = before[0]
        first.setdefault(dossier, due)
        last[dossier] = due, known
    stored = np.concatenate(rows) if rows else np.zeros(0, ROW)
    memory = Dues()
    edges = sorted({0, *(cut for cut in cuts if cut < len(drawn)), len(drawn)})
    for begin, end in pairwise(edges):
        piece = stored[(stored["version"] > begin) & (stored["version"] <= end)]
        if len(piece):
            memory._reserve(int(piece["dossier"].max()))
            memory._take(piece)
    numbers = np.arange(1, 7)
    assert memory.of(numbers, memory.first).tolist() == [first.get(one, NEVER) for one in range(1, 7)]
    assert memory.of(numbers, memory.moved_from).tolist() == [moved.get(one, NEVER) for one in range(1, 7)]
