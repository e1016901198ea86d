"""Names of what insight's rows speak of, and where each leads: units, indicators, procedures, dossiers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from chiso.insight.tenths import WHOLE
from chiso.web.figures import shortened
from chiso.web.messages import say

if TYPE_CHECKING:
    from chiso.folder import DataFolder
    from chiso.law.model import LawVersion
    from chiso.web.view import View


def points_of(value: int) -> Fraction:
    return Fraction(value, WHOLE)


class Names:
    """Names of what rows speak of, and where they lead."""

    def __init__(self, folder: DataFolder, view: View, law: LawVersion) -> None:
        self.units, self.catalogue = folder.registry.units, folder.registry.catalogue
        self.view, self.law = view, law

    def indicator(self, name: str) -> str:
        """An indicator, or a group known by its points only, in words."""
        if name in self.law.indicators:
            return f"{name} {shortened(self.law.indicators[name].names[self.view.lang])}"
        if name in self.law.groups:
            return self.law.groups[name].names[self.view.lang]
        return say(self.view.lang, "why.total_only") if name else say(self.view.lang, "why.kind.rounding")

    def unit(self, index: int) -> str:
        return self.units.name(index, self.view.judged_at)

    def code(self, index: int) -> str:
        return self.units.all[index].code

    def procedure(self, code: str) -> str:
        found = self.catalogue.get(code)
        return found.name if found is not None else say(self.view.lang, "procedures.unknown")

    def behind(
        self, indicator: str, unit: int, procedure: str = "", part: str = "missed", **fields: Any
    ) -> str:
        """Where the dossiers of a number are listed; its indicator where it is not made of dossiers."""
        code = self.code(unit)
        one = self.law.indicators.get(indicator)
        if one is None:
            return self.view.link(f"/units/{code}", **fields)
        if one.unit == "dossiers" and (one.d is None or one.d.kind != "register"):
            fields = {"indicator": indicator, "part": part, "procedure": procedure or None, **fields}
            return self.view.link(f"/units/{code}/dossiers", **fields)
        return self.view.link(f"/units/{code}/indicators/{indicator}", **fields)
