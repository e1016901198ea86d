"""Watching for good: turns, rests, and what is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chiso.commands import loading
from chiso.folder import QuestionError, Settings
from chiso.folder.settings import SettingError
from chiso.instants import iso, parse_instant, parse_period
from chiso.registry.units import Units
from chiso.watch.schedule import Schedule, alone
from chiso.watch.service import Wanted, Watch, status, wanted
from tests.watch.conftest import Watched

UNITS = Units.load()


class Living:
    """A watch whose time passes as it waits: the portal's day goes with it."""

    def __init__(self, watched: Watched, schedule: Schedule, start: str, end: str) -> None:
        self.portal, self.path = watched.portal, watched.path
        self.time, self.end = parse_instant(start), parse_instant(end)
        self.schedule = schedule
        self.asked: list[str] = []
        """when each request was sent"""
        self._turn_page()

    def now(self) -> int:
        return self.time

    def wait(self, seconds: float) -> bool:
        self.time += max(1, round(seconds))
        self._turn_page()
        while len(self.asked) < len(self.portal.requests):
            self.asked.append((iso(self.time) or "")[:16])
        return self.time >= self.end

    def _turn_page(self) -> None:
        self.portal.day = min(max((iso(self.time) or "")[:10], "2026-10-06"), "2026-10-10")

    def live(self) -> None:
        with loading.opened(self.path) as target:
            want = Wanted(self.portal.address, self.schedule, frozenset({"H01"}), pause=2.0, timeout=5.0)
            made = Watch(self.path, target.ledger, target.units, target.context, self.now, want, self.wait)
            made.always()

    def told(self) -> dict[str, Any]:
        with loading.opened(self.path) as target:
            settings = Settings(portal=self.portal.address, watch="06:00")
            return status(self.path, target.ledger, settings, self.time)


def test_five_days_on_schedule(watched: Watched) -> None:
    living = Living(watched, Schedule(), "2026-10-06T04:00", "2026-10-10T12:00")
    living.live()
    days = sorted({one[:10] for one in living.asked})
    assert days == [f"2026-10-{day:02d}" for day in range(6, 11)]
    assert len(living.asked) == 5 * 19
    assert all("T06:00" <= one[10:] <= "T06:10" for one in living.asked)
    told = living.told()
    assert [(one["day"], one["kept"], one["unrefreshed"]) for one in told["days"]] == [
        ("2026-10-10", 19, 0), ("2026-10-09", 19, 0), ("2026-10-08", 19, 0), ("2026-10-07", 0, 19),
        ("2026-10-06", 19, 0),
    ]  # fmt: skip
    assert told["run"]["state"] == "complete"
    assert told["next"][:13] == "2026-10-11T06"
    assert (told["working"], told["scheduled"], told["silent_until"]) == (False, True, None)


def test_several_times_a_day(watched: Watched) -> None:
    living = Living(watched, Schedule.of(every=6), "2026-10-08T00:00", "2026-10-08T23:00")
    living.live()
    assert {one[11:13] for one in living.asked} == {"00", "06", "12", "18"}
    assert len(living.asked) == 4 * 19
    (day,) = living.told()["days"]
    assert (day["kept"], day["unrefreshed"]) == (19, 57)


def test_what_is_missing_is_asked_for_an_hour_later(watched: Watched) -> None:
    watched.portal.plant("500", "transparency", "H44", times=8)
    living = Living(watched, Schedule(), "2026-10-08T06:00", "2026-10-08T20:00")
    living.live()
    assert {one[11:13] for one in living.asked} == {"06", "07", "08"}
    assert living.asked.count(living.asked[-1]) == 1
    assert living.told()["run"]["state"] == "complete"


def test_after_a_refusal_nothing_is_asked_until_the_next_turn(watched: Watched) -> None:
    watched.portal.plant("403", "transparency", "H44")
    living = Living(watched, Schedule(), "2026-10-08T06:00", "2026-10-09T05:00")
    living.live()
    assert {one[:13] for one in living.asked} == {"2026-10-08T06"}
    assert living.told()["run"]["state"] == "refused"


def test_a_rest_that_the_portal_wants_is_kept(watched: Watched) -> None:
    watched.portal.plant("429", "transparency", "H44", value=str(26 * 3600))
    living = Living(watched, Schedule(), "2026-10-08T06:00", "2026-10-08T12:00")
    living.live()
    assert living.told()["silent_until"][:13] == "2026-10-09T06"  # a day at most
    living.end = parse_instant("2026-10-09T23:00")
    living.live()
    assert {one[:13] for one in living.asked} == {"2026-10-08T06", "2026-10-09T06"}
    assert living.told()["run"]["state"] == "complete"


def test_somebody_else_at_work_is_waited_for(watched: Watched) -> None:
    with alone(watched.path):
        living = Living(watched, Schedule(), "2026-10-08T06:00", "2026-10-08T09:00")
        living.live()
        assert living.asked == []
        assert living.told()["working"]


def test_of_a_run_that_was_killed_it_is_said(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    from chiso.watch.keeping import Keeper

    def killed(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(Keeper, "end", killed)
    with pytest.raises(SystemExit):
        watched.run()
    with loading.opened(watched.path) as target:
        told = status(watched.path, target.ledger, Settings(), target.now())
    assert (told["run"]["state"], told["portal"], told["scheduled"]) == ("interrupted", None, False)
    assert told["run"]["done"] == 19


def test_nothing_to_tell(tmp_path: Path) -> None:
    with loading.opened(tmp_path) as target:
        told = status(tmp_path, target.ledger, Settings(), target.now())
    assert told == {
        "portal": None, "scheduled": False, "working": False, "next": None, "silent_until": None, "run": None,
        "days": [],
    }  # fmt: skip


# -- what is wanted -----------------------------------------------------------------------------------------


def test_what_is_wanted_comes_from_the_command_or_the_settings() -> None:
    settings = Settings(
        home="H44", portal="https://portal.example.vn/", watch_procedures="2.000815; 1.001193"
    )
    told = wanted(settings, UNITS)
    assert (told.portal, told.units) == ("https://portal.example.vn/", {"H44"})
    assert (told.procedures, told.periods, told.pause) == (("2.000815", "1.001193"), (), 2.0)
    told = wanted(Settings(portal="x", watch_units="H01 H44"), UNITS, portal="http://127.0.0.1:9001")
    assert (told.portal, told.units) == ("http://127.0.0.1:9001", {"H01", "H44"})
    told = wanted(settings, UNITS, chosen="000.00.00.H01,H20", procedures="1.004194.000.00.00.H17",
                  periods=("2026-Q3", "2026"), pause=0.0)  # fmt: skip
    assert told.units == {"H01", "H20"}
    assert (told.procedures, told.pause) == (("1.004194",), 0.0)
    assert told.periods == (parse_period("2026-Q3"), parse_period("2026"))
    assert wanted(settings, UNITS, chosen="").units == set()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, "no portal is known"),
        ({"portal": "dichvucong"}, "an address such as"),
        ({"portal": "ftp://x"}, "an address such as"),
        ({"portal": "https://x/?a=1"}, "an address such as"),
        ({"portal": "https://x", "chosen": "H01.113"}, "not the code of a province"),
        ({"portal": "https://x", "chosen": "Phú"}, "not the code of a province"),
        ({"portal": "https://x", "procedures": "khai sinh"}, "not the code of a procedure"),
        ({"portal": "https://x", "periods": ("2026-H1",)}, "months, quarters and years"),
        ({"portal": "https://x", "pause": -1.0}, "number of seconds"),
        ({"portal": "https://x", "timeout": 0.0}, "number of seconds"),
    ],
)
def test_what_cannot_be_wanted(how: dict[str, Any], words: str) -> None:
    with pytest.raises((SettingError, QuestionError), match=words):
        wanted(Settings(), UNITS, **how)
