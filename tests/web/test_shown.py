"""What is shown is what is read, no more and no less."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from chiso.insight.exports.tables import Moment, Number, Shown
from chiso.web import formatting
from chiso.web.shown import tables_of, titles_in, value

TABLE = """
<h2 id="x">Sáu <b>nhóm</b></h2>
<table><caption class="sr">Điểm &amp; hạng</caption>
<thead><tr><th>Hạng</th><th>Đơn vị</th><th class="r">Điểm</th>
<th><span class="sr">Biểu đồ</span></th><th>Thay đổi</th></tr></thead>
<tbody>
<tr><td class="num">1</td>
  <th><a href="/x">Xã&nbsp;Phú&#8288; An</a> <details class="how"><summary>?</summary>lời giải</details>
  <span class="badge">ít</span></th>
  <td class="r num"><b>1.234,50</b><span class="by">+0,31</span></td><td><svg><text>99</text></svg></td>
  <td><span class="delta num" data-export="-3"><i aria-hidden="true">▼</i>
  <span class="sr">Giảm </span>3</span></td></tr>
<tr hidden><td>2</td><th>Ẩn</th><td>1</td><td></td><td></td></tr>
<tr aria-hidden="true"><td colspan="5">···</td></tr>
<tr><td class="num">3</td><th>2.1 Tỷ lệ</th><td class="r">44,44%</td><td></td><td class="quiet">–</td></tr>
</tbody></table>
<p>ngoài bảng</p>
<div class="only-narrow"><table><tr><td>hẹp</td></tr></table></div>
"""


def test_a_table_is_read_as_it_is_seen() -> None:
    (found,) = tables_of(TABLE, "vi")
    assert found.title == "Sáu nhóm"
    assert found.headings == ("Hạng", "Đơn vị", "Đơn vị (2)", "Điểm", "Điểm (2)", "Thay đổi")
    assert found.rows == (
        (
            Number(Decimal(1)),
            "Xã Phú An",
            "ít",
            Number(Decimal("1234.50"), 2),
            Number(Decimal("0.31"), 2),
            Number(Decimal(-3)),
        ),
        (Number(Decimal(3)), "2.1 Tỷ lệ", None, Number(Decimal("44.44"), 2, True), None, None),
    )
    assert titles_in(TABLE)[0] == "Điểm & hạng"


@pytest.mark.parametrize(
    ("text", "number", "lang", "said"),
    [
        ("59,18", True, "vi", Number(Decimal("59.18"), 2)),
        ("389.256", True, "vi", Number(Decimal(389256))),
        ("389,256", True, "en", Number(Decimal(389256))),
        ("\N{MINUS SIGN}0,05", True, "vi", Number(Decimal("-0.05"), 2)),
        ("2.1", False, "en", "2.1"),
        ("1.001776", True, "vi", "1.001776"),
        ("06:00 10/10/2026", False, "vi", Moment(datetime(2026, 10, 10, 6), True)),  # noqa: DTZ001
        ("31/02/2026", False, "vi", "31/02/2026"),
        ("10/10/2026", False, "vi", Moment(datetime(2026, 10, 10), False)),  # noqa: DTZ001
        ("–", True, "vi", None),
        ("3 ngày", True, "vi", "3 ngày"),
    ],
)
def test_cells_are_read_by_what_they_say(text: str, number: bool, lang: str, said: Shown) -> None:
    assert value(text, lang, number) == said


@given(st.decimals(-(10**7), 10**7, places=2), st.sampled_from(["vi", "en"]))
def test_every_number_that_pages_write_is_read_back(number: Decimal, lang: str) -> None:
    said = value(formatting.number(number, 2, lang), lang, True)
    assert said == Number(number + 0, 2)


letters = st.characters(codec="utf-8", categories=("L", "N", "P", "S"))


@given(st.lists(st.text(letters, max_size=20), max_size=5))
def test_any_words_come_through(words: list[str]) -> None:
    cells = "".join(f"<td>{escape(word)}</td>" for word in words)
    found = tables_of(f"<table><tr><th>x</th>{cells}</tr></table>", "vi")
    read = [cell for cell in found[0].rows[0] if cell is not None][1:]
    said = [value(word.strip(), "vi", False) for word in words]
    assert read == [one for one in said if one is not None]
