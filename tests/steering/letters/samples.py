"""Requests that tests ask for, and documents they take apart."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn
from msgspec.structs import replace

from chiso.instants import parse_instant
from chiso.steering.letters.request import Request
from chiso.steering.letters.template import text_of

LIST = "Phòng Tư pháp và Ủy ban nhân dân cấp xã"
MARCH = Request(
    "urge",
    "H01",
    period="2023",
    at=parse_instant("2023-03-28"),
    number=308,
    date="2023-03-28",
    deadline="2023-04-15",
    lists=(LIST,),
    lists_by="2023-04-15",
    signer="Nguyễn Thanh Bình",
)
OFFICE = replace(
    MARCH,
    issuer="Văn phòng Ủy ban nhân dân tỉnh An Giang",
    issuer_parent="Ủy ban nhân dân tỉnh An Giang",
    symbol="VPUBND-TH",
    role=("TL. Chủ tịch", "Chánh Văn phòng"),
)


def opened(document: bytes) -> Document:
    return docx.Document(io.BytesIO(document))


def saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def paragraphs(document: Document) -> list[Any]:
    """All paragraphs of the body, those of tables too."""
    return list(document.element.body.iter(qn("w:p")))


def lines(document: bytes) -> list[str]:
    """The text of all paragraphs that say something."""
    return [text for one in paragraphs(opened(document)) if (text := text_of(one).strip())]


def with_text(document: Document, beginning: str) -> Any:
    """The first paragraph that begins so."""
    return next(one for one in paragraphs(document) if text_of(one).strip().startswith(beginning))


def changed(document: bytes, change: Callable[[Document], None]) -> bytes:
    """The document with one thing changed."""
    found = opened(document)
    change(found)
    return saved(found)


def reworded(paragraph: Any, old: str, new: str) -> None:
    """Replaces words of a paragraph, wherever its runs are cut."""
    text = text_of(paragraph)
    assert old in text
    holders = list(paragraph.iter(qn("w:t")))
    holders[0].text = text.replace(old, new)
    for one in holders[1:]:
        one.text = ""
    for tag in ("w:noBreakHyphen", "w:br"):
        for one in list(paragraph.iter(qn(tag))):
            one.getparent().remove(one)
