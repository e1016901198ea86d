"""Expressions of the law over arrays: one value a dossier, SQL's three-valued logic, nothing computed twice.

A truth is asked for by its side: :meth:`Evaluator.true` gives where it is true, ``false`` where it is false;
where it is neither it is unknown.  NOT then only changes sides, and what can never be NULL needs one array.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from chiso.instants import NEVER
from chiso.law.columns import COLUMNS
from chiso.law.expression import Expression, ExpressionError
from chiso.law.terms import Term

Mask = NDArray[np.bool_] | np.bool_
Values = NDArray[np.integer[Any]] | int

_YES: Final = np.True_
_NO: Final = np.False_
_SIGNS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": np.equal, "<>": np.not_equal, "<": np.less, "<=": np.less_equal,
    ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip
_OPPOSITE: Final = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def _and(left: Mask, right: Mask) -> Mask:
    if left is _YES or right is _NO:
        return right
    if right is _YES or left is _NO:
        return left
    found: Mask = left & right
    return found


def _or(left: Mask, right: Mask) -> Mask:
    if left is _NO or right is _YES:
        return right
    if right is _NO or left is _YES:
        return left
    found: Mask = left | right
    return found


def _not(mask: Mask) -> Mask:
    if mask is _YES:
        return _NO
    if mask is _NO:
        return _YES
    found: Mask = ~mask
    return found


def _is_no(mask: Mask) -> bool:
    return mask is _NO


class Evaluator:
    """Evaluates expressions over one set of columns, remembering every part by the part itself.

    Args:
        columns: column name to array, all of one length; a column may also be one number or truth for all
            (``judged_at``).  A missing instant is ``>= NEVER``.  Columns are only read when needed.
        size: the number of dossiers, where no column is an array.
    """

    def __init__(self, columns: Mapping[str, Any], size: int | None = None) -> None:
        self.columns = columns
        self._size = size
        self._true: dict[Term, Mask] = {}
        self._false: dict[Term, Mask] = {}
        self._null: dict[Term, Mask] = {}
        self._value: dict[Term, Values] = {}
        self._read: dict[str, Any] = {}

    @property
    def size(self) -> int:
        """How many dossiers there are."""
        if self._size is None:
            for name in self.columns:
                column = self.columns[name]
                if isinstance(column, np.ndarray) and column.ndim == 1:
                    self._size = len(column)
                    break
            else:
                raise ExpressionError("no column is an array: say the size")
        return self._size

    def true(self, expression: Expression) -> NDArray[np.bool_]:
        """Where a boolean expression is true (not false, not unknown).  Read-only: parts are shared."""
        if not expression.boolean:
            raise ExpressionError(f"{expression.text!r} is a number")
        return self._whole(self._is_true(expression.term))

    def number(self, expression: Expression) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Values of a numeric expression, and where it is NULL (the value there means nothing)."""
        if expression.term.kind == "boolean":
            raise ExpressionError(f"{expression.text!r} is a truth")
        values = np.asarray(self._number(expression.term), np.int64)
        if values.ndim == 0:
            values = np.broadcast_to(values, self.size)
        return values, self._whole(self._is_null(expression.term))

    def _whole(self, mask: Mask) -> NDArray[np.bool_]:
        if isinstance(mask, np.ndarray) and mask.ndim:
            return mask
        return np.broadcast_to(np.asarray(mask), self.size)

    def _column(self, name: str) -> Any:
        found = self._read.get(name)
        if found is None:
            try:
                found = self.columns[name]
            except KeyError:
                raise ExpressionError(f"the column {name} was not given") from None
            boolean = COLUMNS[name].kind == "boolean" if name in COLUMNS else None
            if not isinstance(found, np.ndarray) or not found.ndim:
                found = np.bool_(found) if boolean else int(found)
            elif boolean and found.dtype != np.bool_:
                found = found.astype(np.bool_)
            self._read[name] = found
        return found

    def _is_true(self, term: Term) -> Mask:
        found = self._true.get(term)
        if found is None:
            found = self._true[term] = self._side(term, True)
        return found

    def _is_false(self, term: Term) -> Mask:
        found = self._false.get(term)
        if found is None:
            found = self._false[term] = self._side(term, False)
        return found

    def _is_null(self, term: Term) -> Mask:
        if not term.nullable:
            return _NO
        found = self._null.get(term)
        if found is None:
            found = self._null[term] = self._unknown(term)
        return found

    def _side(self, term: Term, wanted: bool) -> Mask:
        op, parts = term.op, term.parts
        if op in ("true", "false"):
            return _YES if (op == "true") is wanted else _NO
        if op == "null":
            return _NO
        if op == "not":
            return self._is_false(parts[0]) if wanted else self._is_true(parts[0])
        if op == "and":
            sides = self._is_true if wanted else self._is_false
            join = _and if wanted else _or
            found = sides(parts[0])
            for part in parts[1:]:
                found = join(found, sides(part))
            return found
        if op == "is null":
            null = self._is_null(parts[0])
            return null if wanted else _not(null)
        if op in _SIGNS:
            return self._compared(term, wanted)
        if op == "coalesce":
            return self._first(parts, wanted)
        if op == "case":
            return self._branches(parts, wanted)
        if op == "column":
            if wanted or not term.nullable:
                column: Mask = self._column(term.name)
                return column if wanted else _not(column)
            return _not(_or(self._is_true(term), self._is_null(term)))
        raise ExpressionError(f"{term!r} is no truth")

    def _compared(self, term: Term, wanted: bool) -> Mask:
        left, right = term.parts
        if left.op == "null" or right.op == "null":
            return _NO
        if not wanted and not term.nullable:
            return _not(self._is_true(term))
        sign = term.op if wanted else _OPPOSITE[term.op]
        found: Mask = _SIGNS[sign](self._number(left), self._number(right))
        for side in (left, right):
            if side.nullable:
                found = _and(found, _not(self._is_null(side)))
        return found

    def _first(self, parts: tuple[Term, ...], wanted: bool) -> Mask:
        sides = self._is_true if wanted else self._is_false
        found = sides(parts[0])
        open_yet = self._is_null(parts[0])
        for part in parts[1:]:
            found = _or(found, _and(open_yet, sides(part)))
            open_yet = _and(open_yet, self._is_null(part))
        return found

    def _branches(self, parts: tuple[Term, ...], wanted: bool) -> Mask:
        sides = self._is_true if wanted else self._is_false
        found: Mask = _NO
        open_yet: Mask = _YES
        for condition, value in zip(parts[0:-1:2], parts[1:-1:2], strict=True):
            taken = _and(open_yet, self._is_true(condition))
            found = _or(found, _and(taken, sides(value)))
            open_yet = _and(open_yet, _not(self._is_true(condition)))
        return _or(found, _and(open_yet, sides(parts[-1])))

    def _unknown(self, term: Term) -> Mask:
        op, parts = term.op, term.parts
        if op == "null":
            return _YES
        if op == "column":
            if term.kind == "boolean":
                raise ExpressionError(f"{term.name}: a boolean column is never NULL")
            column = self._column(term.name)
            null: Mask = np.greater_equal(column, NEVER)
            return null
        if op == "case":
            found: Mask = _NO
            open_yet: Mask = _YES
            for condition, value in zip(parts[0:-1:2], parts[1:-1:2], strict=True):
                found = _or(found, _and(_and(open_yet, self._is_true(condition)), self._is_null(value)))
                open_yet = _and(open_yet, _not(self._is_true(condition)))
            return _or(found, _and(open_yet, self._is_null(parts[-1])))
        if op in ("coalesce", "greatest", "least"):
            found = self._is_null(parts[0])
            for part in parts[1:]:
                found = _and(found, self._is_null(part))
            return found
        if op == "and":
            return _not(_or(self._is_true(term), self._is_false(term)))
        found = _NO  # not, comparisons and arithmetic are NULL where an operand is
        for part in parts:
            found = _or(found, self._is_null(part))
        return found

    def _number(self, term: Term) -> Values:
        found = self._value.get(term)
        if found is None:
            found = self._value[term] = self._computed(term)
        return found

    def _computed(self, term: Term) -> Values:
        op, parts = term.op, term.parts
        if op == "integer":
            return term.value or 0
        if op == "null":
            return 0
        if op == "column":
            column: Values = self._column(term.name)
            return column
        if op in ("+", "-", "*"):
            left, right = _wide(self._number(parts[0])), _wide(self._number(parts[1]))
            if op == "+":
                return left + right
            return left - right if op == "-" else left * right
        if op == "coalesce":
            found = _wide(self._number(parts[-1]))
            for part in reversed(parts[:-1]):
                found = _choose(self._is_null(part), found, self._number(part))
            return found
        if op in ("greatest", "least"):
            return self._extreme(parts, np.maximum if op == "greatest" else np.minimum)
        if op == "case":
            found = _wide(self._number(parts[-1]))
            for index in range(len(parts) - 3, -1, -2):
                found = _choose(self._is_true(parts[index]), self._number(parts[index + 1]), found)
            return found
        raise ExpressionError(f"{term!r} is no number")

    def _extreme(self, parts: tuple[Term, ...], pick: Callable[[Any, Any], Any]) -> Values:
        """GREATEST or LEAST of the operands that are not NULL."""
        found, null = _wide(self._number(parts[0])), self._is_null(parts[0])
        for part in parts[1:]:
            value, missing = _wide(self._number(part)), self._is_null(part)
            both = pick(found, value)
            found = _choose(null, value, _choose(missing, found, both))
            null = _and(null, missing)
        return found


def _wide(values: Any) -> Values:
    """Whole numbers of 64 bits: narrow columns would overflow."""
    if isinstance(values, np.ndarray) and values.dtype != np.int64:
        wide: NDArray[np.int64] = values.astype(np.int64)
        return wide
    if isinstance(values, np.integer):
        return int(values)
    found: Values = values
    return found


def _choose(mask: Mask, yes: Values, no: Values) -> Values:
    if mask is _YES:
        return yes
    if _is_no(mask):
        return no
    found: Values = np.where(mask, _wide(yes), _wide(no))
    return found
