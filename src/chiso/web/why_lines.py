"""A change as a page tells it: the steps of its waterfall, its sentences, the lines of its table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from chiso.insight.explain import Change, Term
from chiso.insight.tenths import WHOLE
from chiso.web.messages import say
from chiso.web.naming import Names, points_of

if TYPE_CHECKING:
    from chiso.folder import DataFolder
    from chiso.web.view import View

WAYS: Final = ("indicator", "unit", "procedure", "term")
COLUMNS: Final = (("rate",), ("mix",), ("new", "gone"), ("late_data",), ("units", "law"))
"""Kinds of terms, as the table puts them into columns."""
_COLUMN: Final = {kind: place for place, kinds in enumerate(COLUMNS) for kind in kinds}
BESIDE: Final = ("late_data", "units", "law", "rounding")
"""Kinds that are steps of their own; all others are told by indicator."""
STEPS: Final = 9
"""Indicators that the waterfall tells apart."""
SHOWN: Final = WHOLE // 200
"""Half a hundredth: less is not worth a sentence."""
NAMED: Final = 3


@dataclass(frozen=True)
class Step:
    """One step of the waterfall."""

    words: str
    points: Fraction
    link: str
    start: Fraction
    end: Fraction
    kind: str = ""


@dataclass
class Line:
    """A line of the table."""

    name: str
    small: str
    link: str
    points: Fraction
    points_link: str
    cells: list[tuple[Fraction, str]] = field(default_factory=list)
    """of each column, with where it leads"""
    ratios: list[tuple[str, str]] = field(default_factory=list)
    kind: str = ""
    second: str = ""
    second_link: str = ""


@dataclass(frozen=True)
class Sieve:
    """Which terms are looked at."""

    kind: str = ""
    indicator: str = ""
    unit: str = ""
    procedure: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Sieve:
        names = ("kind", "indicator", "unit", "procedure")
        return cls(*(query.get(name, "").strip()[:100] for name in names))

    @property
    def fields(self) -> dict[str, str | None]:
        told = {
            "kind": self.kind,
            "indicator": self.indicator,
            "unit": self.unit,
            "procedure": self.procedure,
        }
        return {name: value or None for name, value in told.items()}

    def passes(self, term: Term, unit: int | None) -> bool:
        return (
            self.kind in ("", term.kind)
            and self.indicator in ("", term.indicator)
            and self.procedure in ("", term.procedure)
            and unit in (None, term.unit)
        )


class Told:
    """A change of one unit as a page tells it.

    ``at_first`` and ``at_last``: query fields by which other pages show the two ends.
    """

    def __init__(
        self, folder: DataFolder, view: View, change: Change, sieve: Sieve, by: str, ends: Mapping[str, Any],
        at_first: Mapping[str, Any], at_last: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self.view, self.change, self.sieve, self.by, self.ends = view, change, sieve, by, dict(ends)
        self.at_first, self.at_last = dict(at_first), dict(at_last)
        self.names = Names(folder, view, change.after.law)
        units = folder.registry.units
        self.sieved_unit = units.find(sieve.unit) if sieve.unit else None
        index = self.sieved_unit.index if self.sieved_unit else None
        self.terms = [term for term in change.terms if term.kind != "rounding" and sieve.passes(term, index)]
        self.rounding = sum(term.tenths for term in change.terms if term.kind == "rounding")

    @property
    def whole(self) -> bool:
        """Whether all terms are looked at."""
        return not any(self.sieve.fields.values())

    def here(self, **fields: object) -> str:
        """This page with other fields, at its table."""
        told = {**self.ends, **self.sieve.fields, "by": None if self.by == "indicator" else self.by, **fields}
        return self.view.link(self.view.path, "table", **told)

    def top(self, **fields: object) -> str:
        """This page with other ends."""
        return self.view.link(self.view.path, "", **fields)

    def unit_link(self, unit: int, **fields: object) -> str:
        """The same question about another unit."""
        return self.view.link(f"/units/{self.names.code(unit)}/why", **{**self.ends, **fields})

    # -- the waterfall ----------------------------------------------------------------------------------

    def steps(self) -> list[Step]:
        """From the first total to the last, the largest steps first, what stands beside the work last."""
        sums: dict[tuple[str, str], int] = {}
        for term in self.change.terms:
            key = (term.kind, "") if term.kind in BESIDE else ("", term.indicator)
            sums[key] = sums.get(key, 0) + term.tenths
        work = sorted((item for item in sums.items() if not item[0][0]), key=lambda item: -abs(item[1]))
        lang = self.view.lang
        told = [
            (self.names.indicator(key[1]), value, self.here(indicator=key[1], by=self._inside()), "")
            for key, value in work[:STEPS]
        ]
        rest = work[STEPS:]
        if rest:
            words = say(lang, "why.step.others", count=self.view.number(len(rest)))
            told.append((words, sum(value for _, value in rest), self.here(), ""))
        for kind in BESIDE:
            if value := sums.get((kind, ""), 0):
                link = self.here(kind=kind) if kind != "rounding" else self.here()
                told.append((say(lang, f"why.step.{kind}"), value, link, kind))
        found = []
        at = Fraction(self.change.before.total)
        for words, value, link, kind in told:
            then = at + points_of(value)
            found.append(Step(words, points_of(value), link, at, then, kind))
            at = then
        return found

    def bounds(self, steps: Iterable[Step]) -> tuple[Fraction, Fraction]:
        """The least and the greatest total on the way, with some air."""
        ends = [Fraction(self.change.before.total), Fraction(self.change.after.total)]
        ends += [step.end for step in steps]
        low, high = min(ends), max(ends)
        air = max((high - low) / 12, Fraction(1, 200))
        return low - air, high + air

    def _inside(self) -> str:
        """By what an indicator is looked into first."""
        return "unit" if len({term.unit for term in self.change.terms}) > 1 else "procedure"

    # -- sentences --------------------------------------------------------------------------------------

    def _summed(self, label: str, *, beside: bool = False) -> list[tuple[Any, int]]:
        sums: dict[Any, int] = {}
        for term in self.change.terms:
            if term.kind != "rounding" and (beside or term.kind not in BESIDE):
                key = getattr(term, label)
                sums[key] = sums.get(key, 0) + term.tenths
        return sorted(sums.items(), key=lambda item: -abs(item[1]))

    def risen(self, sign: int) -> list[tuple[str, Fraction, str]]:
        """The indicators that rose (or fell) most by the work itself, with where they lead."""
        return [
            (self.names.indicator(name), points_of(value), self.here(indicator=name, by=self._inside()))
            for name, value in self._summed("indicator")
            if value * sign >= SHOWN
        ][:NAMED]

    def units(self, sign: int) -> list[tuple[str, Fraction, str]]:
        """The units that gave (or took) most, where there are several."""
        told = self._summed("unit", beside=True)
        if len(told) < 2:
            return []
        return [
            (self.names.unit(unit), points_of(value), self.here(unit=self.names.code(unit), by="indicator"))
            for unit, value in told
            if value * sign >= SHOWN and unit != self.change.after.unit
        ][:NAMED]

    def beside(self) -> list[tuple[str, Fraction, str]]:
        """What stands beside the work and is large enough to be told: (kind, points, link)."""
        found = []
        for kind in BESIDE[:-1]:
            value = sum(term.tenths for term in self.change.terms if term.kind == kind)
            if abs(value) >= SHOWN:
                found.append((kind, points_of(value), self.here(kind=kind)))
        return found

    # -- the table --------------------------------------------------------------------------------------

    def listed(self, number: int, size: int) -> tuple[list[Line], int]:
        """One page of the table, the largest first, and how many lines there are in all."""
        some = slice((number - 1) * size, number * size)
        if self.by == "term":
            return [self._of_term(term) for term in self.terms[some]], len(self.terms)
        rows: dict[Any, list[int]] = {}
        for term in self.terms:
            row = rows.setdefault(getattr(term, self.by), [0] * len(COLUMNS))
            row[_COLUMN[term.kind]] += term.tenths
        told = sorted(rows.items(), key=lambda item: (-abs(sum(item[1])), str(item[0])))
        return [self._summed_line(key, row) for key, row in told[some]], len(told)

    def _summed_line(self, key: Any, row: list[int]) -> Line:
        points = points_of(sum(row))
        told: dict[str, object] = {self.by: self.names.code(key) if self.by == "unit" else key or None}
        kinds = [kinds[0] if len(kinds) == 1 else None for kinds in COLUMNS]
        cells = [
            (points_of(value), self.here(**told, kind=kind, by="term"))
            for value, kind in zip(row, kinds, strict=True)
        ]
        if self.by == "indicator":
            link = self.here(**told, by="procedure" if self.sieved_unit else self._inside())
            return Line(self.names.indicator(key), "", link, points, link, cells, ratios=self._ratios(key))
        if self.by == "unit":
            link = self.here(**told, by="term" if self.sieve.indicator else "indicator")
            return Line(self.names.unit(key), str(told["unit"]), self.unit_link(key), points, link, cells)
        link = self.here(**told, by="term")
        words = self.names.procedure(key) if key else say(self.view.lang, "lostpage.no_procedure")
        return Line(words, key, link, points, link, cells)

    def _ratios(self, indicator: str) -> list[tuple[str, str]]:
        """n of d at both ends, with where they lead."""
        told = []
        for state, fields in ((self.change.before, self.at_first), (self.change.after, self.at_last)):
            one = state.scored.indicators.get(indicator)
            if one is None or one.n is None or not one.d:
                return []
            ratio, n, d = self.view.percent(one.n, one.d), self.view.number(one.n), self.view.number(one.d)
            link = self.view.link(f"/units/{self.names.code(state.unit)}/indicators/{indicator}", **fields)
            told.append((f"{ratio} ({n}/{d})", link))
        return told

    def _of_term(self, term: Term) -> Line:
        fields = self.at_first if term.kind in ("gone", "late_data", "units") else self.at_last
        if term.kind == "late_data":  # the first end as it is known at the second
            fields = {**fields, "as_of": self.at_last["as_of"]}
        if term.kind == "law":
            link = self.view.link("/help", f"i-{term.indicator}")
        else:
            part = "d" if term.kind in ("new", "gone", "late_data") else "missed"
            link = self.names.behind(term.indicator, term.unit, term.procedure, part, **fields)
        words = (
            self.names.procedure(term.procedure) if term.procedure else self.names.indicator(term.indicator)
        )
        small = f"{term.procedure} · {self.names.indicator(term.indicator)}" if term.procedure else ""
        return Line(
            words, small, link, points_of(term.tenths), link, kind=term.kind,
            second=self.names.unit(term.unit), second_link=self.unit_link(term.unit),
        )  # fmt: skip

    def sieved(self) -> list[tuple[str, str]]:
        """What is looked at, in words, each with the way to drop it."""
        found = []
        if self.sieve.kind:
            found.append((say(self.view.lang, f"why.kind.{self.sieve.kind}"), self.here(kind=None)))
        if self.sieve.indicator:
            found.append((self.names.indicator(self.sieve.indicator), self.here(indicator=None)))
        if self.sieved_unit is not None:
            found.append((self.names.unit(self.sieved_unit.index), self.here(unit=None)))
        if self.sieve.procedure:
            found.append((self.names.procedure(self.sieve.procedure), self.here(procedure=None)))
        return found
