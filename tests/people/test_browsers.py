"""Kinds of browsers, from what they say of themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.people.browsers import BROWSERS, SYSTEMS, browser_of

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"
)


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        (f"{WINDOWS} {CHROME}", "Chrome, Windows"),
        (f"{WINDOWS} {CHROME} Edg/141.0.0.0", "Edge, Windows"),
        (f"{WINDOWS} coc_coc_browser/128.0 {CHROME}", "Cốc Cốc, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox, Linux"),
        (f"Mozilla/5.0 (Linux; Android 15; SM-A546E) {CHROME}", "Chrome, Android"),
        (IPHONE, "Safari, iPhone"),
        ("python-httpx/0.28.1", ""),
        ("", ""),
    ],
)
def test_what_browsers_say_of_themselves(agent: str, kind: str) -> None:
    assert browser_of(agent) == kind


@given(st.text(max_size=200))
def test_nothing_of_what_was_sent_is_kept_but_known_names(agent: str) -> None:
    known = {name for _, name in (*BROWSERS, *SYSTEMS)}
    assert set(filter(None, browser_of(f"{agent} Firefox/1").split(", "))) <= known
