"""Random lives of a few dossiers, told in time, late, wrong and in any order."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from msgspec.structs import replace

from chiso.folder import DataFolder
from chiso.instants import DAY, parse_instant
from chiso.intake import mistakes
from chiso.intake.records import Arrival, Dossier, Procedure, Progress, Step, Supplement

GRID: Final = 7_200
FIRST: Final = parse_instant("2026-08-28T00:00+07:00")
DAYS: Final = 16
CODES: Final = tuple(f"H01.113-260901-{number:05d}" for number in range(1, 5))
PROCEDURES: Final = [
    Procedure("1.000001", "Một", level="commune", limit_days=2),
    Procedure("1.000002", "Hai", level="commune", limit_days=8, limit_unit="hour"),
    Procedure("1.000003", "Ba", level="commune"),
]

instants = st.integers(0, DAYS * DAY // GRID).map(lambda place: FIRST + place * GRID)
maybe = st.none() | instants


@st.composite
def supplements(draw: st.DrawFn) -> tuple[Supplement, ...]:
    count = draw(st.sampled_from([0, 0, 1, 1, 2]))
    return tuple(
        Supplement(str(draw(st.integers(1, 2))), draw(maybe), draw(maybe), draw(maybe), draw(maybe))
        for _ in range(count)
    )


@st.composite
def messages(draw: st.DrawFn, code: str) -> Dossier:
    """A message with the mistakes that intake would flag; most of them are of a plain life."""
    received = FIRST + 4 * GRID + (int(code[-1]) % 3) * DAY
    state = draw(st.sampled_from([4, 4, 9, 9, 10]))
    due: int | None = received + draw(st.sampled_from([2, 2, 2, 5])) * DAY
    finished = draw(instants) if state != 4 else None
    returned, asked = None, draw(supplements()) if draw(st.integers(0, 3)) == 0 else ()
    if draw(st.integers(0, 3)) < 2:
        received = draw(st.just(received) | instants)
        state = draw(st.sampled_from([1, 2, 4, 5, 7, 9, 9, 10]))
        due, finished, returned, asked = draw(maybe), draw(maybe), draw(maybe), draw(supplements())
    has, desk = draw(st.sampled_from([0, 513])), "H01.113"
    found = mistakes.of_message(code, state, "", desk, None, received, due, finished, returned, None, has)
    for one in asked:
        found |= mistakes.of_supplement(one, received)
    found |= mistakes.of_requests(asked)
    return Dossier(
        code,
        draw(st.sampled_from([one.code for one in PROCEDURES])),
        state,
        desk=desk,
        received_at=received,
        due_at=due,
        finished_at=finished,
        returned_at=returned,
        has=has,
        mistakes=found,
        supplements=asked,
        owner=draw(st.sampled_from(["", "an", "an"])),
    )


@st.composite
def arrivals(draw: st.DrawFn) -> Arrival:
    code = draw(st.sampled_from(CODES))
    item: Dossier | Progress
    if draw(st.sampled_from([True, True, False])):
        item, kind = draw(messages(code)), "dossiers"
    else:
        step = Step(draw(instants), draw(st.sampled_from([1, 2, 4, 5, 9, 10])))
        item, kind = Progress(code, step), "progress"
    timely = draw(st.sampled_from([True, True, True, False]))
    return Arrival(kind, [item], b"{}", known_at=draw(instants), timely=timely, sender="ai")


lives = st.lists(arrivals(), min_size=4, max_size=14)


def tell(folder: DataFolder, told: list[Arrival], now: int) -> None:
    """Lets a folder know the procedures, then all of it, in the order given."""
    catalogue = Arrival("procedures", list(PROCEDURES), b"{}", known_at=FIRST - DAY)
    folder.take(folder.ledger.accept([catalogue], now))
    for one in told:
        folder.take(folder.ledger.accept([replace(one)], now))
