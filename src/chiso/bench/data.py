"""Provinces for the benchmark, drawn column by column: the same arguments give the same dossiers.

They are plausible in what costs time (how many procedures and units, how many dossiers wait, are late, were
reopened, have no due time), not in what they score.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from chiso.demo import catalogue as demo_catalogue
from chiso.engine.ground import Ground, Registers
from chiso.instants import DAY, NEVER, Period, midnight, parse_period
from chiso.intake.records import Petition, Procedure, UnitRecord
from chiso.law.loader import load
from chiso.ledger.rows import ROW
from chiso.registry.calendar import Calendar
from chiso.registry.procedures import Catalogue
from chiso.registry.units import Units

SEED: Final = 766
YEAR: Final[Period] = parse_period("2026")
NOW: Final = midnight(date(2026, 10, 10)) + 6 * 3600
"""The instant at which everything is judged."""
CROWD: Final = 100_000
"""Dossiers that fall due at one instant."""
CROWD_DUE: Final = NOW + 3600
DEPARTMENTS: Final = 15
COMMUNES: Final = 102
PETITIONS: Final = 2_000


@dataclass
class World:
    """What dossiers stand on, and the codes that may occur in them, as terms."""

    ground: Ground
    unit_terms: np.ndarray
    """terms of the units that dossiers are sent to"""
    procedure_terms: np.ndarray

    @property
    def terms(self) -> list[str]:
        return self.ground.terms


def procedures() -> list[Procedure]:
    """The demo's catalogue, of which every province has the same here."""
    drawn = demo_catalogue.build(np.random.default_rng(SEED))
    found = []
    for index in range(len(drawn)):
        told = demo_catalogue.record(drawn, index)
        told.pop("unit")
        found.append(Procedure(**told))
    return found


def unit_records(provinces: list[str]) -> list[UnitRecord]:
    """A tree of departments and communes for provinces of which only the name is known."""
    found = []
    for province in provinces:
        for number in range(1, DEPARTMENTS + COMMUNES + 1):
            kind = "department" if number <= DEPARTMENTS else "commune"
            place = number if number <= DEPARTMENTS else number + 20 - DEPARTMENTS
            found.append(UnitRecord(f"{province}.{place:02d}", f"Đơn vị {number}", kind, province))
    return found


def petitions(units: list[str]) -> list[Petition]:
    """Petitions spread over the year and the units."""
    rng = np.random.default_rng(SEED + 1)
    sent = rng.integers(YEAR.start, NOW - DAY, PETITIONS).tolist()
    done = rng.integers(DAY, 30 * DAY, PETITIONS).tolist()
    return [
        Petition(
            f"P{number}",
            units[number % len(units)],
            "da_cong_khai",
            sent_at=at,
            received_at=at,
            resolved_at=at + took if number % 9 else None,
            published_at=at + took + DAY if number % 9 else None,
        )
        for number, (at, took) in enumerate(zip(sent, done, strict=True))
    ]


def world(provinces: int = 1) -> World:
    """The home province with its real units, or so many provinces with units of their own."""
    units = Units.load()
    tree = units.tree(NOW)
    leagues = [unit.code for unit in units.league("provinces", at=NOW)]
    chosen = [units.home.code, *(code for code in leagues if code != units.home.code)][:provinces]
    if provinces > 1:
        bare = [
            code for code in chosen
            if (unit := units.find(code, NOW)) is None or len(tree.children(unit.index)) < DEPARTMENTS
        ]  # fmt: skip
        units = Units.load(unit_records(bare))
        tree = units.tree(NOW)
    codes = []
    for code in chosen:
        unit = units.find(code, NOW)
        assert unit is not None
        codes += [units.all[index].code for index in tree.descendants(unit.index).tolist()]
    known = procedures()
    terms = ["", *codes, *(procedure.code for procedure in known), "9.999999"]
    ground = Ground(
        load("qd766").at(YEAR.first_day),
        units,
        Catalogue(known, units),
        Calendar.load(),
        Registers((), petitions(codes), ()),
        terms,
    )
    return World(
        ground,
        np.arange(1, 1 + len(codes), dtype=np.int32),
        np.arange(1 + len(codes), len(terms), dtype=np.int32),
    )


def _weights(count: int, steepness: float) -> np.ndarray:
    weight = 1.0 / np.arange(1, count + 1) ** steepness
    return np.asarray(weight / weight.sum())


def rows(world: World, count: int, *, first: int = 1, crowd: int = 0) -> np.ndarray:
    """One version of each of ``count`` dossiers, numbered from ``first``, as the ledger packs them.

    One in two hundred was reopened and has three spans.  ``crowd`` of the open ones are due at
    :data:`CROWD_DUE`.
    """
    rng = np.random.default_rng((SEED, first))
    found = np.zeros(count, ROW)
    found["version"] = found["dossier"] = np.arange(first, first + count)
    received = np.sort(rng.integers(YEAR.start - 20 * DAY, NOW - 3600, count))
    found["received_at"] = received
    found["known_at"] = received + 600
    shuffled = np.random.default_rng(SEED).permutation(world.unit_terms)
    found["unit"] = rng.choice(shuffled, count, p=_weights(len(shuffled), 0.7))
    found["desk"] = np.where(rng.random(count) < 0.8, found["unit"], rng.choice(world.unit_terms, count))
    used = np.random.default_rng(SEED).permutation(world.procedure_terms)[:700]
    found["procedure"] = rng.choice(used, count, p=_weights(len(used), 0.9))
    found["sender"] = 1
    days = rng.integers(1, 20, count)
    due = received + days * DAY
    found["due_at"] = np.where(rng.random(count) < 0.97, due, NEVER)
    took = (days * DAY * rng.gamma(3.0, 0.25, count)).astype(np.int64)
    ended = received + took
    found["ended_at"] = ended
    found["end_state"] = np.where(rng.random(count) < 0.9, 9, 10)
    for name, share in (("requested_at", 0.08), ("second_requested_at", 0.01)):
        told = rng.random(count) < share
        if name == "second_requested_at":
            told &= found["requested_at"] < NEVER
        found[name] = np.where(told, received + took // 3, NEVER)
    done = (found["requested_at"] < NEVER) & (rng.random(count) < 0.8)
    found["completed_at"] = np.where(done, received + took // 2, NEVER)
    found["dissatisfied_at"] = np.where(rng.random(count) < 0.004, ended + DAY, NEVER)
    found["stored_at"] = np.where(rng.random(count) < 0.2, ended + 60, NEVER)
    found["judged_from"], found["judged_to"] = -NEVER, NEVER
    bits = np.zeros(count, np.uint32)
    for bit, share in enumerate((0.8, 0.7, 0.5, 0.2, 0.1, 0.6, 0.7, 0.5, 0.3, 0.99)):
        bits |= (rng.random(count) < share).astype(np.uint32) << np.uint32(bit)
    found["has"] = bits
    found["channel"] = rng.choice([1, 2, 3], count, p=[0.4, 0.57, 0.03])
    found["filed"] = rng.integers(0, 3, count)
    found["payment"] = rng.choice([0, 1, 2, 3], count, p=[0.5, 0.3, 0.15, 0.05])
    found["subject"] = rng.integers(1, 3, count)
    found["timely"] = 1
    open_now = found["ended_at"] > NOW
    found["ended_at"][open_now] = NEVER
    found["end_state"][open_now] = 0
    if crowd:
        _crowd(found, crowd)
    return _reopened(found)


def _crowd(found: np.ndarray, crowd: int) -> None:
    """Makes so many dossiers open, due at one instant, and judged by nothing else before it."""
    chosen = np.linspace(0, len(found) - 1, crowd).astype(np.intp)
    for name in ("ended_at", "requested_at", "completed_at", "second_requested_at"):
        found[name][chosen] = NEVER
    for name in ("dissatisfied_at", "stored_at"):
        found[name][chosen] = NEVER
    found["end_state"][chosen] = 0
    found["due_at"][chosen] = CROWD_DUE


def _reopened(found: np.ndarray) -> np.ndarray:
    """Lets every two-hundredth ended dossier have been ended, opened again and ended once more."""
    chosen = np.flatnonzero((found["ended_at"] < NEVER) & (found["dossier"] % 200 == 0))
    again, last = found[chosen].copy(), found[chosen].copy()
    middle = (found["received_at"][chosen] + found["ended_at"][chosen]) // 2
    opened = middle + (found["ended_at"][chosen] - middle) // 2
    found["ended_at"][chosen], found["judged_to"][chosen] = middle, opened
    again["ended_at"], again["end_state"] = NEVER, 0
    again["judged_from"], again["judged_to"] = opened, last["ended_at"]
    last["judged_from"] = last["ended_at"]
    whole = np.concatenate([found, again, last])
    return whole[np.argsort(whole["version"], kind="stable")]
