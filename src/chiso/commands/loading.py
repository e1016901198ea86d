"""``chiso load``: files of any known form into the ledger, with counts of what became of them."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec

from chiso.intake.context import Context
from chiso.intake.doors import read_file
from chiso.intake.records import Arrival, PublishedFigure, Refusal
from chiso.ledger.receipt import Taken

if TYPE_CHECKING:
    from chiso.folder import Settings
    from chiso.ledger.store import Ledger
    from chiso.registry.units import Units

COUNTS: Final = ("read", "new", "changed", "same", "flagged", "refused")
SHOWN: Final = 20
"""Refusals shown by name; all of them are in quarantine."""
TOGETHER: Final = 16_000
"""Items of one commit."""
MAPPINGS: Final = "headings"
"""Key under which headings that were mapped once are remembered."""

Progress = Callable[[int], None]


@dataclass
class Outcome:
    """What became of what was loaded."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    kinds: dict[str, int] = field(default_factory=dict)
    refusals: list[tuple[int, Refusal]] = field(default_factory=list)

    def add(self, taken: Taken) -> None:
        for name in COUNTS:
            self.counts[name] += getattr(taken, name)
        accepted = taken.new + taken.changed + taken.same
        if accepted:
            self.kinds[taken.kind] = self.kinds.get(taken.kind, 0) + accepted
        if len(self.refusals) < SHOWN:
            self.refusals += taken.refusals[: SHOWN - len(self.refusals)]

    def as_json(self) -> dict[str, Any]:
        return {
            **self.counts,
            "kinds": self.kinds,
            "refusals": [
                {
                    "quarantine": number,
                    "place": one.place,
                    "code": one.code,
                    "field": one.field,
                    "value": one.value,
                    "reason": one.reason,
                    "message": one.message_en,
                    "message_vi": one.message_vi,
                }
                for number, one in self.refusals
            ],
        }


def context_of(ledger: Ledger, units: Units, settings: Settings, sender: str = "") -> Context:
    """How intake sees the house whose ledger this is."""
    return Context(
        home=settings.home,
        is_foreign=units.foreign,
        ended=units.ended,
        key=ledger.keys.hashing,
        sender=sender,
        administrator=True,
    )


def remembered_mapping(ledger: Ledger, given: Mapping[str, str]) -> dict[str, str]:
    """Headings mapped now and before; what is mapped now is remembered."""
    held = ledger.meta.get(MAPPINGS)
    known: dict[str, str] = msgspec.json.decode(held) if held else {}
    if given:
        known |= given
        ledger.meta.set(MAPPINGS, msgspec.json.encode(known).decode())
    return known


def gathered(arrivals: Iterator[Arrival]) -> Iterator[list[Arrival]]:
    """Arrivals in groups that are committed together."""
    group: list[Arrival] = []
    size = 0
    for arrival in arrivals:
        group.append(arrival)
        size += len(arrival.items) + len(arrival.refusals)
        if size >= TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group


def _captured_by(arrival: Arrival, now: int) -> None:
    """Figures of a period that still runs, and do not say when they were captured, were captured by now."""
    for item in arrival.items if arrival.kind == "published" else ():
        if isinstance(item, PublishedFigure) and item.captured_at > now:
            item.captured_at = now


def note(ledger: Ledger, names: list[str], outcome: Outcome) -> None:
    """Notes in the record that files were loaded: names and kinds, nothing of what they hold."""
    from chiso.commands.accounts import MACHINE
    from chiso.instants import utc_now
    from chiso.people.audit import Audit

    Audit(ledger.database).note(
        utc_now(), MACHINE, "loaded", " ".join(sorted(outcome.kinds)), files=names[:20], kinds=outcome.kinds
    )


def load(
    ledger: Ledger,
    sources: list[str | Path | IO[bytes]],
    context: Context,
    now: Callable[[], int],
    *,
    kind: str | None = None,
    period: str | None = None,
    at: int | None = None,
    known_at: int | None = None,
    mapping: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Loads sources one after the other.  What is refused is in quarantine; the rest is kept for good."""
    outcome = Outcome()
    headings = remembered_mapping(ledger, mapping or {})
    for source in sources:
        name = source if isinstance(source, str) else getattr(source, "name", str(source))
        stream: str | Path | IO[bytes] = sys.stdin.buffer if source == "-" else source
        arrivals = read_file(
            stream, context, kind=kind, period=period, at=at, known_at=known_at, mapping=headings,
            name=str(name),
        )  # fmt: skip
        for group in gathered(arrivals):
            instant = now()
            for arrival in group:
                _captured_by(arrival, instant)
            for taken in ledger.accept(group, instant).arrivals:
                outcome.add(taken)
            if progress is not None:
                progress(outcome.counts["read"])
    return outcome


class Target:
    """A data folder opened for loading: its ledger, and what intake must know of the house."""

    def __init__(self, folder: Path) -> None:
        from chiso.folder.settings import Settings
        from chiso.intake.records import UnitRecord
        from chiso.ledger.store import Ledger
        from chiso.registry.units import Units

        folder.mkdir(parents=True, exist_ok=True)
        self.settings = Settings.read(folder)
        self.ledger = Ledger.open(folder, self.settings.database or None)
        told = [record for _, record in self.ledger.records("unit") if isinstance(record, UnitRecord)]
        self.units = Units.load(told, self.settings.home)
        self.context = context_of(self.ledger, self.units, self.settings)

    def now(self) -> int:
        from chiso.instants import utc_now

        clock = self.ledger.clock.get()
        return utc_now() if clock is None else clock.now(utc_now())

    def load(self, sources: list[str | Path | IO[bytes]], **how: Any) -> Outcome:
        return load(self.ledger, sources, self.context, self.now, **how)

    def release(self, number: int, corrected: bytes | None) -> Outcome:
        """Takes a refused piece in again.  What is refused once more is in quarantine under a new number."""
        quarantine = self.ledger.quarantine
        held = quarantine.get(number)
        now = self.now()
        if corrected is not None:
            quarantine.correct(number, corrected, now)
        outcome = Outcome()
        arrivals = list(read_file(io.BytesIO(quarantine.raw(number)), self.context, kind=held.kind or None))
        for arrival in arrivals:
            arrival.sender = held.sender
        seq = 0
        for taken in self.ledger.accept(arrivals, now).arrivals:
            outcome.add(taken)
            seq = max(seq, taken.seq)
        if seq and not outcome.counts["refused"]:
            quarantine.release(number, seq, now)
        return outcome


@contextmanager
def opened(folder: Path) -> Iterator[Target]:
    """A data folder opened for loading."""
    target = Target(folder)
    try:
        yield target
    finally:
        target.ledger.close()
