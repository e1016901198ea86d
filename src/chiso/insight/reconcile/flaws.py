"""What the published figures say against themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from chiso.insight.reconcile.case import counted_by
from chiso.insight.reconcile.choose import with_document
from chiso.insight.reconcile.told import whole
from chiso.instants import day_of

if TYPE_CHECKING:
    from chiso.insight.reconcile.choose import Case
    from chiso.insight.reconcile.told import Pair, ToldGroup
    from chiso.law.model import LawVersion
    from chiso.law.scoring import Scored

Kind = Literal["points", "group", "total", "more_than_all", "above_maximum", "not_inherited"]


@dataclass(frozen=True)
class Flaw:
    """One contradiction."""

    kind: Kind
    indicator: str = ""
    group: str = ""
    published: str = ""
    by_own: str = ""
    """what follows from the published figures that it is made of"""

    @property
    def points(self) -> Decimal | None:
        """By how many points; ``None`` where it is not about points."""
        if self.kind in ("points", "group", "total"):
            return Decimal(self.published) - Decimal(self.by_own)
        return None


def flaws(case: Case, law: LawVersion, own: Scored, total: Decimal | None) -> list[Flaw]:
    """All contradictions; ``own`` is what the law makes of the published numerators.

    ``total``: the published total, where it belongs to the same day as all groups.
    """
    told = case.told
    found: list[Flaw] = []
    for name, group in told.groups.items():
        found += _of_group(case, law, own, name, group)
    points = [group.points for group in told.groups.values() if group.points is not None]
    days = {day_of(group.captured_at) for group in told.groups.values()}
    if total is not None and len(points) == len(law.groups) and days == {day_of(told.total_at)}:
        whole_sum = sum(points, Decimal("0.00"))
        if whole_sum != total:
            found.append(Flaw("total", published=f"{total:.2f}", by_own=f"{whole_sum:.2f}"))
    return found


def _of_group(case: Case, law: LawVersion, own: Scored, name: str, group: ToldGroup) -> Iterator[Flaw]:
    complete = whole(law, name, case.level, group.pairs.keys())
    scored = [one for one in law.groups[name].indicators if not law.indicators[one].information]
    for indicator, (n, d) in group.pairs.items():
        if n > d:
            yield Flaw("more_than_all", indicator, name, str(n), str(d))
        shown = group.shown.get(indicator)
        if shown is not None and shown != own.indicators[indicator].points and scored != [indicator]:
            points = own.indicators[indicator].points
            yield Flaw("points", indicator, name, f"{shown:.2f}", f"{points:.2f}")
    for indicator, shown in group.shown.items():
        if shown > law.indicators[indicator].maximum:
            yield Flaw(
                "above_maximum", indicator, name, f"{shown:.2f}", str(law.indicators[indicator].maximum)
            )
    if group.points is None:
        return
    if group.points > law.groups[name].maximum:
        yield Flaw("above_maximum", "", name, f"{group.points:.2f}", str(law.groups[name].maximum))
    elif complete and own.groups[name].points != group.points:
        yield Flaw("group", "", name, f"{group.points:.2f}", f"{own.groups[name].points:.2f}")


def not_inherited(case: Case, province: dict[str, Pair]) -> list[Flaw]:
    """Figures that should be the province's and are not."""
    found = []
    for name, pair in case.told.pairs.items():
        if case.level == "province" or case.law.indicators[name].below_province != "inherited":
            continue
        if name in province and province[name] != pair:
            group = case.law.indicators[name].group
            found.append(
                Flaw(
                    "not_inherited", name, group, "/".join(map(str, pair)), "/".join(map(str, province[name]))
                )
            )
    return found


def rules_of_points(case: Case, believed: list[str]) -> list[str]:
    """Rules of the formula document that alone make published points follow from published numerators.

    Caps and factors change no numerator: they show only here.
    """
    found: list[str] = []
    document = case.cells.document
    if document is None:
        return found
    for name, group in case.told.groups.items():
        open_rules = [
            one
            for one in case.law.groups[name].indicators
            if one not in believed
            and one in document.indicators
            and counted_by(document.indicators[one]) != counted_by(case.law.indicators[one])
            and one in group.pairs
        ]
        if not _wrong(case, name, group, believed):
            continue
        for size in range(1, len(open_rules) + 1):
            fits = [
                list(rules)
                for rules in combinations(open_rules, size)
                if not _wrong(case, name, group, [*believed, *rules])
            ]
            if fits:
                found += fits[0]
                break
    return found


def _wrong(case: Case, name: str, group: ToldGroup, rules: list[str]) -> bool:
    law = with_document(case.cells, sorted(rules))
    return any(flaw.points for flaw in _of_group(case, law, case.told.by_own(law, case.level), name, group))
