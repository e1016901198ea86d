"""Questions of insight as they are asked: what they are about, and what is refused in which way."""

from __future__ import annotations

from typing import Any

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.insight.asking import computed, last_instant, must_lie_ahead
from chiso.instants import DAY, parse_instant, year_of


def test_what_is_left_open_is_decided(province: DataFolder) -> None:
    wanted, view, unit = computed(province, "000.00.00.H01", {})
    assert unit.code == "H01"
    assert wanted.period == view.period == year_of(province.now())
    assert view.board.judged_at == province.now()
    past = province.now() - 5 * DAY
    wanted, view, _ = computed(province, "H01.113", {"at": past, "period": "2026-Q3"})
    assert wanted.period.label == "2026-Q3"
    assert view.board.judged_at == min(past, wanted.period.end)


@pytest.mark.parametrize(
    ("unit", "question", "flags"),
    [
        ("H01", {"source": "published"}, (False, True, False)),
        ("H01", {"source": "x"}, (False, True, False)),
        ("H01", {"law": "x"}, (False, True, False)),
        ("H01", {"period": "2023"}, (False, False, True)),
        ("H20", {}, (False, False, True)),
        ("H99", {}, (True, False, False)),
    ],
)
def test_refused(province: DataFolder, unit: str, question: Any, flags: tuple[bool, bool, bool]) -> None:
    with pytest.raises(QuestionError) as caught:
        computed(province, unit, question)
    assert (caught.value.unknown, caught.value.wrong, caught.value.empty) == flags
    assert caught.value.message_vi != caught.value.message_en


def test_a_date_alone_means_the_whole_of_its_day() -> None:
    assert last_instant("2026-12-31") == parse_instant("2027-01-01T00:00+07:00")
    assert last_instant("2026-12-31T10:00+07:00") == parse_instant("2026-12-31T10:00+07:00")


def test_what_has_passed_lies_not_ahead() -> None:
    must_lie_ahead(11, 10)
    for until in (10, 9):
        with pytest.raises(QuestionError) as caught:
            must_lie_ahead(until, 10)
        assert caught.value.wrong
