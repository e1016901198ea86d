"""From a request to a letter: its facts, its bytes and their digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from chiso.folder import DataFolder, QuestionError
from chiso.instants import day_of, iso
from chiso.steering.letters import phrases
from chiso.steering.letters.facts import Facts
from chiso.steering.letters.fill import rendered
from chiso.steering.letters.gather import gathered
from chiso.steering.letters.packing import digest
from chiso.steering.letters.request import Request


@dataclass(frozen=True)
class Made:
    """A letter."""

    facts: Facts
    document: bytes
    digest: str
    warnings: tuple[tuple[str, str], ...]
    """(vi, en) what whoever signs should know"""
    older_than: int | None
    """instant of the newest data, where the figures are older"""


class OlderFiguresError(QuestionError):
    """The figures of a letter are older than the newest data: it is made only if that is wanted."""

    def __init__(self, made: Made) -> None:
        self.made = made
        vi, en = older(made)
        super().__init__(vi, en)


def older(made: Made) -> tuple[str, str]:
    """In words, how old the figures are."""
    origin = made.facts.standing.origin
    shown = origin.captured_at if origin.captured_at is not None else min(origin.at, origin.as_of)
    newest = made.older_than or shown
    return (
        f"Số liệu của công văn là của ngày {phrases.short_day(day_of(shown))}; đã có số liệu mới hơn, ngày "
        f"{phrases.short_day(day_of(newest))}.",
        f"the letter's figures are of {iso(shown)}; there are newer ones, of {iso(newest)}",
    )


def make(
    folder: DataFolder, request: Request, template: bytes | None = None, *, anyway: bool = False
) -> Made:
    """Makes a letter.

    ``template``: the office's own; else the built-in one.  ``anyway``: also from figures that are older than
    the newest data, otherwise :class:`OlderFiguresError`.  Other :class:`QuestionError` where the request or
    the template cannot be used.
    """
    mark = hashlib.sha256(template).hexdigest() if template is not None else ""
    found = gathered(folder, request, mark)
    document = rendered(found.facts, template)
    made = Made(found.facts, document, digest(document), tuple(found.warnings), found.older_than)
    if found.older_than is not None and not anyway:
        raise OlderFiguresError(made)
    return made
