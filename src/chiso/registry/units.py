"""Units through time: who is scored, when each existed, and what continues it.

The key of a unit is its code at an instant; names are for people.  Codes of the statistics office are used
again for other units after 01/07/2025, so that even the same code may be two units, one after the other.

``Units`` never changes; a table loaded later, or units learnt from a portal's answer, make a new one, in
which the units known before keep their positions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from chiso.instants import NEVER, midnight
from chiso.registry.codes import parent_code, province_of
from chiso.registry.tables import (
    ALWAYS,
    KINDS,
    NATION,
    BadUnitError,
    Kind,
    Spec,
    built_in,
    canonical,
    spec_of,
)
from chiso.registry.tree import Tree

if TYPE_CHECKING:
    from chiso.intake.records import UnitRecord

LEAGUES: Final[dict[str, Kind]] = {
    "provinces": "province",
    "departments": "department",
    "districts": "district",
    "communes": "commune",
    "ministries": "ministry",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, valid in ``[valid_from, valid_to)``.  Relations are positions in ``Units.all``."""

    index: int
    code: str
    name: str
    kind: Kind
    parent: int
    """-1 for the nation"""
    valid_from: int
    valid_to: int
    successors: tuple[int, ...]
    """what continues it, the one to take where only the old code is known first"""
    gso_code: str

    def in_force(self, at: int) -> bool:
        return self.valid_from <= at < self.valid_to


class Units:
    """All known units.  Made by :meth:`load`; positions (indexes) run over :attr:`all`."""

    def __init__(self, specs: Iterable[Spec], home: str) -> None:
        self._specs: Final = tuple(specs)
        self._by_code: dict[str, list[tuple[int, int, int]]] = {}
        """code → (from, to, index); a unit's own code before aliases"""
        for index, spec in enumerate(self._specs):
            self._by_code.setdefault(spec.code, []).append((spec.valid_from, spec.valid_to, index))
        for index, spec in enumerate(self._specs):
            for code, start, stop in spec.aliases:
                self._by_code.setdefault(code, []).append((start, stop, index))
        self.all: Final[tuple[Unit, ...]] = tuple(
            Unit(
                index,
                spec.code,
                spec.name,
                spec.kind,
                self._parent(index, spec),
                spec.valid_from,
                spec.valid_to,
                self._successors(index, spec),
                spec.gso_code,
            )
            for index, spec in enumerate(self._specs)
        )
        self.valid_from: Final[NDArray[np.int64]] = np.array([u.valid_from for u in self.all], np.int64)
        self.valid_to: Final[NDArray[np.int64]] = np.array([u.valid_to for u in self.all], np.int64)
        found = self.find(home)
        if found is None or found.kind not in ("province", "ministry"):
            raise BadUnitError("home", home, "not a known province or ministry")
        self.home: Final = found
        """the province whose dossiers are counted here"""
        self.family: Final[frozenset[int]] = frozenset(
            unit.index for unit in self.all if unit.kind == "province" and self._leads_to(unit, found)
        ) | {found.index}
        """home and the provinces that merged into it"""
        self.eras: Final[NDArray[np.int64]] = self._eras()
        """sorted instants at which any unit begins, ends or changes its name"""
        self._trees: dict[int, Tree] = {}
        self._today: dict[int, NDArray[np.int32]] = {}
        self._resolved: dict[tuple[str, int], tuple[int, bool]] = {}
        self._foreign: dict[str, bool] = {}

    @classmethod
    def load(cls, extra: Iterable[UnitRecord] = (), home: str = "H01") -> Units:
        """The units of this package with further ones.

        A record whose code names a unit with overlapping validity replaces what it says of it: what the
        record leaves empty stays.  Otherwise it is a new unit.  ``BadUnitError`` where one cannot be read.
        """
        specs = list(built_in())
        places: dict[str, list[int]] = {}
        for index, spec in enumerate(specs):
            places.setdefault(spec.code, []).append(index)
        for record in extra:
            spec = spec_of(record)
            for index in places.get(spec.code, ()):
                known = specs[index]
                if spec.valid_from < known.valid_to and known.valid_from < spec.valid_to:
                    specs[index] = _merged(known, spec, record)
                    break
            else:
                places.setdefault(spec.code, []).append(len(specs))
                specs.append(spec)
        return cls(specs, canonical(home))

    def __len__(self) -> int:
        return len(self.all)

    @cached_property
    def version(self) -> str:
        """Fingerprint: the same units, relations and home have the same one."""
        return hashlib.sha256(repr((self.home.code, self._specs)).encode()).hexdigest()[:12]

    # Codes to units.

    def find(self, code: str, at: int | None = None) -> Unit | None:
        """The unit that a code names at an instant, in any spelling; without an instant the newest one."""
        found = self._named(canonical(code))
        if at is None:
            newest = max(found, key=lambda entry: entry[1], default=None)
            return self.all[newest[2]] if newest else None
        for start, stop, index in found:
            if start <= at < stop:
                return self.all[index]
        return None

    def resolve(self, code: str, at: int) -> int:
        """Where a dossier with this code, received at this instant, counts in the tree of that instant.

        The unit itself; where it had ended, what continues it; where it is unknown, the nearest known unit
        above it by its code; otherwise home.
        """
        return self._resolution(code, at)[0]

    def is_unassigned(self, code: str, at: int) -> bool:
        """Whether :meth:`resolve` had to fall back on a province."""
        return self._resolution(code, at)[1]

    def foreign(self, code: str) -> bool:
        """Whether a code belongs to a known province that is neither home nor one of its predecessors."""
        found = self._foreign.get(code)
        if found is None:
            if len(self._foreign) > 1 << 16:
                self._foreign.clear()
            found = self._foreign[code] = self._is_foreign(canonical(code))
        return found

    def _is_foreign(self, code: str) -> bool:
        named = {self._province_above(index) for _, _, index in self._named(code)}
        if not named:
            province = province_of(code)
            named = {index for _, _, index in self._named(province)} if province else set()
        named.discard(-1)
        return bool(named) and not named & self.family

    def ended(self, code: str, day: date) -> str | None:
        """What continues a unit that is no more at the end of a day, as ``code name, …`` (may be empty).

        ``None`` where the unit still is, is yet to come, or is not known.
        """
        at = midnight(day + timedelta(days=1)) - 1
        named = self._named(canonical(code))
        gone = [index for _, stop, index in named if stop <= at]
        if not gone or self.find(code, at) is not None or any(start > at for start, _, _ in named):
            return None
        unit = max((self.all[index] for index in gone), key=lambda unit: unit.valid_to)
        return ", ".join(f"{self.all[one].code} {self.all[one].name}" for one in unit.successors)

    # Time.

    def era(self, at: int) -> int:
        """Number of the stretch between two changes in which an instant lies, from 0."""
        return int(np.searchsorted(self.eras, at, side="right"))

    def today(self, index: int, at: int) -> int:
        """The unit of the tree valid at ``at`` at which this one counts: itself, or what continues it.

        With ``at`` of the judging instant this is the view "as was", with now the restated one.  What has no
        successor counts at the unit above it.
        """
        return int(self.today_map(at)[index])

    def today_map(self, at: int) -> NDArray[np.int32]:
        """:meth:`today` of every unit, as an array over :attr:`all`."""
        era = self.era(at)
        found = self._today.get(era)
        if found is None:
            found = np.array([self._continued(unit.index, at, set()) for unit in self.all], np.int32)
            found.flags.writeable = False
            self._today[era] = found
        return found

    def name(self, index: int, at: int | None = None) -> str:
        """The name that a unit bore at an instant; without one, its newest."""
        if at is not None:
            for until, name in self._specs[index].earlier_names:
                if at < until:
                    return name
        return self.all[index].name

    def tree(self, at: int) -> Tree:
        """The tree in force at an instant."""
        era = self.era(at)
        found = self._trees.get(era)
        if found is None:
            found = self._trees[era] = self._make_tree(at)
        return found

    def league(self, among: str, under: str | int | None = None, at: int = NEVER - 1) -> list[Unit]:
        """The units ranked against each other: one of :data:`LEAGUES`, those in force, by code.

        ``under`` (a code or an index) leaves only units below that one; without it those below a province are
        home's.  ``KeyError`` for an unknown league, ``BadUnitError`` for an unknown unit.
        """
        tree, kind = self.tree(at), LEAGUES[among]
        if isinstance(under, str):
            above = self.find(under, at) or self.find(under)
            if above is None:
                raise BadUnitError("under", under, "not a known unit")
            under = above.index
        if under is None and kind not in ("province", "ministry"):
            under = self.today(self.home.index, at)
        chosen = tree.order if under is None else tree.descendants(under)
        chosen = chosen[np.isin(chosen, tree.level(kind))]
        return sorted((self.all[index] for index in chosen.tolist()), key=lambda unit: unit.code)

    # How.

    def restated(self, at: int) -> Units:
        """These units as seen from the tree of one instant, whatever instant is judged ("restated").

        Codes are still read in the tree of their own time; what they name then counts at what continues it.
        """
        return _Restated(self._specs, self.home.code, at)

    def _named(self, code: str) -> list[tuple[int, int, int]]:
        return self._by_code.get(code, [])

    def _parent(self, index: int, spec: Spec) -> int:
        if spec.kind == "nation":
            return -1
        found = [entry for entry in self._named(spec.parent) if entry[2] != index]
        overlapping = [e for e in found if e[0] < spec.valid_to and spec.valid_from < e[1]]
        chosen = max(overlapping or found, key=lambda entry: entry[1], default=None)
        if chosen is not None:
            return chosen[2]
        # a unit whose parent is unknown belongs to its province by code, or to the nation
        province = province_of(spec.code)
        found = [entry for entry in self._named(province) if entry[2] != index] if province else []
        return found[0][2] if found else self._named(NATION)[0][2]

    def _successors(self, index: int, spec: Spec) -> tuple[int, ...]:
        codes = spec.successors or (() if spec.valid_to == NEVER else (spec.code,))
        found: list[int] = []
        for code in codes:
            entries = [e for e in self._named(code) if e[2] != index and e[1] > spec.valid_to]
            if entries:
                found.append(min(entries)[2])
        return tuple(found)

    def _leads_to(self, unit: Unit, goal: Unit) -> bool:
        seen: set[int] = set()
        while unit.successors and unit.index not in seen:
            seen.add(unit.index)
            unit = self.all[unit.successors[0]]
            if unit.index == goal.index:
                return True
        return False

    def _province_above(self, index: int) -> int:
        seen: set[int] = set()
        while index >= 0 and index not in seen:
            if self.all[index].kind == "province":
                return index
            seen.add(index)
            index = self.all[index].parent
        return -1

    def _eras(self) -> NDArray[np.int64]:
        instants = {x for unit in self.all for x in (unit.valid_from, unit.valid_to)}
        instants |= {x for spec in self._specs for _, start, stop in spec.aliases for x in (start, stop)}
        instants |= {until for spec in self._specs for until, _ in spec.earlier_names}
        return np.array(sorted(instants - {ALWAYS, NEVER}), np.int64)

    def _resolution(self, code: str, at: int) -> tuple[int, bool]:
        key = (code, self.era(at))
        found = self._resolved.get(key)
        if found is None:
            if len(self._resolved) > 1 << 18:
                self._resolved.clear()
            found = self._resolved[key] = self._resolve(canonical(code), at)
        return found

    def _resolve(self, code: str, at: int) -> tuple[int, bool]:
        asked: str | None = code
        while asked:
            unit = self.find(asked, at)
            index = unit.index if unit else -1
            if unit is None:
                ended = [entry for entry in self._named(asked) if entry[1] <= at]
                if ended:
                    index = self.today(max(ended, key=lambda entry: entry[1])[2], at)
            if index >= 0:
                fell_back = asked != code and self.all[index].kind in ("province", "nation")
                return index, fell_back
            asked = parent_code(asked)
        return self.today(self.home.index, at), True

    def _continued(self, index: int, at: int, seen: set[int]) -> int:
        unit = self.all[index]
        if unit.in_force(at):
            return index
        if index in seen:  # a circle in loaded tables
            return self.home.index
        seen.add(index)
        if unit.valid_to <= at and unit.successors:
            return self._continued(unit.successors[0], at, seen)
        return self._continued(unit.parent, at, seen) if unit.parent >= 0 else index

    def _make_tree(self, at: int) -> Tree:
        today = self.today_map(at)
        in_force = (self.valid_from <= at) & (at < self.valid_to)
        parent = np.full(len(self.all), -1, np.int32)
        for unit in self.all:
            if in_force[unit.index] and unit.parent >= 0:
                parent[unit.index] = today[unit.parent]
        top = self._named(NATION)[0][2]
        for unit in self.all:
            # loaded tables may run in a circle: such a unit hangs from the top rather than be lost
            seen: set[int] = set()
            index = unit.index
            while in_force[unit.index] and index not in (-1, top) and index not in seen:
                seen.add(index)
                index = int(parent[index])
            if index != top and in_force[unit.index]:
                parent[unit.index] = top
        kinds = np.array([KINDS.index(unit.kind) for unit in self.all], np.int8)
        return Tree.make(parent, in_force, kinds, [(KINDS.index(u.kind), u.code) for u in self.all])


class _Restated(Units):
    """Units of which every instant shows the tree of one."""

    def __init__(self, specs: Iterable[Spec], home: str, at: int) -> None:
        super().__init__(specs, home)
        self._seen_from: Final = at

    def today_map(self, at: int) -> NDArray[np.int32]:
        return super().today_map(self._seen_from)

    def tree(self, at: int) -> Tree:
        return super().tree(self._seen_from)


def _merged(known: Spec, told: Spec, record: UnitRecord) -> Spec:
    """What is known of a unit, with what a record tells of it."""
    return replace(
        known,
        name=told.name if record.name.strip() else known.name,
        kind=told.kind,
        parent=told.parent if record.parent.strip() else known.parent,
        valid_from=told.valid_from if record.valid_from.strip() else known.valid_from,
        valid_to=told.valid_to if record.valid_to.strip() else known.valid_to,
        successors=told.successors or known.successors,
        gso_code=told.gso_code or known.gso_code,
        aliases=told.aliases or known.aliases,
        earlier_names=known.earlier_names if not record.name.strip() or told.name == known.name else (),
    )
