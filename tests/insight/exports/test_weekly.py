"""The message of the week: who is under which threshold, never longer than asked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.folder import DataFolder, QuestionError
from chiso.insight.exports.weekly import LONGEST, MOST_NAMES, SHORTEST, told, weekly


def test_everybody_stands_in_one_list_and_is_counted_once(province: DataFolder) -> None:
    body = weekly(province, "H01")
    for league in body["leagues"]:
        rows = province.rank(among=league["among"], under="H01")["rows"]
        assert league["count"] == len(rows)
        assert sum(part["count"] for part in league["parts"]) + league["reached"] == len(rows)
        for part in league["parts"]:
            assert part["count"] == len(part["units"])
            totals = [Decimal(one["total"]) for one in part["units"]]
            assert totals == sorted(totals)
            assert all(part["from"] <= total < part["under"] for total in totals)
    assert body["total"] == province.score("H01")["total"]
    assert body["text"].splitlines()[0] == f"CHỈ SỐ 766 – {body['name'].upper()}"


def test_thresholds_are_the_askers(province: DataFolder) -> None:
    body = weekly(province, "H01", thresholds=(70, 40))
    assert [part["under"] for part in body["leagues"][0]["parts"]] == [40, 70]
    assert "Từ 40 đến dưới 70 điểm" in body["text"]
    for wrong in ((), (0,), (101,)):
        with pytest.raises(QuestionError):
            weekly(province, "H01", thresholds=wrong)
    with pytest.raises(QuestionError):
        weekly(province, "H01", limit=SHORTEST - 1)


def test_it_speaks_english_where_that_is_asked_for(province: DataFolder) -> None:
    body = weekly(province, "H01", lang="en")
    lines = body["text"].splitlines()
    assert lines[0] == f"INDEX 766 – {body['name'].upper()}"
    assert lines[2].startswith(f"Total: {body['total']}/100")
    assert "Below 80 points: units: " in body["text"]
    vi = weekly(province, "H01")
    assert len(lines) == len(vi["text"].splitlines())
    assert body["leagues"] == vi["leagues"]


def test_a_unit_with_nobody_below_has_its_own_points(province: DataFolder) -> None:
    body = weekly(province, "H01.113")
    assert body["leagues"] == []
    assert "Chưa có điểm của đơn vị trực thuộc." in body["text"]


@given(st.lists(st.text(min_size=1, max_size=60), max_size=60), st.integers(SHORTEST, LONGEST))
def test_it_is_never_longer_than_asked_and_tells_how_many_it_does_not_name(
    names: list[str], limit: int
) -> None:
    units = [{"unit": "x", "name": name, "total": "50.00"} for name in names]
    body = {
        "name": "Tỉnh An Giang",
        "period": "2026",
        "at": "2026-10-10T06:00:00+07:00",
        "total": "59.18",
        "band": "Trung bình",
        "rank": {"rank": 31, "of": 34},
        "week": "-0.25",
        "thresholds": [80, 90],
        "leagues": [
            {
                "among": "communes",
                "count": len(units),
                "parts": [{"from": 0, "under": 80, "count": len(units), "units": units}],
                "reached": 0,
            }
        ],
    }
    text = told(body, limit)
    assert len(text) <= limit
    assert text.startswith(
        "CHỈ SỐ 766 – TỈNH AN GIANG\nNăm 2026, tính đến 06:00 10/10/2026.\nTổng điểm: 59,18"
    )
    assert "giảm 0,25 so với tuần trước" in text
    assert f"{len(units)} đơn vị" in text
    if len(units) > MOST_NAMES and "thấp nhất:" in text:
        shown = text.count("(50,00)") - sum(name.count("(50,00)") for name in names[:MOST_NAMES])
        assert f"và {len(units) - shown} đơn vị khác" in text
