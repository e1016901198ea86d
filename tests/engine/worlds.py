"""Small random provinces for the tests of the engine: dossiers with lives of every kind, and their ground."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from hypothesis import strategies as st

from chiso.engine.ground import Ground, Registers
from chiso.engine.second import Facts as RawFacts
from chiso.instants import Period, midnight, parse_period
from chiso.intake.records import Dossier, Petition, Procedure, Step, Supplement
from chiso.law.loader import load
from chiso.law.model import LawVersion
from chiso.ledger.facts import Facts, derive, step_order
from chiso.ledger.rows import ROW
from chiso.ledger.terms import Terms
from chiso.registry.calendar import Calendar
from chiso.registry.procedures import Catalogue
from chiso.registry.units import Units

UNITS = Units.load()
CALENDAR = Calendar.load()
CODES = ["H01.06", "H01.113", "H01.174", "H01", "H01.999", "H33.01"]
PROCEDURES = [
    Procedure("1.000001", "Một", level="province", online="full", has_fee=True, returns_paper=True,
              for_person=True, limit_days=3),
    Procedure("1.000002", "Hai", level="commune", online="partial", has_fee=True, limit_days=8,
              limit_unit="hour", for_person=True),
    Procedure("1.000003", "Ba", level="commune province", limit_days=2, limit_unit="day"),
    Procedure("1.000004", "Bốn", level="commune", online="full", units=("H01.113",), returns_paper=True),
]  # fmt: skip
FIRST = midnight(date(2025, 12, 20))
LAST = midnight(date(2026, 3, 10))
PERIODS: tuple[Period, ...] = tuple(
    parse_period(text)
    for text in ("2026-01", "2026-02", "2026-03", "2026-Q1", "2026", "2026-01-10..2026-02-05")
)


def law(law_id: str = "qd766") -> LawVersion:
    return load(law_id).at(date(2026, 1, 1))


def ground(version: LawVersion | None = None, petitions: tuple[Petition, ...] = ()) -> tuple[Ground, Terms]:
    """A ground of the small catalogue, and the terms that its rows speak in."""
    terms = Terms()
    texts = [""]
    found = Ground(
        version or law(), UNITS, Catalogue(PROCEDURES, UNITS), CALENDAR, Registers((), petitions, ()), texts
    )
    return found, terms


# Instants fall on a coarse grid, so that they often coincide.
instants = st.integers(0, (LAST - FIRST) // 21600).map(lambda n: FIRST + n * 21600)
maybe = st.none() | instants
END_STATES = (3, 7, 8, 9, 10)


@st.composite
def supplements(draw: st.DrawFn) -> tuple[Supplement, ...]:
    count = draw(st.sampled_from([0, 0, 0, 1, 1, 2, 3]))
    return tuple(
        Supplement(draw(st.sampled_from(["a", "b"])), draw(maybe), draw(maybe)) for _ in range(count)
    )


@st.composite
def messages(draw: st.DrawFn, code: str) -> Dossier:
    return Dossier(
        code=code,
        procedure=draw(st.sampled_from([*(p.code for p in PROCEDURES), "9.999999"])),
        state=draw(st.sampled_from([1, 2, 4, 5, 6, 3, 7, 8, 9, 9, 9, 10])),
        unit=draw(st.sampled_from(["", *CODES])),
        desk=draw(st.sampled_from(CODES)),
        channel=draw(st.sampled_from([1, 2, 2, 3])),
        filed=draw(st.sampled_from([0, 1, 2])),
        payment=draw(st.sampled_from([0, 1, 2, 3])),
        subject=draw(st.sampled_from([0, 1, 2])),
        received_at=draw(st.none() | instants | instants | instants),
        due_at=draw(maybe),
        finished_at=draw(maybe),
        returned_at=draw(maybe),
        refused_at=draw(maybe),
        has=draw(st.integers(0, 1023)),
        supplements=draw(supplements()),
    )


steps = st.builds(
    Step,
    at=instants,
    state=st.sampled_from([1, 2, 4, 5, 5, 6, 3, 7, 8, 9, 9, 10]),
    content=st.sampled_from("ab"),
)


@dataclass
class Event:
    """Something that becomes known of a dossier."""

    dossier: int
    message: Dossier | None = None
    step: Step | None = None
    dissatisfied_at: int | None = None
    stored_at: int | None = None


@st.composite
def events(draw: st.DrawFn, dossiers: int = 4) -> Event:
    number = draw(st.integers(1, dossiers))
    kind = draw(st.sampled_from(["message", "message", "step", "step", "dissatisfied", "stored"]))
    if kind == "message":
        return Event(number, message=draw(messages(f"D{number}")))
    if kind == "step":
        return Event(number, step=draw(steps))
    if kind == "dissatisfied":
        return Event(number, dissatisfied_at=draw(instants))
    return Event(number, stored_at=draw(instants))


@dataclass
class World:
    """Facts of dossiers as they become known, and the rows of their versions."""

    ground: Ground
    terms: Terms
    facts: dict[int, Facts] = field(default_factory=dict)
    version: int = 0

    @classmethod
    def new(cls, version: LawVersion | None = None) -> World:
        return cls(*ground(version))

    def tell(self, event: Event, known_at: int) -> np.ndarray:
        """Takes in an event.  Gives the rows of the version that it makes."""
        facts = self.facts.setdefault(event.dossier, Facts(steps=[]))
        if event.message is not None:
            facts.message = event.message
        if event.step is not None and event.step not in facts.steps:
            facts.steps = sorted([*facts.steps, event.step], key=step_order)
        for name in ("dissatisfied_at", "stored_at"):
            told = getattr(event, name)
            held = getattr(facts, name)
            if told is not None:
                setattr(facts, name, told if held is None else min(held, told))
        self.version += 1
        packed = derive(facts, self.version, event.dossier, known_at, self.terms)
        self.ground.terms.extend(text for _, text in self.terms.fresh)
        self.terms.keep()
        return np.frombuffer(packed, ROW)

    def raw(self, at: int) -> RawFacts:
        """The raw facts for the second engine; units as the registry reads them."""
        found = RawFacts()
        for number, facts in self.facts.items():
            one = facts.message
            if one is None:
                continue
            found.dossiers.append(
                (
                    number, one.procedure, self._unit(one, at), one.state, one.received_at, one.due_at,
                    one.finished_at, one.returned_at, one.refused_at, one.channel, one.filed, one.payment,
                    one.subject, one.has, "", facts.dissatisfied_at, facts.stored_at,
                )
            )  # fmt: skip
            found.steps += [(number, step.at, step.state) for step in facts.steps]
            found.requests += [(number, s.id, s.requested_at, s.completed_at) for s in one.supplements]
        return found

    def _unit(self, one: Dossier, at: int) -> int:
        received = one.received_at if one.received_at is not None else at
        for code in (one.unit, one.desk):
            if code and not UNITS.is_unassigned(code, received):
                return UNITS.today(UNITS.resolve(code, received), at)
        return UNITS.today(UNITS.home.index, at)
