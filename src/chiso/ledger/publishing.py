"""Published results in the ledger: one row a unit, period and instant of capture.

A row holds what was captured then and, beside it, the newest of everything captured before: whoever asks what
was published at an instant reads one row.  The same capture told again replaces what was told before, by the
order in which it became known; the journal keeps every telling.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from chiso.intake.records import PublishedFigure, UnitRecord
from chiso.registry.codes import unit_code
from chiso.registry.tables import NATION

if TYPE_CHECKING:
    from chiso.ledger.database import Database, Hot

TOTAL: Final = "total"
RANK: Final = "rank"
"""A published rank without points is kept under a key of its own: it says nothing of the total."""
NEWS: Final = "published"
"""Key under which the ledger's ``meta`` tells the journal entry that last changed published results."""


class Figure(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One published figure within a row."""

    points: str | None
    numerator: int | None = None
    denominator: int | None = None
    captured_at: int = 0
    """0: with the row; else the earlier capture that it stands since"""
    known_at: int = 0
    rank: int | None = None
    inherited: bool = False
    law: str = ""


class Capture(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What a row holds."""

    figures: dict[str, Figure]

    def own(self) -> dict[str, Figure]:
        """What was captured at the row's own instant."""
        return {key: one for key, one in self.figures.items() if not one.captured_at}


class Row(msgspec.Struct, frozen=True, gc=False):
    """A unit's published results in a period as of one capture."""

    unit: str
    """code; ``#`` and the portal's department id where the code is not known yet"""
    period: str
    captured_at: int
    seq: int
    """the journal entry that last changed it"""
    capture: Capture

    def figures(self) -> dict[str, PublishedFigure]:
        """The newest figure of every key, each with its own instant of capture."""
        unit, department = ("", self.unit[1:]) if self.unit.startswith("#") else (self.unit, "")
        return {
            key: PublishedFigure(
                unit, department, "", self.period, one.captured_at or self.captured_at, key, one.points,
                one.numerator, one.denominator, one.rank, law=one.law, inherited=one.inherited,
            )
            for key, one in self.capture.figures.items()
        }  # fmt: skip


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Capture)

_NEWEST: Final = (
    "SELECT told.unit, told.captured_at, told.seq, told.body FROM {among} "
    "JOIN published AS told ON told.unit = wanted.value AND told.period = ? AND told.captured_at = "
    "(SELECT max(captured_at) FROM published WHERE unit = wanted.value AND period = ? AND captured_at <= ?)"
)
_AROUND: Final = (
    "SELECT told.unit, told.captured_at, told.seq, told.body FROM {among} "
    "JOIN published AS told ON told.unit = wanted.value AND told.period = ? AND told.captured_at >= "
    "coalesce((SELECT max(captured_at) FROM published "
    "WHERE unit = wanted.value AND period = ? AND captured_at < ?), 0)"
)


class PublishedResults:
    """What the ledger knows of published results."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    def newest(self, units: Sequence[str], period: str, at: int) -> dict[str, Row]:
        """The newest row of each unit captured at an instant or before; units without any are absent."""
        with self._database.hot() as hot:
            found = hot.among(_NEWEST, list(units), (period, period, at))
        return {unit: Row(unit, period, at, seq, _DECODER.decode(body)) for unit, at, seq, body in found}

    def rows(self, unit: str, period: str | None = None, since: int = 0, until: int = 1 << 62) -> list[Row]:
        """All rows of a unit, by period and instant."""
        where, parameters = ("", ()) if period is None else ("AND period = ? ", (period,))
        with self._database.hot() as hot:
            found = hot.all(
                "SELECT period, captured_at, seq, body FROM published WHERE unit = ? "  # noqa: S608
                f"AND captured_at >= ? AND captured_at < ? {where}ORDER BY period, captured_at",
                (unit, since, until, *parameters),
            )
        return [Row(unit, label, at, seq, _DECODER.decode(body)) for label, at, seq, body in found]

    def instants(self, unit: str, period: str) -> list[int]:
        """When anything of a unit's period was captured, in order."""
        with self._database.hot() as hot:
            found = hot.all(
                "SELECT captured_at FROM published WHERE unit = ? AND period = ? ORDER BY captured_at",
                (unit, period),
            )
        return [int(at) for (at,) in found]

    def first(self, units: Sequence[str], period: str) -> dict[str, int]:
        """When anything of each unit's period was captured first; units without any are absent."""
        with self._database.hot() as hot:
            found = hot.among(
                "SELECT wanted.value, (SELECT min(captured_at) FROM published "
                "WHERE unit = wanted.value AND period = asked.label) "
                "FROM {among}, (SELECT CAST(? AS TEXT) AS label) AS asked",
                list(units),
                (period,),
            )
        return {unit: int(at) for unit, at in found if at is not None}

    def captured(self, units: Sequence[str], period: str, since: int, until: int) -> list[int]:
        """All instants in [since, until] at which anything of these units was captured, in order."""
        with self._database.hot() as hot:
            found = hot.among(
                "SELECT DISTINCT told.captured_at FROM {among} JOIN published AS told "
                "ON told.unit = wanted.value AND told.period = ? AND told.captured_at BETWEEN ? AND ? "
                "ORDER BY told.captured_at",
                list(units),
                (period, since, until),
            )
        return [int(at) for (at,) in found]

    def periods(self, unit: str) -> list[str]:
        """Periods of which anything of a unit was published."""
        with self._database.hot() as hot:
            found = hot.all("SELECT DISTINCT period FROM published WHERE unit = ? ORDER BY period", (unit,))
        return [str(label) for (label,) in found]

    def units(self) -> list[UnitRecord]:
        """Units that published results name, as far as their code is known."""
        with self._database.hot() as hot:
            found = hot.all("SELECT code, name, kind, parent FROM published_unit ORDER BY code")
        return [
            UnitRecord(code=code, name=name, kind=kind, parent=parent) for code, name, kind, parent in found
        ]

    def all(self) -> Iterator[Row]:
        """Every row, a unit and period after the other."""
        with self._database.hot() as hot:
            statement = "SELECT unit, period, captured_at, seq, body FROM published ORDER BY 1, 2, 3"
            for part in hot.chunks(statement, (), 5_000):
                for unit, period, at, seq, body in part:
                    yield Row(unit, period, at, seq, _DECODER.decode(body))


def carried(before: Mapping[str, Figure], captured_at: int, own: Mapping[str, Figure]) -> dict[str, Figure]:
    """A row's figures: its own, and beside them what was known at the row before (captured then)."""
    found = {
        key: msgspec.structs.replace(one, captured_at=one.captured_at or captured_at)
        for key, one in before.items()
        if key not in own
    }
    return found | dict(own)


def unit_of(figure: PublishedFigure, aliases: Mapping[str, str]) -> str:
    """Under which unit a figure is kept; ``aliases`` are the portal's department ids with their codes."""
    if figure.kind == "nation":
        return NATION
    return figure.unit or aliases.get(figure.department) or f"#{figure.department}"


def figure_of(figure: PublishedFigure, known_at: int) -> tuple[str, Figure]:
    """The key and the form in which a figure is kept."""
    key = figure.key if figure.points is not None or figure.key != TOTAL else RANK
    kept = Figure(
        figure.points, figure.numerator, figure.denominator, 0, known_at, figure.rank, figure.inherited,
        figure.law,
    )  # fmt: skip
    return key, kept


class _Line:
    """The rows of one unit and period in hand during a commit: those from the first touched one on."""

    def __init__(self) -> None:
        self.instants: list[int] = []
        self.captures: dict[int, Capture] = {}
        self.touched: dict[int, dict[str, Figure]] = {}

    def known(self, at: int, capture: Capture) -> None:
        self.instants.append(at)
        self.captures[at] = capture

    def own(self, at: int) -> dict[str, Figure]:
        """What was captured at an instant, to be changed."""
        found = self.touched.get(at)
        if found is None:
            if at not in self.captures:
                place = bisect_right(self.instants, at)
                self.instants.insert(place, at)
                self.captures[at] = Capture({})
            found = self.touched[at] = self.captures[at].own()
        return found

    def changed(self) -> Iterator[tuple[int, Capture]]:
        """The rows that are to be written: the touched ones, and later ones that stood on them."""
        first = bisect_right(self.instants, min(self.touched)) - 1
        before, at_before = {}, 0
        if first:
            at_before = self.instants[first - 1]
            before = self.captures[at_before].figures
        for at in self.instants[first:]:
            own = self.touched.get(at)
            figures = carried(before, at_before, self.captures[at].own() if own is None else own)
            if own is not None or figures != self.captures[at].figures:
                yield at, Capture(figures)
            before, at_before = figures, at


class Publishing:
    """The published results of one commit: :meth:`look_up`, :meth:`keep` each figure, :meth:`write`."""

    def __init__(self, hot: Hot) -> None:
        self._hot = hot
        self._aliases: dict[str, str] = {}
        self._learned: dict[str, str] = {}
        self._lines: dict[tuple[str, str], _Line] = {}
        self._units: dict[str, UnitRecord] = {}
        self.seq = 0
        """the journal entry of the newest figure"""

    def look_up(self, figures: Iterable[PublishedFigure]) -> None:
        """Reads what the database knows around the figures that have come."""
        wanted = list(figures)
        if not wanted:
            return
        departments = {one.department for one in wanted} | {one.parent for one in wanted}
        self._aliases = dict(
            self._hot.among(
                "SELECT alias.department, alias.code FROM {among} "
                "JOIN alias ON alias.department = wanted.value",
                sorted(departments - {""}),
            )
        )
        first: dict[str, dict[str, int]] = {}
        for one in wanted:
            if one.unit and one.department:
                self._learn(one.department, one.unit)
        for one in wanted:
            units = first.setdefault(one.period, {})
            unit = unit_of(one, self._aliases)
            units[unit] = min(one.captured_at, units.get(unit, one.captured_at))
        for period, units in first.items():
            self._read(period, list(units), min(units.values()))
        for department, code in self._learned.items():
            self._waiting(department, code)

    def _learn(self, department: str, code: str) -> None:
        if self._aliases.get(department) != code:
            self._learned[department] = self._aliases[department] = code

    def _read(self, period: str, units: Sequence[str], since: int) -> None:
        found = self._hot.among(_AROUND, list(units), (period, period, since))
        for unit, at, _, body in sorted(found, key=lambda row: (row[0], row[1])):
            line = self._lines.setdefault((unit, period), _Line())
            if at not in line.captures:
                line.known(at, _DECODER.decode(body))

    def _waiting(self, department: str, code: str) -> None:
        """Figures that named a unit by its department id alone move to its code, now that it is known."""
        waiting = f"#{department}"
        found = self._hot.all(
            "SELECT period, captured_at, body FROM published WHERE unit = ? ORDER BY period, captured_at",
            (waiting,),
        )
        if not found:
            return
        for period in dict.fromkeys(period for period, _, _ in found):
            first = min(at for label, at, _ in found if label == period)
            self._lines.pop((code, period), None)
            self._read(period, [code], first)
        for period, at, body in found:
            own = self._lines.setdefault((code, period), _Line()).own(at)
            for key, one in _DECODER.decode(body).own().items():
                if key not in own or own[key].known_at < one.known_at:
                    own[key] = one
        self._hot.run("DELETE FROM published WHERE unit = ?", (waiting,))

    def keep(self, figure: PublishedFigure, known_at: int, seq: int) -> str:
        """Keeps a figure.  Gives what it was: ``new``, ``changed`` or ``same``."""
        self.seq = seq
        unit = unit_of(figure, self._aliases)
        line = self._lines.setdefault((unit, figure.period), _Line())
        key, told = figure_of(figure, known_at)
        self._note_unit(unit, figure)
        held = line.captures.get(figure.captured_at)
        before = line.touched.get(figure.captured_at, held.own() if held else {}).get(key)
        if before is not None and before.known_at > known_at:
            return "same"
        if before != told:
            line.own(figure.captured_at)[key] = told
        if before is None:
            return "new"
        return "same" if told == msgspec.structs.replace(before, known_at=known_at) else "changed"

    def _note_unit(self, code: str, figure: PublishedFigure) -> None:
        if not figure.kind or figure.kind in ("province", "nation") or code.startswith("#"):
            return
        parent = self._aliases.get(figure.parent, figure.parent)
        if not parent or unit_code(parent) is None:
            parent = code.split(".", maxsplit=1)[0]
        self._units.setdefault(code, UnitRecord(code, figure.name, figure.kind, parent))

    def write(self) -> bool:
        """Writes what changed.  Gives whether anything did."""
        rows = [
            (unit, period, at, self.seq, _ENCODER.encode(capture))
            for (unit, period), line in self._lines.items()
            if line.touched
            for at, capture in line.changed()
        ]
        self._hot.many(
            "INSERT INTO published (unit, period, captured_at, seq, body) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (unit, period, captured_at) DO UPDATE SET seq = excluded.seq, body = excluded.body",
            rows,
        )
        self._hot.many(
            "INSERT INTO alias (department, code, seq) VALUES (?, ?, ?) "
            "ON CONFLICT (department) DO UPDATE SET code = excluded.code, seq = excluded.seq",
            [(department, code, self.seq) for department, code in self._learned.items()],
        )
        self._hot.many(
            "INSERT INTO published_unit (code, name, kind, parent) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (code) DO NOTHING",
            [(one.code, one.name, one.kind, one.parent) for one in self._units.values()],
        )
        if rows:
            self._hot.run(
                "INSERT INTO meta (key, value) VALUES (?, ?) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (NEWS, str(self.seq)),
            )
        return bool(rows)
