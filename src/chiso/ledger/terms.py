"""Texts that rows refer to by number: unit, desk, procedure, sender and database codes."""

from __future__ import annotations

from collections.abc import Iterable


class Terms(dict[str, int]):
    """Text → number.  A text that is not known yet gets the next number when it is asked for.

    New ones are kept apart in ``fresh`` until the transaction that writes them is committed
    (:meth:`keep`) or not (:meth:`forget`).  The empty text is 0.
    """

    def __init__(self) -> None:
        super().__init__({"": 0})
        self.fresh: list[tuple[int, str]] = []
        self.last = 0

    def __missing__(self, text: str) -> int:
        number = self.last + 1
        self.last = number
        self[text] = number
        self.fresh.append((number, text))
        return number

    def learn(self, known: Iterable[tuple[int, str]]) -> None:
        """Takes in terms that are in the database already."""
        for number, text in known:
            self[text] = number
            self.last = max(self.last, number)

    def keep(self) -> None:
        self.fresh = []

    def forget(self) -> None:
        for number, text in self.fresh:
            del self[text]
            self.last = min(self.last, number - 1)
        self.fresh = []
