"""The draft on the page is read from the document itself."""

from __future__ import annotations

import io
import re

import docx

from chiso.steering.letters import ooxml
from chiso.steering.letters.ooxml import Cell
from chiso.steering.letters.template import built_in
from chiso.web.letter_sheet import ROWS, sheet


def with_pieces(*pieces: str) -> bytes:
    document = docx.Document(io.BytesIO(built_in()))
    last = document.element.body.sectPr
    for piece in pieces:
        last.addprevious(ooxml.element(piece))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_texts_are_escaped_and_nothing_is_styled_in_line() -> None:
    shown = sheet(with_pieces(ooxml.paragraph('<script>x</script> & "y"', ooxml.Look())), "{count}")
    assert "&lt;script&gt;x&lt;/script&gt; &amp;" in shown
    assert "style=" not in shown
    assert "<script" not in shown


def test_long_tables_are_cut_and_it_is_said() -> None:
    head = [[Cell("Stt", "center"), Cell("Tên")]]

    def table(count: int) -> str:
        return ooxml.table((900, 3000), head, [[Cell(str(row), "center"), Cell("x")] for row in range(count)])

    whole = sheet(with_pieces(table(ROWS)), "còn {count} dòng")
    assert whole.count("<tr>") == ROWS + 1
    assert "dòng" not in whole
    cut = sheet(with_pieces(table(ROWS + 10)), "còn {count} dòng")
    assert cut.count("<tr>") == ROWS
    assert "còn 11 dòng" in cut


def test_blanks_left_for_a_pen_stay() -> None:
    shown = sheet(with_pieces(ooxml.paragraph("ngày       tháng", ooxml.Look())), "{count}")
    assert re.search("ngày[ \u00a0]{7}tháng", shown)


def test_the_head_stands_in_two_columns_and_lines_are_drawn() -> None:
    shown = sheet(built_in(), "{count}")
    assert shown.count('<div class="sides">') == 2
    assert "<hr" in shown
    assert '<div class="paper">' in shown
