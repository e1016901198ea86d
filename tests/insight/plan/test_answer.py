"""A plan is kept: carried out by messages, with nothing else arriving, it gives what it promised."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.insight.plan.answer import plan, plan_of, what_if
from chiso.instants import DAY, iso, parse_instant, year_of
from chiso.law.scoring import decimals
from chiso.ledger.clock import Clock
from tests.insight.carry import carry_out

END = parse_instant("2027-01-01")


def standing(folder: DataFolder, unit: str, at: int) -> tuple[str, str]:
    """The total and the exact total of a unit as the engine counts them at an instant to come."""
    found = folder.registry.units.find(unit)
    assert found is not None
    board = folder.view(year_of(folder.now()), at).board
    total = int(board.table.totals[found.index])
    return f"{total // 100}.{total % 100:02d}", decimals(board.score(found.index).exact)


@pytest.mark.parametrize(
    ("unit", "days", "share", "hours"),
    [
        ("H01", None, 0.3, None),
        pytest.param("H01", None, 1.0, None, marks=pytest.mark.slow),
        pytest.param(
            "H01", 12, 0.6, {"digitise": Fraction(1, 4), "result": Fraction(1, 2)}, marks=pytest.mark.slow
        ),
        ("H01.113", None, 0.5, None),
        ("H01.113", 12, 1.0, None),
        ("H01.06", 30, 0.7, {"offer_online": Fraction(40)}),
    ],
)
def test_carried_out_it_gives_what_it_promised(
    busy: DataFolder, unit: str, days: int | None, share: float, hours: Any
) -> None:
    by = END if days is None else busy.now() + days * DAY
    most = plan(busy, unit, "100", by)
    assert not most["reachable"]
    assert standing(busy, unit, by)[0] == most["start"]
    target = float(most["start"]) + share * (float(most["total"]) - float(most["start"]))
    told = plan(busy, unit, f"{target:.2f}", by, hours=hours)
    assert told["reachable"]
    assert float(told["total"]) >= round(target, 2)
    assert told["gap"] == 0
    *_, found = plan_of(busy, unit, f"{target:.2f}", by, hours=hours, question={})
    carry_out(busy, found)
    assert standing(busy, unit, by) == (told["total"], told["exact"])


def test_every_kind_of_work_is_in_a_plan(work_at_hand: DataFolder) -> None:
    """Except sync: where a message has more to show, sending it synchronises as well."""
    kinds: set[str] = set()
    for unit in ("H01", "H01.113", "H01.06"):
        told = plan(work_at_hand, unit, "100", END)
        for step in told["steps"]:
            kinds |= set(step["what"])
        gained = Fraction(told["exact"]) - Fraction(standing(work_at_hand, unit, END)[1])
        shared = sum(Fraction(step["points"]) for step in told["steps"])
        assert abs(gained - shared) < Fraction(len(told["steps"]) + 2, 10**10)  # each has ten decimals
    assert kinds == {"due", "overdue", "result", "digitise", "pay", "petition", "announce", "publish",
                     "complete", "offer_online", "fee"}  # fmt: skip


def test_sync_alone_where_nothing_more_is_to_be_shown(work_at_hand: DataFolder) -> None:
    told = what_if(work_at_hand, "H01.113", END, {"sync": 100})
    assert told["kinds"]["sync"] == {"offered": 4, "done": 4}
    assert Fraction(told["exact"]) > Fraction(standing(work_at_hand, "H01.113", END)[1])


def test_the_clock_really_moved_shows_the_promise(busy: DataFolder) -> None:
    by = busy.now() + 10 * DAY
    most = plan(busy, "H01.113", "100", by)
    told = plan(busy, "H01.113", most["total"], by)
    *_, found = plan_of(busy, "H01.113", most["total"], by, question={})
    carry_out(busy, found)
    busy.ledger.clock.set(Clock(by))
    busy.refresh()
    score = busy.score("H01.113")
    assert (score["total"], score["exact"]) == (told["total"], told["exact"])


def test_what_is_reached_already_takes_no_work(work_at_hand: DataFolder) -> None:
    start = plan(work_at_hand, "H01", "100", END)["start"]
    told = plan(work_at_hand, "H01", start, END)
    assert (told["reachable"], told["total"], told["gap"], told["steps"]) == (True, start, 0.0, [])
    assert told["work"] == {"things": 0, "least_things": 0}


def test_a_target_out_of_reach_tells_the_most_that_is_in_reach(work_at_hand: DataFolder) -> None:
    told = plan(work_at_hand, "H01.113", "Xuất sắc", END)
    assert (told["reachable"], told["target"]) == (False, "90.00")
    assert told["goal"] == {"what": "band", "threshold": "Xuất sắc"}
    hundredth = Fraction(told["total"]) + Fraction(1, 100)
    assert plan(work_at_hand, "H01.113", told["total"], END)["reachable"]
    assert not plan(work_at_hand, "H01.113", f"{float(hundredth):.2f}", END)["reachable"]


def test_a_rank_is_held_against_the_others_now(work_at_hand: DataFolder) -> None:
    rows = work_at_hand.rank("communes")["rows"]
    others = sorted((row["total"] for row in rows if row["unit"] != "H01.113"), key=Fraction, reverse=True)
    told = plan(work_at_hand, "H01.113", "rank:2", END)
    assert told["target"] == others[1]
    last = len(others) + 1
    assert plan(work_at_hand, "H01.113", f"hạng {last}", END)["target"] == "0.00"
    known = what_if(work_at_hand, "H01.113", END, {})
    assert known["of"] == last
    better = sum(Fraction(one) > Fraction(known["total"]) for one in others)
    assert known["rank"] == better + 1


def test_the_least_hours_are_not_the_least_things(work_at_hand: DataFolder) -> None:
    most = plan(work_at_hand, "H01", "100", END)
    target = f"{(float(most['start']) + float(most['total'])) / 2:.2f}"
    things = plan(work_at_hand, "H01", target, END)
    hours = plan(
        work_at_hand, "H01", target, END, hours={"digitise": Fraction(1, 10), "petition": Fraction(50)}
    )
    assert things["work"]["things"] == things["work"]["least_things"]
    assert hours["work"]["things"] > things["work"]["things"]
    spent = sum(Fraction(row["hours"]) for row in hours["units"])
    assert abs(spent - Fraction(hours["work"]["hours"])) < 1
    assert "petition" not in {kind for step in hours["steps"] for kind in step["what"]} or not hours["gap"]


def test_work_is_shared_out_in_few_pieces_or_evenly(work_at_hand: DataFolder) -> None:
    most = plan(work_at_hand, "H01", "100", END)
    target = f"{float(most['start']) + 0.4 * (float(most['total']) - float(most['start'])):.2f}"
    few = plan(work_at_hand, "H01", target, END)
    even = plan(work_at_hand, "H01", target, END, spread="even")
    for told in (few, even):
        assert sum(step["count"] for step in told["steps"]) == told["work"]["things"]
        assert sum(row["count"] for row in told["units"]) == told["work"]["things"]
    assert (few["total"], few["work"]) == (even["total"], even["work"])
    assert len(few["steps"]) <= len(even["steps"])


def test_with_inflow_the_denominator_grows(work_at_hand: DataFolder) -> None:
    alone = plan(work_at_hand, "H01", "100", END)
    told = plan(work_at_hand, "H01", "100", END, inflow=True)
    assert told["inflow"] > 0
    assert "inflow" not in alone
    assert told["total"] != alone["total"]


def test_questions_that_cannot_be(work_at_hand: DataFolder) -> None:
    for target in ("", "tuyệt vời", "80%", "101", "65,123", "rank:0"):
        with pytest.raises(QuestionError):
            plan(work_at_hand, "H01", target, END)
    with pytest.raises(QuestionError):
        plan(work_at_hand, "H01", "80", work_at_hand.now())
    with pytest.raises(QuestionError):
        plan(work_at_hand, "H01", "80", END, spread="other")  # type: ignore[arg-type]
    assert plan(work_at_hand, "H01", "60", END * 2)["by"] == iso(END)


def test_doing_all_is_what_the_whole_of_each_kind_gives(work_at_hand: DataFolder) -> None:
    nothing = what_if(work_at_hand, "H01.113", END, {})
    assert (nothing["total"], nothing["exact"]) == standing(work_at_hand, "H01.113", END)
    kinds = nothing["kinds"]
    every = what_if(work_at_hand, "H01.113", END, dict.fromkeys(kinds, 100))
    most = plan(work_at_hand, "H01.113", "100", END)
    assert every["total"] == most["total"]
    totals = [
        what_if(work_at_hand, "H01.113", END, dict.fromkeys(kinds, share))["total"]
        for share in range(0, 101, 5)
    ]
    assert totals == sorted(totals, key=Fraction)
    assert all(one["done"] == one["offered"] for kind, one in every["kinds"].items() if kind != "sync")
