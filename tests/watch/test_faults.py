"""With every quirk and fault: nothing wrong is kept, nothing twice, and the log says what happened."""

from __future__ import annotations

import json
import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from chiso.commands import loading
from chiso.instants import iso, parse_instant
from chiso.intake.records import PublishedFigure
from tests.support.portal_server import CODES, DAYS, ENDPOINTS, IDS, PlayedPortal, points
from tests.watch.conftest import Watched

ALL = 1 + 3 * 6
OPTIONAL = (
    "level",
    "scoreDelta",
    "ratio",
    "avgProcessingDays",
    "totalOverdue",
    "departmentLevel",
    "agencyLevel",
    "stt",
)
SPELLINGS = ("UBND {}", "Ủy ban nhân dân {}", "{} - Tỉnh", "UBND   {}")


def quirks(answer: dict[str, Any]) -> None:
    """What the portal's answers are like: names spelled anyhow, keys that are not there, any order."""
    data = answer["data"]
    parts = data.get("children") or data.get("evaluation") or []
    chance = random.Random(len(parts) + answer["data"].get("pagination", {}).get("currentPage", 0))
    for place, part in enumerate(parts):
        part["departmentName"] = chance.choice(SPELLINGS).format(part["departmentName"].removeprefix("UBND "))
        for key in OPTIONAL:
            if place % 2:
                part.pop(key, None)
    chance.shuffle(parts)


def kept(watched: Watched) -> list[PublishedFigure]:
    return [one for entry in watched.journal() for one in entry.items()]


def assert_nothing_wrong_and_nothing_twice(watched: Watched) -> None:
    """Every figure that is kept is what the portal showed on its day, and no answer says a figure twice."""
    with loading.opened(watched.path) as target:
        aliases = target.ledger.aliases()
    told: Counter[tuple[str, ...]] = Counter()
    for entry in watched.journal():
        address = json.loads(entry.payload)["address"]
        for one in entry.items():
            code = one.unit or aliases.get(one.department, one.department)
            day = (iso(one.captured_at) or "")[:10]
            told[address, code, one.period, one.key, day] += 1
            if one.key in CODES and code in watched.portal.provinces and one.points is not None:
                assert Decimal(one.points) == points(day, code, one.key), (code, one.key, day)
    assert [key for key, count in told.items() if count > 1] == []


def assert_league(watched: Watched, day: str) -> None:
    with watched.folder() as folder:
        found = folder.rank(
            "provinces", None, period="2026", at=parse_instant(f"{day}T23:00"), source="published"
        )
    shown = {row["unit"]: row["groups"] for row in found["rows"]}
    assert set(shown) == set(watched.portal.provinces)
    for code, groups in shown.items():
        assert {group: Decimal(told) for group, told in groups.items()} == {
            group: points(day, code, group) for group in CODES
        }  # fmt: skip


# -- what passes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["slow", "cut", "short", "500", "503"])
def test_faults_that_pass(watched: Watched, fault: str) -> None:
    watched.portal.slow = 0.6
    for endpoint in ("service-results", "transparency", "dvc-progress-tree"):
        watched.portal.plant(fault, endpoint)
    found = watched.run("H01", timeout=0.2)
    assert (found.state, found.kept, found.failed, found.requests) == ("complete", ALL, 0, ALL + 3)
    assert watched.codes().count("again") == 3
    assert_league(watched, DAYS[0])
    assert_nothing_wrong_and_nothing_twice(watched)
    why = {"slow": "no answer within 0.2 s", "500": "server error 500", "503": "server error 503"}
    line = f"service-results 2026: {why.get(fault, 'the answer was cut off')}; attempt 1, again in 0 s."
    assert line in watched.words()


def test_an_answer_that_does_not_come_is_missing_and_asked_for_again_later(watched: Watched) -> None:
    watched.portal.plant("500", "transparency", "H44", times=4)
    found = watched.run("H01")
    assert (found.state, found.failed, found.kept) == ("incomplete", 1, ALL - 1)
    assert "transparency H44 2026: server error 500; given up after 4 attempts." in watched.words()
    assert "Incomplete: 1 answers could not be had; another run asks for these alone." in watched.words()
    before = len(watched.portal.requests)
    watched.at(DAYS[0], "07:00")
    found = watched.run("H01")
    assert (found.state, found.kept, found.resumed) == ("complete", 1, ALL - 1)
    assert [name for name, _ in watched.portal.requests[before:]] == ["transparency"]
    assert_league(watched, DAYS[0])


def test_a_portal_that_is_down_is_left_alone(watched: Watched) -> None:
    watched.portal.plant("500", times=999)
    found = watched.run("H01")
    assert (found.state, found.requests, found.kept) == ("failed", 3 * 4, 0)
    assert "The portal left 3 questions in a row without an answer; stopping." in watched.words()
    assert "Without the overall list; going by the 2 provinces known." in watched.words()
    watched.portal.faults.clear()
    assert watched.run("H01").state == "complete"
    assert_nothing_wrong_and_nothing_twice(watched)


def test_without_the_list_the_provinces_that_are_known_are_asked(watched: Watched) -> None:
    watched.run("H01")
    watched.at("2026-10-08")
    watched.portal.plant("500", "service-results", times=4)
    found = watched.run("H01")
    assert (found.state, found.failed, found.kept) == ("incomplete", 1, ALL - 1)
    assert_league(watched, "2026-10-08")


# -- what does not ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["401", "403", "429"])
def test_a_refusal_ends_the_run(watched: Watched, status: str) -> None:
    watched.portal.plant(status, "dossier-digitized", "H20")
    found = watched.run("H01")
    asked = len(watched.portal.requests)
    assert (found.state, found.requests) == ("refused", asked)
    assert watched.portal.requests[-1][0] == "dossier-digitized"  # and nothing after it
    told = (
        f"The portal refuses, status {status}, at dossier-digitized H20 2026 (“Too many”). Stopped, nothing"
    )
    assert told in watched.words()
    found = watched.run("H01")  # somebody who knows better may go on
    assert (found.state, found.resumed) == ("complete", asked - 1)
    assert_league(watched, DAYS[0])
    assert_nothing_wrong_and_nothing_twice(watched)


def test_a_portal_that_wants_its_rest_gets_it(watched: Watched) -> None:
    watched.portal.plant("429", "transparency", "H01", value="7200")
    assert watched.run("H01").state == "refused"
    assert "nothing more is asked before 08:00, 6 Oct 2026." in watched.words()
    asked = len(watched.portal.requests)
    watched.at(DAYS[0], "07:30")
    assert watched.run("H01").state == "silent"
    assert len(watched.portal.requests) == asked
    assert "The portal asked to be left alone until 08:00, 6 Oct 2026; nothing was asked." in watched.words()
    watched.at(DAYS[0], "08:01")
    assert watched.run("H01").state == "complete"


def rename(key: str) -> Any:
    def change(answer: dict[str, Any]) -> None:
        data = answer["data"]
        unit = data.get("parent") or data["overview"]
        unit[f"{key}V2"] = unit.pop(key)

    return change


@pytest.mark.parametrize(
    ("endpoint", "change", "words"),
    [
        ("dvc-progress-tree", rename("totalOnTime"),
         "the key “totalOnTime” is missing at parent; unknown there: totalOnTimeV2"),
        ("transparency", rename("metrics"),
         "the key “metrics” is missing at overview; unknown there: metricsV2"),
        ("provide-online-tree", lambda answer: answer["data"]["parent"].update(totalMaxScore=14),
         "the maximum at parent is 14, it was 12"),
        ("handling-satisfaction", lambda answer: answer["data"]["overview"].update(departmentId="x"),
         f"it is about x instead of {IDS['H44']}"),
        ("formality-online-payment-tree", lambda answer: answer["data"]["parent"].update(totalScore="6,67"),
         "“totalScore” at parent is not a number or null"),
    ],
)  # fmt: skip
def test_another_form_ends_the_run_and_goes_to_quarantine_once(
    watched: Watched, endpoint: str, change: Any, words: str
) -> None:
    watched.portal.plant("edit", endpoint, "H44", times=2, value=change)
    found = watched.run("H44")
    assert found.state == "changed"
    assert watched.portal.requests[-1][0] == endpoint
    told = f"The form of the answer has changed at {endpoint} H44 2026: {words}. Stopped; the answer is in"
    assert told in watched.words()
    (one,) = watched.quarantine()
    assert (one.reason, one.door, one.place) == ("changed_form", "watch", f"{endpoint} H44 2026")
    assert words in one.message_en
    assert watched.run("H44").state == "changed"  # the same answer once more
    assert len(watched.quarantine()) == 1
    assert watched.run("H44").state == "complete"  # the old form again
    assert_league(watched, DAYS[0])
    assert_nothing_wrong_and_nothing_twice(watched)


def test_what_was_refused_can_be_mended_and_released(watched: Watched) -> None:
    watched.portal.plant("edit", "dvc-progress-tree", "H44", value=rename("totalOnTime"))
    watched.run("H44")
    (one,) = watched.quarantine()
    with loading.opened(watched.path) as target:
        raw = target.ledger.quarantine.raw(one.id)
        told = json.loads(raw)
        assert (told["period"], told["address"][-17:]) == ("2026", "dvc-progress-tree")
        outcome = target.release(one.id, raw.replace(b"totalOnTimeV2", b"totalOnTime"))
        assert (outcome.counts["refused"], outcome.counts["new"] + outcome.counts["same"]) == (0, 10)
    with watched.folder() as folder:
        shown = folder.published.figures("H44", "2026")["2.1"]
    assert Decimal(shown.points or "0") == points(DAYS[0], "H44", "processing")


@pytest.mark.parametrize("endpoint", ["service-results", *ENDPOINTS])
def test_a_page_instead_of_an_answer(watched: Watched, endpoint: str) -> None:
    watched.portal.plant("html", endpoint)
    assert watched.run("H01").state == "changed"
    assert "it is no JSON (text/html)" in watched.words()
    assert_nothing_wrong_and_nothing_twice(watched)


def test_a_list_that_is_spelled_otherwise_gives_its_totals(watched: Watched) -> None:
    def spelled(answer: dict[str, Any]) -> None:
        for one in answer["data"]["evaluation"]:
            one["groupScores"] = {f"NHOM_{key}": value for key, value in one["groupScores"].items()}

    watched.portal.plant("edit", "service-results", value=spelled)
    found = watched.run("H01")
    assert found.state == "complete"
    assert "not all six groups are recognised in groupScores (NHOM_CKMB" in watched.words()
    assert_league(watched, DAYS[0])


def test_an_impossible_group_in_the_list(watched: Watched) -> None:
    def wrong(answer: dict[str, Any]) -> None:
        answer["data"]["evaluation"][0]["groupScores"]["TTTT"] = 10.5

    watched.portal.plant("edit", "service-results", value=wrong)
    assert watched.run("H01").state == "changed"
    assert "10.5 points at UBND tỉnh Đồng Tháp online_payment are not within 0 to 10" in watched.words()
    assert kept(watched) == []


# -- what is published as it is ------------------------------------------------------------------------------


def test_null_stays_null_and_three_ways_to_say_no_data_stay_what_they_are(watched: Watched) -> None:
    def nulls(answer: dict[str, Any]) -> None:
        unit = answer["data"]["parent"]
        unit |= {"totalScore": None, "totalOnTime": None, "ratio": None}

    watched.portal.plant("edit", "dvc-progress-tree", "H44", value=nulls)
    watched.run("H44")
    told = {(one.unit or one.department, one.key): one for one in kept(watched)}
    assert told["H44", "processing"].points is None
    assert (told["H44", "2.1"].numerator, told["H44", "2.1"].denominator) == (None, 11000 * 20)
    assert "processing of 2026: 1 figures have no value; they stay without." in watched.words()
    office = "H44.01"
    with loading.opened(watched.path) as target:
        department = next(one for one, code in target.ledger.aliases().items() if code == office)
    shown = {
        key: (one.points, one.numerator, one.denominator)
        for (unit, key), one in told.items() if unit in (office, department)
    }  # fmt: skip
    assert shown["1.4"] == (None, 0, 0)  # null where there is nothing
    assert shown["4.1"] == (None, 0, 0)
    assert shown["2.1"] == ("0", 0, 0)  # 0 where there is nothing
    assert shown["5.4"] == ("0", 0, 0)
    assert shown["5.2"] == ("6", 0, 0)  # and full points
    assert shown["4.6"] == ("2", None, None)  # the same for everybody
    assert "Indicator 4.6: a placeholder of the portal (constant) in 7 units" in watched.words()
    with watched.folder() as folder:
        assert "processing" not in folder.score("H44", period="2026", source="published")["groups"]


def test_everything_at_once(watched: Watched) -> None:
    """Five days with all quirks, and faults at random: what is kept is right, and whole in the end."""
    watched.portal.quirk, watched.portal.page, watched.portal.slow = quirks, 3, 0.3
    chance = random.Random(766)
    for day in DAYS:
        watched.portal.scores_as_list = not watched.portal.scores_as_list
        watched.at(day)
        for _ in range(12):
            kind = chance.choice(("slow", "cut", "short", "500", "502", "403", "html", "edit"))
            endpoint = chance.choice(tuple(ENDPOINTS))
            watched.portal.plant(kind, endpoint, chance.choice(("H01", "H20")), value=rename("departmentId"))
        states = Counter()
        for hour in range(6, 23):
            watched.at(day, f"{hour:02d}:00")
            found = watched.run("H01", timeout=0.15)
            states[found.state] += 1
            if found.state == "complete":
                break
        assert states["complete"] == 1
        assert len(states) > 1
        assert_nothing_wrong_and_nothing_twice(watched)
    for day in DAYS:
        assert_league(watched, day)
    assert {"again", "refused", "changed", "unrefreshed", "resumed", "complete"} <= set(watched.codes())
    assert all(one.vi and one.en for one in watched.said)


def test_the_played_portal_refuses_the_wrong_name_of_a_field() -> None:
    """The server minds the bodies: else these tests would prove little."""
    played = PlayedPortal()
    body = {
        "timeType": "year",
        "year": 2026,
        "rootDepartmentId": IDS["H01"],
        "currentPage": 1,
        "pageSize": 200,
    }
    assert played.answer("dossier-digitized", body | {"formalityID": "x"})[0] == 201
    assert played.answer("dossier-digitized", body | {"formalityId": "x"})[0] == 400
    assert played.answer("transparency", body | {"formalityID": "x"})[0] == 400
    assert played.answer("handling-satisfaction", body)[0] == 400
    assert played.answer("transparency", {"timeType": "year", "year": 2026})[0] == 400
