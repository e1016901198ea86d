from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import chiso.web
from chiso.intake.records import Mistake
from chiso.law import load
from chiso.web.messages import catalogue, say

WEB = Path(chiso.web.__file__).parent
PLACES = re.compile(r"\{(\w+)\}")


def test_both_languages_say_the_same_things() -> None:
    vi, en = catalogue("vi"), catalogue("en")
    assert set(vi) == set(en)
    for key in vi:
        assert set(PLACES.findall(vi[key])) == set(PLACES.findall(en[key])), key


def _used() -> tuple[set[str], set[str]]:
    """Keys that templates and code name in full, and beginnings that they complete."""
    exact, stems = set(), set()
    for path in (*WEB.glob("templates/*.html"), *WEB.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(r"""\bt\(["']([a-z0-9_.]+)["']\s*([~])?""", text):
            (stems if found[2] else exact).add(found[1])
        exact |= set(re.findall(r"""say\((?:lang|view\.lang|"en"), "([a-z0-9_.]+)\"""", text))
        for found in re.finditer(r"""say\([\w.]+, f"([a-z0-9_.]+)\{""", text):
            stems.add(found[1])
    return exact, stems


def test_every_key_that_pages_name_exists() -> None:
    exact, stems = _used()
    assert len(exact) > 150
    known = set(catalogue("vi"))
    assert not exact - known
    assert not {stem for stem in stems if not any(key.startswith(stem) for key in known)}


def test_mistakes_have_words() -> None:
    for mistake in Mistake:
        assert f"mistake.{(mistake.name or '').lower()}" in catalogue("vi")


def test_sentences_are_filled() -> None:
    assert say("vi", "gap.left", gap="20,82") == "Còn 20,82 điểm tới mục tiêu"
    assert say("en", "gap.left", gap="20.82") == "20.82 points to the target"


def test_the_law_speaks_both_languages_in_plain_words() -> None:
    law = load("qd766").at(date(2026, 10, 10))
    for indicator in law.indicators.values():
        assert indicator.names["vi"]
        assert indicator.names["en"]
        assert indicator.plain.points["vi"]
