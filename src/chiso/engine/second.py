"""The second engine: the same law, rendered as SQL and run by DuckDB over raw facts.

It shares with the first engine the law's expressions and nothing else: ends, waits and due times are derived
here in SQL from the raw steps, requests and dates.  Slow, and independent on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import duckdb
import numpy as np

from chiso.engine.count import HAS_BITS
from chiso.instants import DAY, OFFSET, Period
from chiso.law.states import END_PRECEDENCE, State
from chiso.registry.calendar import Calendar

if TYPE_CHECKING:
    from chiso.engine.ground import Ground

_ENDS: Final = ", ".join(str(int(state)) for state in END_PRECEDENCE)
_RANK: Final = (
    "CASE state "
    + " ".join(f"WHEN {int(state)} THEN {rank}" for rank, state in enumerate(END_PRECEDENCE))
    + " ELSE 9 END"
)

SCHEMA: Final = """
CREATE TABLE dossier (
    id INTEGER, procedure VARCHAR, unit_index INTEGER,
    state INTEGER, received_at BIGINT, due_at BIGINT, finished_at BIGINT, returned_at BIGINT,
    refused_at BIGINT, channel INTEGER, filed INTEGER, payment INTEGER, subject INTEGER, has UINTEGER,
    databases VARCHAR, dissatisfied_at BIGINT, stored_at BIGINT
);
CREATE TABLE step (id INTEGER, told_at BIGINT, state INTEGER);
CREATE TABLE request (id INTEGER, request VARCHAR, requested_at BIGINT, completed_at BIGINT);
CREATE TABLE procedure (
    code VARCHAR, fee BOOLEAN, paper BOOLEAN, person BOOLEAN, online BOOLEAN,
    limit_n BIGINT, limit_unit VARCHAR
);
CREATE TABLE workday (day BIGINT, nth BIGINT);
CREATE TABLE ancestor (unit INTEGER, above INTEGER);
CREATE TABLE member (register VARCHAR, unit INTEGER, procedure VARCHAR);
"""


@dataclass
class Facts:
    """Raw facts, a list a table, in the order of :data:`SCHEMA`'s columns."""

    dossiers: list[tuple[object, ...]] = field(default_factory=list)
    steps: list[tuple[int, int, int]] = field(default_factory=list)
    requests: list[tuple[int, str, int | None, int | None]] = field(default_factory=list)


def working_day_rows(calendar: Calendar, first: int, last: int) -> list[tuple[int, int]]:
    """(day since 1970, how many working days up to and including it) for a span of days."""
    from datetime import date, timedelta  # noqa: PLC0415

    day, nth, rows = date(1970, 1, 1) + timedelta(days=first), 0, []
    for number in range(first, last):
        nth += calendar.is_working(day)
        rows.append((number, nth))
        day += timedelta(days=1)
    return rows


def derived_sql(start: int, judged: int) -> str:
    """The dossiers that are in the period, judged at J, with the columns of the law, as one query."""
    bits = ",\n        ".join(f"(has & {int(bit)}) <> 0 AS {name}" for name, bit in HAS_BITS.items())
    return f"""
WITH message_end AS (
    SELECT id, state, COALESCE(finished_at, CASE state WHEN {int(State.RETURNED)} THEN returned_at
                               WHEN {int(State.REFUSED)} THEN refused_at END) AS told_at
    FROM dossier WHERE state IN ({_ENDS})
),
fact AS (
    SELECT id, told_at, state FROM step WHERE told_at <= {judged}
    UNION ALL SELECT id, told_at, state FROM message_end WHERE told_at <= {judged}
),
newest AS (
    SELECT id, told_at, state FROM fact
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY told_at DESC, {_RANK}, state DESC) = 1
),
end_step AS (
    SELECT id, told_at FROM step WHERE told_at <= {judged} AND state IN ({_ENDS})
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY {_RANK}, told_at DESC) = 1
),
listed AS (
    SELECT id, request, min(requested_at) AS requested,
        min(CASE WHEN completed_at >= requested_at THEN completed_at END) AS completed
    FROM request WHERE requested_at IS NOT NULL GROUP BY id, request
),
standing_in AS (
    SELECT DISTINCT s.id, s.told_at AS requested,
        (SELECT min(o.told_at) FROM step o WHERE o.id = s.id AND o.told_at > s.told_at
            AND o.state <> {int(State.SUPPLEMENT)} AND o.state NOT IN ({_ENDS})) AS completed
    FROM step s WHERE s.state = {int(State.SUPPLEMENT)}
        AND NOT EXISTS (SELECT 1 FROM request r WHERE r.id = s.id)
),
supplement AS (
    SELECT *, row_number() OVER (PARTITION BY id ORDER BY requested, completed NULLS LAST) AS nth
    FROM (SELECT id, requested, completed FROM listed UNION ALL SELECT * FROM standing_in)
),
judged AS (
    SELECT d.id, d.procedure, d.unit_index,
        {judged}::BIGINT AS judged_at, {start}::BIGINT AS period_start,
        d.received_at, d.due_at,
        CASE WHEN d.due_at IS NOT NULL OR p.limit_n IS NULL THEN NULL
            WHEN p.limit_unit = 'hour' THEN d.received_at + p.limit_n * 3600
            WHEN p.limit_unit = 'day' THEN
                ((d.received_at + {OFFSET}) // {DAY} + p.limit_n + 1) * {DAY} - {OFFSET}
            ELSE (SELECT min(late.day) + 1 FROM workday received JOIN workday late
                    ON late.nth = received.nth + p.limit_n
                    WHERE received.day = (d.received_at + {OFFSET}) // {DAY}) * {DAY} - {OFFSET}
        END AS limit_due_at,
        CASE WHEN n.state IN ({_ENDS}) THEN COALESCE(e.told_at, n.told_at) END AS ended_at,
        CASE WHEN first.requested <= {judged} THEN first.requested END AS requested_at,
        CASE WHEN first.completed <= {judged} THEN first.completed END AS completed_at,
        CASE WHEN second.requested <= {judged} THEN second.requested END AS second_requested_at,
        CASE WHEN d.dissatisfied_at <= {judged} THEN d.dissatisfied_at END AS dissatisfied_at,
        CASE WHEN d.stored_at <= {judged} THEN d.stored_at END AS stored_at,
        d.channel, d.filed, d.payment, d.subject,
        {bits},
        FALSE AS population_database,
        p.code IS NOT NULL AS procedure_known,
        COALESCE(p.fee, FALSE) AS fee_procedure, COALESCE(p.paper, FALSE) AS returns_paper,
        COALESCE(p.person, FALSE) AS for_person, COALESCE(p.online, FALSE) AS online_service,
        COALESCE(n.state, d.state) AS state_then
    FROM dossier d
    LEFT JOIN newest n USING (id)
    LEFT JOIN end_step e USING (id)
    LEFT JOIN supplement first ON first.id = d.id AND first.nth = 1
    LEFT JOIN supplement second ON second.id = d.id AND second.nth = 2
    LEFT JOIN procedure p ON p.code = d.procedure
)
SELECT * FROM judged
WHERE received_at IS NOT NULL AND state_then <> {int(State.REGISTERED)}
    AND received_at < {judged} AND {judged} > {start}
    AND (received_at >= {start} OR ended_at IS NULL OR ended_at >= {start})
"""


def cells_sql(ground: Ground) -> str:
    """Counts per unit of the table ``in_period``, in the order of the plan's cells."""
    columns = []
    for index, cell in enumerate(ground.plan.cells):
        conditions = []
        if cell.received_only:
            conditions.append("received_at >= period_start")
        if cell.where is not None:
            conditions.append(f"({cell.where.sql('duckdb')})")
        where = f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""
        amount = "count(*)" if cell.value is None else f"sum({cell.value.sql('duckdb')})"
        columns.append(f"COALESCE({amount}{where}, 0)::BIGINT AS c{index}")
    return f"SELECT unit_index, {', '.join(columns)} FROM in_period GROUP BY unit_index"


def procedures_sql(ground: Ground, counter: int) -> str:
    """Distinct procedures per unit with its subtree, for one procedure counter."""
    wanted = ground.plan.procedures[counter]
    received = "d.received_at >= d.period_start AND " if wanted.received_only else ""
    return (
        "SELECT a.above, count(DISTINCT d.procedure)::BIGINT FROM in_period d "
        "JOIN ancestor a ON a.unit = d.unit_index "
        f"JOIN member m ON m.register = '{wanted.among}' AND m.unit = a.above AND m.procedure = d.procedure "
        f"WHERE {received}({wanted.where.sql('duckdb')}) GROUP BY a.above"
    )


class SecondEngine:
    """Raw facts in DuckDB, and the counts that SQL finds in them."""

    def __init__(self, ground: Ground, facts: Facts, era_at: int) -> None:
        self.ground = ground
        self.db = duckdb.connect(":memory:", config={"threads": 1})
        self.db.execute(SCHEMA)
        self._fill("dossier", facts.dossiers)
        self._fill("step", facts.steps)
        self._fill("request", facts.requests)
        self._fill(
            "procedure",
            (
                (p.code, p.has_fee, p.returns_paper, p.for_person, p.online in ("full", "partial"),
                 p.limit_days, p.limit_unit)
                for p in ground.catalogue.records
            ),
        )  # fmt: skip
        received = [row[4] for row in facts.dossiers if isinstance(row[4], int)]
        if received:
            first = (min(received) + OFFSET) // DAY - 1
            last = (max(received) + OFFSET) // DAY + 400
            self._fill("workday", working_day_rows(ground.calendar, first, last))
        above = []
        for level in ground.ancestor_levels(era_at):
            above += [(unit, int(level[unit])) for unit in range(ground.unit_count) if level[unit] >= 0]
        self._fill("ancestor", above)
        for counter in ground.plan.procedures:
            self._members(counter.among)

    def _members(self, register: str) -> None:
        known = self.db.execute("SELECT 1 FROM member WHERE register = ? LIMIT 1", [register]).fetchone()
        if known is None:
            table = self.ground.membership(register)
            units, places = np.nonzero(table)
            codes = [procedure.code for procedure in self.ground.catalogue.records]
            pairs = zip(units.tolist(), places.tolist(), strict=True)
            self._fill("member", ((register, unit, codes[place]) for unit, place in pairs))

    def _fill(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        rows = list(rows)
        if not rows:
            return
        names = [f"c{index}" for index in range(len(rows[0]))]
        columns = dict(zip(names, zip(*rows, strict=True), strict=True))
        types = [column[1] for column in self.db.execute(f"DESCRIBE {table}").fetchall()]
        unnested = ", ".join(
            f"unnest(${name}::{kind}[]) AS {name}" for name, kind in zip(names, types, strict=True)
        )
        values = {name: list(column) for name, column in columns.items()}
        self.db.execute(f"INSERT INTO {table} SELECT {unnested}", values)

    def count(self, period: Period, at: int) -> tuple[np.ndarray, np.ndarray]:
        """``cells[c, u]`` and ``distinct[k, u]`` for a period, as the first engine gives them."""
        judged = period.judged_at(at)
        self.db.execute(f"CREATE OR REPLACE TEMP TABLE in_period AS {derived_sql(period.start, judged)}")
        units = self.ground.unit_count
        cells = np.zeros((len(self.ground.plan.cells), units), np.int64)
        for unit, *values in self.db.execute(cells_sql(self.ground)).fetchall():
            cells[:, unit] = values
        distinct = np.zeros((len(self.ground.plan.procedures), units), np.int64)
        for counter in range(len(self.ground.plan.procedures)):
            for unit, number in self.db.execute(procedures_sql(self.ground, counter)).fetchall():
                distinct[counter, unit] = number
        return cells, distinct
