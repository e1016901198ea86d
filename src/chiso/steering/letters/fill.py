"""A letter's facts put into a template: the document."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from docx.oxml.ns import qn

from chiso.steering.letters import appendices, ooxml, template
from chiso.steering.letters.facts import Facts
from chiso.steering.letters.ooxml import Cell, twips
from chiso.steering.letters.packing import packed
from chiso.steering.letters.rules import layout
from chiso.steering.letters.widths import text_width
from chiso.steering.letters.wording import Wording

SYMBOL: Final = re.compile(r"\d+/[A-ZĐ]+(?:-[A-ZĐ]+)+")
KEPT: Final = "\u2011"
_BREAKS: Final = re.compile(f"(\n|{KEPT})")
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
TABLE_WIDTHS: Final = tuple(twips(width) for width in (14, 70, 29, 27, 25))
TABLE_HEAD: Final = ("Stt", "Tiêu chí", "Điểm đạt được", "Điểm tối đa", "Tỷ lệ")


def rendered(facts: Facts, office_template: bytes | None = None) -> bytes:
    """The document of a letter: the same facts and template give the same bytes.

    Raises :class:`QuestionError` for a template that cannot be used.
    """
    if office_template is None:
        return _filled(facts, template.built_in())
    try:
        return _filled(facts, office_template)
    except (AttributeError, KeyError, TypeError, IndexError) as error:  # parts that Word would mend
        raise template.refused(
            "cấu trúc tệp bị hỏng; hãy mở bằng Word và lưu lại.",
            "its structure is broken; open it in Word and save it again",
        ) from error


def _filled(facts: Facts, content: bytes) -> bytes:
    document = template.checked(content)
    words = Wording(facts)
    for story in template.stories(document):
        for paragraph in list(story.iter(qn("w:p"))):
            _fill(paragraph, words)
    appendices.append(document, facts)
    origin = facts.standing.origin
    template.settle(
        document,
        f"V/v {words.field('subject')}",
        facts.head.issuer,
        f"{origin.law} {origin.law_version}; {origin.units_version}; {origin.journal}",
        origin.at,
    )
    out = io.BytesIO()
    document.save(out)
    return packed(out.getvalue())


def _fill(paragraph: Any, words: Wording) -> None:
    text = template.text_of(paragraph)
    names = template.FIELD.findall(text)
    if not names:
        return
    alone = template.FIELD.fullmatch(text.strip()) is not None
    if alone and names[0] in template.BLOCK_FIELDS:
        _put_block(paragraph, names[0], words)
        return
    for name in names:
        if name in template.BLOCK_FIELDS:
            raise template.refused(
                f"trường {{{{{name}}}}} phải đứng riêng một đoạn.",
                f"the field {{{{{name}}}}} needs a paragraph of its own",
            )
    values = {name: words.field(name) for name in names}
    if alone and not values[names[0]].strip():
        _take_out(paragraph)
        return
    _replace(paragraph, values)


def _take_out(paragraph: Any) -> None:
    """Removes a paragraph; the last one of a cell stays, empty, as the format wants it."""
    parent = paragraph.getparent()
    if parent.tag == qn("w:tc") and len(parent.findall(qn("w:p"))) == 1:
        for one in list(paragraph.iter(qn("w:r"))):
            one.getparent().remove(one)
        return
    parent.remove(paragraph)


def _replace(paragraph: Any, values: dict[str, str]) -> None:
    """Fills fields in the text of a paragraph, however Word has cut it into runs.

    A value takes the format of the run in which its field begins.
    """
    texts = [one for one in paragraph.iter(qn("w:t")) if one.text]
    starts = [0]
    for one in texts:
        starts.append(starts[-1] + len(one.text))
    new = [one.text for one in texts]
    for found in reversed(list(template.FIELD.finditer("".join(new)))):
        begin, end = found.span()
        for index in range(len(texts) - 1, -1, -1):
            start, stop = starts[index], starts[index + 1]
            if stop <= begin or start >= end:
                continue
            put = values[found[1]] if start <= begin else ""
            new[index] = new[index][: max(0, begin - start)] + put + new[index][end - start :]
    for one, text in zip(texts, new, strict=True):
        if one.text != text:
            _set_text(one, text)


def _set_text(holder: Any, text: str) -> None:
    """Puts a text into a ``w:t``: line feeds become breaks, and a document's number stays on one line."""
    pieces = _BREAKS.split(SYMBOL.sub(lambda found: found[0].replace("-", KEPT), text))
    holder.text = pieces[0]
    holder.set(_SPACE, "preserve")
    after = holder
    for sign, words in zip(pieces[1::2], pieces[2::2], strict=True):
        mark = holder.makeelement(qn("w:br" if sign == "\n" else "w:noBreakHyphen"), {})
        more = holder.makeelement(qn("w:t"), {})
        more.text = words
        more.set(_SPACE, "preserve")
        after.addnext(mark)
        mark.addnext(more)
        after = more


# -- paragraphs in the place of one ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Model:
    """The paragraph that a block stands in for: its format is that of what comes."""

    paragraph: Any

    @property
    def size(self) -> int:
        found = next(self.paragraph.iter(qn("w:sz")), None)
        return int(found.get(qn("w:val"))) // 2 if found is not None else layout()["body"].use

    def like(self, text: str, **changes: object) -> Any:
        """A paragraph like it with another text; ``changes``: bold, keep, left, first, before, after."""
        made = copy.deepcopy(self.paragraph)
        runs = list(made.iter(qn("w:r")))
        for one in runs[1:]:
            one.getparent().remove(one)
        holders = list(runs[0].iter(qn("w:t")))
        for one in holders[1:]:
            one.getparent().remove(one)
        _set_text(holders[0], text)
        if "bold" in changes:
            _flag(runs[0], "w:b", bool(changes["bold"]))
        settings = made.get_or_add_pPr()
        if "keep" in changes:
            _flag_in(settings, "w:keepNext", bool(changes["keep"]))
        spacing = {key: changes[key] for key in ("before", "after") if key in changes}
        if spacing:
            told = settings.get_or_add_spacing()
            for side, value in spacing.items():
                told.set(qn(f"w:{side}"), str(value))
        if "left" in changes or "first" in changes:
            told = settings.get_or_add_ind()
            for key in ("firstLine", "hanging"):
                told.attrib.pop(qn(f"w:{key}"), None)
            told.set(qn("w:left"), str(changes.get("left", told.get(qn("w:left"), "0"))))
            first = int(str(changes.get("first", 0)))
            if first:
                told.set(qn("w:firstLine" if first > 0 else "w:hanging"), str(abs(first)))
        return made

    @property
    def left(self) -> int:
        found = next(self.paragraph.iter(qn("w:ind")), None)
        return int(found.get(qn("w:left"), "0")) if found is not None else 0


def _flag(holder: Any, name: str, on: bool) -> None:
    properties = holder.get_or_add_rPr()
    for tag in (name, f"{name}Cs"):
        found = properties.find(qn(tag))
        if found is not None:
            properties.remove(found)
    if on:
        fonts = properties.find(qn("w:rFonts"))
        made = [properties.makeelement(qn(tag), {}) for tag in (name, f"{name}Cs")]
        if fonts is not None:
            fonts.addnext(made[1])
            fonts.addnext(made[0])
        else:
            properties.insert(0, made[1])
            properties.insert(0, made[0])


def _flag_in(settings: Any, name: str, on: bool) -> None:
    found = settings.find(qn(name))
    if found is None and on:
        settings.insert(0, settings.makeelement(qn(name), {}))
    elif found is not None and not on:
        settings.remove(found)


def _put_block(paragraph: Any, name: str, words: Wording) -> None:
    made = list(_BLOCKS[name](_Model(paragraph), words))
    for one in made:
        paragraph.addprevious(one)
    if made or paragraph.getparent().tag != qn("w:tc") or len(paragraph.getparent()) > 2:
        paragraph.getparent().remove(paragraph)


def _issuer_line(model: _Model, words: Wording) -> Iterable[Any]:
    rule = layout()["issuer"]
    assert rule.line is not None
    longest = max(words.field("issuer").split("\n"), key=lambda line: text_width(line, rule.use, bold=True))
    share = (rule.line[0] + rule.line[1]) / 2
    width = int(Fraction(text_width(longest, rule.use, bold=True)) * share)
    yield ooxml.element(ooxml.rule(width, template.HEAD_WIDTHS[0]))


def _addressees(model: _Model, words: Wording) -> Iterable[Any]:
    told = [one.words for one in words.facts.addressees]
    if len(told) == 1:
        yield model.like(f"Kính gửi: {told[0]}.")
        return
    yield model.like("Kính gửi:", after=0, keep=True)
    # the dashes stand under the colon
    dash = text_width("- ", model.size)
    under = model.left + text_width("Kính gửi", model.size)
    for place, one in enumerate(told, 1):
        last = place == len(told)
        changes = {} if last else {"after": 0}
        yield model.like(
            f"- {one}{'.' if last else ';'}", left=under + dash, first=-dash, before=40, keep=False, **changes
        )


def _table(model: _Model, words: Wording) -> Iterable[Any]:
    head = [[Cell(title, "center") for title in TABLE_HEAD]]
    rows = []
    for place, name, points, most, ratio in words.table():
        total = not place
        rows.append(
            [
                *([] if total else [Cell(place, "center")]),
                Cell(name, "center" if total else "left", bold=total, span=2 if total else 1),
                *(Cell(text, "center", bold=total) for text in (points, most, ratio)),
            ]
        )
    yield ooxml.element(ooxml.table(TABLE_WIDTHS, head, rows, model.size))


def _orders(model: _Model, words: Wording) -> Iterable[Any]:
    for line in words.orders():
        yield model.like(line.text, bold=line.clause, keep=line.clause)


def _recipients(model: _Model, words: Wording) -> Iterable[Any]:
    told = ["Như trên", *words.facts.head.recipients]
    for place, one in enumerate(told, 1):
        yield model.like(f"- {one}{'.' if place == len(told) else ';'}")


def _nothing(model: _Model, words: Wording) -> Iterable[Any]:
    return ()


_BLOCKS = {
    "issuer_line": _issuer_line,
    "addressees": _addressees,
    "table": _table,
    "orders": _orders,
    "recipients": _recipients,
    "appendices": _nothing,
}
