"""What rules see, against a plain look at the same province."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from chiso.folder import DataFolder
from chiso.instants import DAY, parse_instant, year_of
from chiso.intake.records import AlertRule
from chiso.steering.alerts.dossiers import old_petitions, open_dossiers
from chiso.steering.alerts.rules import name_in, rules, starter
from chiso.steering.alerts.values import Eyes
from tests.support.messages import dossier, tell


def value(folder: DataFolder, rule: AlertRule, subject: str) -> Fraction | None:
    found = {one.subject: one.value for one in Eyes(folder).see(rule)}
    return found[subject]


def rule(what: str, side: str = "below", threshold: str = "80", **more: object) -> AlertRule:
    return AlertRule("a", "a", what, side, threshold, **more)  # type: ignore[arg-type]


def test_figures_are_those_of_the_score(own: DataFolder) -> None:
    for code in ("H01", "H01.113"):
        told = own.score(code)
        assert value(own, rule("total", unit=code), code) == Fraction(told["total"])
        group = told["groups"]["processing"]
        assert value(own, rule("processing", unit=code), code) == Fraction(group["points"])
        share = value(own, rule("processing", threshold="90%", unit=code), code)
        assert share == Fraction(group["points"]) / 20
        one = told["indicators"]["2.1"]
        assert value(own, rule("2.1", threshold="95%", unit=code), code) == Fraction(one["n"], one["d"])


def test_every_commune_is_seen(own: DataFolder) -> None:
    seen = Eyes(own).see(rule("total", among="communes"))
    assert len(seen) == 102
    places = {row["unit"]: row["rank"] for row in own.rank("communes")["rows"]}
    ranked = {one.subject: one.value for one in Eyes(own).see(rule("rank", among="communes"))}
    held = {code: place for code, place in ranked.items() if place is not None}
    assert held
    assert {code: places[code] for code in held} == held or len(held) < len(places)


def test_what_has_no_dossiers_has_no_data(empty: DataFolder) -> None:
    assert value(empty, rule("total", unit="H01.113"), "H01.113") is None
    assert value(empty, rule("due", unit="H01.113", span=24), "H01.113") is None


def test_changes_are_losses_since_days_ago(own: DataFolder) -> None:
    own.year_trail()
    for days in (1, 7):
        then = own.sample_at(own.now() - days * DAY)
        assert then is not None
        lost = Fraction(int(then.totals[own.registry.units.home.index]), 100) - Fraction(
            own.score("H01")["total"]
        )
        assert value(own, rule("total", "above", "1", unit="H01", span=days), "H01") == lost
    assert value(own, rule("total", "above", "1", unit="H01", span=340), "H01") is None  # another year


def test_changes_are_found_without_the_samples_of_a_server(own_path: Path) -> None:
    with DataFolder.open(own_path) as folder, DataFolder.open(own_path, standing=True) as server:
        server.year_trail()
        asked = rule("rank", "above", "1", among="communes", span=7)
        plain = {one.subject: one.value for one in Eyes(folder).see(asked)}
        sampled = {one.subject: one.value for one in Eyes(server).see(asked)}
        assert set(plain) == set(sampled)
        assert any(one is not None for one in plain.values())


def test_open_dossiers_by_a_walk_over_all(own: DataFolder) -> None:
    now = own.now()
    fresh = [
        dossier("H01.113-261009-90001", now - DAY, now + 3600),
        dossier("H01.113-261009-90002", now - DAY, now + 2 * DAY),
        dossier("H01.113-261009-90003", now - 5 * DAY, now - DAY),
        dossier("H01.113-261009-90004", now - 5 * DAY, now + 3600, now - 60),
    ]
    before = (value(own, rule("due", unit="H01.113", span=24), "H01.113") or 0,
              value(own, rule("overdue", unit="H01.113"), "H01.113") or 0)  # fmt: skip
    tell(own, "dossiers", *fresh)
    assert value(own, rule("due", unit="H01.113", span=24), "H01.113") == before[0] + 1
    assert value(own, rule("due", unit="H01.113", span=72), "H01.113") >= before[0] + 2  # type: ignore[operator]
    assert value(own, rule("overdue", unit="H01.113"), "H01.113") == before[1] + 1
    view = own.view(year_of(now))
    falling, overdue = open_dossiers(view, now + DAY)
    for code in ("H01", "H01.113", "H01.01"):
        unit = own.registry.units.find(code, now)
        assert unit is not None
        rows = own.dossiers(code, "2.1", "open", limit=10_000)["rows"]
        due = [parse_instant(row["due_at"]) for row in rows if row["due_at"] and row["on_time"]]
        assert falling[unit.index] == sum(now < one <= now + DAY for one in due)
        assert overdue[unit.index] == sum(not row["on_time"] for row in rows)


def test_petitions_grow_old_by_working_days(own: DataFolder) -> None:
    """06:00 on Saturday 10/10/2026: what came on Thursday 24/09 is at its twelfth working day."""
    rows = [
        {"MaPAKN": f"P{place}", "MaDonVi": "H01.113", "TrangThai": "dang_xu_ly", "NgayGui": day, **more}
        for place, (day, more) in enumerate(
            [
                ("2026-09-23T16:00", {}),
                ("2026-09-24T08:00", {}),
                ("2026-09-25T08:00", {}),
                ("2026-09-01T08:00", {"NgayXuLyXong": "2026-09-20T08:00"}),
                ("2026-09-01T08:00", {"NgayYeuCauBoSung": "2026-09-03T08:00"}),
                ("2026-09-01T08:00", {"NgayChuyen": "2026-10-01T08:00"}),
            ]
        )
    ]
    unit = own.registry.units.find("H01.113", own.now())
    assert unit is not None
    before = int(old_petitions(own.view(year_of(own.now())), 11)[unit.index])
    tell(own, "petitions", *rows)
    view = own.view(year_of(own.now()))
    counts = {days: int(old_petitions(view, days)[unit.index]) - before for days in (11, 12, 13)}
    working = own.calendar.working_days_between(parse_instant("2026-09-24T08:00"), own.now())
    assert working == 11
    assert counts[11] == 2  # from the 23rd and the 24th
    assert value(own, rule("petitions", "above", "0", unit="H01.113", span=11), "H01.113") == before + 2


def test_senders_are_silent_in_office_hours_only(own: DataFolder) -> None:
    senders = own.ledger.senders
    senders.add("Một cửa xã", "H01.113", parse_instant("2026-10-09T15:00"))
    senders.add("Một cửa tỉnh", "H01", parse_instant("2026-10-01T08:00"))
    seen = {one.subject: one for one in Eyes(own).see(rule("silence", "above", "4"))}
    assert seen["Một cửa xã"].value == 2  # from 15:00 to 17:00 on Friday
    assert seen["Một cửa xã"].unit == "H01.113"
    assert seen["Một cửa tỉnh"].value == own.calendar.working_days_between(
        parse_instant("2026-10-01"), own.now()
    ) * 8 + 7  # fmt: skip
    below = Eyes(own).see(rule("silence", "above", "4", unit="H01.113"))
    assert [one.subject for one in below] == ["Một cửa xã"]


def test_duties_at_risk_or_lately_missed(own: DataFolder) -> None:
    document = {"number": "1/CV", "date": "2026-09-01", "issuer": "UBND", "subject": "x"}
    tell(own, "documents", document)
    tasks = [
        {"document": "1/CV", "unit": "H01.113", "task": name, "due": due}
        for name, due in (
            ("cũ", "2026-03-01"),
            ("mới", "2026-10-01"),
            ("gần", "2026-10-12"),
            ("xa", "2026-12-01"),
        )
    ]
    tell(own, "tasks", *tasks)
    assert value(own, rule("duties", "above", "0", among="communes"), "H01.113") == 2


def test_the_starter_set_fits_the_province(own: DataFolder) -> None:
    known = {one.id for one in starter()}
    assert len(known) == len(starter()) == len(rules(own))
    assert all(name_in(one, "en") != one.name == name_in(one, "vi") for one in starter())
    eyes = Eyes(own)
    for one in rules(own):
        seen = eyes.see(one)
        assert seen or one.what == "silence", one.id
    changed = {
        "id": "im-lang",
        "name": "x",
        "what": "silence",
        "side": "above",
        "threshold": "9",
        "active": 0,
    }
    tell(own, "alert_rules", changed, {**changed, "id": "moi"})
    after = {one.id: one for one in rules(own)}
    assert after.keys() == known | {"moi"}
    assert not after["im-lang"].active
