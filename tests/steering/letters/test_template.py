"""Templates that an office changes in Word."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx.oxml.ns import qn

from chiso.folder import QuestionError
from chiso.steering.letters import ooxml, template
from chiso.steering.letters.check.checks import check
from chiso.steering.letters.facts import Facts
from chiso.steering.letters.fill import rendered
from chiso.steering.letters.template import (
    BLOCK_FIELDS,
    LINE_FIELDS,
    NEEDED,
    built_in,
    checked,
    fields_of,
    opened,
)
from tests.steering.letters.samples import changed, lines, reworded, with_text


def test_the_built_in_one_may_be_used_and_is_always_the_same() -> None:
    names = fields_of(checked(built_in()))
    assert set(names) <= LINE_FIELDS.keys() | BLOCK_FIELDS.keys()
    assert all(set(choice) & set(names) for choice in NEEDED)
    built_in.cache_clear()
    first = built_in()
    built_in.cache_clear()
    assert built_in() == first


def test_an_office_s_own_words_stand_around_the_figures(march: Facts) -> None:
    own = changed(
        built_in(),
        lambda document: reworded(
            with_text(document, "{{standing}}"),
            "{{standing}}",
            "Đến {{ figures_day }} tỉnh được {{total}}/{{most}} điểm, hạng {{rank}}/{{of}}, nhóm thanh toán "
            "{{points_online_payment}} điểm ({{ratio_online_payment}}).",
        ),
    )
    text = lines(rendered(march, own))
    assert "Đến 27/3/2023 tỉnh được 65,2/100 điểm, hạng 10/63, nhóm thanh toán 2,4 điểm (24,00%)." in text
    assert check(rendered(march, own)) == []


@pytest.mark.parametrize("choice", NEEDED, ids="-".join)
def test_a_missing_field_is_named(choice: tuple[str, ...]) -> None:
    def take_out(document: object) -> None:
        for name in choice:
            for one in list(document.element.body.iter(qn("w:p"))):  # type: ignore[attr-defined]
                if f"{{{{{name}}}}}" in template.text_of(one):
                    reworded(one, f"{{{{{name}}}}}", "x")

    with pytest.raises(QuestionError, match=choice[0]) as refused:
        checked(changed(built_in(), take_out))
    assert "thiếu trường" in refused.value.message_vi
    assert all(name in refused.value.message_vi for name in choice)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("{{totall}}", "{{totall}}"),
        ("{{}}", "{{}}"),
        ("{{total}", "braces that make no field"),
        ("{{ two words }}", "braces that make no field"),
        ("x {{table}}", "a paragraph of its own"),
    ],
)
def test_an_unknown_or_broken_field_is_named(march: Facts, words: str, told: str) -> None:
    own = changed(
        built_in(),
        lambda document: reworded(
            with_text(document, "{{closing}}"), "{{closing}}", f"{{{{closing}}}} {words}"
        ),
    )
    with pytest.raises(QuestionError) as refused:
        rendered(march, own)
    assert told in str(refused.value)
    assert refused.value.wrong


def control(tag: str, inner: str) -> str:
    return (
        f'<w:sdt {ooxml.SPACE_NAMES}><w:sdtPr><w:tag w:val="{tag}"/></w:sdtPr>'
        f"<w:sdtContent>{inner}</w:sdtContent></w:sdt>"
    )


def test_fields_may_be_content_controls(march: Facts) -> None:
    def put(document: object) -> None:
        paragraph = with_text(document, "{{closing}}")  # type: ignore[arg-type]
        inline = control("total", "<w:r><w:t>Bấm để</w:t></w:r><w:r><w:t> nhập</w:t></w:r>")
        kept = control("Word-tự-giữ", "<w:r><w:t>giữ nguyên</w:t></w:r>")
        paragraph.insert(1, ooxml.element(inline))
        paragraph.insert(2, ooxml.element(kept))
        block = control("deadline", "<w:p><w:r><w:t>ngày</w:t></w:r></w:p>")
        paragraph.addprevious(ooxml.element(block))

    own = changed(built_in(), put)
    assert {"total", "deadline"} <= set(fields_of(checked(own)))
    text = lines(rendered(march, own))
    assert "15/4/2023" in text
    assert any(line.startswith("65,2giữ nguyên") for line in text)


def test_an_unknown_content_control_is_named() -> None:
    def put(document: object) -> None:
        with_text(document, "{{closing}}").insert(
            1, ooxml.element(control("totall", "<w:r><w:t>x</w:t></w:r>"))
        )  # type: ignore[arg-type]

    with pytest.raises(QuestionError, match="totall"):
        checked(changed(built_in(), put))


def test_what_is_no_template_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(QuestionError, match=r"no \.docx"):
        opened(b"no")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(QuestionError, match="macros"):
        opened(out.getvalue())
    monkeypatch.setattr(template, "MOST_BYTES", 100)
    with pytest.raises(QuestionError, match="unpacks to"):
        opened(built_in())
