"""The form of answers: the portal's own pass whole; whatever is missing, unknown or impossible is named."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.instants import parse_period
from chiso.watch.asking import GROUPS, OVERALL, Address, Question
from chiso.watch.client import FormError, NoAnswerError
from chiso.watch.form import Seen, counts_of, digest, groups_unread, read_form, read_formality
from tests.support.portal_server import DAYS, FORMALITIES, IDS, PlayedPortal

PERIODS = ("2026", "2026-Q3", "2026-08")
ADDRESSES = {address.name: address for address in (OVERALL, *GROUPS)}


def question(name: str, period: str = "2026") -> Question:
    return Question(ADDRESSES[name], parse_period(period), "" if name == OVERALL.name else IDS["H44"])


def answer(name: str, period: str = "2026") -> dict[str, Any]:
    """The played portal's answer, not sent."""
    status, found = PlayedPortal(DAYS[0]).answer(name, question(name, period).body())
    assert status == 201
    return found


def above(address: Address, found: dict[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = found["data"]["parent" if address.tree else "overview"]
    return whole


def below(address: Address, found: dict[str, Any]) -> dict[str, Any]:
    part: dict[str, Any] = found["data"]["children" if address.tree else "evaluation"][1]
    return part


def refused(name: str, found: Any) -> str:
    with pytest.raises(FormError) as caught:
        read_form(question(name), found)
    assert caught.value.what.vi
    return caught.value.what.en


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("period", PERIODS)
def test_the_portal_s_own_answers_are_right(name: str, period: str) -> None:
    if name == OVERALL.name and period != "2026":
        return
    seen = read_form(question(name, period), answer(name, period))
    assert seen.unknown == []
    assert len(seen.parts) == (
        34 if name == OVERALL.name else 4 if period == "2026" else seen.parts and len(seen.parts)
    )
    assert (seen.total is None) == (name == OVERALL.name or ADDRESSES[name].tree)


@pytest.mark.parametrize("address", GROUPS, ids=lambda one: one.name)
@pytest.mark.parametrize("where", ["above", "below"])
def test_a_key_that_is_gone_is_named_with_what_took_its_place(address: Address, where: str) -> None:
    pick = above if where == "above" else below
    place = ("parent" if address.tree else "overview") if where == "above" else (
        "children[1]" if address.tree else "evaluation[1]"
    )  # fmt: skip
    child_of_progress = address.group == "processing" and where == "below"
    needed = {"departmentId", *counts_of(address, above=where == "above")}
    needed |= {"score", "maxScore"} if child_of_progress else {"totalScore", "totalMaxScore"}
    if not address.tree:
        needed.add("metrics")
    for key in sorted(needed):
        found = answer(address.name)
        unit = pick(address, found)
        unit[f"{key}New"] = unit.pop(key)
        told = refused(address.name, found)
        assert told == f"the key “{key}” is missing at {place}; unknown there: {key}New"
    for key in sorted(set(pick(address, answer(address.name))) - needed):
        found = answer(address.name)
        del pick(address, found)[key]  # absent numbers are not there as a rule
        assert read_form(question(address.name), found).unknown == []


def test_new_keys_are_told_and_not_refused() -> None:
    found = answer("dossier-digitized")
    found["data"]["refreshedAt"] = "2026-10-06"
    above(ADDRESSES["dossier-digitized"], found)["rankInCountry"] = 1
    below(ADDRESSES["dossier-digitized"], found)["metrics"].append(
        {"code": "NEW", "numerator": 1, "denominator": 2, "score": 0, "maxScore": 1, "weight": 2}
    )
    seen = read_form(question("dossier-digitized"), found)
    assert seen.unknown == ["refreshedAt", "rankInCountry", "weight", "NEW"]


@pytest.mark.parametrize("key", ["code", "numerator", "denominator", "score", "maxScore"])
def test_metrics_are_looked_at_too(key: str) -> None:
    found = answer("transparency")
    del below(ADDRESSES["transparency"], found)["metrics"][2][key]
    assert refused("transparency", found) == f"the key “{key}” is missing at evaluation[1].metrics[2]"


@pytest.mark.parametrize("name", ["transparency", "dossier-digitized", "handling-satisfaction"])
def test_a_metric_that_is_gone(name: str) -> None:
    found = answer(name)
    metric = above(ADDRESSES[name], found)["metrics"][0]
    code, metric["code"] = metric["code"], "RENAMED"
    assert refused(name, found) == f"the metric “{code}” is gone at overview; unknown there: RENAMED"
    found = answer(name)
    del below(ADDRESSES[name], found)["metrics"][0]  # of a unit it may be absent
    read_form(question(name), found)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda unit: unit.update(totalScore="17,35"), "“totalScore” at parent is not a number or null"),
        (lambda unit: unit.update(totalScore=True), "“totalScore” at parent is not a number or null"),
        (
            lambda unit: unit.update(totalScore=20.01),
            "20.01 points at parent.totalScore are not within 0 to 20",
        ),
        (lambda unit: unit.update(totalScore=-1), "-1 points at parent.totalScore are not within 0 to 20"),
        (lambda unit: unit.update(totalMaxScore=25), "the maximum at parent is 25, it was 20"),
        (lambda unit: unit.update(totalReceived=1.5), "“totalReceived” at parent is not a count or null"),
        (lambda unit: unit.update(totalReceived=-1), "“totalReceived” at parent is not a count or null"),
        (lambda unit: unit.update(totalOnTime="12"), "“totalOnTime” at parent is not a count or null"),
        (lambda unit: unit.update(departmentId=None), "“departmentId” at parent is not a text"),
        (lambda unit: unit.update(departmentId="x"), f"it is about x instead of {IDS['H44']}"),
    ],
)
def test_impossible_values(change: Any, words: str) -> None:
    found = answer("dvc-progress-tree")
    change(found["data"]["parent"])
    assert refused("dvc-progress-tree", found) == words


def test_null_is_a_value() -> None:
    found = answer("dvc-progress-tree")
    found["data"]["parent"] |= {"totalScore": None, "totalOnTime": None, "totalMaxScore": None}
    seen = read_form(question("dvc-progress-tree"), found)
    assert (seen.above.without, seen.below.without) == (1, 0)


def test_the_same_unit_twice() -> None:
    found = answer("provide-online-tree")
    found["data"]["children"].append(copy.deepcopy(found["data"]["children"][0]))
    assert "stands in it twice" in refused("provide-online-tree", found)


@pytest.mark.parametrize("found", [[], "x", {"data": []}, {"data": {"parent": []}}, {"message": "OK"}])
def test_no_answer_at_all(found: Any) -> None:
    assert refused("dvc-progress-tree", found)
    assert refused(OVERALL.name, found)


def test_lists_of_other_things() -> None:
    for parts in ({}, [1], [[]], None):
        found = answer("dvc-progress-tree")
        found["data"]["children"] = parts
        assert refused("dvc-progress-tree", found)
    found = answer("transparency")
    found["data"]["overview"]["metrics"] = {}
    assert refused("transparency", found) == "“metrics” at overview is not a list"
    found["data"]["overview"]["metrics"] = [3]
    assert refused("transparency", found) == "“overview.metrics[0]” at overview is not an object"


def test_what_the_portal_says_of_itself() -> None:
    with pytest.raises(NoAnswerError) as caught:
        read_form(question("transparency"), {"code": "ERROR", "message": "Hệ thống bận", "data": None})
    assert caught.value.why.en == "the portal says ERROR: Hệ thống bận"


def test_the_overall_list_needs_provinces_with_their_groups() -> None:
    found = answer(OVERALL.name)
    found["data"]["evaluation"] = []
    assert refused(OVERALL.name, found) == "there is no unit in it"
    found = answer(OVERALL.name)
    found["data"]["evaluation"][1]["scores"] = found["data"]["evaluation"][1].pop("groupScores")
    assert (
        refused(OVERALL.name, found)
        == "the key “groupScores” is missing at evaluation[1]; unknown there: scores"
    )


def test_groups_that_are_spelled_otherwise_are_told() -> None:
    groups = {address.group for address in GROUPS}
    for scores in ({"NHOM_1": 8}, [{"code": "NHOM_1", "score": 8}], ["NHOM_1"]):
        seen = Seen({}, [{"groupScores": scores}], None)
        told = groups_unread(seen, {"total"})
        assert told is not None
        assert (
            told.en
            == "Overall list: not all six groups are recognised in groupScores (NHOM_1); the rest is read."
        )
    assert groups_unread(Seen({}, [{"groupScores": None}], None), {"total"}) is not None
    assert groups_unread(seen, groups | {"total"}) is None


def test_placeholders_and_missing_values_are_counted() -> None:
    seen = read_form(question("transparency"), answer("transparency"))
    assert seen.above.placeholders == {("1.4", "TEMP_NATIONAL_REPORT_DENOMINATOR"): 1}
    assert seen.below.placeholders == {
        ("1.4", "TEMP_NATIONAL_REPORT_DENOMINATOR"): 3, ("1.4", "NO_NATIONAL_REPORT_DATA"): 1,
    }  # fmt: skip
    assert (seen.above.without, seen.below.without) == (0, 4)
    seen = read_form(question("dossier-digitized"), answer("dossier-digitized"))
    assert seen.above.placeholders == {("4.6", "constant"): 1}
    assert seen.below.placeholders == {("4.6", "constant"): 4}


def test_procedures_are_found_by_their_exact_code() -> None:
    (code, wanted), *_ = FORMALITIES.items()
    found = PlayedPortal().answer("formalities", {"q": code, "pageSize": 10})[1]
    assert read_formality(found, code) == wanted
    assert read_formality(found, "2.00081") is None
    for wrong in ({"data": {"items": {}}}, {"data": {"items": [1]}}, {"data": {}}, {"data": {"items": [{}]}}):
        with pytest.raises(FormError):
            read_formality(wrong, code)


# -- fingerprints -------------------------------------------------------------------------------------------


def units(name: str) -> list[dict[str, Any]]:
    seen = read_form(question(name, "2026-Q3"), answer(name, "2026-Q3"))
    return [seen.whole, *seen.parts]


@given(st.sampled_from([address.name for address in GROUPS]), st.integers(0, 1 << 30))
def test_order_names_and_words_do_not_matter(name: str, seed: int) -> None:
    told = units(name)
    first = digest(told)
    chance = random.Random(seed)
    chance.shuffle(told)
    for unit in told:
        unit["departmentName"] += " - Tỉnh Phú Thọ"
        unit["stt"] = chance.randrange(99)
        unit["totalMaxScore"] = float(unit.get("totalMaxScore", unit.get("maxScore", 0)))
        chance.shuffle(unit.get("metrics", []))
        for metric in unit.get("metrics", ()):
            metric["dataQualityMessage"] = "khác"
    if name != "dvc-progress-tree":
        assert digest(told) == first


@given(st.sampled_from([address.name for address in GROUPS]), st.integers(0, 1 << 30))
def test_every_number_matters(name: str, seed: int) -> None:
    told = units(name)
    first = digest(told)
    chance = random.Random(seed)
    unit = chance.choice(told)
    holder = chance.choice([unit, *unit.get("metrics", ())])
    keys = [key for key, value in holder.items() if isinstance(value, int | float) and key != "stt"]
    if not keys:
        return
    key = chance.choice(keys)
    holder[key] = None if chance.random() < 0.2 else holder[key] + chance.choice((1, -1, 0.01))
    assert digest(told) != first


def test_a_unit_more_or_less_matters() -> None:
    told = units("transparency")
    assert digest(told) != digest(told[:-1])
    assert digest([]) != digest(told[:1])
