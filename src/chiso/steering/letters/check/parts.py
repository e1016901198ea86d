"""What is what in a letter: head, addressees, body, foot and appendices found by where and what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from docx.oxml.ns import qn

from chiso.steering.letters.check.reading import Para, Reader

OFFICES: Final = re.compile(
    r"(?:VĂN PHÒNG|SỞ|CỤC|CHI CỤC|TỔNG CỤC|BAN|TRUNG TÂM|PHÒNG|THANH TRA|VỤ|VIỆN)\b", re.IGNORECASE
)
"""how the names of offices begin that stand below another body"""


@dataclass
class AppendixParts:
    word: Para
    title: list[Para] = field(default_factory=list)
    reference: Para | None = None
    section: int = 0


@dataclass
class Parts:
    """The parts of a letter, as far as they were found."""

    country: Para | None = None
    motto: Para | None = None
    motto_line: int | None = None
    issuer_parent: list[Para] = field(default_factory=list)
    issuer: list[Para] = field(default_factory=list)
    issuer_line: int | None = None
    number: Para | None = None
    subject: list[Para] = field(default_factory=list)
    place_date: Para | None = None
    level: bool = True
    """whether number and date stand in the same row"""
    sides: bool = True
    """whether the issuer stands left and the country right"""
    addressees: list[Para] = field(default_factory=list)
    body: list[Para] = field(default_factory=list)
    recipients_word: Para | None = None
    recipients: list[Para] = field(default_factory=list)
    recipients_level: bool = True
    role: list[Para] = field(default_factory=list)
    signer: Para | None = None
    appendices: list[AppendixParts] = field(default_factory=list)
    sections: list[Any] = field(default_factory=list)
    everything: list[Para] = field(default_factory=list)


def parts_of(reader: Reader) -> Parts:
    """Takes a document apart."""
    found = Parts()
    found.sections = list(reader.document.element.body.iter(qn("w:sectPr")))
    state, section = "head", 0
    for block in reader.blocks():
        if block.tag == qn("w:tbl"):
            rows = reader.cells(block)
            texts = [one for row in rows for cell in row for one in cell]
            found.everything += texts
            words = " ".join(one.text for one in texts)
            if state == "head" and "CỘNG H" in words.upper():
                _head(found, rows)
                state = "addressees"
            elif state != "appendices" and "Nơi nhận" in words and len(rows[0]) > 1:
                _foot(found, rows)
                state = "foot"
            continue
        para = reader.para(block, 0)
        found.everything.append(para)
        state = _place(found, para, state, section)
        if block.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
            section += 1
    return found


def _place(found: Parts, para: Para, state: str, section: int) -> str:
    """Puts a paragraph where it belongs.  Gives the part that is being read now."""
    text = para.text.strip()
    if state in ("foot", "appendices"):
        if re.match(r"phụ lục\b", text, re.IGNORECASE) and len(text) < 30:
            found.appendices.append(AppendixParts(para, section=section))
            return "appendices"
        if state == "appendices" and found.appendices and not para.blank:
            last = found.appendices[-1]
            if last.reference is None:
                if text.startswith("("):
                    last.reference = para
                elif not last.title or text.upper() == text:
                    last.title.append(para)
        return state
    if para.blank:
        return state
    if state in ("head", "addressees"):
        if text.startswith("Kính gửi") or (found.addressees and text.startswith("-") and not found.body):
            found.addressees.append(para)
            return "addressees"
        if state == "head" and not found.addressees:
            return state
    found.body.append(para)
    return "body"


def _head(found: Parts, rows: list[list[list[Para]]]) -> None:
    left = [one for row in rows for one in (row[0] if row else [])]
    right = [one for row in rows for cell in row[1:] for one in cell]
    if any("CỘNG H" in one.text.upper() for one in left):
        found.sides = False
        left, right = right, left
    _left(found, left)
    for place, para in enumerate(right):
        text = para.text.strip()
        if "CỘNG H" in text.upper():
            found.country = para
        elif text.lower().startswith("độc lập"):
            found.motto = para
            found.motto_line = _line_at(right, place)
        elif re.search(r"\bngày\b", text):
            found.place_date = para
    of_number = [index for index, row in enumerate(rows) if _holds(row, found.number)]
    of_date = [index for index, row in enumerate(rows) if _holds(row, found.place_date)]
    found.level = of_number == of_date or not of_number or not of_date


def _holds(row: list[list[Para]], para: Para | None) -> bool:
    return para is not None and any(one is para for cell in row for one in cell)


def _left(found: Parts, left: list[Para]) -> None:
    names: list[Para] = []
    for place, para in enumerate(left):
        text = para.text.strip()
        if not text:
            continue
        if found.number is None and re.match(r"số\b", text, re.IGNORECASE):
            found.number = para
        elif found.number is None:
            names.append(para)
            if (line := _line_at(left, place)) is not None:
                found.issuer_line = line
        else:
            found.subject.append(para)
    first = next((place for place, one in enumerate(names) if one.runs and one.runs[0].bold), len(names) - 1)
    # an office of a council has the council above it, in whatever weight that is set
    first = next(
        (place for place, one in enumerate(names) if place and OFFICES.match(one.text.strip())), first
    )
    found.issuer_parent, found.issuer = names[: max(0, first)], names[max(0, first) :]


def _line_at(paras: list[Para], place: int) -> int | None:
    """The length of the line under a paragraph: its own border, or that of the empty one after it."""
    if paras[place].rule is not None:
        return paras[place].rule
    after = paras[place + 1] if place + 1 < len(paras) else None
    return after.rule if after is not None and after.blank else None


def _foot(found: Parts, rows: list[list[list[Para]]]) -> None:
    for row in rows:
        for index, cell in enumerate(row):
            for para in cell:
                text = para.text.strip()
                if not text:
                    continue
                if text.startswith("Nơi nhận"):
                    found.recipients_word = para
                    found.recipients_level = any(not one.blank for other in row[index + 1 :] for one in other)
                elif index == 0:
                    found.recipients.append(para)
                else:
                    found.role.append(para)
    upper = [one for one in found.role if one.text.upper() == one.text]
    names = [one for one in found.role if one.text.upper() != one.text]
    if names and found.role and names[-1] is found.role[-1]:
        found.signer = names[-1]
        found.role = [one for one in found.role if one is not names[-1]]
    elif names and not upper:
        found.role = names
