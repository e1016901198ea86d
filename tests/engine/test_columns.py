"""The roster: the newest version of every dossier, whatever order versions come in."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.engine.columns import Columns, Roster, newest_spans
from chiso.ledger.rows import ROW
from tests.engine.worlds import ground

GROUND, _ = ground()

Key = tuple[int, int, int, int]
"""dossier, known_at, version, spans"""


def rows_of(told: list[Key]) -> np.ndarray:
    lines = []
    for dossier, known, version, spans in told:
        for span in range(spans):
            row = np.zeros((), ROW)
            row["dossier"], row["known_at"], row["version"] = dossier, known, version
            row["judged_from"], row["judged_to"] = span * 100, span * 100 + 100
            lines.append(row)
    return np.array(lines, ROW) if lines else np.empty(0, ROW)


@st.composite
def versions(draw: st.DrawFn) -> list[Key]:
    dossiers = draw(st.lists(st.integers(1, 6), max_size=25))
    order = draw(st.permutations(range(1, len(dossiers) + 1)))
    return [
        (dossier, draw(st.integers(1, 4)), version, draw(st.sampled_from([1, 1, 1, 2, 3])))
        for dossier, version in zip(dossiers, order, strict=True)
    ]


def newest(told: list[Key]) -> dict[int, Key]:
    found: dict[int, Key] = {}
    for key in told:
        if key[0] not in found or key[1:3] > found[key[0]][1:3]:
            found[key[0]] = key
    return found


def held(roster: Roster) -> dict[int, tuple[int, int, list[int]]]:
    found: dict[int, tuple[int, int, list[int]]] = {}
    for part in roster.parts(4):
        for place in np.flatnonzero(part["version"] > 0).tolist():
            dossier = int(part["dossier"][place])
            spans = found.setdefault(dossier, (int(part["known_at"][place]), int(part["version"][place]), []))
            spans[2].append(int(part["judged_from"][place]))
    return found


@settings(max_examples=200, deadline=None)
@given(versions(), st.data())
def test_the_newest_version_holds_with_all_its_spans(told: list[Key], data: st.DataObject) -> None:
    roster = Roster(2)
    start = 0
    while start < len(told):
        stop = start + data.draw(st.integers(1, 8), "batch")
        newer = roster.superseding(rows_of(told[start:stop]))
        columns = Columns.of_rows(newer)
        GROUND.derive(columns)
        roster.replace(columns)
        start = stop
    want = newest(told)
    assert {
        number: (known, version, sorted(spans)) for number, (known, version, spans) in held(roster).items()
    } == {
        number: (known, version, [100 * span for span in range(spans)])
        for number, (_, known, version, spans) in want.items()
    }
    assert len(roster) == len(want)
    some = np.unique(np.array(data.draw(st.lists(st.integers(0, 9)), "asked"), np.int64))
    rows = roster.rows_of(some)
    assert len(rows) == sum(want[number][3] for number in some.tolist() if number in want)


@settings(max_examples=100, deadline=None)
@given(versions())
def test_of_rows_the_newest_spans(told: list[Key]) -> None:
    found = newest_spans(rows_of(told))
    want = newest(told)
    assert sorted(found["version"].tolist()) == sorted(
        version for _, _, version, spans in want.values() for _ in range(spans)
    )


def test_columns_are_taken_apart_and_joined() -> None:
    columns = Columns.of_rows(rows_of([(1, 1, 1, 1), (2, 1, 2, 2)]))
    assert len(columns) == 3
    assert columns.take(slice(1, 3))["dossier"].tolist() == [2, 2]
    joined = Columns.joined([Columns.empty(), columns, columns])
    assert joined["dossier"].tolist() == [1, 2, 2, 1, 2, 2]
    assert len(Columns.joined([])) == 0


@settings(max_examples=60, deadline=None)
@given(versions(), versions())
def test_a_copy_stands_by_itself(told: list[Key], more: list[Key]) -> None:
    def take(roster: Roster, keys: list[Key]) -> None:
        columns = Columns.of_rows(roster.superseding(rows_of(keys)))
        GROUND.derive(columns)
        roster.replace(columns)

    roster = Roster(2)
    take(roster, told)
    then = held(roster)
    copy = roster.copy()
    take(roster, [(dossier, known + 10, version, spans) for dossier, known, version, spans in more])
    roster.each(lambda rows: rows["unit_index"].fill(-1))
    assert held(copy) == then
    assert all((part["unit_index"][part["version"] > 0] >= 0).all() for part in copy.parts(4))
    take(copy, [(dossier, known + 10, version, spans) for dossier, known, version, spans in more])
    assert held(copy) == held(roster)
