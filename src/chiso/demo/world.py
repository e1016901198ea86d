"""The demo's province: its 117 units with their habits, the senders that speak for them, and the targets.

Unit names and volumes are in ``data/units.csv``; volumes follow what is known of the province (389,256
dossiers by 10/10/2026, wards and Phú Quốc far ahead).  Habits are drawn: no real unit is described.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chiso.demo import catalogue as catalogue_module
from chiso.demo.catalogue import Catalogue
from chiso.demo.fields import read_table
from chiso.instants import parse_instant

FULL: Final = 389_256
"""Dossiers of the real province, year 2026 to 10/10"""

START: Final = parse_instant("2026-01-01")
UNTIL: Final = parse_instant("2026-10-10T06:00+07:00")

DEMONSTRATED: Final = "H01.113"
"""The commune with dossiers falling due while somebody watches"""


def _scaled(figure: int) -> property:
    """A figure of the full province, in proportion, rounded half up."""

    def part(self: Targets) -> int:
        return (2 * figure * self.dossiers + FULL) // (2 * FULL)

    return property(part)


@dataclass(frozen=True)
class Targets:
    """The province's counts at the end, scaled to ``dossiers``; at 389,256 those of scoring, section 5."""

    dossiers: int

    carried = _scaled(2_600)  # received in 2025, still open on 1 January
    synced = _scaled(325_676)
    on_time = _scaled(354_437)
    online = _scaled(282_340)
    paid = _scaled(184_216)
    obliged = _scaled(214_209)
    result = _scaled(275_413)
    digitised = _scaled(87_128)
    reused = _scaled(80_506)
    stored = _scaled(6_200)
    population = _scaled(209_226)
    satisfied = _scaled(354_189)

    @property
    def late(self) -> int:
        return self.dossiers - int(self.on_time)

    @property
    def received(self) -> int:
        """Received in the period."""
        return int(self.dossiers - self.carried)

    @property
    def filed_on_portal(self) -> int:
        """Received in the period and filed on the national portal itself."""
        return self.received - int(self.synced)


@dataclass(frozen=True)
class Sender:
    """A one-stop system that sends for one or more units, with its habits (national-api, section 4)."""

    code: str
    cadence: str = "quick"
    """``quick`` (10 minutes), ``hourly``, ``nightly`` or ``late`` (a night one to six days later)"""
    steps: float = 0.2
    """share of plain dossiers whose steps it sends"""
    habits: frozenset[str] = frozenset()
    outage: tuple[str, str] | None = None
    """days [first, last] on which nothing left the sender"""


PROVINCE_SENDER: Final = Sender("H01", "quick", 0.2, frozenset(("constant-database", "swaps-dates")))

OWN_SENDERS: Final = (
    Sender("H01.01", "hourly", 0.3, frozenset(("iso-dates",))),
    Sender("H01.02", "hourly", 0.05, frozenset(("no-vneid",))),
    Sender("H01.03", "hourly", 0.4, frozenset(("closes-at-receipt", "constant-database", "twelve-hours"))),
    Sender("H01.06", "hourly", 0.1, frozenset(("result-is-input",))),
    Sender("H01.09", "late", 0.2, frozenset(("placeholder-id",))),
    Sender("H01.10", "hourly", 0.2, frozenset(("no-due",))),
    Sender("H01.11", "nightly", 0.1, frozenset(("copies-submission",))),
    Sender("H01.12", "nightly", 0.2, frozenset(("long-codes", "copies-submission"))),
    Sender("H01.101", "hourly", 0.3),
    Sender("H01.105", "hourly", 0.2),
    Sender("H01.146", "nightly", 0.1, frozenset(("copies-submission",))),
    Sender("H01.155", "hourly", 0.2, frozenset(("paid-without-record",)), ("2026-05-11", "2026-05-17")),
    Sender("H01.156", "hourly", 0.1, frozenset(("no-vneid",))),
    Sender("H01.157", "nightly", 0.2, frozenset(("iso-dates",))),
    Sender("H01.160", "nightly", 0.1, frozenset(("blank-component",))),
    Sender("H01.169", "nightly", 0.1),
    Sender("H01.172", "hourly", 0.1, frozenset(("always-digitised", "constant-database"))),
    Sender("H01.175", "nightly", 0.2, frozenset(("copies-submission",))),
    Sender("H01.188", "late", 0.1, frozenset(("placeholder-id",))),
    Sender(
        "H01.201", "late", 0.3, frozenset(("result-is-input", "swaps-dates")), ("2026-07-20", "2026-07-24")
    ),
    Sender("H01.202", "late", 0.0, frozenset(("copies-submission",))),
)

WEAK: Final = {"H01.201": 2.1, "H01.09": 1.7, "H01.135": 1.9, "H01.188": 2.6, "H01.153": 1.6, "H01.08": 2.4,
               "H01.166": 1.3, "H01.11": 1.2}  # fmt: skip
"""Units far behind: added to the log-odds of being late, and half of it taken from every other habit"""


@dataclass
class World:
    """Everything that is drawn before the first dossier."""

    seed: int
    targets: Targets
    codes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    is_commune: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    volume: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    habits: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """log-odds by unit: ``late``, ``online``, ``pay``, ``result``, ``digitise``, ``reuse``, ``population``"""
    sender_of: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    @cached_property
    def senders(self) -> tuple[Sender, ...]:
        return (PROVINCE_SENDER, *OWN_SENDERS)

    @cached_property
    def catalogue(self) -> Catalogue:
        shrink = min(1.0, self.targets.dossiers / 1_600)
        return catalogue_module.build(self.rng("catalogue"), shrink)

    def rng(self, purpose: str) -> np.random.Generator:
        """A generator of its own for each purpose, so that one part's draws do not move another's."""
        return np.random.default_rng([self.seed, *purpose.encode()])

    def with_habit(self, habit: str) -> NDArray[np.bool_]:
        """Which units' sender has a habit."""
        has = np.array([habit in sender.habits for sender in self.senders])
        return has[self.sender_of]


def make(dossiers: int = FULL, seed: int = 766) -> World:
    """Draws the province.  Raises ValueError for fewer than 200 dossiers: nothing could be told from them."""
    if dossiers < 200:
        raise ValueError("a province needs at least 200 dossiers")
    rows = read_table("units.csv")
    world = World(seed, Targets(dossiers))
    world.codes = [row["code"] for row in rows]
    world.names = [row["name"] for row in rows]
    world.is_commune = np.array([row["kind"] == "commune" for row in rows])
    world.volume = np.array([float(row["dossiers_a_year"]) for row in rows])
    rng, count = world.rng("units"), len(rows)
    care = rng.normal(size=count)
    weak = np.array([WEAK.get(code, 0.0) for code in world.codes])

    def habit(spread: float, follows: float, burden: float) -> NDArray[np.float64]:
        own = rng.normal(size=count)
        return np.asarray(spread * (follows * care + (1 - follows**2) ** 0.5 * own) - burden * weak)

    world.habits = {
        "late": -habit(0.75, 0.7, 0.0) + weak,
        "online": habit(0.6, 0.4, 0.3),
        "pay": habit(0.8, 0.4, 0.5),
        "result": habit(0.8, 0.6, 0.5),
        "digitise": habit(1.1, 0.6, 0.7),
        "reuse": habit(1.1, 0.5, 0.6),
        "population": habit(0.9, 0.4, 0.3),
    }
    own = {sender.code: number + 1 for number, sender in enumerate(OWN_SENDERS)}
    world.sender_of = np.array([own.get(code, 0) for code in world.codes], np.int64)
    return world
