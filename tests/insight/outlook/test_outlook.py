"""``outlook`` says what the engine says once its clock has really been moved, with no messages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.insight.asking import last_instant
from chiso.insight.outlook.answer import outlook
from chiso.instants import DAY, iso, parse_instant, year_of
from chiso.ledger.clock import Clock
from tests.support.messages import dossier, stamp, tell

END = parse_instant("2027-01-01")


def test_the_clock_really_moved_shows_the_same(own: DataFolder) -> None:
    now = own.now()
    period = year_of(now).label
    tell(own, "dossiers", *lives(now))
    units = ("H01", "H01.113", "H01.06")
    told = {unit: outlook(own, unit, END, foretell=False) for unit in units}
    assert len(told["H01"]["steps"]) > 10
    instants = sorted({parse_instant(step["at"]) for one in told.values() for step in one["steps"]})
    for at in sorted({at + shift for at in instants[1:] for shift in (-1, 0)}):
        own.ledger.clock.set(Clock(at))
        own.refresh()
        assert own.standing.at == at
        for unit in units:
            found = own.score(unit, period=period)
            step = [one for one in told[unit]["steps"] if parse_instant(one["at"]) <= at][-1]
            assert (found["total"], found["exact"]) == (step["total"], step["exact"]), (unit, iso(at))
            assert parse_instant(found["at"]) == at


def lives(now: int) -> list[dict[str, object]]:
    """Dossiers with something ahead of them that no province of the demo has at this instant."""
    waited = {"HoSoBoSungId": "1", "NgayBoSung": stamp(now - 3 * DAY), "NgayTiepNhanBoSung": stamp(now - DAY)}
    return [
        dossier("H01.113-261001-90001", now - 9 * DAY, now + 2 * DAY),
        dossier("H01.113-261001-90002", now - 9 * DAY, now + DAY, DanhSachHoSoBoSung=[waited]),
        # an end that is dated ahead, in time and late; a receipt that is dated ahead
        dossier("H01.113-261001-90003", now - 9 * DAY, now + 2 * DAY, now + DAY),
        dossier("H01.113-261001-90004", now - 9 * DAY, now + 2 * DAY, now + 3 * DAY),
        dossier("H01.113-261012-90005", now + 2 * DAY, now + 4 * DAY),
        dossier("H01.113-261001-90006", now - 9 * DAY, MaTTHC="1.004873"),
    ]


def test_steps_name_the_dossiers_that_fall(own: DataFolder) -> None:
    now = own.now()
    tell(own, "dossiers", dossier("H01.113-261001-90001", now - 9 * DAY, now + 2 * DAY))
    body = outlook(own, "H01.113", now + 3 * DAY, foretell=False)
    assert body["unit"] == "H01.113"
    assert body["until"] == iso(now + 3 * DAY)
    first = body["steps"][0]
    score = own.score("H01.113")
    assert (first["at"], first["total"], first["exact"]) == (iso(now), score["total"], score["exact"])
    assert (body["total"], body["exact"]) == (score["total"], score["exact"])
    (step,) = [one for one in body["steps"] if "H01.113-261001-90001" in one["falling"]]
    assert step["at"] == iso(now + 2 * DAY + 1)
    assert Decimal(step["exact"]) < Decimal(body["steps"][body["steps"].index(step) - 1]["exact"])
    assert "forecast" not in body


def test_every_open_dossier_in_time_falls_once(province: DataFolder) -> None:
    body = outlook(province, "H01", END, foretell=False)
    told = [code for step in body["steps"] for code in step["falling"]]
    assert len(told) == len(set(told))
    listed = province.dossiers("H01", "2.1", "open", limit=1000)["rows"]
    due = {row["code"] for row in listed if row["on_time"] and row["due_at"] and row["due_at"] < iso(END)}
    assert due
    assert set(told) <= due
    for code in due - set(told):  # the clock stands still while a supplement is awaited
        assert [one["completed_at"] for one in province.dossier(code)["supplements"]] == [None]


def test_other_periods_and_laws_and_pasts_have_an_outlook(province: DataFolder) -> None:
    now = province.now()
    month = outlook(province, "H01", END, period="2026-10")
    assert month["until"] == iso(parse_instant("2026-11-01"))
    assert month["total"] == province.score("H01", period="2026-10")["total"]
    assert month["forecast"] is None
    assert month["no_forecast"] == "period"
    then = now - 40 * DAY
    past = outlook(province, "H01", then + 20 * DAY, at=then, as_of=then)
    assert past["total"] == province.score("H01", at=then, as_of=then)["total"]
    last = past["steps"][-1]
    # what was known then, judged later: nobody acted
    later = province.score("H01", at=parse_instant(last["at"]), as_of=then)
    assert (last["total"], last["exact"]) == (later["total"], later["exact"])
    document = outlook(province, "H01", END, law="qd766-document")
    assert document["exact"] == province.score("H01", law="qd766-document")["exact"]


def test_what_has_passed_is_refused(province: DataFolder) -> None:
    with pytest.raises(QuestionError, match="lie after"):
        outlook(province, "H01", province.now())
    with pytest.raises(QuestionError, match="published"):
        outlook(province, "H01", END, source="published")
    with pytest.raises(QuestionError, match="group points"):
        outlook(province, "H01", END, period="2024")
    with pytest.raises(QuestionError, match="no unit"):
        outlook(province, "H01.99999", END)


def test_a_day_means_the_whole_of_it() -> None:
    assert last_instant("2026-12-31") == END
    assert last_instant("2026-12-31T17:00+07:00") == END - 7 * 3600


def test_the_forecast_stands_beside(own: DataFolder) -> None:
    now = own.now()
    own.walk_days()
    body = outlook(own, "H01", now + 30 * DAY)
    told = body["forecast"]
    assert told["interval"] == 80
    assert len(told["rows"]) == 30
    assert all(Decimal(row["low"]) <= Decimal(row["total"]) <= Decimal(row["high"]) for row in told["rows"])
    assert {one["days"] for one in told["trials"]} == {7, 14, 28}
    assert all(0 <= one["inside"] <= one["times"] for one in told["trials"])
    # the same question has the same answer
    assert outlook(own, "H01", now + 30 * DAY) == body
