"""Versions of the law side by side: what changes in words, and in points of every unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from chiso.folder.answers import score_of_hundredths, unit_named
from chiso.instants import Period
from chiso.law.difference import law_diff
from chiso.law.loader import Law, load
from chiso.law.model import LawError, LawVersion

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder


def laws() -> list[Law]:
    """The laws that the program knows, by id."""
    names = (one.name for one in files("chiso.law").joinpath("data").iterdir() if one.is_dir())
    return [load(name) for name in sorted(names)]


def variant(law_id: str, day: date, options: Sequence[str] = ()) -> LawVersion:
    """The version of a law on a day, rules switched as ``rule=option``.  LawError where there is none."""
    law = load(law_id)
    if options:
        chosen: dict[str, str] = {}
        for option in options:
            rule, sign, value = option.partition("=")
            if not sign:
                raise LawError("option", option, "write it as rule=option")
            chosen[rule.strip()] = value.strip()
        law = law.with_options(chosen)
    return law.at(day)


def words(first: LawVersion, second: LawVersion) -> list[dict[str, str]]:
    """What the second says otherwise: ``{"key", "vi", "en"}``."""
    return [{"key": one.key, "vi": one.words.vi, "en": one.words.en} for one in law_diff(first, second)]


def points(
    folder: DataFolder, unit: str, period: Period, first: LawVersion, second: LawVersion
) -> list[dict[str, Any]]:
    """A unit and all below it under both laws: ``{"unit", "name", "a", "b", "change"}``.

    LawError where one of them knows groups only: it gives no points to dossiers.
    """
    for version in (first, second):
        if version.groups_only:
            raise LawError(version.law, "", "knows groups only: it gives no points to dossiers")
    before, after = folder.view(period, law=first).board, folder.view(period, law=second).board
    top = unit_named(folder, unit, folder.now())
    units = folder.registry.units
    rows = []
    for index in units.tree(period.judged_at(folder.now())).subtree(top.index).tolist():
        one, other = int(before.table.totals[index]), int(after.table.totals[index])
        rows.append(
            {
                "unit": units.all[index].code,
                "name": units.all[index].name,
                "a": score_of_hundredths(one),
                "b": score_of_hundredths(other),
                "change": f"{'+' if other > one else ''}{score_of_hundredths(other - one)}",
            }
        )
    return rows
