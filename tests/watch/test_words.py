"""Sentences in two languages say the same things."""

from __future__ import annotations

import re
from pathlib import Path

import chiso.watch
from chiso.watch.asking import GROUPS
from chiso.watch.words import GROUP_NAMES, SENTENCES, Note, between, note, when

PLACES = re.compile(r"\{(\w+)\}")
SOURCES = "".join(path.read_text("utf-8") for path in Path(chiso.watch.__file__).parent.glob("*.py"))


def test_both_languages_have_the_same_places_to_fill() -> None:
    for code, (vi, en) in SENTENCES.items():
        assert set(PLACES.findall(vi)) == set(PLACES.findall(en)), code


def test_every_sentence_is_said_somewhere_and_no_other() -> None:
    said = set(re.findall(r"""note\(\s*"([\w.]+)\"""", SOURCES))
    assert said == set(SENTENCES)


def test_every_group_has_a_name() -> None:
    assert {address.group for address in GROUPS} | {"", "total"} == set(GROUP_NAMES)


def test_a_sentence_within_a_sentence() -> None:
    why = note("why.server", status=500)
    told = note("gave_up", question="transparency H44 2026", why=why, attempts=4)
    assert told.vi == "transparency H44 2026: lỗi máy chủ 500; bỏ qua sau 4 lần."
    assert told.en == "transparency H44 2026: server error 500; given up after 4 attempts."
    assert told.code == "gave_up"


def test_instants_and_what_stands_between() -> None:
    assert when(1_791_241_200) == ("06:00 06/10/2026", "06:00, 6 Oct 2026")
    assert between(" (", "x", ")") == (" (x)", " (x)")
    assert between(" (", "", ")") == ("", "")
    assert between(" ", Note("", "một", "one")) == (" một", " one")
