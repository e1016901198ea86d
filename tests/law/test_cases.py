"""Runs every case of ``cases/*.yaml``: figures in, points out; a dossier's facts in, what it enters out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chiso.instants import NEVER, instant_of, parse_instant, parse_period
from chiso.law import load
from chiso.law.columns import COLUMNS
from chiso.law.compiled import compiled
from chiso.law.document import parse_yaml
from chiso.law.evaluator import Evaluator
from chiso.law.figures import figures_of
from chiso.law.model import Count
from chiso.law.ranks import line, ranks
from tests.law.slow import row_value

CASES = Path(__file__).parent / "cases"
NOT_HIDDEN = {"judged_at", "period_start", "due_at", "limit_due_at"}


def read() -> dict[str, dict[str, Any]]:
    return {
        path.name: parse_yaml(path.read_text("utf-8"), path.name) for path in sorted(CASES.glob("*.yaml"))
    }


def cases(section: str) -> Iterator[Any]:
    for name, content in read().items():
        for case in content.get(section, ()):
            label = case["name"] if "name" in case else "/".join(map(str, case.values()))
            yield pytest.param(case, id=f"{name}: {label}")


def test_every_file_is_made_of_known_sections() -> None:
    for name, content in read().items():
        assert set(content) <= {"cases", "dossiers", "bands", "leagues"}, name


@pytest.mark.parametrize("case", list(cases("cases")))
def test_points(case: dict[str, Any]) -> None:
    expect = case["expect"]
    found = figures_of({k: v for k, v in case.items() if k not in ("name", "expect")}).score().as_json()
    assert set(expect) <= {"total", "band", "groups", "indicators", "no_data", "inherited"}
    for key in ("total", "band"):
        assert found[key] == expect.get(key, found[key])
    groups = expect.get("groups", {})
    assert {name: found["groups"][name]["points"] for name in groups} == groups
    indicators = expect.get("indicators", {})
    assert {name: found["indicators"][name]["points"] for name in indicators} == indicators
    for flag in ("no_data", "inherited"):
        flagged = [name for name, one in found["indicators"].items() if one.get(flag)]
        if flag == "inherited":
            assert flagged == expect.get(flag, flagged)
        else:
            assert set(expect.get(flag, ())) <= set(flagged)


@pytest.mark.parametrize("case", list(cases("bands")))
def test_bands(case: dict[str, Any]) -> None:
    version = load(case["law"]).at(case["at"])
    assert version.band(Decimal(case["points"])).names.vi == case["band"]


@pytest.mark.parametrize("case", list(cases("leagues")))
def test_leagues(case: dict[str, Any]) -> None:
    version = load(case["law"]).at(case["at"])
    width = len(case["columns"])
    units = [
        dict(zip(case["columns"], map(Decimal, row[:width]), strict=True)) for row in case["rows"].values()
    ]
    totals = [sum(unit.values(), Decimal(0)) for unit in units]
    assert [str(total) for total in totals] == [row[width] for row in case["rows"].values()]
    assert ranks(totals, version.ties) == [row[width + 1] for row in case["rows"].values()]
    assert str(line(units, version.rounding).total) == case["expect"]["line"]


def instant(value: object) -> int:
    if isinstance(value, datetime):
        return instant_of(value)
    assert isinstance(value, str)
    return parse_instant(value)


def dossier(case: dict[str, Any]) -> tuple[dict[str, Any], dict[str, bool]]:
    """The columns of one dossier as judged, and which scopes it belongs to."""
    period = parse_period(case.get("period", "2026-Q3"))
    judged = period.judged_at(instant(case["judged_at"]))
    row: dict[str, Any] = {}
    facts = dict(case["facts"])
    for column in COLUMNS.values():
        value = facts.pop(column.name, None)
        if column.kind == "boolean":
            row[column.name] = bool(value)
        elif column.kind == "integer":
            row[column.name] = value if value is not None else int(column.name == "channel")
        else:
            at = NEVER if value is None else instant(value)
            row[column.name] = NEVER if at > judged and column.name not in NOT_HIDDEN else at
    assert not facts, f"no such facts: {facts}"
    row["judged_at"], row["period_start"] = judged, period.start
    received = period.start <= row["received_at"] < judged
    carried = row["received_at"] < period.start <= row["ended_at"]
    return row, {"received": received, "in_period": received or carried}


@pytest.mark.parametrize("case", list(cases("dossiers")))
def test_dossiers(case: dict[str, Any]) -> None:
    law = load(case.get("law", "qd766")).with_options(case.get("options", {}))
    version = law.at(case.get("at", date(2026, 10, 1)))
    row, scopes = dossier(case)
    evaluator = Evaluator({name: np.array([value]) for name, value in row.items()})
    found: dict[str, str] = {}
    for name in case["enters"]:
        one = compiled(version).indicators[name]
        sides = []
        for side in (one.n, one.d):
            assert side is not None
            if side.where is None:
                assert side.count == Count("register", **_register(side.count))
                continue
            enters = scopes[one.indicator.scope] and bool(evaluator.true(side.where)[0])
            slow = scopes[one.indicator.scope] and row_value(side.where.tree, row) is True
            assert enters == slow
            sides.append(enters)
        found[name] = "n" if sides[0] else "d" if sides[-1] else "-"
    assert found == case["enters"]


def _register(count: Count) -> dict[str, Any]:
    return {"register": count.register, "at_least_n": count.at_least_n, "otherwise": count.otherwise}
