"""Certified e-copies by unit: counts and first instants, held against the records one by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chiso import cli
from chiso.folder import DataFolder
from chiso.instants import NEVER, parse_instant
from chiso.intake.records import CertifiedCopy
from chiso.registry.codes import dossier_prefix
from chiso.steering.copies import Copies

DAYS = ("2023-03-01", "2023-03-15", "2023-03-28", "2023-12-31")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    path = tmp_path_factory.mktemp("copies") / "data"
    assert cli.run(["load", "--sample", "an-giang-2023-letter", "--data", str(path)]) == 0
    with DataFolder.open(path) as opened:
        yield opened


@pytest.mark.parametrize("day", DAYS)
def test_counts_and_firsts_are_those_of_the_records(folder: DataFolder, day: str) -> None:
    judged, units = parse_instant(day), folder.registry.units
    slow: dict[int, list[int]] = {}
    for _, one in folder.ledger.records("certified_copy"):
        assert isinstance(one, CertifiedCopy)
        assert one.certified_at is not None
        found = units.find(dossier_prefix(one.dossier) or "", one.certified_at)
        if one.electronic and one.certified_at < judged and found is not None:
            slow.setdefault(found.index, []).append(one.certified_at)
    copies = Copies(folder.ledger, units)
    counts, firsts = copies.counts(0, judged, NEVER - 1), copies.firsts(judged, NEVER - 1)
    assert {place: int(count) for place, count in enumerate(counts) if count} == {
        place: len(those) for place, those in slow.items()
    }
    assert {place: int(at) for place, at in enumerate(firsts) if at < NEVER} == {
        place: min(those) for place, those in slow.items()
    }


def test_what_was_not_known_yet_does_not_count(folder: DataFolder) -> None:
    copies = Copies(folder.ledger, folder.registry.units)
    judged = parse_instant("2023-03-28")
    assert copies.counts(0, judged, NEVER - 1).sum() == 140
    assert copies.counts(0, judged, judged).sum() == 0
    assert (copies.firsts(judged, judged) == NEVER).all()


def test_units_that_merged_count_at_what_continues_them(folder: DataFolder) -> None:
    copies = Copies(folder.ledger, folder.registry.units)
    now = parse_instant("2026-01-01")
    counts = copies.counts(0, now, NEVER - 1)
    units = folder.registry.units
    assert counts.sum() == 140
    assert all(units.all[place].in_force(now) for place, count in enumerate(counts) if count)
