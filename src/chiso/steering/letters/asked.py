"""What a letter is asked about, decided: the question, the tree of units, and the unit with its figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from chiso.folder import DataFolder, QuestionError
from chiso.folder.answers import Asked, QuestionFields, asked, tree_at, unit_named
from chiso.instants import YEARS, day_of, iso, parse_instant
from chiso.registry.units import Unit, Units
from chiso.steering.letters import phrases
from chiso.steering.letters.facts import Origin
from chiso.steering.letters.request import Request


def wrong(vi: str, en: str) -> QuestionError:
    """Wrong use, said in both languages."""
    return QuestionError(vi, en, wrong=True)


def day_named(text: str, vi: str, en: str) -> date:
    """A day as ``2023-04-15``.  Raises :class:`QuestionError` naming what it should have been."""
    try:
        found = date.fromisoformat(text)
        if found.isoformat() != text or found.year not in YEARS:
            raise ValueError("pages and the register read days back as they are written here")
    except ValueError as error:
        raise wrong(
            f"“{text}” không phải là {vi}; viết như 2023-04-15.",
            f"{text!r} is no {en}; write it as 2023-04-15",
        ) from error
    return found


@dataclass
class Scene:
    """A request in its data folder: everything that it leaves open has been decided."""

    folder: DataFolder
    request: Request
    question: Asked
    at: int
    """instant whose tree of units the letter is about"""
    unit: Unit
    warnings: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, folder: DataFolder, request: Request) -> Scene:
        question = asked(folder, **_fields(request))
        at = tree_at(folder, question)
        return cls(folder, request, question, at, in_force(folder, request.unit, at))

    @property
    def units(self) -> Units:
        return self.folder.registry.units

    def warn(self, vi: str, en: str) -> None:
        self.warnings.append((vi, en))

    def name(self, unit: Unit) -> str:
        return self.units.name(unit.index, self.at)

    def common(self) -> QuestionFields:
        """The question as keyword arguments of a folder's questions."""
        return _fields(self.request)

    @property
    def known_at(self) -> int:
        """The instant as of which figures are known."""
        question = self.question
        return question.at if question.as_of is None else min(question.at, question.as_of)

    def origin(self, body: dict[str, Any], source: str, path: str = "") -> Origin:
        """Where the figures of an answer came from.  ``path``: the page that shows them."""
        question, request = self.question, self.request
        query = {
            "period": body["period"],
            "at": iso(request.at) or "",
            "as_of": iso(request.as_of) or "",
            "law": request.law,
            "source": request.source,
        }
        filled = urlencode({key: value for key, value in query.items() if value})
        link = path or f"/units/{self.unit.code}"
        captured = body.get("captured_at") if source == "published" else None
        as_of = question.as_of if question.as_of is not None else max(self.folder.now(), question.at)
        return Origin(
            source,
            str(body["law"]),
            str(body["law_version"]),
            self.units.version,
            self.folder.registry.calendar.version,
            int(body["journal"]),
            str(body["period"]),
            question.judged_at,
            as_of,
            parse_instant(captured) if captured else None,
            f"{link}{'&' if '?' in link else '?'}{filled}",
        )


def in_force(folder: DataFolder, code: str, at: int) -> Unit:
    """The unit of a code; one that has ended, or has not begun, is refused with what continues it."""
    unit = unit_named(folder, code, at)
    if unit.in_force(at):
        return unit
    known = folder.registry.units
    ended = unit.valid_to <= at
    heirs = [known.all[index] for index in unit.successors] if ended else []
    names = phrases.listed([f"{one.name} ({one.code})" for one in heirs])
    when = day_of(unit.valid_to if ended else unit.valid_from)
    codes = ", ".join(one.code for one in heirs)
    raise wrong(
        f"{unit.name} ({unit.code}) {'đã kết thúc từ' if ended else 'chỉ có từ'} ngày "
        f"{phrases.short_day(when)}{f'; nay là {names}' if names else ''}.",
        f"{unit.code} {'ended' if ended else 'begins'} on {when}{f'; {codes} continues it' if codes else ''}",
    )


def _fields(request: Request) -> QuestionFields:
    return {
        "period": request.period or None,
        "at": request.at,
        "as_of": request.as_of,
        "law": request.law or None,
        "source": request.source or None,
    }
