"""Bodies are those that the portal's own page sent in September 2026."""

from __future__ import annotations

from typing import Any

import pytest

from chiso.folder import QuestionError
from chiso.instants import parse_period
from chiso.watch.asking import FORMALITIES, GROUPS, OVERALL, Question, formality_body

PHU_THO = "019d2be3-6a88-732b-8b17-b68020c8553a"
NAMED: dict[str, dict[str, Any]] = {
    "2026-Q3": {"timeType": "quarter", "year": 2026, "quarter": 3},
    "2026-08": {"timeType": "month", "year": 2026, "month": 8},
    "2026": {"timeType": "year", "year": 2026},
}
DAYS = {
    "2026-Q3": {"fromDate": "2026-07-01", "toDate": "2026-09-30"},
    "2026-08": {"fromDate": "2026-08-01", "toDate": "2026-08-31"},
    "2026": {"fromDate": "2026-01-01", "toDate": "2026-12-31"},
}
SIZES = {
    "transparency": 200, "dvc-progress-tree": 100, "provide-online-tree": 200, "dossier-digitized": 200,
    "handling-satisfaction": 200, "formality-online-payment-tree": 100,
}  # fmt: skip


@pytest.mark.parametrize("period", NAMED)
def test_the_six_groups(period: str) -> None:
    assert {address.name for address in GROUPS} == set(SIZES)
    for address in GROUPS:
        question = Question(address, parse_period(period), PHU_THO)
        span = DAYS if address.name == "handling-satisfaction" else NAMED
        page = {"rootDepartmentId": PHU_THO, "currentPage": 1, "pageSize": SIZES[address.name]}
        assert question.body() == span[period] | page
        assert question.next_page().body() == span[period] | page | {"currentPage": 2}
        assert address.path == f"/api/v1/reporting/evaluation/{address.name}"


@pytest.mark.parametrize("period", NAMED)
def test_the_overall_list(period: str) -> None:
    found = Question(OVERALL, parse_period(period)).body()
    assert found == NAMED[period] | {"departmentType": "ADMINISTRATIVE_UNIT"}


def test_procedures_go_by_two_names_and_satisfaction_knows_none() -> None:
    keys = {}
    for address in GROUPS:
        question = Question(address, parse_period("2026"), PHU_THO, "2.000815", "the id")
        keys[address.name] = {name for name, value in question.body().items() if value == "the id"}
    assert keys.pop("dossier-digitized") == {"formalityID"}
    del keys["handling-satisfaction"]
    assert set(map(frozenset, keys.values())) == {frozenset({"formalityId"})}
    assert [address.name for address in GROUPS if not address.formality] == ["handling-satisfaction"]
    assert formality_body("2.000815") == {"q": "2.000815", "currentPage": 1, "pageSize": 10}
    assert FORMALITIES == "/api/v1/reporting/formalities"


def test_every_question_has_a_name_of_its_own() -> None:
    periods = [parse_period(label) for label in NAMED]
    questions = [
        Question(address, period, department, procedure)
        for address in (OVERALL, *GROUPS)
        for period in periods
        for department in ("", "a", "b")
        for procedure in ("", "2.000815")
    ]
    assert len({one.key for one in questions}) == len(questions)


@pytest.mark.parametrize("label", ["2026-H1", "2026-01-01..2026-03-27"])
def test_other_periods_are_not_published(label: str) -> None:
    with pytest.raises(QuestionError, match="months, quarters and years"):
        Question(OVERALL, parse_period(label)).body()
