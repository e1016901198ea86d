"""Every rule of layout: kept by the letters made, and seen where it alone is broken."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from docx.document import Document
from docx.oxml.ns import qn
from msgspec.structs import replace

from chiso.steering.letters import ooxml
from chiso.steering.letters.check.checks import check, rule_names
from chiso.steering.letters.check.parts import Parts, parts_of
from chiso.steering.letters.check.reading import Para, Reader
from chiso.steering.letters.facts import Facts
from chiso.steering.letters.fill import rendered
from chiso.steering.letters.rules import layout
from chiso.steering.letters.template import built_in, text_of
from tests.steering.letters.samples import changed, reworded, with_text

Change = Callable[[Document], None]
RULES = layout()


@pytest.fixture(scope="module")
def good(of_office: Facts) -> bytes:
    """A letter that has every part: a body above the issuer, several addressees, two short appendices."""
    (coverage,) = of_office.coverage
    return rendered(replace(of_office, coverage=(replace(coverage, rows=coverage.rows[:5]),)))


def test_a_good_letter_breaks_nothing(good: bytes) -> None:
    assert check(good) == []


# -- looks: every part's size, weight, slant, capitals and place ------------------------------------------


def paras_of(parts: Parts, name: str) -> list[Para]:
    found: Any = {
        "body": [one for one in parts.body if not one.text[:1].isdigit()],
        "clause": [one for one in parts.body if one.text[:1].isdigit()],
        "appendix_word": [one.word for one in parts.appendices],
        "appendix_title": [para for one in parts.appendices for para in one.title],
        "appendix_of": [one.reference for one in parts.appendices],
    }.get(name, getattr(parts, name, None))
    return found if isinstance(found, list) else [found]


def look_changed(name: str, what: str) -> Change:
    rule = RULES[name]

    def change(document: Document) -> None:
        para = paras_of(parts_of(Reader(document)), name)[0]
        for run in para.element.iter(qn("w:r")):
            properties = run.get_or_add_rPr()
            if what == "size":
                properties.find(qn("w:sz")).set(qn("w:val"), str(2 * rule.sizes[1] + 2))
            elif what in ("bold", "italic"):
                tag = "w:b" if what == "bold" else "w:i"
                had = rule.bold if what == "bold" else rule.italic
                for old in properties.findall(qn(tag)):
                    properties.remove(old)
                flag = properties.makeelement(qn(tag), {qn("w:val"): "0" if had else "1"})
                properties.insert(1, flag)
            elif what == "case":
                for holder in run.iter(qn("w:t")):
                    holder.text = (holder.text or "").capitalize()
        if what == "align":
            para.element.pPr.find(qn("w:jc")).set(qn("w:val"), "right")

    return change


LOOKS = [
    (f"{name}.{what}", look_changed(name, what))
    for name, rule in RULES.elements.items()
    for what in ("size", "bold", "italic", "case", "align")
    if f"{name}.{what}" in rule_names()
]


# -- texts and pages --------------------------------------------------------------------------------------


def words(beginning: str, old: str, new: str) -> Change:
    return lambda document: reworded(with_text(document, beginning), old, new)


def removed(beginning: str) -> Change:
    def change(document: Document) -> None:
        one = with_text(document, beginning)
        one.getparent().remove(one)

    return change


def measured(beginning: str, tag: str, **values: int) -> Change:
    def change(document: Document) -> None:
        found = with_text(document, beginning).pPr.find(qn(tag))
        for name, value in values.items():
            found.set(qn(f"w:{name}"), str(value))

    return change


def section(place: int, change: Callable[[Any], None]) -> Change:
    return lambda document: change(list(document.element.body.iter(qn("w:sectPr")))[place])


def child(tag: str, **values: object) -> Callable[[Any], None]:
    def change(parent: Any) -> None:
        found = parent.find(qn(tag))
        for name, value in values.items():
            found.set(qn(f"w:{name}"), str(value))

    return change


def without(tag: str) -> Callable[[Any], None]:
    def change(parent: Any) -> None:
        parent.remove(parent.find(qn(tag)))

    return change


def no_line_after(beginning: str) -> Change:
    def change(document: Document) -> None:
        line = with_text(document, beginning).getnext()
        line.pPr.remove(line.pPr.find(qn("w:pBdr")))

    return change


def long_line(document: Document) -> None:
    line = with_text(document, "VĂN PHÒNG").getnext()
    line.pPr.find(qn("w:ind")).set(qn("w:left"), "0")
    line.pPr.find(qn("w:ind")).set(qn("w:right"), "0")


def tables(document: Document) -> list[Any]:
    return list(document.element.body.findall(qn("w:tbl")))


def turned_head(document: Document) -> None:
    for row in tables(document)[0].findall(qn("w:tr")):
        cells = row.findall(qn("w:tc"))
        cells[1].addnext(cells[0])


def date_above(document: Document) -> None:
    with_text(document, "Độc lập").getnext().addnext(with_text(document, "An Giang, ngày"))


def foot_in_two_rows(document: Document) -> None:
    foot = next(one for one in tables(document) if "Nơi nhận" in "".join(map(text_of, one.iter(qn("w:p")))))
    first = foot.find(qn("w:tr"))
    second = copy.deepcopy(first)
    first.addnext(second)
    for row, place in ((first, 1), (second, 0)):
        cell = row.findall(qn("w:tc"))[place]
        for one in cell.findall(qn("w:p")):
            cell.remove(one)
        cell.append(ooxml.element("<w:p/>"))


def no_roles(document: Document) -> None:
    paragraph = with_text(document, "TL. CHỦ TỊCH")
    paragraph.getparent().remove(paragraph)
    signer = with_text(document, "Nguyễn Thanh Bình")
    signer.getparent().remove(signer)


def no_mention(document: Document) -> None:
    for one in parts_of(Reader(document)).body:
        if "Phụ lục" in one.text:
            reworded(one.element, "Phụ lục", "Bảng")


def header(change: Callable[[Any], None]) -> Change:
    return lambda document: change(document.sections[0].header._element)


def left_number(element: Any) -> None:
    next(element.iter(qn("w:jc"))).set(qn("w:val"), "left")


def small_number(element: Any) -> None:
    for one in element.iter(qn("w:sz")):
        one.set(qn("w:val"), "22")


def first_page_number(document: Document) -> None:
    shown = document.sections[0].first_page_header
    shown.is_linked_to_previous = False
    shown._element.append(ooxml.element(ooxml.page_number(13)))


def run_of(beginning: str, change: Callable[[Any], None]) -> Change:
    return lambda document: change(next(with_text(document, beginning).iter(qn("w:rPr"))))


def red(properties: Any) -> None:
    properties.find(qn("w:rFonts")).addnext(properties.makeelement(qn("w:color"), {qn("w:val"): "FF0000"}))


def another_font(properties: Any) -> None:
    properties.find(qn("w:rFonts")).set(qn("w:ascii"), "Arial")


def no_space_between(document: Document) -> None:
    one = with_text(document, "Tuy nhiên")
    one.getprevious().pPr.find(qn("w:spacing")).set(qn("w:after"), "0")
    one.pPr.find(qn("w:spacing")).set(qn("w:before"), "60")


TEXTS: list[tuple[str, Change]] = [
    ("country_text", words("CỘNG HÒA", "HÒA", "HOÀ")),
    ("motto_text", words("Độc lập", " - ", "-")),
    ("head_sides", turned_head),
    ("number_colon", words("Số: 308", "Số:", "Số")),
    ("number_zero", words("Số: 308", "308", "8")),
    ("number_zero", words("Số: 308", "308", "008")),
    ("number_symbol", words("Số: 308", "-TH", " - TH")),
    ("number_symbol", words("Số: 308", "VPUBND", "VPubnd")),
    ("number_letter", words("Số: 308", "VPUBND-TH", "QĐ-UBND")),
    ("date_words", words("An Giang, ngày", "ngày 28 tháng 3 năm 2023", "28/3/2023")),
    ("date_words", words("An Giang, ngày", "2023", "23")),
    ("date_zero", words("An Giang, ngày", "ngày 28", "ngày 8")),
    ("date_zero", words("An Giang, ngày", "tháng 3", "tháng 03")),
    ("date_zero", words("An Giang, ngày", "tháng 3", "tháng 1")),
    ("date_real", words("An Giang, ngày", "ngày 28 tháng 3", "ngày 31 tháng 4")),
    ("date_level", date_above),
    ("subject_word", words("V/v", "V/v", "Về việc")),
    ("subject_gap", measured("V/v", "w:spacing", before=0)),
    ("heading_line", no_line_after("Độc lập")),
    ("issuer_line", no_line_after("VĂN PHÒNG")),
    ("issuer_line", long_line),
    ("addressees_word", words("Kính gửi", "Kính gửi:", "Kính gửi")),
    ("addressees_one", removed("- Ủy ban nhân dân huyện")),
    ("addressees_list", words("- Sở, ban", "- Sở", "-Sở")),
    ("addressees_ends", words("- Sở, ban", ";", ",")),
    ("addressees_ends", words("- Ủy ban nhân dân huyện", ".", ";")),
    ("addressees_level", measured("- Sở, ban", "w:ind", left=3400)),
    ("body_indent", measured("Tuy nhiên", "w:ind", firstLine=0)),
    ("body_between", no_space_between),
    ("body_lines", measured("Tuy nhiên", "w:spacing", line=480)),
    ("body_end", words("Văn phòng Ủy ban nhân dân tỉnh An Giang yêu cầu Thủ trưởng", "./.", ".")),
    ("clause_order", words("2. Ủy ban", "2.", "3.")),
    ("recipients_first", words("- Như trên", "Như trên", "Như kính gửi")),
    ("recipients_lines", words("- Chủ tịch, các", ";", ".")),
    ("recipients_last", words("- Lưu", "VT, ", "")),
    ("recipients_last", words("- Lưu", ".", "")),
    ("recipients_level", foot_in_two_rows),
    ("role_words", no_roles),
    ("signer_titles", words("Nguyễn Thanh Bình", "Nguyễn", "ThS. Nguyễn")),
    ("appendix_told", no_mention),
    ("appendix_numbers", words("Phụ lục II", "II", "2")),
    ("appendix_reference", words("(Kèm theo", "(Kèm theo", "(Theo")),
    ("appendix_pages", section(1, without("w:pgNumType"))),
    ("page_size", section(0, child("w:pgSz", w=12240, h=15840))),
    ("page_portrait", section(0, child("w:pgSz", w=16838, h=11906))),
    ("page_margins", section(0, child("w:pgMar", left=1134))),
    ("page_margins", section(2, child("w:pgMar", top=567))),
    ("page_number_place", header(left_number)),
    ("page_number_place", header(small_number)),
    ("page_number_first", section(0, without("w:titlePg"))),
    ("page_number_first", first_page_number),
    ("page_number_start", section(0, child("w:pgNumType", start=2))),
    ("font", run_of("Tuy nhiên", another_font)),
    ("colour", run_of("Tuy nhiên", red)),
]  # fmt: skip

ALSO = {
    "country.case": {"country_text"},
    "addressees_one": {"addressees_ends"},
    "motto.size": {"heading_line"},
    "issuer.size": {"issuer_line"},
    "country.size": set(),
    "role_words": {"recipients_level"},
    "addressees.size": {"addressees_level"},
    "page_portrait": {"page_size"},
}
"""what else breaks by itself where a rule is broken"""


@pytest.mark.parametrize(
    ("rule", "change"), LOOKS + TEXTS, ids=lambda one: one if isinstance(one, str) else ""
)
def test_a_broken_rule_is_seen_and_no_other(good: bytes, rule: str, change: Change) -> None:
    broken = check(changed(good, change))
    found = {one.rule for one in broken}
    assert rule in found
    assert found <= {rule} | ALSO.get(rule, set())
    for one in broken:
        assert one.ref.startswith(("Mục", "Phụ lục"))
        assert one.vi
        assert one.en


def test_every_rule_is_broken_once() -> None:
    assert {rule for rule, _ in LOOKS + TEXTS} == set(rule_names())


def test_names_of_rules_are_told_once() -> None:
    assert len(rule_names()) == len(set(rule_names()))


def test_a_document_that_is_no_letter_breaks_much() -> None:
    found = {one.rule for one in check(built_in())}
    assert {"number_zero", "date_words", "addressees_word", "body_end"} <= found


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no \.docx"):
        check(b"PK no")
