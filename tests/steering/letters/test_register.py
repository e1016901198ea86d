"""The register: entered once, numbered later, the figures untouched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from chiso.folder import DataFolder, QuestionError
from chiso.steering.letters.check.checks import check
from chiso.steering.letters.make import make
from chiso.steering.letters.register import document_of, entered, entry_of, facts_of, numbered
from chiso.steering.letters.template import built_in
from tests.steering.letters.samples import MARCH, changed, lines, reworded, with_text

OPEN = replace(MARCH, number=None, date="")


@pytest.fixture
def own(march_path: Path, tmp_path: Path) -> Iterator[DataFolder]:
    shutil.copytree(march_path, tmp_path / "data")
    with DataFolder.open(tmp_path / "data") as folder:
        yield folder


def test_a_letter_is_entered_once(own: DataFolder) -> None:
    made = make(own, MARCH, anyway=True)
    entry = entered(own, made)
    assert entered(own, made) == entry
    assert own.ledger.letters.list() == [entry]
    assert document_of(own, entry) == made.document
    assert facts_of(own, entry) == made.facts
    assert (entry.number, entry.signed_on, entry.unit) == (308, "2023-03-28", "H01")
    assert len(entry.addressees) == 31
    assert own.ledger.letters.list("gso:883") == [entry]
    assert own.ledger.letters.list("H01.113") == []


def test_number_and_day_come_later_and_nothing_else_changes(own: DataFolder) -> None:
    template = changed(built_in(), lambda document: reworded(with_text(document, "V/v"), "V/v", "V/v "))
    made = make(own, OPEN, template, anyway=True)
    entry = entered(own, made, template)
    given = numbered(own, entry, 308, "2023-03-28")
    assert own.ledger.letters.get(entry.id) == given
    assert given.digest != entry.digest == given.drafted
    assert document_of(own, given) == make(own, MARCH, template, anyway=True).document
    before, after = lines(made.document), lines(document_of(own, given))
    moved = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert all("308" in new or "ngày 28 tháng 3" in new for _, new in moved)
    assert check(document_of(own, given)) == []
    assert numbered(own, given, None, "2023-03-29").number == 308


def test_wrong_numbers_and_days_are_refused(own: DataFolder) -> None:
    first = entered(own, make(own, MARCH, anyway=True))
    second = entered(own, make(own, replace(OPEN, signer="Trần Văn A"), anyway=True))
    for number, day, words in (
        (308, "2023-03-30", "is that of letter"),
        (0, "", "whole number"),
        (309, "2023-04-15", "make it anew"),
        (309, "hôm qua", "is no date"),
    ):
        with pytest.raises(QuestionError, match=words):
            numbered(own, second, number, day)
    assert own.ledger.letters.get(second.id) == second
    assert numbered(own, second, 309, "2023-03-30").number == 309
    assert own.ledger.letters.get(first.id) == first
    with pytest.raises(QuestionError, match="no letter 77"):
        entry_of(own, 77)
    with pytest.raises(QuestionError, match="is that of letter"):
        entered(own, make(own, replace(MARCH, signer="Trần Văn B"), anyway=True))
