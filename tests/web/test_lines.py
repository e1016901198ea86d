"""Lines over captured instants: what is not known is not joined, breaks part, labels keep apart."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from chiso.instants import DAY, parse_instant
from chiso.web import lines
from chiso.web.lines import Axis, Line, Panel, draw, points_axis, ranks_axis

FIRST = parse_instant("2026-10-06T06:00+07:00")
DAYS = tuple(FIRST + day * DAY for day in range(5))


def drawn(*panels: Panel, label_all: bool = False) -> ElementTree.Element:
    return ElementTree.fromstring(
        draw(panels, ranks_axis(34), width=800, height=500, kind="wide", label_all=label_all)
    )


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [one for one in root.iter() if name in (one.get("class") or "").split()]


def test_a_line_is_broken_where_nothing_is_known() -> None:
    root = drawn(Panel(DAYS, (Line("An Giang", (29, 29, None, 31, 31), "own", "31", "/units/H01"),)))
    joined = [one.get("points", "").split() for one in root.iter("polyline")]
    assert [len(points) for points in joined] == [2, 2]
    (label,) = of_class(root, "label")
    assert list(label.itertext()) == ["An Giang", "31", " An Giang"]  # title, rank, name
    assert [one.get("href") for one in root.iter("a")] == ["/units/H01", "/units/H01"]
    assert all(one.get("tabindex") == "-1" for one in root.iter("a"))  # hidden from readers: no stop for keys


def test_the_first_rank_is_on_top_and_a_target_is_named() -> None:
    heights = {
        float(one.get("points", "").split()[0].split(",")[1]): one
        for one in drawn(Panel(DAYS, (Line("a", (1,) * 5), Line("b", (34,) * 5)))).iter("polyline")
    }
    assert min(heights) < max(heights)
    axis = points_axis(["58.70", "59.18"], 80, "Mục tiêu 80")
    assert (axis.bottom, axis.top, axis.ticks) == (50, 90, (50, 60, 70, 80, 90))
    text = draw([Panel(DAYS, (Line("", ("58.70",) * 5, "own", "58,70"),))], axis, width=300, height=200)
    assert "Mục tiêu 80" in text


def test_two_panels_are_parted_and_never_joined() -> None:
    old = Panel(tuple(at - 1000 * DAY for at in DAYS), (Line("An Giang", (4, 8, 8, 10, 10), "own"),), "2023")
    new = Panel(DAYS, (Line("An Giang", (29, 29, 31, 31, 31), "own"),), "2026")
    root = drawn(old, new)
    assert len(of_class(root, "break")) == 1
    gap = float(of_class(root, "break")[0].get("d", "").split("V")[0].split()[0][1:])
    for one in root.iter("polyline"):
        places = [float(point.split(",")[0]) for point in one.get("points", "").split()]
        assert max(places) < gap or min(places) > gap
    assert [one.text for one in of_class(root, "panel")] == ["2023", "2026"]


def test_quiet_lines_are_named_only_where_there_is_room() -> None:
    panel = Panel(DAYS, (Line("An Giang", (1,) * 5, "own"), Line("Cà Mau", (2,) * 5)))
    assert len(of_class(drawn(panel), "label")) == 1
    assert len(of_class(drawn(panel, label_all=True), "label")) == 2


def test_what_is_named_from_outside_is_escaped() -> None:
    text = draw(
        [Panel(DAYS, (Line("<b>", (1,) * 5, "own", link='/x"y'),), "<i>")],
        ranks_axis(5),
        width=300,
        height=200,
    )
    assert "<b>" not in text
    assert "<i>" not in text
    ElementTree.fromstring(text)


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw([], ranks_axis(5), width=1, height=1) == ""
    assert draw([Panel((), ())], ranks_axis(5), width=1, height=1) == ""


@given(st.lists(st.floats(0, 400), min_size=1, max_size=25))
def test_labels_keep_apart_and_inside(wanted: list[float]) -> None:
    found = lines._apart(sorted(wanted), 0, 400)
    assert len(found) == len(wanted)
    assert all(b - a >= lines.APART - 1e-6 for a, b in pairwise(found))
    assert found[-1] <= 400


def test_days_are_named_where_they_do_not_touch() -> None:
    places = [(FIRST + day * DAY, day * 30.0) for day in range(10)]
    named = lines.day_ticks(places, 46)
    assert named[0] == places[0]
    assert named[-1] == places[-1]
    assert all(b[1] - a[1] >= 46 for a, b in pairwise(named))


def test_ranks_are_ticked_in_fives_and_the_last() -> None:
    assert ranks_axis(34).ticks == (1, 5, 10, 15, 20, 25, 30, 34)
    assert ranks_axis(63).ticks == (1, 10, 20, 30, 40, 50, 60)
    assert ranks_axis(1) == Axis(1, 2, (1,))
    assert re.search(r">34<", draw([Panel(DAYS, (Line("a", (1,) * 5),))], ranks_axis(34), width=9, height=90))
