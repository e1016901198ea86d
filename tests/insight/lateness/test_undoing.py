"""Each mistake's undoing: what stands in, and where nothing does."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from chiso.insight.lateness.undoing import UNDOINGS, Case, Known, asked_once, by_the_clock, life
from chiso.instants import DAY, NEVER, parse_instant
from chiso.intake.records import Dossier, Mistake, Step, Supplement
from chiso.law.life import PORTAL_RULES
from chiso.ledger.facts import Facts
from chiso.registry.calendar import Calendar

UNDO = dict(UNDOINGS)
CALENDAR = Calendar.load()


def at(text: str) -> int:
    """An instant of September 2026: day and clock."""
    day, clock = text.split()
    return parse_instant(f"2026-09-{int(day):02d}T{clock}+07:00")


RECEIVED, DUE = at("7 08:05"), at("10 17:00")
EARLY, LATER = at("8 00:30"), at("9 00:30")


def case(
    steps: dict[str, int] | None = None,
    requests: tuple[Supplement, ...] = (),
    versions: tuple[Known, ...] = (),
    *,
    stamped: bool = False,
    again: bool = False,
    **fields: Any,
) -> Case:
    told = {"state": 4, "received_at": RECEIVED, "due_at": DUE} | fields
    message = Dossier("H01.113-260907-00001", "2.000815", supplements=requests, **told)
    facts = Facts(
        message,
        steps=sorted((Step(at(text), state) for text, state in (steps or {}).items()), key=lambda s: s.at),
    )
    facts.mistakes = int(Mistake.REGISTERED_AGAIN) if again else 0
    return Case(facts, versions, stamped, CALENDAR, PORTAL_RULES)


def known(instant: int, *, timely: bool = True, due: int = NEVER, mistakes: int = 0) -> Known:
    return Known(instant, timely, due, mistakes)


def undone(mistake: Mistake, one: Case) -> dict[str, Any] | None:
    """The fields that undoing changes, with steps as (instant, state)."""
    found = UNDO[mistake](one)
    if found is None:
        return None
    assert found.message is not None
    before, after = one.message, found.message
    changed = {
        name: getattr(after, name)
        for name in after.__struct_fields__
        if getattr(after, name) != getattr(before, name)
    }
    if found.steps != one.facts.steps:
        changed["steps"] = [(step.at, step.state) for step in found.steps]
    if requests := changed.get("supplements"):
        changed["supplements"] = [(r.requested_at, r.completed_at) for r in requests]
    return changed


def request(asked: str | None, answered: str | None = None, number: str = "1", **more: Any) -> Supplement:
    return Supplement(number, at(asked) if asked else None, at(answered) if answered else None, **more)


def test_undoings_stand_in_the_order_of_the_list() -> None:
    assert [mistake for mistake, _ in UNDOINGS] == sorted(mistake for mistake, _ in UNDOINGS)


def test_a_dossier_without_mistakes_is_left_alone() -> None:
    sound = case(
        {"7 08:05": 2, "9 10:00": 9}, (request("8 09:00", "8 15:00"),), state=9, finished_at=at("9 10:00")
    )
    assert not [mistake for mistake, undo in UNDOINGS if undo(sound) is not None]


PROMISED = Mistake.NO_DUE


def test_a_due_date_that_was_told_before_holds() -> None:
    versions = (known(1, due=at("12 17:00")), known(2, due=at("15 17:00")), known(3))
    assert undone(PROMISED, case(versions=versions, due_at=None)) == {"due_at": at("15 17:00")}
    before_receipt = (known(1, due=RECEIVED - 1),)
    assert undone(PROMISED, case(versions=before_receipt, due_at=None)) is None
    assert undone(PROMISED, case(versions=versions, due_at=None, received_at=None)) is None


def test_a_due_date_that_a_supplement_names_holds() -> None:
    both = request("8 09:00", due_before=at("12 17:00"), due_after=at("15 17:00"))
    assert undone(PROMISED, case(requests=(both,), due_at=None)) == {"due_at": at("15 17:00")}
    old = replace(both, due_after=None)
    assert undone(PROMISED, case(requests=(old,), due_at=None)) == {"due_at": at("12 17:00")}


AGAIN = Mistake.REGISTERED_AGAIN


def test_state_1_after_receipt_is_a_supplement_request() -> None:
    one = case({"7 08:05": 2, "8 09:00": 1, "9 09:00": 4}, state=9, finished_at=at("10 18:00"))
    assert undone(AGAIN, one) == {"steps": [(RECEIVED, 2), (at("8 09:00"), 5), (at("9 09:00"), 4)]}
    altered = UNDO[AGAIN](one)
    assert altered is not None
    (span,) = life(altered, PORTAL_RULES)
    assert (span.requested_at, span.completed_at) == (at("8 09:00"), at("9 09:00"))


def test_state_1_before_receipt_is_what_it_says() -> None:
    assert undone(AGAIN, case({"7 07:00": 1, "7 08:05": 2})) is None
    assert undone(AGAIN, case(state=1)) is None
    assert undone(AGAIN, case(state=1, again=True)) == {"state": 5}


CLOCK = Mistake.BEFORE_RECEIPT


@pytest.mark.parametrize("field", ["finished_at", "returned_at", "refused_at", "due_at"])
def test_an_afternoon_of_a_12_hour_clock(field: str) -> None:
    assert undone(CLOCK, case(**{field: at("7 02:30")})) == {field: at("7 14:30")}
    assert undone(CLOCK, case(**{field: at("7 14:30")})) is None


def test_what_no_clock_explains_is_dated_by_when_it_was_told() -> None:
    early = {"state": 9, "finished_at": at("1 10:00")}
    flagged = int(CLOCK)
    versions = (known(1), known(EARLY, mistakes=flagged), known(LATER, mistakes=flagged))
    assert undone(CLOCK, case(versions=versions, **early)) == {"finished_at": EARLY}
    file = (known(EARLY, mistakes=flagged, timely=False), known(LATER, mistakes=flagged))
    assert undone(CLOCK, case(versions=file, **early)) == {"finished_at": LATER}
    assert undone(CLOCK, case(versions=file[:1], **early)) is None
    assert undone(CLOCK, case(versions=versions, received_at=None, **early)) is None


def test_a_due_date_before_receipt_was_never_promised() -> None:
    impossible = at("1 17:00")
    assert undone(CLOCK, case(due_at=impossible)) == {"due_at": None}
    versions = (known(1, due=at("12 17:00")), known(2, due=impossible))
    assert undone(CLOCK, case(versions=versions, due_at=impossible)) == {"due_at": at("12 17:00")}


def test_steps_and_supplements_by_the_clock() -> None:
    one = case({"7 02:00": 5, "7 02:10": 4, "7 03:00": 9, "7 08:05": 2}, (request("7 01:00", "7 04:00"),))
    assert undone(CLOCK, one) == {
        "steps": [(at("7 02:10"), 4), (RECEIVED, 2), (at("7 14:00"), 5), (at("7 15:00"), 9)],
        "supplements": [(at("7 13:00"), at("7 16:00"))],
    }
    answered = case(requests=(request("8 09:00", "8 02:00"),))
    assert undone(CLOCK, answered) == {"supplements": [(at("8 09:00"), at("8 14:00"))]}
    assert by_the_clock(case(requests=(request("8 16:00", "7 09:00"),))) is None


ENDED = Mistake.END_WITHOUT_TIME


def test_an_end_without_time_had_come_by_when_it_was_told() -> None:
    flagged = int(ENDED)
    again = (known(EARLY, mistakes=flagged), known(EARLY + 1), known(LATER, mistakes=flagged))
    assert undone(ENDED, case(versions=again, state=9)) == {"finished_at": LATER}
    returned = at("8 20:00")
    assert undone(ENDED, case(versions=again, state=9, returned_at=returned)) == {"finished_at": returned}
    assert undone(ENDED, case(state=9, returned_at=returned)) == {"finished_at": returned}
    assert undone(ENDED, case(state=9, returned_at=RECEIVED - 1)) is None
    assert undone(ENDED, case(versions=again, state=4)) is None
    assert undone(ENDED, case({"9 10:00": 9}, versions=again, state=9)) is None
    assert undone(ENDED, case(versions=again, state=9, finished_at=DUE)) is None


DATES = Mistake.SUPPLEMENT_WITHOUT_DATE


def test_when_a_supplement_without_a_date_was_asked_for() -> None:
    flagged = (known(EARLY, mistakes=int(DATES)),)
    undated = (request(None, "9 09:00"),)
    assert undone(DATES, case({"7 10:00": 5, "8 10:00": 5}, undated, flagged)) == {
        "supplements": [(at("8 10:00"), at("9 09:00"))]
    }
    assert undone(DATES, case(requests=undated, versions=flagged)) == {
        "supplements": [(EARLY, at("9 09:00"))]
    }
    assert undone(DATES, case(requests=undated)) is None
    too_late = (known(at("9 10:00"), mistakes=int(DATES)),)
    assert undone(DATES, case(requests=undated, versions=too_late)) is None


def test_dates_of_a_supplement_that_changed_places() -> None:
    assert undone(DATES, case(requests=(request("9 09:00", "8 15:00"),))) == {
        "supplements": [(at("8 15:00"), at("9 09:00"))]
    }
    assert undone(DATES, case(requests=(request("9 09:00", "9 02:00"),))) == {
        "supplements": [(at("9 09:00"), at("9 14:00"))]
    }


def test_a_supplement_never_answered_though_the_dossier_was_finished() -> None:
    done = {"state": 9, "finished_at": at("10 18:00")}
    waiting = (request("8 09:00"),)
    steps = {"8 10:00": 5, "8 12:00": 1, "9 09:00": 4, "9 12:00": 4}
    assert undone(DATES, case(steps, waiting, **done)) == {"supplements": [(at("8 09:00"), at("9 09:00"))]}
    moved = (request("8 09:00", due_after=at("11 17:00")),)
    assert undone(DATES, case(requests=moved, **done)) == {"due_at": at("11 17:00")}
    assert undone(DATES, case(requests=(request("8 09:00", due_after=DUE),), **done)) is None
    assert undone(DATES, case(requests=waiting, **done)) is None
    assert undone(DATES, case(steps, waiting)) is None, "it waits still"
    assert undone(DATES, case(steps, waiting, state=7, finished_at=at("10 18:00"))) is None, "withdrawn"


def test_a_request_told_twice_is_one() -> None:
    one, again = request("8 09:00"), request("8 09:00", "9 09:00", "2", due_after=DUE + DAY)
    found = asked_once(case(requests=(one, again)))
    assert found is not None
    assert found.message is not None
    assert found.message.supplements == (Supplement("1", at("8 09:00"), at("9 09:00"), None, DUE + DAY),)
    answered = (request("8 09:00", "9 09:00"), request("8 10:00", "9 09:00", "2"))
    assert undone(Mistake.REQUEST_REPEATED, case(requests=answered)) == {
        "supplements": [(at("8 09:00"), at("9 09:00"))]
    }
    assert asked_once(case(requests=(one, request("8 09:01", number="2")))) is None
    assert asked_once(case(requests=(request(None), request(None, number="2")))) is None


STAMP = Mistake.CLOSED_AT_PUSH


def test_a_stamp_of_the_night_means_the_working_day_before() -> None:
    night = {"state": 9, "finished_at": at("9 00:10"), "stamped": True}
    assert undone(STAMP, case(**night)) == {"finished_at": at("8 17:00")}
    assert undone(STAMP, case(**night | {"finished_at": at("8 20:30")})) == {"finished_at": at("8 17:00")}
    monday = night | {"finished_at": at("14 00:10")}
    assert undone(STAMP, case(**monday)) == {"finished_at": at("11 17:00")}, "the Friday before"
    assert undone(STAMP, case(**night | {"returned_at": at("8 11:00")})) == {"finished_at": at("8 11:00")}
    received = night | {"received_at": at("8 18:00")}
    assert undone(STAMP, case(**received)) == {"finished_at": at("8 18:00")}
    assert undone(STAMP, case(**night | {"stamped": False})) is None
    assert undone(STAMP, case({"8 16:00": 9}, **night)) is None, "a step tells the end"
    assert undone(STAMP, case(**night | {"state": 4})) is None
