"""What ``outlook`` answers: the form of docs/commands.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chiso.folder.answers import provenance, score_of_hundredths
from chiso.insight.asking import computed, must_lie_ahead
from chiso.insight.exact import Exact
from chiso.insight.keeping import kept, state_of
from chiso.insight.outlook.course import Course, followed
from chiso.insight.outlook.forecast import EDGES, LEAST, Forecast, forecast, trials
from chiso.insight.outlook.past import days
from chiso.instants import iso, year_of

if TYPE_CHECKING:
    from datetime import date
    from typing import Unpack

    from chiso.folder.answers import Asked, QuestionFields
    from chiso.folder.state import DataFolder, View
    from chiso.registry.units import Unit


def outlook(
    folder: DataFolder,
    unit_code: str,
    until: int,
    *,
    foretell: bool = True,
    **question: Unpack[QuestionFields],
) -> dict[str, Any]:
    """A unit's score at every coming instant up to one if nobody acts, and beside it a forecast.

    Nothing is told beyond the end of the period.  ``foretell``: with the forecast.
    """
    wanted, view, unit = computed(folder, unit_code, question)
    must_lie_ahead(until, wanted.at)
    until = wanted.period.judged_at(until)
    found = course_of(folder, wanted, view, unit, until)
    exact = Exact(view.board.law, below=not view.ground.is_province[unit.index]).printed(found.n, found.d)
    codes = folder.ledger.codes(sorted({one for told in found.falling for one in told.tolist()}))
    steps: list[dict[str, Any]] = []
    for place, at in enumerate(found.instants.tolist()):
        step: dict[str, Any] = {
            "at": iso(at),
            "total": score_of_hundredths(found.totals[place]),
            "exact": exact[place],
            "falling": [codes[one] for one in found.falling[place].tolist()],
        }
        for name, told in (("petitions", found.petitions), ("procedures", found.procedures)):
            if told[place]:
                step[name] = told[place]
        steps.append(step)
    body: dict[str, Any] = {
        **provenance(folder, wanted, unit, "computed"),
        "until": iso(until),
        "total": steps[0]["total"],
        "exact": steps[0]["exact"],
        "steps": steps,
    }
    if foretell:
        now = question.get("at") is None
        foretold, why = forecast_of(folder, wanted, view, unit, until) if now else (None, "period")
        body["forecast"] = None if foretold is None else _foretold(foretold)
        if why:
            body["no_forecast"] = why
    return body


def course_of(folder: DataFolder, wanted: Asked, view: View, unit: Unit, until: int) -> Course:
    """The course of a unit, kept while nothing changes."""
    key = (
        "course", unit.index, wanted.period.label, until, wanted.law.version, wanted.as_of,
        *state_of(folder, view),
    )  # fmt: skip
    return kept(folder, key, lambda: followed(view, unit, until))


def forecast_of(
    folder: DataFolder, wanted: Asked, view: View, unit: Unit, until: int
) -> tuple[Forecast | None, str]:
    """The forecast of a unit, or why there is none.

    ``period``: only the year of now, as known now and by the portal's law, is followed day by day;
    ``walking``: its days are still being walked; ``short``: too few of them are known.
    """
    year = year_of(wanted.at)
    plain = wanted.as_of is None and wanted.law.version == folder.law_of(year).version
    if wanted.period != year or not plain:
        return None, "period"
    past = days(folder, unit.index, year, wanted.at)
    if past is None:
        return None, "walking"
    if len(past) < LEAST:
        return None, "short"
    calendar, province = folder.registry.calendar, bool(view.ground.is_province[unit.index])

    def works(day: date) -> bool:
        return calendar.is_working(day, unit.code)

    key = ("trials", unit.index, year.label, wanted.law.version, int(past.at[-1]), len(past))
    tried = kept(folder, key, lambda: trials(wanted.law, province, past, works))
    now = (view.board.judged_at, view.board.n[unit.index], view.board.d[unit.index])
    return forecast(wanted.law, province, past, now, until, works, tried), ""


def _foretold(found: Forecast) -> dict[str, Any]:
    return {
        "interval": EDGES[1] - EDGES[0],
        "learnt_days": found.learnt_days,
        "rows": [
            {
                "at": iso(at),
                "low": score_of_hundredths(low),
                "total": score_of_hundredths(middle),
                "high": score_of_hundredths(high),
            }
            for at, low, middle, high in zip(
                *(values.tolist() for values in (found.at, found.low, found.middle, found.high)), strict=True
            )
        ],
        "trials": [
            {
                "days": one.days,
                "times": one.times,
                "error": score_of_hundredths(one.error),
                "inside": one.inside,
            }
            for one in found.trials
        ],
    }
