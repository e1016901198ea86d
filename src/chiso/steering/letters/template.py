"""Templates: documents with named fields that an office may change in Word.

A field is written ``{{total}}`` in the text, or is a content control whose tag is the field's name.  Fields
that stand for several paragraphs or a table (``{{orders}}``, ``{{table}}``) have a paragraph of their own;
what comes in their place takes over that paragraph's format.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import docx
from docx.document import Document
from docx.oxml.ns import qn

from chiso.folder import QuestionError
from chiso.steering.letters import ooxml
from chiso.steering.letters.ooxml import Look, twips
from chiso.steering.letters.packing import packed
from chiso.steering.letters.rules import layout
from chiso.steering.letters.widths import text_width

FIELD: Final = re.compile(r"\{\{\s*([A-Za-z0-9_.-]*)\s*\}\}")
GROUPS: Final = (
    "transparency",
    "processing",
    "online_services",
    "online_payment",
    "satisfaction",
    "digitisation",
)
LINE_FIELDS: Final[dict[str, str]] = {
    "issuer_parent": "cơ quan chủ quản; trống thì bỏ cả dòng",
    "issuer": "cơ quan ban hành",
    "called": "cách cơ quan ban hành tự gọi trong lời văn",
    "number": "số của công văn; để trống khi chưa có",
    "symbol": "ký hiệu",
    "place": "địa danh",
    "date": "ngày … tháng … năm …",
    "subject": "trích yếu, sau chữ V/v",
    "basis": "câu mở đầu, nêu các văn bản đã giao nhiệm vụ",
    "standing": "câu nêu thứ hạng, tổng điểm và mức yêu cầu",
    "movement": "thứ hạng các ngày trước",
    "request": "câu yêu cầu báo cáo và thời hạn",
    "attached": "câu nhắc đến phụ lục; trống thì bỏ cả dòng",
    "closing": "câu kết, tận cùng bằng ./.",
    "role": "quyền hạn, chức vụ người ký",
    "signer": "họ tên người ký",
    "unit": "đơn vị có số liệu trong bảng",
    "period": "kỳ số liệu, bằng chữ",
    "figures_day": "ngày của số liệu",
    "total": "tổng điểm",
    "most": "điểm tối đa",
    "ratio": "tỷ lệ của tổng điểm",
    "band": "xếp loại",
    "rank": "thứ hạng",
    "of": "số đơn vị cùng bảng xếp hạng",
    "required": "mức điểm yêu cầu",
    "gap": "số điểm còn thiếu",
    "deadline": "hạn báo cáo",
    **{f"points_{group}": f"điểm nhóm {group}" for group in GROUPS},
    **{f"ratio_{group}": f"tỷ lệ nhóm {group}" for group in GROUPS},
}
"""field within a line → what it says"""
BLOCK_FIELDS: Final[dict[str, str]] = {
    "issuer_line": "đường kẻ dưới tên cơ quan ban hành",
    "addressees": "Kính gửi và nơi nhận",
    "table": "bảng các nhóm tiêu chí",
    "orders": "nội dung yêu cầu theo từng loại đơn vị",
    "recipients": "danh sách nơi nhận",
    "appendices": "các phụ lục, ở cuối văn bản",
}
"""field with a paragraph of its own → what it says"""
NEEDED: Final[tuple[tuple[str, ...], ...]] = (
    ("number",), ("date",), ("subject",), ("addressees",), ("standing", "total"), ("table",), ("orders",),
    ("request", "deadline"), ("closing",), ("appendices",),
)  # fmt: skip
"""what no template may leave out; of several one is enough"""
_SIGNS: Final = {qn("w:br"): "\n", qn("w:noBreakHyphen"): "-", qn("w:tab"): "\t"}
_TEXTS: Final = frozenset({qn("w:t"), *_SIGNS})
MOST_BYTES: Final = 64 * 1024 * 1024
"""unpacked size of the largest template that is read"""

HEAD_WIDTHS: Final = (twips(62), twips(103))
FOOT_WIDTHS: Final = (twips(75), twips(90))


def refused(vi: str, en: str) -> QuestionError:
    """A template that cannot be used."""
    return QuestionError(f"Không dùng được mẫu: {vi}", f"this template cannot be used: {en}", wrong=True)


def opened(content: bytes) -> Document:
    """A template as a document.

    Raises :class:`QuestionError` where it is no .docx, is broken, carries macros, draws on anything outside
    itself or is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as told:
            names = told.namelist()
            size = sum(one.file_size for one in told.infolist())
        if size > MOST_BYTES:
            raise refused("tệp quá lớn.", f"it unpacks to {size} bytes, {MOST_BYTES} at most")
        if any("vbaproject" in name.lower() for name in names):
            raise refused("tệp có macro; hãy lưu thành .docx.", "it carries macros; save it as .docx")
        found = docx.Document(io.BytesIO(content))
        if found.element.body is None:
            raise ValueError("it has no body")
    except QuestionError:
        raise
    except Exception as error:  # zip, XML and Word's parts break in a dozen ways
        raise refused(
            "không phải tệp Word (.docx), hoặc tệp hỏng.", f"it is no .docx, or broken ({_brief(error)})"
        ) from error
    for part in found.part.package.iter_parts():
        for name, one in list(part.rels.items()):
            if one.is_external and one.reltype.endswith("/attachedTemplate"):
                # where Word took styles from, on somebody's computer: of no use here
                for mark in list(part.element.iter(qn("w:attachedTemplate"))):
                    mark.getparent().remove(mark)
                part.rels.pop(name)
            elif one.is_external and not one.reltype.endswith("/hyperlink"):
                raise refused(
                    "tệp lấy nội dung từ nơi khác (ảnh hay đối tượng liên kết); hãy nhúng vào tệp.",
                    f"it draws on something outside itself ({one.reltype.rpartition('/')[2]}); embed it",
                )
    return found


def _brief(error: Exception) -> str:
    """An error in a few words, without what it says of memory and places."""
    return f"{type(error).__name__}: {error}".partition("<")[0][:80].strip()


def stories(document: Document) -> Iterator[Any]:
    """The elements that hold text: the body, then headers and footers, in the order of reading."""
    yield document.element.body
    seen: set[int] = set()
    for section in document.sections:
        for part in (
            section.header, section.first_page_header, section.even_page_header,
            section.footer, section.first_page_footer, section.even_page_footer,
        ):  # fmt: skip
            if not part.is_linked_to_previous and id(part._element) not in seen:
                seen.add(id(part._element))
                yield part._element


def text_of(paragraph: Any) -> str:
    """The text of a paragraph, as its runs hold it together."""
    return "".join(
        _SIGNS.get(one.tag) or one.text or ""
        for part in paragraph.iter(qn("w:r"))
        for one in part
        if one.tag in _TEXTS
    )


def flatten(document: Document) -> None:
    """Puts ``{{name}}`` in the place of every content control whose tag is a name of a field."""
    for story in stories(document):
        for control in list(story.iter(qn("w:sdt"))):
            tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
            name = "" if tag is None else str(tag.get(qn("w:val"))).strip()
            content = control.find(qn("w:sdtContent"))
            if content is None or not name:
                continue
            texts = list(content.iter(qn("w:t")))
            known = name in LINE_FIELDS or name in BLOCK_FIELDS
            if not known and not re.fullmatch(r"[a-z][a-z_]*", name):
                continue  # a control that Word keeps for itself
            if not texts:
                holder = next(content.iter(qn("w:r")), None)
                if holder is None:
                    continue
                texts = [holder.makeelement(qn("w:t"), {})]
                holder.append(texts[0])
            texts[0].text = "{{" + name + "}}"
            for more in texts[1:]:
                more.text = ""
            parent = control.getparent()
            place = parent.index(control)
            for child in list(content):
                parent.insert(place, child)
                place += 1
            parent.remove(control)


def fields_of(document: Document) -> list[str]:
    """The names of all fields, in the order in which they stand.

    Raises :class:`QuestionError` for braces that are never closed.
    """
    found: list[str] = []
    for story in stories(document):
        for paragraph in story.iter(qn("w:p")):
            text = text_of(paragraph)
            if "{{" not in text:
                continue
            names = FIELD.findall(text)
            if text.count("{{") != len(names):
                shown = text.strip()[:60]
                raise refused(
                    f"có dấu {{{{ mà không thành trường ở đoạn “{shown}”.",
                    f"braces that make no field in the paragraph {shown!r}",
                )
            found += names
    return found


def check_fields(names: list[str]) -> None:
    """Holds a template's fields against those that there are; names the first that is unknown or missing."""
    for name in names:
        if name not in LINE_FIELDS and name not in BLOCK_FIELDS:
            known = ", ".join([*LINE_FIELDS, *BLOCK_FIELDS])
            raise refused(
                f"không có trường {{{{{name}}}}}; các trường có: {known}.",
                f"there is no field {{{{{name}}}}}; there are {known}",
            )
    for choice in NEEDED:
        if not set(choice) & set(names):
            vi = " hoặc ".join(f"{{{{{name}}}}}" for name in choice)
            en = " or ".join(f"{{{{{name}}}}}" for name in choice)
            raise refused(f"thiếu trường {vi}.", f"the field {en} is missing")


def checked(content: bytes) -> Document:
    """A template that may be used, its content controls turned into fields."""
    document = opened(content)
    try:
        flatten(document)
        names = fields_of(document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise refused("cấu trúc tệp bị hỏng.", f"its structure is broken ({_brief(error)})") from error
    check_fields(names)
    return document


# -- the built-in one -----------------------------------------------------------------------------------


def _look(name: str) -> Look:
    one = layout()[name]
    align = {"justify": "both"}.get(one.align, one.align)
    return Look(one.use, bold=one.bold, italic=one.italic, align=align, before=one.before * 20)


def body_look() -> Look:
    """How the body's paragraphs look."""
    rules = layout()
    return _look("body").but(
        first=round(rules.indent_cm * 1440 / 2.54),
        after=rules.between_pt * 20,
        line=round(rules.lines_use * 240),
    )


def _head() -> str:
    motto = layout()["motto"]
    room = HEAD_WIDTHS[1]
    left = [
        ooxml.paragraph("{{issuer_parent}}", _look("issuer_parent")),
        ooxml.paragraph("{{issuer}}", _look("issuer")),
        ooxml.paragraph("{{issuer_line}}", Look(2, align="center")),
    ]
    right = [
        ooxml.paragraph(layout()["country"].text, _look("country")),
        ooxml.paragraph(motto.text, _look("motto")),
        ooxml.rule(text_width(motto.text, motto.use, bold=True), room),
    ]
    number = ooxml.paragraph("Số: {{number}}/{{symbol}}", _look("number").but(before=120))
    subject = ooxml.paragraph("V/v {{subject}}", _look("subject"))
    when = ooxml.paragraph("{{place}}, {{date}}", _look("place_date").but(before=120))
    return ooxml.grid(HEAD_WIDTHS, [("".join(left), "".join(right)), (number + subject, when)])


def _foot() -> str:
    role = _look("role")
    left = ooxml.paragraph("Nơi nhận:", _look("recipients_word")) + ooxml.paragraph(
        "{{recipients}}", _look("recipients")
    )
    right = ooxml.paragraph("{{role}}", role) + ooxml.paragraph("", role) * 4
    right += ooxml.paragraph("{{signer}}", _look("signer"))
    return ooxml.grid(FOOT_WIDTHS, [(left, right)])


@cache
def built_in() -> bytes:
    """The default template: the letter with its fields, made from the rules of layout."""
    document = docx.Document()
    rules = layout()
    _prepare_styles(document)
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    text = body_look()
    addressees = _look("addressees").but(left=twips(32), before=240, after=60)
    pieces = [
        _head(),
        ooxml.paragraph("{{addressees}}", addressees),
        ooxml.paragraph("{{basis}}", text.but(before=240)),
        ooxml.paragraph("{{standing}}", text.but(keep_next=True)),
        ooxml.paragraph("{{table}}", Look(13, align="center")),
        ooxml.paragraph("{{request}}", text.but(before=160)),
        ooxml.paragraph("{{orders}}", text),
        ooxml.paragraph("{{attached}}", text),
        ooxml.paragraph("{{closing}}", text.but(after=240)),
        _foot(),
        ooxml.paragraph("{{appendices}}", Look(13)),
    ]
    last = body.find(qn("w:sectPr"))
    for piece in pieces:
        last.addprevious(ooxml.element(piece))
    section = document.sections[0]
    section.header.is_linked_to_previous = False
    header = section.header._element
    for child in list(header):
        header.remove(child)
    header.append(ooxml.element(ooxml.page_number(rules.number_use)))
    relation = section._sectPr.find(qn("w:headerReference")).get(qn("r:id"))
    margins = {side: margin.use for side, margin in rules.margins.items()}
    body.replace(section._sectPr, ooxml.element(ooxml.page(wide=False, margins=margins, header=relation)))
    settle(document, "Mẫu công văn", "chiso")
    out = io.BytesIO()
    document.save(out)
    return packed(out.getvalue())


def _prepare_styles(document: Document) -> None:
    """Times New Roman everywhere: no theme font may show through."""
    root = document.styles.element
    for fonts in root.iter(qn("w:rFonts")):
        for name in list(fonts.attrib):
            del fonts.attrib[name]
        for side in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{side}"), ooxml.FONT)
    for language in root.iter(qn("w:lang")):
        language.set(qn("w:val"), "vi-VN")
    normal: Any = document.styles["Normal"]
    normal.font.name = ooxml.FONT
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), ooxml.FONT)


def settle(document: Document, title: str, author: str, keywords: str = "", at: int = 0) -> None:
    """Sets what a document says of itself; nothing of it comes from a clock or a person's computer."""
    from datetime import UTC, datetime  # noqa: PLC0415 - only for the properties

    properties = document.core_properties
    moment = datetime.fromtimestamp(at, UTC).replace(tzinfo=None)
    properties.title, properties.author, properties.last_modified_by = title[:255], author[:255], author[:255]
    properties.created = properties.modified = properties.last_printed = moment
    properties.comments = ""
    properties.keywords = keywords[:255]
    properties.language = "vi-VN"
    properties.revision = 1
