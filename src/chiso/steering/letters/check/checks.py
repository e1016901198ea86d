"""The layout rules of ``nd30.yaml``, each held against a document."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import docx
from docx.oxml.ns import qn
from msgspec import Struct

from chiso.steering.letters import phrases
from chiso.steering.letters.check.parts import Parts, parts_of
from chiso.steering.letters.check.reading import Para, Reader
from chiso.steering.letters.rules import Element, Layout, layout
from chiso.steering.letters.widths import text_width

_SYMBOL: Final = re.compile(r"[A-ZĐƯ]+(?:-[A-ZĐƯ]+)+")
_WIDE_LINE: Final = 0.12
"""share by which a line may differ from what is wanted: fonts differ that much"""


class Broken(Struct, frozen=True):
    """A rule that a document breaks."""

    rule: str
    """name of the rule: ``issuer.size``, ``date_zero``"""
    place: str
    """the text in question"""
    vi: str
    en: str
    ref: str
    """place in the decree"""


def check(document: bytes | Path) -> list[Broken]:
    """The rules of Nghị định 30/2020/NĐ-CP that a letter breaks; none for a good one.

    Number, date and signer may still be open.  ``ValueError`` where it is no .docx.
    """
    content = document.read_bytes() if isinstance(document, Path) else document
    try:
        opened = docx.Document(io.BytesIO(content))
    except Exception as error:
        raise ValueError(f"no .docx: {error}") from error
    return _Checking(Reader(opened)).all()


def rule_names() -> list[str]:
    """The names of all rules that there are."""
    rules = layout()
    found = []
    for name, one in rules.elements.items():
        found += [f"{name}.size", f"{name}.bold", f"{name}.italic"]
        found += [f"{name}.case"] if one.upper else []
        found += [f"{name}.align"] if one.align != "left" else []
    return [*found, *rules.statements]


class _Checking:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.parts: Parts = parts_of(reader)
        self.rules: Layout = layout()
        self.found: list[Broken] = []

    def all(self) -> list[Broken]:
        self._looks()
        self._head()
        self._lines()
        self._addressees()
        self._body()
        self._foot()
        self._appendices()
        self._pages()
        self._fonts()
        return self.found

    # -- telling ------------------------------------------------------------------------------------------

    def _broken(self, rule: str, place: str) -> None:
        told = self.rules.statements[rule]
        self.found.append(Broken(rule, place.strip()[:80], told.vi, told.en, told.ref))

    def _hold(self, rule: str, kept: bool, place: str) -> None:
        if not kept:
            self._broken(rule, place)

    def _wrong_look(self, one: Element, what: str, para: Para, vi: str, en: str) -> None:
        name = one.names
        self.found.append(
            Broken(
                f"{one.id}.{what}",
                para.text.strip()[:80],
                f"{name['vi']}: {vi}",
                f"{name['en']}: {en}",
                one.ref,
            )
        )

    # -- size, weight, slant, capitals, place ----------------------------------------------------------------

    def _looks(self) -> None:
        parts = self.parts
        clauses = [para for para in parts.body if _is_clause(para)]
        for name, paras in (
            ("country", [parts.country]),
            ("motto", [parts.motto]),
            ("issuer_parent", parts.issuer_parent),
            ("issuer", parts.issuer),
            ("number", [parts.number]),
            ("place_date", [parts.place_date]),
            ("subject", parts.subject),
            ("addressees", parts.addressees),
            ("body", [para for para in parts.body if not _is_clause(para)]),
            ("clause", clauses),
            ("recipients_word", [parts.recipients_word]),
            ("recipients", parts.recipients),
            ("role", parts.role),
            ("signer", [parts.signer]),
            ("appendix_word", [one.word for one in parts.appendices]),
            ("appendix_title", [para for one in parts.appendices for para in one.title]),
            ("appendix_of", [one.reference for one in parts.appendices]),
        ):
            for para in paras:
                if para is not None:
                    self._look(self.rules[name], para)

    def _look(self, one: Element, para: Para) -> None:
        low, high = one.sizes
        sizes = {run.size for run in para.runs}
        if any(not low * 2 <= size <= high * 2 for size in sizes):
            told = f"{low}" if low == high else f"{low}–{high}"
            self._wrong_look(one, "size", para, f"cỡ chữ phải là {told}.", f"the size must be {told}")
        if any(run.bold != one.bold for run in para.runs):
            vi, en = ("đậm", "bold") if one.bold else ("không đậm", "not bold")
            self._wrong_look(one, "bold", para, f"kiểu chữ phải {vi}.", f"must be {en}")
        if any(run.italic != one.italic for run in para.runs):
            vi, en = ("nghiêng", "italic") if one.italic else ("đứng", "upright")
            self._wrong_look(one, "italic", para, f"kiểu chữ phải {vi}.", f"must be {en}")
        if one.upper and any(run.text.upper() != run.text and not run.caps for run in para.runs):
            self._wrong_look(one, "case", para, "phải in hoa.", "must be in capitals")
        wanted = {"center": "center", "justify": "both"}.get(one.align)
        if wanted and para.align != wanted:
            vi = "căn giữa" if wanted == "center" else "căn đều hai lề"
            en = "centred" if wanted == "center" else "justified"
            self._wrong_look(one, "align", para, f"phải {vi}.", f"must be {en}")

    # -- head -----------------------------------------------------------------------------------------------

    def _head(self) -> None:
        parts, rules = self.parts, self.rules
        self._hold("country_text", _text(parts.country) == rules["country"].text, _text(parts.country))
        self._hold("motto_text", _text(parts.motto) == rules["motto"].text, _text(parts.motto))
        self._hold(
            "head_sides", parts.sides and bool(parts.issuer), _text(parts.issuer[0] if parts.issuer else None)
        )
        self._number(_text(parts.number))
        self._date(_text(parts.place_date))
        self._hold("date_level", parts.level, _text(parts.place_date))
        subject = _text(parts.subject[0]) if parts.subject else ""
        self._hold("subject_word", subject.startswith("V/v "), subject)
        if parts.subject and parts.number is not None:
            gap = max(parts.subject[0].before, parts.number.after)
            self._hold("subject_gap", gap == rules["subject"].before * 20, subject)

    def _number(self, text: str) -> None:
        self._hold("number_colon", text.startswith("Số:"), text)
        told, slash, symbol = text.removeprefix("Số").lstrip(":").partition("/")
        told = told.strip()
        written = not told.strip(" .…_") or (
            told.isascii() and told.isdigit() and (len(told) > 1 or int(told) > 9)
        )
        self._hold("number_zero", written and not re.fullmatch(r"0\d{2,}", told), text)
        self._hold("number_symbol", bool(slash) and _SYMBOL.fullmatch(symbol) is not None, text)
        self._hold("number_letter", symbol.partition("-")[0] not in phrases.TYPES, text)

    def _date(self, text: str) -> None:
        found = re.fullmatch(r"[^,]+, ngày (.*) tháng (.*) năm (.*)", text)
        blank = re.compile(r"[\s.…_]*")
        if found is None or not re.fullmatch(r"\d{4}", found[3].strip()):
            self._broken("date_words", text)
            return
        day, month, year = (part.strip() for part in found.groups())
        good_day = blank.fullmatch(day) or re.fullmatch(r"0[1-9]|[12]\d|3[01]", day)
        good_month = blank.fullmatch(month) or re.fullmatch(r"0[12]|[3-9]|1[0-2]", month)
        self._hold("date_zero", bool(good_day and good_month), text)
        if day.isdigit() and month.isdigit():
            try:
                date(int(year), int(month), int(day))
            except ValueError:
                self._broken("date_real", text)

    def _lines(self) -> None:
        parts = self.parts
        for name, rule, paras, line in (
            ("motto", "heading_line", [parts.motto], parts.motto_line),
            ("issuer", "issuer_line", parts.issuer, parts.issuer_line),
        ):
            wanted = self.rules[name].line
            texts = [(row, para) for para in paras if para is not None for row in para.text.split("\n")]
            if wanted is None or not texts:
                continue
            widest = max(
                text_width(row.strip(), (para.runs[0].size if para.runs else 26) // 2, bold=True)
                for row, para in texts
            )
            least, most = (float(share) * widest for share in wanted)
            kept = line is not None and least * (1 - _WIDE_LINE) <= line <= most * (1 + _WIDE_LINE)
            self._hold(rule, kept, texts[-1][0])

    # -- addressees -----------------------------------------------------------------------------------------

    def _addressees(self) -> None:
        paras = self.parts.addressees
        if not paras or not paras[0].text.strip().startswith("Kính gửi:"):
            self._broken("addressees_word", _text(paras[0] if paras else None))
            return
        first = paras[0].text.strip().removeprefix("Kính gửi:").strip()
        listed = paras[1:]
        if first:
            self._hold("addressees_list", not listed and not first.startswith("-"), paras[0].text)
            return
        if len(listed) < 2:
            self._broken("addressees_one" if listed else "addressees_word", paras[0].text)
            return
        self._hold("addressees_list", all(one.text.strip().startswith("- ") for one in listed), paras[0].text)
        for place, one in enumerate(listed, 1):
            end = "." if place == len(listed) else ";"
            self._hold("addressees_ends", one.text.strip().endswith(end), one.text)
        starts = {one.left + one.first for one in listed}
        size = (paras[0].runs[0].size if paras[0].runs else 28) // 2
        colon = paras[0].left + paras[0].first + text_width("Kính gửi", size)
        level = len(starts) == 1 and abs(starts.pop() - colon) <= text_width("mm", size)
        self._hold("addressees_level", level, listed[0].text)

    # -- body -----------------------------------------------------------------------------------------------

    def _body(self) -> None:
        paras, rules = self.parts.body, self.rules
        indents = [round(value * 1440 / 2.54) for value in rules.indents_cm]
        for one in paras:
            self._hold(
                "body_indent", any(abs(one.first + one.left - indent) <= 12 for indent in indents), one.text
            )
            low, high = (round(value * 240) for value in rules.lines)
            self._hold("body_lines", not one.exact and low <= one.line <= high, one.text)
        for one, after in pairwise(paras):
            gap = max(one.after, after.before)
            self._hold("body_between", gap >= rules.between_pt * 20, after.text)
        ended = [one for one in paras if "./." in one.text]
        kept = len(ended) == 1 and ended[0] is paras[-1] and paras[-1].text.rstrip().endswith("./.")
        self._hold("body_end", kept, _text(paras[-1] if paras else None))
        numbers = [
            int(found[1]) for one in paras if _is_clause(one) and (found := _CLAUSE.match(one.text.strip()))
        ]
        self._hold("clause_order", numbers == list(range(1, len(numbers) + 1)), str(numbers))

    # -- foot -----------------------------------------------------------------------------------------------

    def _foot(self) -> None:
        parts = self.parts
        lines = [one.text.strip() for one in parts.recipients]
        self._hold("recipients_first", bool(lines) and lines[0] == "- Như trên;", lines[0] if lines else "")
        for line in lines[1:-1]:
            self._hold("recipients_lines", line.startswith("- ") and line.endswith(";"), line)
        last = lines[-1] if len(lines) > 1 else ""
        self._hold("recipients_last", re.fullmatch(r"- Lưu: VT(?:, [^,;]+)*\.", last) is not None, last)
        self._hold("recipients_level", parts.recipients_level, _text(parts.recipients_word))
        self._hold("role_words", bool(parts.role), _text(parts.recipients_word))
        signer = _text(parts.signer)
        self._hold("signer_titles", phrases.TITLES.match(signer) is None, signer)

    # -- appendices -----------------------------------------------------------------------------------------

    def _appendices(self) -> None:
        found = self.parts.appendices
        if not found:
            return
        told = any("phụ lục" in one.text.lower() for one in self.parts.body)
        self._hold("appendix_told", told, _text(found[0].word))
        names = [one.word.text.strip() for one in found]
        if len(found) == 1:
            self._hold("appendix_numbers", names == ["Phụ lục"], names[0])
        else:
            wanted = [f"Phụ lục {phrases.roman(place)}" for place in range(1, len(found) + 1)]
            self._hold("appendix_numbers", names == wanted, ", ".join(names))
        for one in found:
            text = _text(one.reference)
            self._hold(
                "appendix_reference", text.startswith("(Kèm theo") and text.endswith(")"), one.word.text
            )
            start = self.parts.sections[one.section].find(qn("w:pgNumType"))
            restarts = start is not None and start.get(qn("w:start")) == "1"
            self._hold("appendix_pages", one.section > 0 and restarts, one.word.text)

    # -- pages ----------------------------------------------------------------------------------------------

    def _pages(self) -> None:
        rules = self.rules
        for place, section in enumerate(self.parts.sections):
            size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
            where = f"section {place + 1}"
            sides = sorted(_millimetres(size.get(qn(name), "0")) for name in ("w:w", "w:h"))
            a4 = [float(side) for side in sorted(rules.size_mm)]
            self._hold("page_size", all(abs(a - b) <= 1 for a, b in zip(sides, a4, strict=True)), where)
            wide = int(size.get(qn("w:w"), "0")) > int(size.get(qn("w:h"), "0"))
            self._hold("page_portrait", place > 0 or not wide, where)
            for side, margin in rules.margins.items():
                value = _millimetres(margins.get(qn(f"w:{side}"), "0"))
                kept = margin.least - 0.5 <= value <= margin.most + 0.5
                self._hold("page_margins", kept, f"{where}: {side} {value:.1f} mm")
        for place, told in enumerate(self.reader.document.sections):
            where = f"section {place + 1}"
            self._hold("page_number_place", self._numbered(told.header), where)
            hidden = told.different_first_page_header_footer and not _has_number(told.first_page_header)
            self._hold("page_number_first", hidden, where)
            start = told._sectPr.find(qn("w:pgNumType"))
            first = place > 0 or start is None or start.get(qn("w:start"), "1") == "1"
            self._hold("page_number_start", first, where)

    def _numbered(self, header: Any) -> bool:
        """Whether a header shows the page's number as it should."""
        for one in header._element.iter(qn("w:p")):
            if not _has_number_in(one):
                continue
            para = self.reader.para(one, 0)
            low, high = self.rules.number_sizes
            runs = [run for run in para.runs if run.text.strip().isdigit()] or list(para.runs)
            upright = all(not run.italic and not run.bold and low * 2 <= run.size <= high * 2 for run in runs)
            return para.align == "center" and upright and "ROMAN" not in _instruction(one).upper()
        return False

    # -- fonts ----------------------------------------------------------------------------------------------

    def _fonts(self) -> None:
        wrong_font = next(
            (one for one in self.parts.everything for run in one.runs if run.font != self.rules.font), None
        )
        self._hold("font", wrong_font is None, _text(wrong_font))
        colours = {"", "auto", "000000"}
        wrong_colour = next(
            (one for one in self.parts.everything for run in one.runs if run.colour not in colours), None
        )
        self._hold("colour", wrong_colour is None, _text(wrong_colour))


_CLAUSE: Final = re.compile(r"(\d{1,2})\.\s+\S")


def _is_clause(para: Para) -> bool:
    """Whether a paragraph is a clause with a title: a number, few words, no full stop."""
    text = para.text.strip()
    return bool(_CLAUSE.match(text)) and len(text) < 120 and not text.endswith((".", ";", ":"))


def _text(para: Para | None) -> str:
    return "" if para is None else para.text.strip()


def _millimetres(twips: str) -> float:
    return float(twips) * 25.4 / 1440


def _instruction(element: Any) -> str:
    simple = "".join(one.get(qn("w:instr"), "") for one in element.iter(qn("w:fldSimple")))
    return simple + "".join(one.text or "" for one in element.iter(qn("w:instrText")))


def _has_number_in(element: Any) -> bool:
    return re.search(r"\bPAGE\b", _instruction(element)) is not None


def _has_number(header: Any) -> bool:
    paragraphs: Iterable[Any] = header._element.iter(qn("w:p"))
    return any(_has_number_in(one) for one in paragraphs)
