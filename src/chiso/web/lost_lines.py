"""Lost points as a page tells them: the lines of its table, and the areas of its picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.insight.lost import Loss, Lost, Rows, rows_of
from chiso.insight.lost.why import WORDS
from chiso.insight.tenths import WHOLE
from chiso.web.messages import say
from chiso.web.naming import Names, points_of
from chiso.web.treemap import Area

if TYPE_CHECKING:
    from chiso.folder import DataFolder
    from chiso.folder.answers import Settled
    from chiso.web.view import View

WAYS: Final = ("indicator", "unit", "procedure", "row")
"""What the table tells a line of."""
CELLS: Final = 24
"""Parts of one area that the treemap tells apart at most; the rest is one more."""
LARGE: Final = Fraction(1, 25)
"""Of what an area lost: what its largest part must have lost for the parts to be drawn."""
SMALL: Final = Fraction(1, 80)
"""What a part must have lost to be drawn alone."""
SHADES: Final = 5


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    name: str
    small: str
    link: str
    points: Fraction
    points_link: str
    missed: int | None = None
    missed_link: str = ""
    why: str = ""
    of: Fraction | None = None
    """the maximum that it is lost of"""
    second: str = ""
    second_link: str = ""


@dataclass(frozen=True)
class Listed:
    """A page of the table, how many lines there are in all, and what the dearest one lost."""

    lines: list[Line]
    count: int
    top: Fraction


@dataclass(frozen=True)
class Sieve:
    """What of the rows is looked at."""

    group: str = ""
    indicator: str = ""
    unit: str = ""
    procedure: str = ""

    @classmethod
    def of(cls, query: Any) -> Sieve:
        return cls(
            *(query.get(name, "").strip()[:100] for name in ("group", "indicator", "unit", "procedure"))
        )

    @property
    def fields(self) -> dict[str, str | None]:
        """As query fields."""
        told = {
            "group": self.group,
            "indicator": self.indicator,
            "unit": self.unit,
            "procedure": self.procedure,
        }
        return {name: value or None for name, value in told.items()}

    def losses(self, losses: Iterable[Loss]) -> list[Loss]:
        """The losses that pass by group and indicator."""
        return [loss for loss in losses if self.group in ("", loss.group) and self.indicator in ("", loss.id)]

    def rows(self, losses: Iterable[Loss], index: int | None) -> Rows:
        """The rows that pass; ``index`` is the number of its unit."""
        rows = rows_of(self.losses(losses))
        chosen = np.ones(len(rows), np.bool_)
        if index is not None:
            chosen &= rows.unit == index
        if self.procedure:
            chosen &= rows.procedure.astype(np.str_) == self.procedure
        return rows if chosen.all() else rows.take(np.flatnonzero(chosen))


def summed(labels: np.ndarray, rows: Rows) -> list[tuple[Any, int, int]]:
    """(label, tenths, missed) of equal labels together, the dearest first."""
    if labels.dtype == object:
        labels = labels.astype(np.str_)
    found, place = np.unique(labels, return_inverse=True)
    points, missed = np.zeros(len(found), np.int64), np.zeros(len(found), np.int64)
    np.add.at(points, place, rows.points)
    np.add.at(missed, place, rows.missed)
    order = np.argsort(-points, kind="stable")
    return list(zip(found[order].tolist(), points[order].tolist(), missed[order].tolist(), strict=True))


class Told:
    """The losses of one unit as a page tells them."""

    def __init__(
        self, folder: DataFolder, view: View, question: Settled, lost: Lost, sieve: Sieve, by: str
    ) -> None:
        self.folder, self.view, self.lost, self.sieve, self.by = folder, view, lost, sieve, by
        self.law = question.question.law
        self.names = Names(folder, view, self.law)
        self.unit = question.unit
        units = folder.registry.units
        found = units.find(sieve.unit, view.judged_at) or units.find(sieve.unit) if sieve.unit else None
        self.sieved_unit = found
        self.rows = sieve.rows(lost.losses.values(), found.index if found else None)

    def here(self, **fields: object) -> str:
        """This page with other fields, at its table."""
        told = {**self.sieve.fields, "by": None if self.by == "indicator" else self.by, **fields}
        return self.view.link(self.view.path, "table", **told)

    def _inside(self, loss: Loss) -> str:
        """This page, at what lost an indicator's points: units where there are several, else procedures."""
        by = "unit" if self.by_units(loss) and self.sieved_unit is None else "procedure"
        return self.here(indicator=loss.id, by=by)

    def listed(self, number: int, size: int) -> Listed:
        """One page of the table, the dearest first."""
        some = slice((number - 1) * size, number * size)
        if self.by == "row":
            rows = self.rows.dearest()
            lines = [self._row(rows, place) for place in range(len(rows))[some]]
            return Listed(lines, len(rows), points_of(int(rows.points.max(initial=0))))
        rows = self.rows
        labels = {"indicator": rows.which, "unit": rows.unit, "procedure": rows.procedure}[self.by]
        makers: Mapping[str, Callable[[Any, Fraction, int], Line]] = {
            "indicator": self._indicator,
            "unit": self._unit,
            "procedure": self._procedure,
        }
        told = summed(labels, rows)
        top = points_of(told[0][1]) if told else Fraction(0)
        lines = [makers[self.by](label, points_of(points), missed) for label, points, missed in told[some]]
        return Listed(lines, len(told), top)

    def _indicator(self, which: int, points: Fraction, missed: int) -> Line:
        loss = self.rows.losses[which]
        place = f"/indicators/{loss.id}" if loss.id in self.law.indicators else ""
        return Line(
            self.names.indicator(loss.id),
            "" if loss.why == "missed" else WORDS[loss.why][self.view.lang],
            self.view.link(f"/units/{self.unit.code}{place}"),
            points,
            self._inside(loss),
            missed or None,
            self.names.behind(loss.id, self.sieved_unit.index if self.sieved_unit else self.unit.index),
            of=loss.maximum,
        )

    def _unit(self, unit: int, points: Fraction, _: int) -> Line:
        code = self.names.code(unit)
        inside = self.here(unit=code, by="row" if self.sieve.indicator else "indicator")
        return Line(self.names.unit(unit), code, self.view.link(f"/units/{code}/lost"), points, inside)

    def _procedure(self, code: str, points: Fraction, _: int) -> Line:
        words = self.names.procedure(code) if code else say(self.view.lang, "lostpage.no_procedure")
        inside = self.here(procedure=code or None, by="row")
        return Line(words, code, inside, points, inside)

    def _row(self, rows: Rows, place: int) -> Line:
        loss, procedure = rows.losses[int(rows.which[place])], str(rows.procedure[place])
        unit, rest = int(rows.unit[place]), bool(rows.rest[place])
        behind = self.names.behind(loss.id, unit, procedure)
        indicator = self.names.indicator(loss.id)
        return Line(
            self.names.procedure(procedure) if procedure else indicator,
            f"{procedure} · {indicator}" if procedure else "",
            behind,
            points_of(int(rows.points[place])),
            behind,
            None if rest else int(rows.missed[place]),
            behind,
            WORDS[loss.rest][self.view.lang] if rest else "",
            second=self.names.unit(unit),
            second_link=self.view.link(f"/units/{self.names.code(unit)}/lost"),
        )

    @staticmethod
    def by_units(loss: Loss) -> bool:
        """Whether a loss is spread over several units."""
        return len(np.unique(loss.parts.unit)) > 1

    # -- the picture ------------------------------------------------------------------------------------

    def areas(self) -> list[Area]:
        """The losses of the group looked at, each with the units (or procedures) that lost most of it."""
        found = []
        for loss in self.lost.losses.values():
            lost = int(loss.shares.sum())
            if lost <= 0 or (self.sieve.group and loss.group != self.sieve.group):
                continue
            share = points_of(lost) / loss.maximum
            shade = min(SHADES - 1, int(share * SHADES))
            name = self.names.indicator(loss.id)
            value = self.view.points(points_of(lost))
            title = say(
                self.view.lang,
                "lostpage.cell",
                name=name,
                points=value,
                max=self.view.number(loss.maximum, 0),
            )
            link = self._inside(loss)
            parts, under = self._parts(loss, shade, link)
            found.append(Area(lost, name, value, link, title, shade, parts, under))
        return sorted(found, key=lambda area: -area.size)

    def _parts(self, loss: Loss, shade: int, more: str) -> tuple[Sequence[Area], str]:
        """The units or procedures that lost most of a loss, the rest of them last; and how many there are."""
        by_units = self.by_units(loss)
        rows = rows_of([loss])
        told = summed(rows.unit if by_units else rows.procedure, rows)
        counted = self.view.number(len(told))
        under = (
            ""
            if len(told) < 2
            else say(self.view.lang, f"lostpage.{'units' if by_units else 'procedures'}", count=counted)
        )
        whole = sum(points for _, points, _ in told)
        if len(told) < 2 or told[0][1] < whole * LARGE:
            return (), under  # equal crumbs say less than their number
        name: Callable[[Any], str] = self.names.unit if by_units else self.names.procedure
        areas = []
        shown = [one for one in told[:CELLS] if one[1] >= whole * SMALL]
        for label, points, missed in shown:
            unit = label if by_units else int(rows.unit[0])
            words = name(label) if label != "" else say(self.view.lang, "lostpage.no_procedure")
            value = self.view.number(points_of(points), 3)
            title = say(
                self.view.lang, "lostpage.part", name=words, indicator=self.names.indicator(loss.id),
                points=value, missed=self.view.number(missed),
            )  # fmt: skip
            link = self.names.behind(loss.id, unit, "" if by_units else label)
            areas.append(Area(points, words, value, link, title, shade))
        left = told[len(shown) :]
        if left:
            value = self.view.number(points_of(sum(points for _, points, _ in left)), 3)
            words = say(self.view.lang, "lostpage.others", count=self.view.number(len(left)))
            areas.append(
                Area(
                    sum(points for _, points, _ in left),
                    words,
                    value,
                    more,
                    f"{words}: {value}",
                    max(0, shade - 1),
                )
            )
        return areas, under

    # -- beside the table -------------------------------------------------------------------------------

    def most(self) -> list[tuple[str, Fraction, str]]:
        """The three dearest indicators, with where they lead."""
        losses = sorted(self.lost.losses.values(), key=lambda loss: -loss.points)
        return [
            (self.names.indicator(loss.id), Fraction(loss.points), self._inside(loss))
            for loss in losses[:6]
            if loss.points
        ]

    def rounding(self) -> Fraction | None:
        """What the rows looked at do not explain of the points shown; ``None`` of some rows alone."""
        sieve, lost = self.sieve, self.lost
        if self.sieved_unit is not None or sieve.procedure:
            return None
        found = Fraction(sum(loss.rounding for loss in sieve.losses(lost.losses.values())), WHOLE)
        if not sieve.indicator:
            groups = [value for name, value in lost.roundings.items() if sieve.group in ("", name)]
            found += sum(map(Fraction, groups), Fraction(0))
        return found

    def sieved(self) -> list[tuple[str, str]]:
        """What is looked at, in words, each with the way to drop it."""
        found = []
        if self.sieve.indicator:
            found.append((self.names.indicator(self.sieve.indicator), self.here(indicator=None)))
        if self.sieved_unit is not None:
            found.append((self.names.unit(self.sieved_unit.index), self.here(unit=None)))
        if self.sieve.procedure:
            found.append((self.names.procedure(self.sieve.procedure), self.here(procedure=None)))
        return found
