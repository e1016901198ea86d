from __future__ import annotations

from datetime import date
from decimal import Decimal

from chiso.administration.effect import effect
from chiso.folder import DataFolder
from chiso.folder.registers import Registry
from chiso.registry.calendar import Calendar, DayRule


def test_the_same_registry_changes_nothing(folder: DataFolder) -> None:
    found = effect(folder, folder.registry)
    assert found.lines == ()
    assert found.dossiers == 0
    assert found.units > 100


def test_days_off_move_the_due_times_of_limits_and_the_folder_stays_as_it_is(folder: DataFolder) -> None:
    before = folder.score("H01")
    off = [DayRule(date(2026, 9, day), False, "bão") for day in range(7, 12)]
    registry = folder.registry
    proposed = Registry(registry.units, registry.catalogue, Calendar.load(off), registry.records)
    found = effect(folder, proposed)
    # the dossiers of this world all say when they are due
    assert found.dossiers == 0
    assert folder.score("H01") == before
    assert all(line.change == Decimal(0) for line in found.lines)
