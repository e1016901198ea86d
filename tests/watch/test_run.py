"""Runs against the played portal: five real days, each answer kept once and with its bytes."""

from __future__ import annotations

import hashlib
import itertools
import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from chiso.commands import loading
from chiso.instants import iso, parse_instant
from chiso.intake.captures import DOOR, answer_of
from chiso.intake.doors import read_body
from chiso.law.ranks import ranks
from chiso.watch.keeping import SENDER
from chiso.watch.run import bare_name
from tests.support import portal
from tests.support.portal_server import CODES, DAYS, FROZEN, IDS, LINES, department, points, table
from tests.watch.conftest import Watched

ALL = 1 + 3 * 6
"""Questions about three provinces."""


def league(watched: Watched, at: str) -> dict[str, Any]:
    with watched.folder() as folder:
        found: dict[str, Any] = folder.rank(
            "provinces", None, period="2026", at=parse_instant(at), source="published"
        )
        return found


def assert_shown(watched: Watched, day: str) -> None:
    """The league of the evening of a day is the one that the portal showed then."""
    found = league(watched, f"{day}T23:00")
    rows = table()[FROZEN.get(day, day)]
    totals = {code: Decimal(rows[code]["total"]) for code in watched.portal.provinces or rows}
    assert {row["unit"]: Decimal(row["total"]) for row in found["rows"]} == totals
    places = dict(zip(totals, ranks(list(totals.values())), strict=True))
    assert {row["unit"]: row["rank"] for row in found["rows"]} == places
    for row in found["rows"]:
        shown = {group: Decimal(told) for group, told in row["groups"].items()}
        assert shown == {group: points(day, row["unit"], group) for group in CODES}
    if not watched.portal.provinces:
        assert found["line"]["total"] == LINES[DAYS.index(day)]


@pytest.mark.slow
def test_five_real_days(watched: Watched) -> None:
    watched.portal.provinces = ()
    questions = 1 + 34 * 6
    for day in DAYS:
        watched.at(day)
        found = watched.run("H01")
        assert (found.state, found.requests, found.failed) == ("complete", questions, 0)
        if day in FROZEN:
            assert (found.kept, found.unrefreshed) == (0, questions)
            assert {one.group for one in found.groups} == {"", *CODES}
            assert all((one.since or "").startswith("2026-10-06T06:") for one in found.groups)
        else:
            assert (found.kept, found.unrefreshed) == (questions, 0)
    for day in DAYS:  # every day can be looked back at
        assert_shown(watched, day)
    assert league(watched, "2026-10-10T23:00")["line"]["total"] == "62.59"
    assert (
        "overall list of 2026: unrefreshed since 06:00, 6 Oct 2026; nothing is kept twice." in watched.words()
    )
    assert "Danh sách chung kỳ 2026: Cổng chưa cập nhật từ 06:00 06/10/2026" in "\n".join(
        one.vi for one in watched.said
    )
    assert watched.portal.together == 1
    kept = [entry for entry in watched.journal() if entry.kind == "published"]
    assert len(kept) == 4 * questions
    assert not watched.quarantine()


def test_every_answer_is_kept_with_its_bytes_and_what_was_asked(watched: Watched) -> None:
    watched.run("H44")
    entries = watched.journal()
    assert len(entries) == ALL
    seen = set()
    for entry in entries:
        told = msgspec.json.decode(entry.payload)
        raw = answer_of(entry.payload)
        assert entry.hash == hashlib.sha256(entry.payload).digest()
        assert (entry.door, entry.sender, entry.kind, told["status"]) == (DOOR, SENDER, "published", 201)
        endpoint = told["address"].rsplit("/", 1)[1]
        body = told["request"]
        assert (endpoint, body) in watched.portal.requests
        assert raw == encoded(watched.portal.answer(endpoint, body)[1])
        items = entry.items()
        assert (
            read_body(entry.payload, "published", watched.runs[0].keeper._context, door=DOOR).items == items
        )
        assert {iso(one.captured_at) for one in items} == {told["captured_at"]}
        seen.add((endpoint, body.get("rootDepartmentId")))
    assert len(seen) == ALL


def test_of_chosen_provinces_all_units_of_the_others_the_province_alone(watched: Watched) -> None:
    watched.run("H44")
    with watched.folder() as folder:
        for code in ("H44.01", "H44.07", "H44.100", "H44.101"):
            assert set(folder.score(code, period="2026", source="published")["groups"]) == set(CODES)
        assert not folder.published.periods("H01.100")
        assert not [one for one in folder.units() if one["code"].startswith("H20.")]
        told = folder.score("H20", period="2026", source="published")
    assert told["indicators"]["2.1"]["n"] > 0
    assert "1.4" in told["indicators"]
    endpoints = [(name, body.get("rootDepartmentId")) for name, body in watched.portal.requests]
    assert endpoints[0] == ("service-results", None)
    assert {root for _, root in endpoints[1:7]} == {IDS["H44"]}  # what is wanted most comes first


@pytest.mark.parametrize(("period", "total"), [("2026-Q3", "61.39"), ("2026-08", "59.91")])
def test_the_portal_s_quarter_and_month_of_phu_tho(watched: Watched, period: str, total: str) -> None:
    found = watched.run("H44", periods=(period,))
    assert (found.state, found.kept) == ("complete", 7)
    with watched.folder() as folder:
        assert folder.score("H44", period=period, source="published")["total"] == total
        for group, units in portal.figures()[period].items():
            for code, one in units.items():
                shown = folder.score(code, period=period, source="published")
                assert Decimal(shown["groups"][group]["points"]) == Decimal(str(one["points"]))


# -- nothing twice ------------------------------------------------------------------------------------------


def test_what_was_taken_today_is_not_asked_again(watched: Watched) -> None:
    watched.run()
    asked = len(watched.portal.requests)
    watched.at(DAYS[0], "15:00")
    found = watched.run()
    assert (found.state, found.resumed, found.requests) == ("complete", ALL, 0)
    assert len(watched.portal.requests) == asked
    assert "nothing_left" in watched.codes()


def test_groups_refresh_on_their_own_days(watched: Watched) -> None:
    watched.portal.provinces = ("H01", "H32", "H44")
    watched.run("H01")
    watched.at("2026-10-08")
    watched.portal.frozen = {"processing": "2026-10-06", "satisfaction": "2026-10-06"}
    watched.said.clear()
    found = watched.run("H01")
    tallies = {one.group: (one.kept, one.unrefreshed) for one in found.groups}
    assert tallies == {
        "": (1, 0), "processing": (0, 3), "satisfaction": (0, 3), "transparency": (3, 0),
        "digitisation": (3, 0), "online_services": (3, 0), "online_payment": (3, 0),
    }  # fmt: skip
    assert "unrefreshed processing since 06:00, 6 Oct 2026; satisfaction since 06:00, 6 Oct 2026." in (
        watched.words()
    )
    with watched.folder() as folder:
        told = folder.score("H01", period="2026", source="published")
        days = {
            name: one.get("captured_at", told["captured_at"])[:10] for name, one in told["groups"].items()
        }
    assert days == {
        group: "2026-10-06" if group in watched.portal.frozen else "2026-10-08" for group in CODES
    }  # fmt: skip
    assert told["indicators"]["2.1"]["n"] > 0  # what was captured before is still shown beside its points
    total = sum(points(watched.portal.shown(group), "H01", group) for group in CODES)
    assert Decimal(told["total"]) == total


def test_a_province_that_alone_did_not_refresh_keeps_its_own_date(watched: Watched) -> None:
    """The list moves on for the others; the province's own answer of the group is the same as before."""
    watched.run()
    watched.at("2026-10-08")

    def still(answer: dict[str, Any]) -> None:
        for one in answer["data"]["evaluation"]:
            if one["departmentId"] == IDS["H01"]:
                one["groupScores"]["TDGQ"] = float(points("2026-10-06", "H01", "processing"))

    watched.portal.plant("edit", endpoint="service-results", value=still)
    before = watched.portal.answer(
        "dvc-progress-tree", body_of("dvc-progress-tree", "H01", "2026-10-06", watched)
    )
    watched.portal.day = "2026-10-08"
    watched.portal.plant("text", "dvc-progress-tree", "H01", value=lambda raw: encoded(before[1]))
    found = watched.run()
    assert next(one for one in found.groups if one.group == "processing").unrefreshed == 1
    with watched.folder() as folder:
        told = folder.score("H01", period="2026", source="published")
    assert told["groups"]["processing"]["captured_at"].startswith("2026-10-06")
    assert told["indicators"]["2.1"]["n"] > 0


def body_of(endpoint: str, code: str, day: str, watched: Watched) -> dict[str, Any]:
    watched.portal.day = day
    return next(
        body for name, body in watched.portal.requests
        if name == endpoint and body.get("rootDepartmentId") == department(code)
    )  # fmt: skip


def encoded(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_run_that_was_stopped_asks_only_for_what_is_missing(watched: Watched) -> None:
    count = itertools.count()
    found = watched.run("H01", stop=lambda seconds: next(count) == 7)
    assert (found.state, found.requests) == ("stopped", 8)
    before = list(watched.portal.requests)
    watched.at(DAYS[0], "07:00")
    found = watched.run("H01")
    assert (found.state, found.requests, found.resumed) == ("complete", ALL - 8, 8)
    asked = [(name, body.get("rootDepartmentId")) for name, body in watched.portal.requests]
    assert len(set(asked)) == len(asked) == ALL
    assert watched.portal.requests[: len(before)] == before
    assert len(watched.journal()) == ALL
    assert_shown(watched, DAYS[0])


def test_an_answer_is_never_half_written_down(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the answer and what is remembered of it: neither holds."""
    from chiso.ledger import store

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(store, "remember", killed)
        with pytest.raises(SystemExit):
            watched.run()
    assert watched.journal() == []
    watched.run()
    assert len(watched.journal()) == ALL


def test_a_province_that_is_chosen_later_in_the_day(watched: Watched) -> None:
    watched.run("H01")
    before = len(watched.journal())
    found = watched.run("H01", "H44")
    assert (found.state, found.requests, found.kept, found.resumed) == ("complete", 6, 6, ALL - 6)
    figures = [one for entry in watched.journal()[before:] for one in entry.items()]
    assert {one.kind for one in figures} == {"department", "commune"}  # of the province all was said
    with watched.folder() as folder:
        assert set(folder.score("H44.100", period="2026", source="published")["groups"]) == set(CODES)
    assert watched.run("H44").requests == 0
    watched.at("2026-10-07")
    assert watched.run("H44").kept == 0


def test_new_keys_are_told_once(watched: Watched) -> None:
    def more(answer: dict[str, Any]) -> None:
        answer["data"]["refreshedAt"] = "2026-10-06"

    watched.portal.quirk = more
    watched.run()
    told = [one for one in watched.said if one.code == "unknown_keys"]
    assert len(told) == 7
    assert told[0].en == "service-results 2026: new keys refreshedAt; they are not read."


def test_the_next_day_everything_is_asked_again(watched: Watched) -> None:
    watched.run()
    watched.at("2026-10-08")
    found = watched.run()
    assert (found.resumed, found.requests, found.kept) == (0, ALL, ALL)


# -- pages, procedures, choices ------------------------------------------------------------------------------


def test_several_pages(watched: Watched) -> None:
    watched.portal.page = 3
    found = watched.run("H44")
    assert (found.state, found.kept) == ("complete", ALL)
    assert watched.portal.asked("transparency", "H44") == 2
    assert watched.portal.asked("transparency", "H20") == 1  # nobody wants its units
    with watched.folder() as folder:
        for code in ("H44.01", "H44.07", "H44.100", "H44.101"):
            assert "transparency" in folder.score(code, period="2026", source="published")["groups"]
    entries = [
        one for one in watched.journal() if b"/transparency" in one.payload and b'"H44.' not in one.payload
    ]
    assert entries
    keys = [
        (one.unit or one.department, one.key) for entry in watched.journal() for one in entry.items()
        if entry.payload.count(b"evaluation/transparency")
    ]  # fmt: skip
    assert len(keys) == len(set(keys))
    watched.at("2026-10-07")
    assert watched.run("H44").kept == 0


def test_a_page_that_repeats_units_of_the_one_before(watched: Watched) -> None:
    watched.portal.page = 3

    def shifted(answer: dict[str, Any]) -> None:
        first = watched.portal.answer(
            "transparency", body_of("transparency", "H44", watched.portal.day, watched)
        )
        answer["data"]["evaluation"].insert(0, first[1]["data"]["evaluation"][2])

    watched.portal.plant("edit", "transparency", "H44", times=0)
    fault = watched.portal.faults[-1]
    fault.where = lambda name, body: (
        name == "transparency" and body["rootDepartmentId"] == IDS["H44"] and body["currentPage"] == 2
    )
    fault.times, fault.value = 1, shifted
    watched.run("H44")
    keys = [
        (one.department, one.key) for entry in watched.journal() for one in entry.items()
        if entry.payload.count(b"evaluation/transparency")
    ]  # fmt: skip
    assert len(keys) == len(set(keys))


def test_pages_that_are_ignored(watched: Watched) -> None:
    watched.portal.page, watched.portal.ignores_pages = 3, True
    found = watched.run("H44")
    assert found.state == "complete"
    assert watched.portal.asked("transparency", "H44") == 2  # then it is understood
    assert "the next page repeats the one before" in watched.words()
    assert "transparency H44 2026: the portal tells of 4 units and gives 3." in watched.words()


def test_procedures_one_by_one(watched: Watched) -> None:
    found = watched.run("H44", procedures=("2.000815", "9.999999"))
    assert (found.state, found.kept, found.done, found.of) == ("complete", ALL + 5, ALL + 5, ALL + 5)
    assert "no_formality" in watched.codes()
    narrowed = [
        (name, body) for name, body in watched.portal.requests if {"formalityId", "formalityID"} & body.keys()
    ]
    assert len(narrowed) == 5
    assert {name for name, body in narrowed if "formalityID" in body} == {"dossier-digitized"}
    assert watched.portal.asked("formalities") == 2
    with watched.folder() as folder:
        keys = set(folder.published.figures("H44", "2026"))
        assert {"2.1@2.000815", "processing@2.000815", "4.1@2.000815"} <= keys
        told = folder.score("H44", period="2026", source="published")  # which they do not touch
        assert Decimal(told["groups"]["processing"]["points"]) == points(DAYS[0], "H44", "processing")
    watched.at("2026-10-08")
    watched.run("H44", procedures=("2.000815",))
    assert watched.portal.asked("formalities") == 2  # looked up once


def test_a_province_that_the_portal_does_not_list(watched: Watched) -> None:
    watched.run("H44", "H02")
    assert "H02 are not found in the portal's list." in watched.words()


def test_names_choose_only_what_to_ask_for(watched: Watched) -> None:
    """A portal that names Đồng Tháp as it should and gives it another code: the code holds."""

    def other(answer: dict[str, Any]) -> None:
        answer["data"]["parent"]["departmentCode"] = "H89"

    for endpoint in ("dvc-progress-tree", "provide-online-tree", "formality-online-payment-tree"):
        watched.portal.plant("edit", endpoint, "H20", value=other)
    watched.run("H20")
    assert "the portal tells the code H20, before it was H89; the new one holds." in watched.words()


@pytest.mark.parametrize(
    "name",
    ["UBND tỉnh Phú Thọ", "Tỉnh Phú Thọ", "Ủy ban nhân dân tỉnh Phú Thọ", "UBND Tỉnh  PHÚ THỌ", "Phú Thọ"],
)
def test_names_are_compared_bare(name: str) -> None:
    assert bare_name(name) == "phu tho"
    assert bare_name("UBND Thành phố Huế") == bare_name("TP. Huế") == "hue"


def test_one_watch_does_not_disturb_figures_loaded_by_hand(watched: Watched, tmp_path: Any) -> None:
    path = tmp_path / "told.csv"
    path.write_text("unit,period,at,total,rank\nH20,2026,2026-10-05,68.00,1\n", encoding="utf-8")
    with loading.opened(watched.path) as target:
        target.load([path])
    watched.run()
    with watched.folder() as folder:
        assert folder.score("H20", period="2026", at=parse_instant("2026-10-05T12:00"))["total"] == "68.00"
    assert_shown(watched, DAYS[0])
