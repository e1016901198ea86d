"""Small marks and charts."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from chiso.web import charts, marks

BANDS = [
    marks.ScaleBand(name, words, floor)
    for name, words, floor in (
        ("weak", "Yếu", 0),
        ("average", "Trung bình", 50),
        ("fair", "Khá <70>", 70),
        ("good", "Tốt", 80),
        ("excellent", "Xuất sắc", 90),
    )
]


def test_bar() -> None:
    drawn = ElementTree.fromstring(marks.bar("8.00", 18, 80, 'g."x"'))
    track, fill, tick = drawn
    assert (fill.get("width"), fill.get("data-width"), tick.get("x")) == ("44.444%", 'g."x"', "80%")
    assert track.get("width") == "100%"
    assert len(ElementTree.fromstring(marks.bar(1, 0))) == 2


def test_whisker_stands_on_the_scale_of_its_league() -> None:
    track, spread, dot = ElementTree.fromstring(marks.whisker("42.00", "45.50", "47.00", ("40.00", "60.00")))
    assert track.get("width") == "100%"
    assert (spread.get("x"), spread.get("width"), dot.get("cx")) == ("10.000%", "25.000%", "27.500%")
    flat = ElementTree.fromstring(marks.whisker(1, 1, 1, (1, 1)))
    assert flat[2].get("cx") == "0%"


def test_a_bar_split_into_parts() -> None:
    drawn = ElementTree.fromstring(marks.split([("a", 1), ("b", 0), ("c", 3)], 4))
    assert [(e.get("class"), e.get("x"), e.get("width")) for e in drawn] == [
        ("part-a", "0.000%", "25.000%"),
        ("part-c", "25.000%", "75.000%"),
        ("gap", "25.000%", "2"),
    ]
    assert len(ElementTree.fromstring(marks.split([], 0))) == 0


def test_sparkline_does_not_dramatise_a_hundredth() -> None:
    flat = re.findall(r",([\d.]+)", marks.sparkline(["18.20", "18.21"]).split('points="')[1].split('"')[0])
    steep = re.findall(r",([\d.]+)", marks.sparkline(["17.20", "18.21"]).split('points="')[1].split('"')[0])
    assert abs(float(flat[0]) - float(flat[1])) < 1
    assert abs(float(steep[0]) - float(steep[1])) == 16
    assert "svg" not in marks.sparkline(["1"])


def test_scale_marks_total_target_and_band() -> None:
    drawn = ElementTree.fromstring(marks.scale("59.18", BANDS, 80, "Mục tiêu 80", "average"))
    here = next(e for e in drawn if e.get("class") == "here")
    goal = next(e for e in drawn if e.get("class") == "goal")
    assert (here.get("x"), goal.get("x")) == ("59.180%", "80.000%")
    named = [e.text for e in drawn if e.get("class") == "name now"]
    assert named == ["Trung bình"]
    widths = [
        float((e.get("width") or "").rstrip("%")) for e in drawn if (e.get("class") or "").startswith("band-")
    ]
    assert sum(widths) == 100


DAYS = [
    (f"2026-{month:02d}-{day:02d}", f"{50 + month}.{day:02d}")
    for month in range(1, 10)
    for day in range(1, 28)
]


def trend(days: list[tuple[str, str]], lang: str = "vi") -> dict[str, object]:
    return charts.trend(
        days, target=80, target_words="Mục tiêu 80", label="59,18", lang=lang, width=600, height=250
    )


def test_trend_names_target_and_last_value_and_follows_the_theme() -> None:
    drawn = charts.for_page(trend(DAYS), "wide")
    assert "Mục tiêu 80" in drawn
    assert ">59,18<" in drawn
    assert ">T9<" in drawn
    assert "style=" not in drawn
    for colour, role in charts.ROLES.items():
        assert f'"{colour}"' not in drawn
        assert f"var(--{role})" in drawn or role == "ink"
    ElementTree.fromstring(drawn)


def test_trend_in_english_and_of_few_days() -> None:
    assert ">Sep<" in charts.for_page(trend(DAYS, "en"), "wide")
    short = charts.svg(trend(DAYS[:10]))
    assert re.search(r">\d\d/01<", short)
    charts.svg(trend(DAYS[:1]))


def test_the_same_chart_for_a_document() -> None:
    picture = charts.svg(trend(DAYS))
    assert charts.NAVY in picture
    assert charts.png(trend(DAYS))[:4] == b"\x89PNG"
