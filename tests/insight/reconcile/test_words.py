"""Words of a reconciliation, and that every cause has some."""

from __future__ import annotations

import pytest

from chiso.insight.reconcile.causes import CAUSES, FORMS, NAMED, ORDER, PARTS, UNEXPLAINED, Option, form_words
from chiso.insight.reconcile.words import flaw_words, other_date_words, period_words
from chiso.instants import DAY, parse_period
from tests.insight.reconcile.conftest import CAPTURE, Small


def test_every_cause_and_form_has_words() -> None:
    assert set(CAUSES) == {*ORDER, *NAMED, UNEXPLAINED}
    assert {Option(cause, part) for cause, parts in PARTS.items() for part in parts} == set(FORMS)
    assert form_words(Option("document_rule", "4.1"), "vi") == "chỉ số 4.1"
    assert form_words(Option("quarantined"), "en") == ""


def test_causes_come_in_their_order() -> None:
    options = [*FORMS, Option("quarantined"), Option("document_rule", "4.1"), Option("missing_here")]
    names = [one.cause for one in sorted(options, key=lambda one: one.order)]
    assert names == sorted(names, key=ORDER.index)
    assert Option("known_later", "new").order < Option("known_later", "changed").order


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("2026", "Năm 2026"),
        ("2026-09", "Tháng 9/2026"),
        ("2026-Q3", "Quý 3/2026"),
        ("2026-H2", "6 tháng cuối năm 2026"),
        ("2026-01-01..2026-03-27", "01/01/2026 – 27/03/2026"),
    ],
)
def test_periods(label: str, words: str) -> None:
    assert period_words(parse_period(label)) == words


def test_flaws_and_dates_are_said_in_both_languages(small: Small) -> None:
    pairs = small.computed()
    small.publish({name: pair for name, pair in pairs.items() if name[0] == "4"}, at=CAPTURE - DAY)
    rest = {name: pair for name, pair in pairs.items() if name[0] != "4"}
    small.publish({**rest, "5.2": (3, 2)}, {"processing": "19.00"})
    found = small.reconcile()
    said = {flaw.kind: (flaw_words(found, flaw, "vi"), flaw_words(found, flaw, "en")) for flaw in found.flaws}
    assert said["group"] == (
        "Nhóm Tiến độ, kết quả giải quyết: công bố 19,00 điểm, nhưng các chỉ số của nhóm cho 20,00 điểm.",
        "Group Processing: 19.00 points published, yet its indicators give 20.00.",
    )
    assert said["more_than_all"][0] == "5.2 Tỷ lệ PAKN xử lý đúng hạn: tử số 3 lớn hơn mẫu số 2."
    (date,) = found.other_dates
    assert other_date_words(found, date, "vi") == (
        "Số hóa hồ sơ: chốt lúc 06:00 07/10/2026, trong khi nhóm mới nhất chốt lúc 06:00 08/10/2026."
    )
