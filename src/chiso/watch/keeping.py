"""What a run writes down: answers with their figures, what is unrefreshed, what is refused, how it stands.

Everything that follows from one answer is one transaction: the answer's bytes and figures, the memory of it,
and the run's standing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import msgspec

from chiso.instants import iso
from chiso.intake import captures, portal
from chiso.intake.captures import Choice
from chiso.intake.records import Arrival, PublishedFigure
from chiso.intake.refusals import refusal
from chiso.watch import memory
from chiso.watch.asking import GROUPS, OVERALL, Question
from chiso.watch.client import Answer, FormError
from chiso.watch.form import Seen, Values
from chiso.watch.memory import Asked, Memory
from chiso.watch.outcome import Outcome, Taken, with_day
from chiso.watch.words import GROUP_NAMES, Note, Pair, note

if TYPE_CHECKING:
    from chiso.intake.context import Context
    from chiso.ledger.store import Ledger

SENDER: Final = "Cổng DVCQG"
"""Whom the ledger names as the sender of what was taken from the portal."""
_MOST: Final = {address.group: address.maximum for address in GROUPS} | {"total": OVERALL.maximum}


@dataclass
class Page:
    """An answer to one page of a question."""

    question: Question
    answer: Answer
    at: int
    """the instant of capture"""
    seen: Seen
    left_out: dict[str, list[str]] = field(default_factory=dict)
    """figures that say nothing new, as in :class:`Choice`"""


class Keeper:
    """Writes down what comes of a run, and says it."""

    def __init__(
        self,
        ledger: Ledger,
        context: Context,
        now: Callable[[], int],
        outcome: Outcome,
        tell: Callable[[Note], None],
        progress: Callable[[int, int], None],
    ) -> None:
        self._ledger, self._now = ledger, now
        self._context = replace(context, sender=SENDER)
        self._tell, self._progress = tell, progress
        self._without: dict[tuple[str, str], int] = {}
        self.memory: Final = Memory(ledger)
        self.outcome: Final = outcome
        self.taken: Final[list[Taken]] = []
        """what became of each question that was asked"""

    def say(self, told: Note, *, keep: bool = True) -> None:
        """Says a sentence; ``keep``: it stays with the run's outcome."""
        told = msgspec.structs.replace(told, at=iso(self._now()) or "")
        if keep:
            self.outcome.say(told)
        self._tell(told)

    def words(self, question: Question) -> Pair:
        """A question in a few words: the group for people, the address for engineers."""
        code = self.memory.codes.get(question.department, question.department)
        page = (f"trang {question.page}", f"p{question.page}") if question.page > 1 else ("", "")
        names = (GROUP_NAMES[question.address.group][0], question.address.name)
        period = question.period.label
        vi = (names[0], code, f"kỳ {period}", question.procedure, page[0])
        en = (names[1], code, period, question.procedure, page[1])
        return " ".join(part for part in vi if part), " ".join(part for part in en if part)

    # -- answers ------------------------------------------------------------------------------------------

    def read(self, page: Page, only: str = "") -> Arrival:
        """The figures of an answer, with its capture as their payload.  FormError where one is impossible."""
        question = page.question
        capture = captures.capture(
            page.answer.body,
            captured_at=page.at,
            period=question.period.label,
            portal=self.outcome.portal,
            address=question.address.path,
            request=question.body(),
            status=page.answer.status,
            choice=Choice(only, question.procedure, page.left_out),
        )
        value = msgspec.json.decode(capture)
        arrival = portal.read_answer(value, self._context, raw=capture, door=captures.DOOR)
        for one in arrival.refusals:
            raise FormError(note("form.figure", reason=(one.message_vi, one.message_en)))
        for figure in figures_of(arrival):
            most = _MOST.get(figure.key)
            if most is not None and figure.points is not None and not 0 <= Decimal(figure.points) <= most:
                place = f"{figure.name} {figure.key}"
                raise FormError(note("form.range", score=figure.points, place=place, most=most))
        return arrival

    def keep(
        self, pages: list[Page], asked: Asked, only: str = "", also: dict[str, str] | None = None
    ) -> None:
        """Keeps an answer that says something new: its pages, and what is remembered of the question."""
        question = pages[0].question
        arrivals = [self.read(page, only if page is pages[0] else "parts") for page in pages]
        arrivals = [one for one in arrivals if one.items]
        figures = sum(len(one.items) for one in arrivals)
        tally = self.outcome.tally(question.period.label, question.address.group)
        tally.kept += 1
        tally.figures += figures
        self.outcome.kept += 1
        self.outcome.figures += figures
        for page in pages:
            if page is pages[0] and only != "parts":
                self._note_values(question, page.seen.above)
            if only != "whole":
                self._note_values(question, page.seen.below)
        self._took(question, "kept", asked)
        self._ledger.accept(arrivals, self._now(), {**(also or {}), **self._remembered(question, asked)})

    def unrefreshed(self, question: Question, asked: Asked, also: dict[str, str] | None = None) -> None:
        """Notes that an answer says nothing new: nothing of it is kept."""
        tally = self.outcome.tally(question.period.label, question.address.group)
        tally.unrefreshed += 1
        tally.since = max(tally.since or "", iso(asked.since) or "")
        self.outcome.unrefreshed += 1
        self._took(question, "unrefreshed", asked)
        self._ledger.meta.update({**(also or {}), **self._remembered(question, asked)})

    def missed(self, question: Question) -> None:
        """Notes that no answer could be had."""
        self.outcome.failed += 1
        self.outcome.tally(question.period.label, question.address.group).failed += 1
        self._took(question, "failed", None)

    def resumed(self, question: Question) -> None:
        """Notes that a question has been answered before."""
        self.outcome.resumed += 1
        self.outcome.tally(question.period.label, question.address.group).resumed += 1
        self._step()

    def changed(self, question: Question, error: FormError, raw: bytes, status: int) -> None:
        """Keeps an answer of another form in quarantine, the same one once, and says what is different."""
        mark = hashlib.sha256(raw).hexdigest()[:32]
        known = self.memory.of(question)
        words = self.words(question)
        kept: Pair = ("", "")
        if known.refused != mark:
            piece = raw
            if raw.lstrip()[:1] == b"{":
                piece = captures.capture(
                    raw, captured_at=self._now(), period=question.period.label, portal=self.outcome.portal,
                    address=question.address.path, request=question.body(), status=status,
                    choice=Choice(procedure=question.procedure),
                )  # fmt: skip
            refused = refusal(words[1], "", "", "changed_form", raw=piece, words={"what": error.what.pair})
            arrival = Arrival("published", [], b"", [refused], SENDER, captures.DOOR, read=1)
            texts = self.memory.note(question, msgspec.structs.replace(known, refused=mark))
            receipt = self._ledger.accept([arrival], self._now(), texts)
            number = receipt.arrivals[0].refusals[0][0]
            kept = (
                f"; câu trả lời nằm trong cách ly, số {number}",
                f"; the answer is in quarantine, number {number}",
            )
        self.say(note("changed", question=words, what=error.what, kept=kept))

    def looked_up(self, procedure: str, formality: str) -> None:
        """Remembers the portal's id of a procedure."""
        self._ledger.meta.update(self.memory.looked_up(procedure, formality))

    def end(self, state: str, began: int) -> Outcome:
        """Writes down how the run ended."""
        outcome = self.outcome
        outcome.state, outcome.ended = state, iso(self._now())
        for (period, group), count in sorted(self._without.items()):
            self.say(note("no_values", group=GROUP_NAMES[group], period=period, count=count))
        for told in outcome.closing():
            self.say(told)
        if outcome.requests:  # else the run before this one remains the newest
            days = with_day(self._ledger.meta.get(memory.DAYS), began, outcome)
            self._ledger.meta.update({memory.STATUS: memory.text_of(outcome), memory.DAYS: days})
        return outcome

    def _remembered(self, question: Question, asked: Asked) -> dict[str, str]:
        return {**self.memory.note(question, asked), memory.STATUS: memory.text_of(self.outcome)}

    def _note_values(self, question: Question, values: Values) -> None:
        label = question.period.label
        for (indicator, status), count in values.placeholders.items():
            self.outcome.placeholder(label, indicator, status).units += count
        if values.without:
            key = (label, question.address.group)
            self._without[key] = self._without.get(key, 0) + values.without

    def _took(self, question: Question, what: str, asked: Asked | None) -> None:
        department = question.department
        at, since = (iso(asked.at), iso(asked.since)) if asked else (iso(self._now()), None)
        code = self.memory.codes.get(department, "")
        name, label = question.address.name, question.period.label
        self.taken.append(Taken(name, label, what, at, since, code, department, question.procedure))
        self._step()

    def _step(self) -> None:
        self.outcome.done += 1
        self._progress(self.outcome.done, self.outcome.of)


def figures_of(arrival: Arrival) -> list[PublishedFigure]:
    """The published figures of an arrival."""
    return [one for one in arrival.items if isinstance(one, PublishedFigure)]
