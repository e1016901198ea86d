"""Facts put into templates, however Word has cut their text."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chiso.steering.letters import fill, ooxml
from chiso.steering.letters.check.checks import check
from chiso.steering.letters.facts import Addressee, Facts
from chiso.steering.letters.fill import rendered
from chiso.steering.letters.packing import digest
from chiso.steering.letters.template import built_in, text_of
from tests.steering.letters.samples import changed, lines, opened, reworded, with_text

VALUES = {"total": "65,2", "issuer": "ỦY BAN NHÂN DÂN\nTỈNH AN GIANG", "number": "", "symbol": "308/UBND-TH"}
TEXTS = st.lists(
    st.sampled_from(
        ["{{total}}", "{{ issuer }}", "{{number}}", "{{symbol}}", "điểm ", "{", "}", "77/QĐ-UBND"]
    ),
    max_size=6,
).map("".join)


def cut(text: str, places: list[int]) -> Any:
    """A paragraph with a text in runs that end at these places."""
    ends = sorted({min(place, len(text)) for place in places} | {len(text)})
    starts = [0, *ends]
    runs = [
        f'<w:r><w:t xml:space="preserve">{text[a:b]}</w:t></w:r>' for a, b in zip(starts, ends, strict=False)
    ]
    return ooxml.element(f"<w:p>{'<w:proofErr/>'.join(runs)}</w:p>")


@given(TEXTS, st.lists(st.integers(0, 60), max_size=8))
def test_runs_that_word_cuts_make_no_difference(text: str, places: list[int]) -> None:
    paragraph = cut(text, places)
    fill._replace(paragraph, VALUES)
    wanted = text
    for name, value in VALUES.items():
        wanted = wanted.replace(f"{{{{{name}}}}}", value).replace(f"{{{{ {name} }}}}", value)
    assert text_of(paragraph) == wanted


def test_a_value_takes_the_format_of_the_run_where_its_field_begins() -> None:
    paragraph = ooxml.element(
        "<w:p><w:r><w:t>a {{to</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>tal}} b</w:t></w:r></w:p>"
    )
    fill._replace(paragraph, VALUES)
    assert [one.text for one in paragraph.iter(qn("w:t"))] == ["a 65,2", " b"]


def test_document_numbers_stay_on_one_line(march: Facts) -> None:
    document = opened(rendered(march))
    basis = with_text(document, "Thực hiện")
    assert len(list(basis.iter(qn("w:noBreakHyphen")))) >= 3
    assert "124/UBND-TH" in text_of(basis)


def test_paragraphs_take_over_the_format_of_their_field(march: Facts) -> None:
    def smaller(document: Any) -> None:
        for name in ("{{orders}}", "{{table}}"):
            for size in with_text(document, name).iter(qn("w:sz")):
                size.set(qn("w:val"), "26")

    document = opened(rendered(march, changed(built_in(), smaller)))
    for words in ("1. Sở, ban, ngành", "a) Nghiêm túc", "Tiêu chí"):
        assert {one.get(qn("w:val")) for one in with_text(document, words).iter(qn("w:sz"))} == {"26"}
    assert list(with_text(document, "1. Sở, ban, ngành").iter(qn("w:b")))
    assert not list(with_text(document, "a) Nghiêm túc").iter(qn("w:b")))


def test_a_single_addressee_stands_on_the_line(march: Facts) -> None:
    one = replace(march, addressees=(Addressee("Sở Nội vụ", ("own:H01.02",)),))
    document = rendered(one)
    assert "Kính gửi: Sở Nội vụ." in lines(document)
    assert check(document) == []


def test_what_is_empty_leaves_no_line(march: Facts) -> None:
    none = replace(march, appendices=(), coverage=(), tasks=None)
    document = rendered(none)
    assert not [line for line in lines(document) if "Phụ lục" in line or "{{" in line]
    assert check(document) == []


def test_a_single_appendix_has_no_number(march: Facts) -> None:
    document = rendered(replace(march, appendices=("tasks",)))
    assert "Phụ lục" in lines(document)
    assert "Số liệu chi tiết tại Phụ lục kèm theo Công văn này." in lines(document)
    assert check(document) == []


def test_bytes_depend_on_nothing_but_facts_and_template(march: Facts) -> None:
    own = changed(built_in(), lambda document: reworded(with_text(document, "Nơi nhận"), "nhận", "nhận "))
    assert digest(rendered(march)) == digest(rendered(march))
    assert rendered(march, own) == rendered(march, own)
    assert rendered(march, own) != rendered(march)
    assert rendered(replace(march, head=replace(march.head, number=309))) != rendered(march)


def test_no_order_is_dropped_however_many_there_are(march: Facts) -> None:
    """The Vietnamese alphabet has 23 letters for points; after y comes aa."""
    one = march.orders[0]
    orders = tuple(replace(one, task=f"Việc thứ {place}", due="") for place in range(60))
    document = rendered(replace(march, orders=orders))
    text = lines(document)
    told = [line.partition(" (")[0] for line in text if "Việc thứ" in line]
    assert [line.partition(") ")[2] for line in told] == [f"Việc thứ {place}" for place in range(60)]
    marks = [line.partition(")")[0] for line in told]
    assert (marks[22], marks[23], marks[46]) == ("y", "aa", "ba")
    assert len(set(marks)) == 60


def test_a_day_that_has_passed_is_told_as_passed(march: Facts) -> None:
    """Figures are of 27/03/2023: what was due before is overdue, the last day itself is in time."""
    one = march.orders[0]
    orders = tuple(replace(one, task=day, due=day) for day in ("2023-03-26", "2023-03-27", "2023-06-30"))
    text = "\n".join(lines(rendered(replace(march, orders=orders))))
    assert "đã quá hạn ngày 26/3/2023" in text
    assert "hoàn thành chậm nhất ngày 27/3/2023" in text
    assert "hoàn thành chậm nhất ngày 30/6/2023" in text


def test_two_thousand_rows_are_the_same_bytes_twice(march: Facts) -> None:
    (coverage,) = march.coverage
    many = replace(coverage, rows=tuple((coverage.rows * 21)[:2000]))
    facts = replace(march, coverage=(many,))
    document = rendered(facts)
    assert digest(rendered(facts)) == digest(document)
    rows = [row for table in opened(document).tables for row in table._tbl.tr_lst]
    assert len(rows) > 2000
    assert check(document) == []
