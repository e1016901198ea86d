"""Puts questions to the portal for a run, and decides what an answer that did not come means for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from chiso.intake.records import Arrival
from chiso.watch import form
from chiso.watch.asking import FORMALITIES, Question, formality_body
from chiso.watch.client import Client, FormError, NoAnswerError, RefusedByPortalError
from chiso.watch.keeping import Keeper, Page
from chiso.watch.words import Note, Pair, note

SILENT_AFTER: Final = 3
"""Questions in a row without an answer after which nothing more is asked."""


class EndError(Exception):
    """Nothing more is asked in this run, which ends in ``state``."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class Asker:
    """Asks.  Raises EndError where the run is over, RefusedByPortalError, and StoppedError of the client."""

    def __init__(self, client: Client, keeper: Keeper, now: Callable[[], int], since: int) -> None:
        """``since``: what was answered at this instant or later is not asked again."""
        self._client, self._keeper, self._now, self._since = client, keeper, now, since
        self._in_a_row = 0
        self._not_there: set[str] = set()
        self._strange: set[tuple[str, str]] = set()
        """(address, new keys) told already: they stand in the answers of all provinces"""

    def has(self, question: Question, *, whole: bool = True) -> bool:
        """Whether a question has been answered in this run already, perhaps by an earlier process.

        ``whole``: the province alone is wanted; else its units too.
        """
        known = self._keeper.memory.of(question)
        return (known.at if whole else known.parts_at) >= self._since

    def ask(self, question: Question) -> Page | None:
        """The answer to a question, in its right form; ``None`` where it could not be had."""
        words = self._keeper.words(question)
        answer = None
        try:
            with self._asking(words):
                answer = self._client.ask(question.address.path, question.body(), self._again(words))
                seen = form.read_form(question, answer.document)
        except NoAnswerError:
            return None
        except FormError as error:
            raw, status = (error.raw, error.status) if answer is None else (answer.body, answer.status)
            self._keeper.changed(question, error, raw, status)
            raise EndError("changed") from error
        strange = (question.address.name, ", ".join(seen.unknown[:8]))
        if seen.unknown and strange not in self._strange:
            self._strange.add(strange)
            self._keeper.say(note("unknown_keys", question=words, keys=strange[1]))
        return Page(question, answer, self._now(), seen)

    def checked(self, page: Page) -> Arrival:
        """All figures of an answer; one that is impossible ends the run."""
        try:
            return self._keeper.read(page)
        except FormError as error:
            self._keeper.changed(page.question, error, page.answer.body, page.answer.status)
            raise EndError("changed") from error

    def formality(self, code: str) -> str | None:
        """The portal's id of a procedure, looked up once; empty where its catalogue has none, ``None`` where
        no answer could be had."""
        known = self._keeper.memory.procedures.get(code)
        if known is not None:
            return known
        if code in self._not_there:
            return ""
        words = (f"Danh mục thủ tục {code}", f"formalities {code}")
        try:
            with self._asking(words):
                answer = self._client.ask(FORMALITIES, formality_body(code), self._again(words))
                found = form.read_formality(answer.document, code)
        except NoAnswerError:
            return None
        except FormError as error:
            self._keeper.say(note("changed", question=words, what=error.what, kept=""))
            raise EndError("changed") from error
        if found is None:
            self._not_there.add(code)
            self._keeper.say(note("no_formality", procedure=code))
            return ""
        self._keeper.looked_up(code, found)
        return found

    @contextmanager
    def _asking(self, words: Pair) -> Iterator[None]:
        """Counts requests, and questions without an answer: too many in a row end the run."""
        try:
            yield
        except NoAnswerError as error:
            self._keeper.say(note("gave_up", question=words, why=error.why, attempts=error.attempts))
            self._in_a_row += 1
            if self._in_a_row >= SILENT_AFTER:
                self._keeper.say(note("portal_silent", count=self._in_a_row))
                raise EndError("failed") from error
            raise
        except RefusedByPortalError as error:
            error.question = words
            raise
        finally:
            self._keeper.outcome.requests = self._client.requests
        self._in_a_row = 0

    def _again(self, words: Pair) -> Callable[[Note, int, float], None]:
        return lambda why, attempt, wait: self._keeper.say(
            note("again", question=words, why=why, attempt=attempt, wait=f"{wait:.0f}")
        )
