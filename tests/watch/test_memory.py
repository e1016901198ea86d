"""What is remembered from one request to the next comes back as it was written."""

from __future__ import annotations

from pathlib import Path

from chiso.instants import parse_period
from chiso.ledger.store import Ledger
from chiso.watch.asking import GROUPS, KNOWN, OVERALL, Question
from chiso.watch.memory import Asked, Column, Memory, Province

LIST = Question(OVERALL, parse_period("2026"))
GROUP = Question(GROUPS[0], parse_period("2026"), "the id", "2.000815")


def test_everything_comes_back(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        memory = Memory(ledger)
        assert memory.of(LIST) == Asked()
        assert (memory.provinces, memory.procedures, memory.codes) == ({}, {}, KNOWN)
        asked = Asked(9, "abc", "def", 8, 7, "17.35", refused="x")
        listed = Asked(9, since=7, columns={"total": Column("abc", 7)})
        texts = memory.note(GROUP, asked) | memory.note(LIST, listed)
        texts |= memory.listed({"the id": Province("UBND tỉnh Phú Thọ", "H44")})
        texts |= memory.looked_up("2.000815", "its id")
        assert memory.of(GROUP) == asked  # at once, though nothing is written yet
        assert Memory(ledger).of(GROUP) == Asked()
        ledger.meta.update(texts)
        again = Memory(ledger)
    assert (again.of(GROUP), again.of(LIST)) == (asked, listed)
    assert again.provinces == {"the id": Province("UBND tỉnh Phú Thọ", "H44")}
    assert again.procedures == {"2.000815": "its id"}
    assert again.of(GROUP.next_page()) == Asked()
