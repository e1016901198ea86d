"""How administration says no."""

from __future__ import annotations

from chiso.folder.answers import QuestionError


def wrong(words_vi: str, words_en: str) -> QuestionError:
    """A change that cannot be made: what is wrong with it, in both languages."""
    return QuestionError(words_vi, words_en, wrong=True)
