"""The versions of dossiers as they became known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from chiso.folder import DataFolder, Settings
from chiso.insight.lateness.told import Histories
from chiso.instants import DAY, NEVER, parse_instant
from chiso.intake.records import Arrival, Dossier, Mistake, Progress, Step
from chiso.ledger.clock import Clock

START = parse_instant("2026-09-01T00:00+07:00")
NOW = START + 30 * DAY
DUE = START + 5 * DAY
CODES = [f"H01.113-260901-{number:05d}" for number in (1, 2, 3)]


def message(code: str, **more: object) -> Dossier:
    told = {"state": 4, "received_at": START + 3600, "due_at": DUE, "desk": "H01.113"} | more
    return Dossier(code, "2.000815", **told)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(tmp_path / "data", settings=Settings()) as opened:
        opened.ledger.clock.set(Clock(NOW))
        opened.refresh()

        def tell(known_at: int, *items: Dossier | Progress, timely: bool = True) -> None:
            kind = "dossiers" if isinstance(items[0], Dossier) else "progress"
            arrival = Arrival(kind, list(items), b"{}", known_at=known_at, timely=timely)
            opened.take(opened.ledger.accept([arrival], NOW))

        first, second, third = CODES
        tell(START + DAY, message(first), message(second, due_at=None, mistakes=int(Mistake.NO_DUE)))
        tell(START + 9 * DAY, message(first, state=9, finished_at=DUE - 60))
        tell(START + 8 * DAY, message(first, state=9, finished_at=DUE - 60), timely=False)
        tell(START + 10 * DAY, message(second, state=9, finished_at=DUE + DAY))
        tell(
            START + 11 * DAY,
            Progress(second, Step(DUE + 2 * DAY, 4)),
            Progress(second, Step(DUE + 3 * DAY, 9)),
        )
        tell(START + 12 * DAY, message(third))
        yield opened


def histories(folder: DataFolder, *codes: str, until: int = NEVER) -> Histories:
    numbers = np.array(list(folder.ledger.ids(codes).values()), np.int64)
    return Histories(folder.rows(), folder.ground, numbers, until)


def test_versions_stand_in_the_order_in_which_they_became_known(folder: DataFolder) -> None:
    found = histories(folder, *CODES[:2])
    days = ((found.known_at - START) // DAY).tolist()
    assert [days[a:b] for a, b in zip(found.starts, found.stops, strict=True)] == [[1, 8, 9], [1, 10, 11]]
    assert found.timely.tolist() == [True, False, False, True, True, True], "a repeat says nothing new"
    assert len(found.rows) > len(found.heads), "the reopened life has several spans"


def test_of_every_version_whether_it_is_overdue_and_its_end(folder: DataFolder) -> None:
    found = histories(folder, *CODES[:2])
    judged = START + 20 * DAY
    assert found.overdue(folder.ground, START, judged).tolist() == [True, False, False, False, True, True]
    ends = found.ended().tolist()
    assert ends[0] >= NEVER
    assert (ends[1], ends[5]) == (DUE - 60, DUE + 3 * DAY)
    on_time = ~found.overdue(folder.ground, START, judged)
    assert found.since(on_time).tolist() == [1, 5], "where it does not hold now, the newest version"


def test_what_undoing_asks_of_the_past(folder: DataFolder) -> None:
    found = histories(folder, CODES[1])
    (number,) = found.numbers.tolist()
    known = found.known(number)
    assert [one.due_at for one in known] == [NEVER, DUE, DUE]
    assert [bool(one.mistakes & Mistake.NO_DUE) for one in known] == [True, False, False]


def test_nothing_beyond_a_version_is_known(folder: DataFolder) -> None:
    assert len(histories(folder, CODES[0], until=1).heads) == 1
    nothing = Histories(folder.rows(), folder.ground, np.empty(0, np.int64), NEVER)
    assert len(nothing.since(np.zeros(0, bool))) == len(nothing.ended()) == 0
