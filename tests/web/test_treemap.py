"""Areas are in proportion, fill the picture and do not overlap; words fit or are left out."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from chiso.web.treemap import Area, Box, drawn, squarified

sizes = st.lists(st.floats(0.01, 1000), min_size=1, max_size=40).map(lambda told: sorted(told, reverse=True))
boxes = st.builds(Box, st.just(10.0), st.just(20.0), st.floats(20, 1500), st.floats(20, 1500))


@given(sizes, boxes)
def test_areas_fill_their_box_in_proportion(told: list[float], box: Box) -> None:
    found = squarified(told, box)
    whole = box.width * box.height
    for size, one in zip(told, found, strict=True):
        assert abs(one.width * one.height - whole * size / sum(told)) < whole * 1e-6
        assert one.x >= box.x - 1e-6
        assert one.y >= box.y - 1e-6
        assert one.x + one.width <= box.x + box.width + 1e-6 * whole
        assert one.y + one.height <= box.y + box.height + 1e-6 * whole


@given(sizes, boxes)
def test_no_two_areas_overlap(told: list[float], box: Box) -> None:
    found = squarified(told, box)
    slack = 1e-6 * (box.width + box.height)
    for place, one in enumerate(found):
        for other in found[:place]:
            apart = (
                one.x >= other.x + other.width - slack
                or other.x >= one.x + one.width - slack
                or one.y >= other.y + other.height - slack
                or other.y >= one.y + one.height - slack
            )
            assert apart


def test_equal_areas_come_near_to_squares() -> None:
    found = squarified([1.0] * 12, Box(0, 0, 400, 300))
    assert all(0.5 < one.width / one.height < 2 for one in found)


def test_nothing_has_no_area() -> None:
    assert squarified([], Box(0, 0, 10, 10)) == []
    assert squarified([1, 1], Box(0, 0, 0, 10)) == [Box(0, 0, 0, 0)] * 2


def test_a_picture_has_links_titles_and_only_words_that_fit() -> None:
    parts = [Area(6, "Sở <Y tế>", "0,6", "/a?x=1&y=2", "Sở Y tế: 0,6", 1), Area(4, "Xã", "0,4", "/b", "t", 1)]
    areas = [
        Area(10, "2.1 Hồ sơ xử lý đúng hạn", "1,79", "/in", "tất cả", 4, parts),
        Area(0.01, "Một tên rất dài không thể vừa", "0,00", "/tiny", "nhỏ", 0),
    ]
    text = str(drawn(areas, 600, 300, "wide"))
    assert text.startswith('<svg class="chart treemap wide"')
    assert 'aria-hidden="true"' in text
    assert text.count("<a ") == text.count('tabindex="-1"') == 4
    assert 'href="/a?x=1&amp;y=2"' in text
    assert "Sở &lt;Y tế&gt;" in text
    assert "2.1 Hồ sơ xử lý đúng hạn" in text
    assert "không thể vừa" not in text
    assert "style=" not in text
    assert not re.search(r"\b(nan|inf)\b", text)
    narrow = str(drawn(areas, 120, 300, "tall"))
    assert "2.1 Hồ sơ xử lý đúng hạn" not in narrow
    assert "…" in narrow


def test_what_has_no_parts_says_how_many_lie_under_it() -> None:
    text = str(drawn([Area(1, "1.1 Công bố", "6,00", "/", "t", 4, under="55 thủ tục")], 300, 200, "wide"))
    assert "55 thủ tục" in text
