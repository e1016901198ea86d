"""Passwords that are easily guessed are refused, and the refusal says why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.people.passwords import (
    ENOUGH,
    FOR_LETTERS,
    KINDS,
    LONGEST,
    OFFICE,
    REASONS,
    SHORTEST,
    _plain,
    checked,
    strength,
)
from chiso.people.refusing import AccountError

GOOD = ("lúa vàng đồng xa", "sông hậu chảy về biển", "trâu ơi ta bảo", "correct horse battery staple")


@pytest.mark.parametrize("password", GOOD)
def test_long_sentences_of_ones_own_are_taken(password: str) -> None:
    checked(password, "an.nguyen", "Nguyễn Văn An")
    assert strength(password).reasons == ()


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("123456789012", "mật khẩu nhiều người dùng"),
        ("Password12345", "mật khẩu nhiều người dùng"),
        ("mật khẩu 123456", "mật khẩu nhiều người dùng"),
        ("matkhau123456", "mật khẩu nhiều người dùng"),
        ("iloveyou1234", "mật khẩu nhiều người dùng"),
        ("qwertyuiop12", "dãy liên tiếp"),
        ("1qaz2wsx3edc", "mật khẩu nhiều người dùng"),
        ("An Giang 2026", "tên của bạn hoặc của cơ quan"),
        ("VietNam@2026", "tên của bạn hoặc của cơ quan"),
        ("Nguyễn Văn An 1985", "ngày hoặc năm"),
        ("an.nguyen.xyzq", "tên của bạn hoặc của cơ quan"),
        ("aaaaaaaaaaaaaaaa", "lặp lại"),
        ("ngắn", "ít nhất 12 ký tự"),
        ("x1y2z" * 40, "dài nhất 128 ký tự"),
    ],
)
def test_what_is_easily_guessed_is_refused_and_told_why(password: str, why: str) -> None:
    with pytest.raises(AccountError) as refused:
        checked(password, "an.nguyen", "Nguyễn Văn An")
    assert why in refused.value.message_vi
    assert password not in refused.value.message_vi + refused.value.message_en


@given(st.text(max_size=LONGEST + 20))
def test_any_text_is_rated_and_short_or_long_ones_are_refused(password: str) -> None:
    found = strength(password, ("an", ""))
    assert 0 <= found.score <= 4
    assert set(found.reasons) <= REASONS.keys()
    if found.score >= ENOUGH:
        assert not found.reasons
    if not SHORTEST <= len(password) <= LONGEST:
        with pytest.raises(AccountError):
            checked(password, "an")


def test_ones_own_words_are_nobody_elses() -> None:
    """The rating shares a place for them between threads: nobody is rated by another's name."""
    words = [f"nguoithu{number}khongai" for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        alike = list(pool.map(lambda word: strength(word, (word,)).score, words))
        apart = list(pool.map(lambda word: strength(word, ("khac",)).score, words))
    assert set(alike) == {0}
    assert min(apart) >= ENOUGH


def test_signs_that_may_stand_for_letters_are_read_in_few_ways() -> None:
    """All of them together would be read in hundreds of ways, and rating would take seconds."""
    every = "4@8({[<369&#!1/|0$5+7%2"
    assert sum(sign in FOR_LETTERS for sign in _plain(every)) == KINDS
    assert len(_plain(every)) == len(every)
    assert _plain("m@tkh@u ngắn") == "m@tkh@u ngắn"
    assert strength("P@$$word1234").score < ENOUGH
    assert strength(every * 3).score == 4


def test_words_of_the_office_are_spelt_as_they_are_looked_for() -> None:
    assert all(one.isascii() and one.islower() and " " not in one for one in OFFICE)
    assert len(set(OFFICE)) == len(OFFICE)
