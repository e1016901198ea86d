"""A document as it looks: every paragraph and run with its format resolved through styles and defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from docx.document import Document
from docx.oxml.ns import qn as qualified

from chiso.steering.letters.template import text_of

EMU_OF_TWIP: Final = 635
qn: Final = cache(qualified)


@dataclass(frozen=True)
class Run:
    """A stretch of text of one format; size in half points."""

    text: str
    size: int
    bold: bool
    italic: bool
    caps: bool
    font: str
    colour: str


@dataclass(frozen=True)
class Para:
    """A paragraph; measures in twentieths of a point, line spacing in 240ths of a line."""

    text: str
    runs: tuple[Run, ...]
    align: str
    left: int
    right: int
    first: int
    before: int
    after: int
    line: int
    exact: bool
    """whether the line spacing is a fixed height instead"""
    room: int
    """width of the cell or page that it stands in"""
    rule: int | None
    """length of the solid line under or in it; ``None`` where there is none"""
    element: Any

    @property
    def blank(self) -> bool:
        return not self.text.strip()


class Reader:
    """Reads the paragraphs of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        root = document.styles.element
        self._styles = {one.get(qn("w:styleId")): one for one in root.findall(qn("w:style"))}
        self._default = next(
            (
                one
                for one in self._styles.values()
                if one.get(qn("w:default")) and one.get(qn("w:type")) == "paragraph"
            ),
            None,
        )
        defaults = root.find(qn("w:docDefaults"))
        self._run_default = None if defaults is None else defaults.find(f"{qn('w:rPrDefault')}/{qn('w:rPr')}")
        self._para_default = (
            None if defaults is None else defaults.find(f"{qn('w:pPrDefault')}/{qn('w:pPr')}")
        )
        self._runs: dict[Any, Run] = {}
        """formats without text: a long table has thousands of runs and few formats"""
        self._paras: dict[Any, Para] = {}

    # -- walking ------------------------------------------------------------------------------------------

    def blocks(self) -> Iterator[Any]:
        """Paragraphs and tables of the body in order, content controls opened."""
        yield from self._blocks(self.document.element.body)

    def _blocks(self, parent: Any) -> Iterator[Any]:
        for child in parent:
            if child.tag in (qn("w:p"), qn("w:tbl")):
                yield child
            elif child.tag == qn("w:sdt"):
                content = child.find(qn("w:sdtContent"))
                if content is not None:
                    yield from self._blocks(content)

    def cells(self, table: Any) -> list[list[list[Para]]]:
        """row → cell → paragraphs."""
        return [
            [
                [self.para(one, self._cell_width(cell)) for one in self._blocks(cell) if one.tag == qn("w:p")]
                for cell in row.findall(qn("w:tc"))
            ]
            for row in table.findall(qn("w:tr"))
        ]

    @staticmethod
    def _cell_width(cell: Any) -> int:
        told = cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
        return int(told.get(qn("w:w"), "0")) if told is not None and told.get(qn("w:w"), "0").isdigit() else 0

    # -- formats --------------------------------------------------------------------------------------------

    def _chain(self, name: str | None) -> Iterator[Any]:
        style = self._styles.get(name) if name else None
        seen = set()
        while style is not None and id(style) not in seen:
            seen.add(id(style))
            yield style
            base = style.find(qn("w:basedOn"))
            style = None if base is None else self._styles.get(base.get(qn("w:val")))

    def _of_paragraph(self, element: Any, tag: str) -> Iterator[Any]:
        """All settings of a paragraph with a tag, the nearest first."""
        own = element.find(qn("w:pPr"))
        name = None
        if own is not None:
            if (found := own.find(qn(tag))) is not None:
                yield found
            style = own.find(qn("w:pStyle"))
            name = None if style is None else style.get(qn("w:val"))
        chain = list(self._chain(name)) or ([self._default] if self._default is not None else [])
        for style in chain:
            if (found := style.find(f"{qn('w:pPr')}/{qn(tag)}")) is not None:
                yield found
        if self._para_default is not None and (found := self._para_default.find(qn(tag))) is not None:
            yield found

    def _of_run(self, run: Any, paragraph: Any, tag: str) -> Iterator[Any]:
        own = run.find(qn("w:rPr"))
        names = []
        if own is not None:
            if (found := own.find(qn(tag))) is not None:
                yield found
            style = own.find(qn("w:rStyle"))
            names.append(None if style is None else style.get(qn("w:val")))
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        names.append(None if style is None else style.get(qn("w:val")))
        chain = [one for name in names for one in self._chain(name)]
        if style is None and self._default is not None:
            chain.append(self._default)
        for one in chain:
            if (found := one.find(f"{qn('w:rPr')}/{qn(tag)}")) is not None:
                yield found
        if self._run_default is not None and (found := self._run_default.find(qn(tag))) is not None:
            yield found

    def _flag(self, run: Any, paragraph: Any, tag: str) -> bool:
        found = next(self._of_run(run, paragraph, tag), None)
        return found is not None and found.get(qn("w:val"), "1") not in ("0", "false", "off", "none")

    def _value(self, run: Any, paragraph: Any, tag: str, name: str = "w:val") -> str:
        for found in self._of_run(run, paragraph, tag):
            if (value := found.get(qn(name))) is not None:
                return str(value)
        return ""

    def run(self, run: Any, paragraph: Any) -> Run:
        text = "".join(
            "-" if one.tag == qn("w:noBreakHyphen") else "\n" if one.tag == qn("w:br") else one.text or ""
            for one in run
            if one.tag in (qn("w:t"), qn("w:noBreakHyphen"), qn("w:br"))
        )
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        key = _told(run.find(qn("w:rPr"))), None if style is None else style.get(qn("w:val"))
        known = self._runs.get(key)
        if known is None:
            known = self._runs[key] = self._run_format(run, paragraph)
        return replace(known, text=text)

    def _run_format(self, run: Any, paragraph: Any) -> Run:
        fonts = {
            self._value(run, paragraph, "w:rFonts", side) for side in ("w:ascii", "w:hAnsi", "w:eastAsia")
        } - {""}
        size = self._value(run, paragraph, "w:sz")
        return Run(
            "",
            int(size) if size.isdigit() else 20,
            self._flag(run, paragraph, "w:b"),
            self._flag(run, paragraph, "w:i"),
            self._flag(run, paragraph, "w:caps"),
            ", ".join(sorted(fonts)),
            self._value(run, paragraph, "w:color"),
        )

    def para(self, element: Any, room: int) -> Para:
        runs = tuple(
            found for one in element.iter(qn("w:r")) if (found := self.run(one, element)).text.strip()
        )
        key = _told(element.find(qn("w:pPr")))
        known = self._paras.get(key)
        if known is None:
            known = self._paras[key] = self._para_format(element)
        return replace(
            known,
            text=text_of(element),
            runs=runs,
            room=room,
            rule=_rule(element, room - known.left - known.right),
            element=element,
        )

    def _para_format(self, element: Any) -> Para:
        align = next((one.get(qn("w:val")) for one in self._of_paragraph(element, "w:jc")), "left")

        def measure(tag: str, *names: str) -> int:
            for found in self._of_paragraph(element, tag):
                for name in names:
                    if (value := found.get(qn(f"w:{name}"))) is not None:
                        return -_whole(value) if name == "hanging" else _whole(value)
            return 0

        lines = next(
            (one for one in self._of_paragraph(element, "w:spacing") if one.get(qn("w:line")) is not None),
            None,
        )
        return Para(
            "",
            (),
            "both" if align in ("both", "justify", "distribute") else str(align),
            measure("w:ind", "left", "start"),
            measure("w:ind", "right", "end"),
            measure("w:ind", "firstLine", "hanging"),
            measure("w:spacing", "before"),
            measure("w:spacing", "after"),
            240 if lines is None else _whole(lines.get(qn("w:line"))),
            lines is not None and lines.get(qn("w:lineRule"), "auto") in ("exact", "atLeast"),
            0,
            None,
            None,
        )


def _told(element: Any) -> Any:
    """What an element says, as something that can be looked up."""
    return None if element is None else (element.tag, *element.items(), *(_told(one) for one in element))


def _whole(text: str) -> int:
    try:
        return round(float(text))
    except ValueError:
        return 0


def _rule(element: Any, room: int) -> int | None:
    """The length of a line: a lower border of the paragraph, or one that is drawn."""
    border = element.find(f"{qn('w:pPr')}/{qn('w:pBdr')}/{qn('w:bottom')}")
    if border is not None and border.get(qn("w:val")) == "single":
        return room
    for one in element.iter():
        name = str(one.tag).rpartition("}")[2]
        if name == "extent" and one.get("cx"):
            return int(one.get("cx")) // EMU_OF_TWIP
        if name == "line" and one.get("from") and one.get("to"):
            ends = [re.match(r"(-?[\d.]+)(pt|mm|cm|in)?", one.get(side)) for side in ("from", "to")]
            if all(ends):
                scale = {"pt": 20.0, "mm": 56.7, "cm": 567.0, "in": 1440.0, None: 20.0}
                first, last = (float(end[1]) * scale[end[2]] for end in ends if end)
                return round(abs(last - first))
    return None
