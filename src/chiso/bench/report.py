"""What was measured, beside the reach that was set, as a table or as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

Unit = Literal["ms", "s", "/s", "B", "×", "GB/s"]

_GOOD: Final = "met"
_BAD: Final = "not met"


@dataclass(frozen=True)
class Line:
    """One measurement."""

    name: str
    value: float | None
    """``None``: not measured, ``note`` says why"""
    unit: Unit
    reach: float | None = None
    """what was to be reached; ``None``: only for comparison"""
    note: str = ""

    @property
    def upward(self) -> bool:
        """Whether more is better."""
        return self.unit in ("/s", "×", "GB/s")

    @property
    def met(self) -> bool | None:
        if self.value is None or self.reach is None:
            return None
        return self.value >= self.reach if self.upward else self.value <= self.reach

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"name": self.name, "value": self.value, "unit": self.unit}
        if self.reach is not None:
            found.update(reach=self.reach, met=self.met)
        if self.note:
            found["note"] = self.note
        return found


@dataclass
class Report:
    """All measurements of one run, by part."""

    parts: dict[str, list[Line]] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    """answers of other engines that are not the same, and whatever else should not be"""
    sound: str = "all engines gave the same numbers"
    """what is said where there are none"""

    def add(self, part: str, line: Line) -> Line:
        self.parts.setdefault(part, []).append(line)
        return line

    def as_json(self) -> dict[str, Any]:
        return {
            "parts": {part: [line.as_json() for line in lines] for part, lines in self.parts.items()},
            "differences": self.differences,
        }

    def text(self) -> list[str]:
        """A table for people."""
        wide = max((len(line.name) for lines in self.parts.values() for line in lines), default=0)
        found: list[str] = []
        for part, lines in self.parts.items():
            found += ["", part]
            for line in lines:
                told = f"  {line.name:<{wide}}  {shown(line.value, line.unit):>14}"
                if line.reach is not None:
                    sign = "≥" if line.upward else "≤"
                    told += f"  {sign} {shown(line.reach, line.unit):>12}"
                    told += f"  {'' if line.met is None else _GOOD if line.met else _BAD:<7}"
                found.append((told + (f"  {line.note}" if line.note else "")).rstrip())
        found += ["", *(f"differs: {one}" for one in self.differences)]
        if not self.differences:
            found.append(self.sound)
        return found


def shown(value: float | None, unit: Unit) -> str:
    """A number with its unit, three digits that mean something."""
    if value is None:
        return "–"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f} {unit}"
