"""Attempts of one address: after ten wrong ones it waits, and many at once are no way around that."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from chiso.web.tries import TOGETHER, TRIES, Tries


def wrong(tries: Tries, address: str) -> bool:
    with tries.attempt(address) as attempt:
        if attempt is not None:
            attempt.wrong = True
        return attempt is not None


def test_after_ten_wrong_ones_an_address_waits_and_others_do_not() -> None:
    tries = Tries()
    assert [wrong(tries, "a") for _ in range(TRIES + 1)] == [True] * TRIES + [False]
    assert wrong(tries, "b")


def test_right_ones_count_for_nothing() -> None:
    tries = Tries()
    for _ in range(3 * TRIES):
        with tries.attempt("a") as attempt:
            assert attempt is not None


def test_many_at_once_are_counted_before_they_are_known_to_be_wrong() -> None:
    tries = Tries()
    with ExitStack() as together:
        held = [together.enter_context(tries.attempt("a")) for _ in range(TOGETHER + 5)]
        assert [one is not None for one in held] == [True] * TOGETHER + [False] * 5
        with tries.attempt("b") as other:
            assert other is not None
    with tries.attempt("a") as again:
        assert again is not None


def test_an_attempt_that_breaks_is_over() -> None:
    tries = Tries()
    for _ in range(2 * TOGETHER):
        with pytest.raises(ZeroDivisionError), tries.attempt("a"):
            raise ZeroDivisionError
    assert wrong(tries, "a")
