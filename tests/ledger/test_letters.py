"""The register of letters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from chiso.ledger.letters import Entry
from chiso.ledger.store import Ledger

FIRST = Entry(0, 10, "urge", "H01", ("H01.113", "H01.06"), "đôn đốc", None, "UBND-TH", "", "a1", "a1", "", 10)


def test_a_number_beyond_every_database_names_no_letter(ledger: Ledger) -> None:
    for number in (0, -1, 1 << 63, -(1 << 80)):
        assert ledger.letters.get(number) is None
        assert ledger.letters.facts(number) is None


def test_letters_are_numbered_in_order_and_entered_once(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        letters = ledger.letters
        assert letters.list() == []
        one = letters.add(FIRST, b"facts one")
        two = letters.add(
            replace(FIRST, drafted="b2", digest="b2", unit="H01.06", addressees=()), b"facts two"
        )
        assert (one.id, two.id) == (1, 2)
        assert letters.add(replace(FIRST, made_at=99), b"other facts") == one
        assert letters.facts(1) == b"facts one"
        assert letters.facts(3) is None
        assert letters.get(3) is None
        assert letters.list() == [two, one]
        assert letters.list("H01.06") == [two, one]
        assert letters.list("H01") == [one]
        given = replace(one, number=308, signed_on="2023-03-28", digest="c3", changed_at=20)
        letters.change(given, b"facts with a number")
        assert letters.get(1) == given
        assert letters.facts(1) == b"facts with a number"
        assert letters.numbered(308, "UBND-TH", "2023") == given
        assert letters.numbered(308, "UBND-TH", "2024") is None
        assert letters.numbered(308, "UBND-KSTT", "2023") is None
    with Ledger.open(tmp_path) as ledger:
        assert ledger.letters.get(1) == given
