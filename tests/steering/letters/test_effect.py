"""Before and after a letter, against units that got none; totals held against scores asked one by one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from chiso.folder import DataFolder
from chiso.instants import iso, parse_instant
from chiso.steering.letters.effect import effect, sent_at
from chiso.steering.letters.make import make
from chiso.steering.letters.register import entered, facts_of
from chiso.steering.letters.request import Request
from tests.steering.letters.samples import MARCH

pytestmark = pytest.mark.slow
SENT = Request(
    "urge",
    "H01",
    date="2026-09-15",
    number=5,
    appendices=(),
    to=("H01.101", "H01.102", "H01.103", "H01.104", "H01.06"),
)


@pytest.fixture
def own(letters_path: Path, tmp_path: Path) -> Iterator[DataFolder]:
    shutil.copytree(letters_path, tmp_path / "data")
    with DataFolder.open(tmp_path / "data") as folder:
        yield folder


def test_before_and_after_are_as_known_then(own: DataFolder) -> None:
    entry = entered(own, make(own, SENT))
    assert iso(sent_at(entry)) == "2026-09-16T00:00:00+07:00"
    told = effect(own, entry, facts_of(own, entry))
    assert (told["from"], told["until"]) == ("2026-09-16T00:00:00+07:00", iso(own.now()))
    assert [one["among"] for one in told["leagues"]] == ["departments", "communes"]
    departments, communes = told["leagues"]
    assert (departments["addressed"], departments["others"]) == (1, 14)
    assert (communes["addressed"], communes["others"]) == (4, 98)
    assert departments["verdict"] == "few"
    assert departments["low"] is None
    assert communes["low"] is not None
    sent = sent_at(entry)
    for row in [*departments["units"][:2], *communes["units"][:6]]:
        assert row["before"] == own.score(row["unit"], period="2026", at=sent, as_of=sent)["total"]
        assert row["after"] == own.score(row["unit"], period="2026")["total"]
        assert Decimal(row["change"]) == Decimal(row["after"]) - Decimal(row["before"])
    assert {row["unit"] for row in communes["units"] if row["addressed"]} == set(SENT.to[:4])


def test_where_all_were_addressed_there_is_nobody_to_compare_with(own: DataFolder) -> None:
    entry = entered(own, make(own, replace(SENT, to=("departments",))))
    (departments,) = effect(own, entry, facts_of(own, entry))["leagues"]
    assert departments["verdict"] == "all"
    assert departments["difference"] is None


def test_right_after_sending_there_is_nothing_to_tell(own: DataFolder) -> None:
    entry = entered(own, make(own, replace(SENT, date="2026-10-10")))
    told = effect(own, entry, facts_of(own, entry))
    assert told["leagues"] == []
    earlier = effect(own, entry, facts_of(own, entry), parse_instant("2026-09-01"))
    assert earlier["leagues"] == []


def test_units_of_which_nothing_was_published_are_no_league(march_path: Path, tmp_path: Path) -> None:
    shutil.copytree(march_path, tmp_path / "march")
    with DataFolder.open(tmp_path / "march") as folder:
        made = make(folder, MARCH, anyway=True)
        told = effect(folder, entered(folder, made), made.facts)
    assert told["leagues"] == []
