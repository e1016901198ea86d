"""The report in Polars: the law's expressions rendered once more, as lazy columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from chiso.bench.rivals import ALWAYS, HIDDEN, INSTANTS, Answer, ancestors, members
from chiso.engine.ground import Ground
from chiso.instants import NEVER, Period

if TYPE_CHECKING:
    from chiso.law.terms import Term


class Frames:
    """The table in Polars."""

    name = "Polars"

    def __init__(self, ground: Ground, table: dict[str, np.ndarray], at: int) -> None:
        """Raises ImportError where Polars is not installed."""
        import polars  # noqa: PLC0415 - an option

        self.pl: Any = polars
        self.ground = ground
        never = [name for name in INSTANTS if name not in ALWAYS]
        pl = self.pl
        self.dossiers = pl.DataFrame(table).with_columns(
            [pl.when(pl.col(name) < NEVER).then(pl.col(name)).alias(name) for name in never]
        )
        self.members = pl.DataFrame(members(ground, table["procedure"]))
        unit, above = ancestors(ground, at)
        self.ancestors = pl.DataFrame({"unit": unit, "above": above})

    def report(self, period: Period, at: int) -> Answer:
        pl, plan = self.pl, self.ground.plan
        judged = period.judged_at(at)
        inside = (
            (pl.col("judged_from") <= judged)
            & (pl.col("judged_to") > judged)
            & (pl.col("received_at") < judged)
            & (
                (pl.col("received_at") >= period.start)
                | pl.col("ended_at").is_null()
                | (pl.col("ended_at") >= period.start)
            )
        )
        seen = [pl.when(pl.col(name) <= judged).then(pl.col(name)).alias(name) for name in HIDDEN]
        lazy = self.dossiers.lazy().filter(inside).with_columns(
            *seen, pl.lit(judged).alias("judged_at"), pl.lit(period.start).alias("period_start")
        )  # fmt: skip
        received = pl.col("received_at") >= pl.col("period_start")
        cells = []
        for index, cell in enumerate(plan.cells):
            # never null, and as long as the group: a literal would count one a group
            chosen = received if cell.received_only else pl.col("received_at").is_not_null()
            if cell.where is not None:
                chosen = chosen & self._expression(cell.where.term)
            value = pl.lit(1) if cell.value is None else self._expression(cell.value.term)
            cells.append(pl.when(chosen).then(value).otherwise(0).sum().cast(pl.Int64).alias(f"c{index}"))
        for index, counter in enumerate(plan.procedures):
            chosen = self._expression(counter.where.term).fill_null(value=False)
            cells.append((chosen & received if counter.received_only else chosen).any().alias(f"p{index}"))
        sums = [pl.col(f"c{index}").sum() for index in range(len(plan.cells))]
        sums += [
            pl.col("procedure")
            .filter(pl.col(f"p{index}") & pl.col(f"r{index}").fill_null(value=False))
            .n_unique()
            .alias(f"d{index}")
            for index in range(len(plan.procedures))
        ]
        found = (
            lazy.group_by("unit", "procedure")
            .agg(cells)
            .join(self.ancestors.lazy(), on="unit")
            .join(
                self.members.lazy(),
                left_on=["above", "procedure"],
                right_on=["unit", "procedure"],
                how="left",
            )
            .group_by("above")
            .agg(sums)
            .collect()
        )
        return Answer.of_rows(self.ground, found.rows())

    def _expression(self, term: Term) -> Any:
        """An expression of the law over the columns; null where SQL says NULL."""
        pl, op = self.pl, term.op
        if op in ("true", "false"):
            return pl.lit(value=op == "true")
        if op == "null":
            return pl.lit(None)
        if op == "integer":
            return pl.lit(term.value)
        if op == "column":
            return pl.col(term.name)
        parts = [self._expression(part) for part in term.parts]
        if op == "not":
            return ~parts[0]
        if op == "is null":
            return parts[0].is_null()
        if op == "and":
            return pl.all_horizontal(parts)
        if op == "coalesce":
            return pl.coalesce(parts)
        if op in ("greatest", "least"):
            return (pl.max_horizontal if op == "greatest" else pl.min_horizontal)(parts)
        if op == "case":
            chain = pl
            for condition, value in zip(parts[0:-1:2], parts[1:-1:2], strict=True):
                chain = chain.when(condition.fill_null(value=False)).then(value)
            return chain.otherwise(parts[-1])
        left, right = parts
        signs = {
            "=": left.__eq__, "<>": left.__ne__, "<": left.__lt__, "<=": left.__le__,
            ">": left.__gt__, ">=": left.__ge__, "+": left.__add__, "-": left.__sub__, "*": left.__mul__,
        }  # fmt: skip
        return signs[op](right)

    def close(self) -> None:
        del self.dossiers
