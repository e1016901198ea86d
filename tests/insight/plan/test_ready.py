"""What is ready to be solved starts from the figures of the day."""

from __future__ import annotations

from chiso.folder import DataFolder
from chiso.insight.outlook.answer import outlook
from chiso.insight.plan.asked import costs
from chiso.insight.plan.ready import posed, ready
from chiso.instants import NEVER, parse_instant, year_of


def test_it_starts_where_nobody_acts_and_inflow_is_added(work_at_hand: DataFolder) -> None:
    year = year_of(work_at_hand.now())
    now, then = work_at_hand.view(year), work_at_hand.view(year, year.end)
    unit = work_at_hand.registry.units.home.index
    alone, more = (ready(work_at_hand, now, year.end, unit, None, expect=one) for one in (False, True))
    assert alone.figures[0].tolist() == then.board.n[unit].tolist()
    assert alone.figures[1].tolist() == then.board.d[unit].tolist()
    assert more.expected is not None
    assert (more.figures[1] - alone.figures[1]).tolist() == more.expected.d.tolist()
    problem = posed(alone, costs(None)).problem
    assert problem.start == int(then.board.table.totals[unit])
    assert {choice.cost for stock in problem.stocks for choice in stock.choices} == {1}


def test_last_instants_are_those_of_the_outlook(work_at_hand: DataFolder) -> None:
    """Waits for the applicant are added: a due time alone does not tell."""
    year = year_of(work_at_hand.now())
    unit = work_at_hand.registry.units.find("H01.113")
    assert unit is not None
    told = ready(work_at_hand, work_at_hand.view(year), year.end, unit.index, None, expect=False)
    steps = outlook(work_at_hand, "H01.113", year.end, foretell=False)["steps"]
    falls = {code: parse_instant(step["at"]) for step in reversed(steps) for code in step["falling"]}
    codes = work_at_hand.ledger.codes(told.then.rows["dossier"].tolist())
    found = {
        codes[number]: at + 1
        for number, at in zip(told.then.rows["dossier"].tolist(), told.last.tolist(), strict=True)
        if at < NEVER
    }
    assert found == falls
    assert falls
