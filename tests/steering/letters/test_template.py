"""Templates that an office changes in Word."""

from __future__ import annotations

import copy
import io
import random
import zipfile
from collections.abc import Callable

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


def _rebuilt(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as told, zipfile.ZipFile(out, "w") as made:
        for name in told.namelist():
            made.writestr(name, change(name, told.read(name)))
    return out.getvalue()


def test_as_word_saves_it_every_field_in_pieces(march: Facts) -> None:
    """Word cuts runs at spelling marks, revisions and page breaks: after each sign at the worst."""

    def cut(document: object) -> None:
        for run in list(document.element.body.iter(qn("w:r"))):  # type: ignore[attr-defined]
            words = "".join(one.text or "" for one in run.findall(qn("w:t")))
            if "{{" not in words:
                continue
            for place, sign in enumerate(words):
                piece = copy.deepcopy(run)
                for text in piece.findall(qn("w:t"))[1:]:
                    piece.remove(text)
                text = piece.find(qn("w:t"))
                text.text = sign
                text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
                piece.set(qn("w:rsidR"), f"00AB{place:04X}")
                run.addprevious(piece)
                run.addprevious(ooxml.element('<w:proofErr w:type="spellStart"/>'))
            run.getparent().remove(run)

    own = changed(built_in(), cut)
    assert own != built_in()
    assert fields_of(checked(own)) == fields_of(checked(built_in()))
    assert lines(rendered(march, own)) == lines(rendered(march))
    assert check(rendered(march, own)) == []


def test_broken_files_are_refused_in_words_whatever_is_wrong(march: Facts) -> None:
    chance = random.Random(766)
    whole = built_in()
    parts = ("word/document.xml", "word/styles.xml", "[Content_Types].xml", "word/_rels/document.xml.rels")

    def cut(name: str, content: bytes) -> bytes:
        if name not in parts or chance.random() < 0.3:
            return content
        place = chance.randrange(len(content))
        return content[:place] + content[place + chance.randrange(1, 40) :]

    def torn() -> bytes:
        bytes_ = bytearray(whole)
        for _ in range(chance.randrange(1, 20)):
            bytes_[chance.randrange(len(bytes_))] = chance.randrange(256)
        return bytes(bytes_)

    told = 0
    for content in [*(_rebuilt(whole, cut) for _ in range(30)), *(torn() for _ in range(20)), b"PK", b""]:
        try:
            rendered(march, content or b"x")
        except QuestionError as error:
            told += "Không dùng được mẫu" in error.message_vi
    assert told > 30


def test_nothing_is_drawn_from_elsewhere() -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

    def related(name: str, type_: str) -> bytes:
        where = 'Target="http://evil.example/x" TargetMode="External"'
        one = f'<Relationship Id="rId99" Type="{kind}{type_}" {where}/>'
        return _rebuilt(
            built_in(),
            lambda part, content: (
                content.replace(b"</Relationships>", one.encode() + b"</Relationships>")
                if part == name
                else content
            ),
        )

    for type_ in ("image", "oleObject", "frame", "subDocument"):
        with pytest.raises(QuestionError, match="outside itself"):
            checked(related("word/_rels/document.xml.rels", type_))
    checked(related("word/_rels/document.xml.rels", "hyperlink"))
    kept = checked(related("word/_rels/document.xml.rels", "attachedTemplate"))
    assert not any(one.is_external for one in kept.part.rels.values())
    entity = _rebuilt(
        built_in(),
        lambda part, content: (
            content.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>', 1).replace(
                b"{{closing}}", b"{{closing}}&e;"
            )
            if part == "word/document.xml"
            else content
        ),
    )
    assert "root:" not in str(lines(entity))
