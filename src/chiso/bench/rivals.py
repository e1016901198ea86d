"""The same dossiers for other engines: a flat table with all that counting needs, and the report as SQL.

The table is kinder to them than real data would be: ends, waits and due times are worked out already, units
stand where they count, and what the catalogue knows of a procedure is in the dossier's own row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np

from chiso.engine.columns import Columns
from chiso.engine.count import HAS_BITS
from chiso.engine.ground import Ground
from chiso.engine.standing import Standing
from chiso.instants import NEVER, Period

INSTANTS: Final = (
    "received_at", "due_at", "limit_due_at", "ended_at", "requested_at", "completed_at",
    "second_requested_at", "dissatisfied_at", "stored_at", "judged_from", "judged_to",
)  # fmt: skip
ALWAYS: Final = ("received_at", "judged_from", "judged_to")
"""Instants that are never NULL."""
HIDDEN: Final = (
    "ended_at", "requested_at", "completed_at", "second_requested_at", "dissatisfied_at", "stored_at",
)  # fmt: skip
"""Instants that are unknown before they come."""
SMALL: Final = ("channel", "filed", "payment", "subject")
OF_PROCEDURE: Final = ("procedure_known", "fee_procedure", "returns_paper", "for_person", "online_service")
FLAGS: Final = (*HAS_BITS, "population_database", *OF_PROCEDURE)


@dataclass
class Answer:
    """The report: counts of every unit with all below it."""

    cells: np.ndarray
    """``[counter, unit]``"""
    distinct: np.ndarray
    """``[procedure counter, unit]``"""

    @classmethod
    def empty(cls, ground: Ground) -> Answer:
        units, plan = ground.unit_count, ground.plan
        return cls(
            np.zeros((len(plan.cells), units), np.int64), np.zeros((len(plan.procedures), units), np.int64)
        )

    @classmethod
    def of_rows(cls, ground: Ground, rows: list[tuple[int, ...]]) -> Answer:
        """Rows of unit, cells, procedures."""
        found = cls.empty(ground)
        cells = len(found.cells)
        for unit, *numbers in rows:
            found.cells[:, unit] = numbers[:cells]
            found.distinct[:, unit] = numbers[cells:]
        return found

    def same(self, other: Answer) -> bool:
        return np.array_equal(self.cells, other.cells) and np.array_equal(self.distinct, other.distinct)


def flat(standing: Standing, period: Period) -> dict[str, np.ndarray]:
    """The columns of all dossiers for the other engines; a missing instant is ``NEVER``."""
    ground, parts = standing.ground, list(standing.roster.parts(1 << 20))
    rows = Columns.joined(parts)
    judged = period.judged_at(standing.at)
    found = {
        "unit": ground.units.today_map(judged)[rows["unit_index"]],
        "procedure": rows["procedure"],
        **{name: rows[name] for name in INSTANTS},
        **{name: rows[name] for name in SMALL},
    }
    for name, bit in HAS_BITS.items():
        found[name] = (rows["has"] & np.uint32(bit)) != 0
    found["population_database"] = ground.population_database[rows["databases"]]
    for name in OF_PROCEDURE:
        found[name] = ground.procedure_columns[name][rows["procedure"]]
    return found


def bytes_needed(table: dict[str, np.ndarray]) -> int:
    """Bytes of one dossier that any scan must read."""
    return sum(column.itemsize for column in table.values())


def ancestors(ground: Ground, at: int) -> tuple[np.ndarray, np.ndarray]:
    """Units, and the units above them (themselves among these), as pairs."""
    levels = ground.ancestor_levels(at)
    units = [np.flatnonzero(level >= 0) for level in levels]
    above = [level[unit] for level, unit in zip(levels, units, strict=True)]
    return np.concatenate(units).astype(np.int32), np.concatenate(above).astype(np.int32)


def members(ground: Ground, procedures: np.ndarray) -> dict[str, np.ndarray]:
    """Units and procedures (of those that occur) that are in some register, a truth for each counter."""
    used = np.unique(procedures)
    units, places = np.meshgrid(np.arange(ground.unit_count), used, indexing="ij")
    unit, procedure = units.ravel(), places.ravel()
    truths = [ground.among(counter, unit, procedure) for counter in range(len(ground.plan.procedures))]
    some = np.logical_or.reduce(truths) if truths else np.zeros(len(unit), bool)
    found = {"unit": unit[some].astype(np.int32), "procedure": procedure[some].astype(np.int32)}
    return found | {f"r{counter}": truth[some] for counter, truth in enumerate(truths)}


def report_sql(ground: Ground, period: Period, at: int, dialect: str) -> str:
    """The whole report as one statement: one pass over the dossiers, then up the tree."""
    judged = period.judged_at(at)
    plan = ground.plan
    seen = ", ".join(f"CASE WHEN {name} <= {judged} THEN {name} END AS {name}" for name in HIDDEN)
    plain = ", ".join(("unit", "procedure", "received_at", "due_at", "limit_due_at", *SMALL, *FLAGS))
    cells = []
    for index, cell in enumerate(plan.cells):
        conditions = ["received_at >= period_start"] if cell.received_only else []
        if cell.where is not None:
            conditions.append(f"({cell.where.sql(dialect)})")
        where = f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""
        amount = "count(*)" if cell.value is None else f"sum({cell.value.sql(dialect)})"
        cells.append(f"COALESCE({amount}{where}, 0)::BIGINT AS c{index}")
    for index, counter in enumerate(plan.procedures):
        received = "received_at >= period_start AND " if counter.received_only else ""
        cells.append(f"bool_or({received}({counter.where.sql(dialect)})) AS p{index}")
    sums = [f"sum(g.c{index})::BIGINT" for index in range(len(plan.cells))]
    sums += [
        f"count(DISTINCT g.procedure) FILTER (WHERE g.p{index} AND m.r{index})"
        for index in range(len(plan.procedures))
    ]
    return f"""
WITH in_period AS (
    SELECT {plain}, {seen}, {judged}::BIGINT AS judged_at, {period.start}::BIGINT AS period_start
    FROM dossier
    WHERE judged_from <= {judged} AND judged_to > {judged} AND received_at < {judged}
        AND (received_at >= {period.start} OR ended_at IS NULL OR ended_at >= {period.start})
), grouped AS MATERIALIZED (
    SELECT unit, procedure, {", ".join(cells)} FROM in_period GROUP BY unit, procedure
)
SELECT a.above, {", ".join(sums)}
FROM grouped g JOIN ancestor a ON a.unit = g.unit
    LEFT JOIN member m ON m.unit = a.above AND m.procedure = g.procedure
GROUP BY a.above
"""  # noqa: S608 - own names and numbers only


class Duck:
    """The table in DuckDB."""

    name = "DuckDB"

    def __init__(self, ground: Ground, table: dict[str, np.ndarray], at: int) -> None:
        self.ground = ground
        self.db = duckdb.connect(":memory:")
        told = ", ".join(
            f"CASE WHEN {name} < {NEVER} THEN {name} END AS {name}"
            if name in INSTANTS and name not in ALWAYS
            else name
            for name in table
        )
        self._fill("dossier", table, told)
        self._fill("member", members(ground, table["procedure"]))
        unit, above = ancestors(ground, at)
        self._fill("ancestor", {"unit": unit, "above": above})

    def _fill(self, name: str, columns: dict[str, np.ndarray], told: str = "*") -> None:
        self.db.register("given", {key: np.ascontiguousarray(column) for key, column in columns.items()})
        self.db.execute(f"CREATE TABLE {name} AS SELECT {told} FROM given")  # noqa: S608 - own names
        self.db.unregister("given")

    def report(self, period: Period, at: int) -> Answer:
        rows = self.db.execute(report_sql(self.ground, period, at, "duckdb")).fetchall()
        return Answer.of_rows(self.ground, rows)

    def close(self) -> None:
        self.db.close()
