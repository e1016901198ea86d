"""The nation as published: 34 provinces on five days of October 2026, An Giang in spring 2023."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from chiso.commands import samples
from chiso.commands.loading import opened
from chiso.demo.fields import read_table
from chiso.instants import iso, midnight, parse_instant
from chiso.ledger.clock import Clock

NOW = parse_instant("2026-10-10T06:00+07:00")


def days() -> dict[str, list[dict[str, str]]]:
    """The real totals and groups of every province by day."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in read_table("provinces.csv"):
        found.setdefault(row["date"], []).append(row)
    return found


def rows() -> list[dict[str, Any]]:
    """Those as rows of a table of results, with ranks by total."""
    found = []
    for day, told in sorted(days().items()):
        totals = [Decimal(row["total"]) for row in told]
        for row, total in zip(told, totals, strict=True):
            figures = {key: row[key] for key in row if key not in ("date", "unit", "name")}
            at = iso(midnight(date.fromisoformat(day)) + 6 * 3600)
            rank = 1 + sum(other > total for other in totals)
            found.append({"unit": row["unit"], "period": "2026", "at": at, **figures, "rank": rank})
    return found


def build(path: Path) -> Path:
    """Makes the folder, through the same doors as real results."""
    with opened(path) as target, samples.opened(samples.AN_GIANG_2023) as tables:
        target.ledger.clock.set(Clock(NOW))
        told = io.BytesIO(json.dumps(rows()).encode())
        assert target.load([*tables, told]).counts["refused"] == 0
    return path
