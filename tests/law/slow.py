"""The slow twin of the evaluator: one row at a time, SQL's logic spelt out with ``None`` for NULL.

It walks the SQL tree itself, not the terms that the evaluator folds and shares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from chiso.instants import NEVER

_SIGNS: dict[type, Callable[[Any, Any], Any]] = {
    exp.EQ: lambda a, b: a == b,
    exp.NEQ: lambda a, b: a != b,
    exp.LT: lambda a, b: a < b,
    exp.LTE: lambda a, b: a <= b,
    exp.GT: lambda a, b: a > b,
    exp.GTE: lambda a, b: a >= b,
    exp.Add: lambda a, b: a + b,
    exp.Sub: lambda a, b: a - b,
    exp.Mul: lambda a, b: a * b,
}


def both(a: Any, b: Any) -> Any:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def opposite(a: Any) -> Any:
    return None if a is None else not a


def row_value(node: exp.Expression, row: Mapping[str, Any]) -> Any:
    """The value of a SQL tree on one row: a number, a truth, or ``None``."""

    def value(part: exp.Expression) -> Any:
        return row_value(part, row)

    if type(node) in _SIGNS:
        a, b = value(node.this), value(node.expression)
        return None if a is None or b is None else _SIGNS[type(node)](a, b)
    match node:
        case exp.Paren():
            return value(node.this)
        case exp.Column():
            found = row[node.name]
            return None if not isinstance(found, bool) and found is not None and found >= NEVER else found
        case exp.Boolean():
            return bool(node.this)
        case exp.Null():
            return None
        case exp.Literal():
            return int(node.this)
        case exp.Neg():
            inner = value(node.this)
            return None if inner is None else -inner
        case exp.And():
            return both(value(node.this), value(node.expression))
        case exp.Or():
            return opposite(both(opposite(value(node.this)), opposite(value(node.expression))))
        case exp.Not():
            return opposite(value(node.this))
        case exp.Is():
            return value(node.this) is None
        case exp.Between():
            x, low, high = value(node.this), value(node.args["low"]), value(node.args["high"])
            above = None if x is None or low is None else x >= low
            below = None if x is None or high is None else x <= high
            return both(above, below)
        case exp.In():
            x = value(node.this)
            found = [None if x is None or y is None else x == y for y in map(value, node.expressions)]
            return True if True in found else None if None in found else False
        case exp.Coalesce():
            parts = [value(part) for part in (node.this, *node.expressions)]
            return next((part for part in parts if part is not None), None)
        case exp.Greatest() | exp.Least():
            parts = [value(part) for part in (node.this, *node.expressions)]
            known = [part for part in parts if part is not None]
            pick = max if isinstance(node, exp.Greatest) else min
            return pick(known) if known else None
        case exp.Case():
            for branch in node.args["ifs"]:
                if value(branch.this) is True:
                    return value(branch.args["true"])
            default = node.args.get("default")
            return None if default is None else value(default)
    raise AssertionError(f"the slow twin does not know {node!r}")
