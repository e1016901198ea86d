from __future__ import annotations

from datetime import date

from chiso.law import load
from chiso.law.difference import law_diff

DAY = date(2026, 10, 10)


def test_the_document_differs_where_it_says() -> None:
    found = {one.key: one for one in law_diff(load("qd766").at(DAY), load("qd766-document").at(DAY))}
    assert set(found) == {
        "indicators.1.4.d", "indicators.3.3.n", "indicators.3.3.times", "indicators.4.1.n",
        "indicators.4.1.d", "indicators.4.2.cap", "rules.reporting_missing",
    }  # fmt: skip
    cap = found["indicators.4.2.cap"]
    assert (cap.before, cap.after) == ("1", "4/5")
    assert cap.words.vi == "Chỉ số 4.2 (Tỷ lệ hồ sơ TTHC thực hiện số hóa), mức được trọn điểm: 100% → 80%"
    assert found["indicators.3.3.times"].words.en.endswith("times the ratio of: none → 1.4")
    assert found["indicators.4.1.d"].words.vi.endswith("mẫu số: mọi hồ sơ → returns_paper")
    assert "last year's figure" in found["indicators.1.4.d"].words.en


def test_a_law_does_not_differ_from_itself() -> None:
    law = load("qd766")
    assert law_diff(law.at(DAY), law.at(date(2025, 5, 1))) == []


def test_an_option_shows_with_what_it_changes() -> None:
    law = load("qd766")
    changed = law.with_options({"no_limit": "overdue", "later_open_step": "stays_ended"}).at(DAY)
    assert [one.key for one in law_diff(law.at(DAY), changed)] == [
        "definitions.on_time_without_limit", "rules.later_open_step", "rules.no_limit",
        "life.later_open_step_reopens",
    ]  # fmt: skip


def test_between_the_portals_indicators_are_new_not_changed() -> None:
    found = law_diff(load("qd766-2022").at(date(2025, 6, 1)), load("qd766").at(DAY))
    keys = [one.key for one in found]
    assert "indicators.2.1" in keys
    assert not any(key.startswith("indicators.2.1.") for key in keys)
    new = next(one for one in found if one.key == "indicators.2.1")
    assert new.words.vi.endswith("mới")
    assert new.words.en.endswith("new")
