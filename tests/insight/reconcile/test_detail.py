"""The dossiers of a cause with the facts that differ."""

from __future__ import annotations

from typing import Any

import pytest

from chiso.folder import QuestionError
from chiso.insight.reconcile.detail import effect_of, page_of
from chiso.instants import DAY, iso, parse_instant
from tests.insight.reconcile.conftest import CAPTURE, HOUR, OTHER, UNIT, Small, everywhere
from tests.support.messages import stamp

SEPTEMBER = parse_instant("2026-09-20")


def page(small: Small, cause: str, part: str = "") -> list[dict[str, Any]]:
    found = small.reconcile()
    body = page_of(found, effect_of(found, cause, part), 50, 0)
    assert body["total"] == len(body["rows"])
    return list(body["rows"])


def test_when_it_became_known(small: Small) -> None:
    small.tell(small.one(50, SEPTEMBER), known_at=CAPTURE + HOUR)
    small.publish(small.differ(**everywhere(-1, -1)))
    (row,) = page(small, "known_later")
    assert row["code"] == f"{UNIT}-260901-00050"
    assert (row["unit"], row["procedure"]) == (UNIT, "2.000815")
    assert row["received_at"] == iso(SEPTEMBER + 8 * HOUR)
    assert row["facts"] == [{"name": "known_at", "here": iso(CAPTURE + HOUR), "there": None}]


def test_what_changed_since(small: Small) -> None:
    small.tell(small.one(51, SEPTEMBER, open_=True), known_at=CAPTURE - DAY)
    small.tell(small.one(51, SEPTEMBER), known_at=CAPTURE + HOUR)
    small.publish(small.computed())
    (row,) = page(small, "known_later", "changed")
    facts = {fact["name"]: (fact["here"], fact["there"]) for fact in row["facts"]}
    assert facts["NgayKetThucXuLy"] == (iso(SEPTEMBER + 10 * HOUR), None)
    assert facts["DuongDanTepTinKetQua"] == ("1", "0")
    assert set(facts) == {"NgayKetThucXuLy", "DuongDanTepTinKetQua"}


def test_why_it_was_refused(small: Small) -> None:
    small.refuse(small.one(53, SEPTEMBER, TaiKhoanDuocXacThucVoiVNeID="có lẽ"))
    small.publish(small.computed())
    (row,) = page(small, "quarantined")
    assert row["code"] == f"{UNIT}-260901-00053"
    assert row["facts"][0]["name"] == "TaiKhoanDuocXacThucVoiVNeID"
    assert "có lẽ" in row["facts"][0]["here"]


def test_the_other_code(small: Small) -> None:
    whose = {"SoGiayToChuHoSo": "089123456789"}
    small.tell(small.one(55, SEPTEMBER, **whose), small.one(56, SEPTEMBER, **whose), known_at=CAPTURE - DAY)
    small.publish(small.computed())
    (row,) = page(small, "duplicate", "later_code")
    assert row["facts"] == [{"name": "MaHoSo", "here": None, "there": f"{UNIT}-260901-00055"}]
    assert "089123456789" not in str(row)


def test_units_edges_and_days(small: Small) -> None:
    new_year = parse_instant("2026-01-01")
    late = small.one(61, SEPTEMBER)
    late["NgayHenTra"] = late["NgayKetThucXuLy"][:8] + "090000"
    small.tell(
        small.one(57, SEPTEMBER, DonViXuLy=f"Phường ({OTHER})"),
        small.one(58, new_year, NgayNopHoSo=stamp(new_year - HOUR)),
        late,
        known_at=CAPTURE - DAY,
    )
    small.publish(small.computed())
    assert page(small, "other_unit")[0]["facts"] == [{"name": "DonViXuLy", "here": OTHER, "there": UNIT}]
    assert page(small, "period_edge")[0]["facts"] == [
        {"name": "NgayTiepNhan/NgayNopHoSo", "here": iso(new_year + 8 * HOUR), "there": iso(new_year - HOUR)}
    ]
    (row,) = page(small, "due_by_day")
    assert row["facts"] == [
        {
            "name": "NgayKetThucXuLy/NgayHenTra",
            "here": iso(SEPTEMBER + 10 * HOUR),
            "there": iso(SEPTEMBER + 9 * HOUR),
        }
    ]


def test_a_cause_that_is_not_there(small: Small) -> None:
    small.publish(small.computed())
    found = small.reconcile()
    with pytest.raises(QuestionError, match="no cause"):
        effect_of(found, "duplicate")
