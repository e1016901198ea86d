"""Expressions of the law: SQL in, NumPy or SQL out.

A law says which dossiers count by SQL expressions over the columns of a dossier
(:mod:`chiso.law.columns`) and its own named definitions.  Here they are parsed (sqlglot), definitions are put
in their places, names and types are checked, and the result is a :class:`Expression`: evaluated by
:class:`Evaluator` over arrays, rendered by :meth:`Expression.sql` for another engine.

SQL's three-valued logic holds; a boolean result that is unknown counts as false.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from chiso.law.columns import COLUMNS, Column
from chiso.law.terms import FALSE, NULL, TRUE, Term, case, conjunction, negation, term

_COMPARED: Final[dict[type[exp.Expression], str]] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_COUNTED: Final[dict[type[exp.Expression], str]] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_CHOSEN: Final[dict[type[exp.Expression], str]] = {
    exp.Coalesce: "coalesce", exp.Greatest: "greatest", exp.Least: "least",
}  # fmt: skip
_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")


class ExpressionError(ValueError):
    """An expression that cannot be understood or evaluated, with the reason."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression, definitions put in place."""

    text: str
    """as the law has it"""
    term: Term
    tree: exp.Expression = field(repr=False, compare=False, hash=False)

    @property
    def boolean(self) -> bool:
        return self.term.kind in ("boolean", "null")

    @property
    def columns(self) -> frozenset[str]:
        """The columns that it depends on."""
        return self.term.columns

    def sql(self, dialect: str = "duckdb") -> str:
        """The expression in a SQL dialect, over columns alone."""
        return self.tree.sql(dialect=dialect)


class Parser:
    """Parses the expressions of one law, with its definitions.

    Args:
        definitions: name to SQL text; they may use each other.
        columns: the columns that there are.
    """

    def __init__(
        self, definitions: Mapping[str, str] | None = None, columns: Mapping[str, Column] | None = None
    ) -> None:
        self.texts = dict(definitions or {})
        self.columns = COLUMNS if columns is None else columns
        self._trees: dict[str, exp.Expression] = {}
        for name in self.texts:
            if name in self.columns:
                raise ExpressionError(f"the definition {name} has the name of a column")
            if not _NAME.fullmatch(name):
                raise ExpressionError(f"{name!r} is no name: use small letters, digits and _")

    def parse(self, text: str, kind: str | None = None) -> Expression:
        """Parses and checks.

        Args:
            text: SQL.
            kind: ``boolean`` or ``number`` where only that will do.

        Raises:
            ExpressionError: not SQL, an unknown name or function, a circle of definitions, or a wrong type.
        """
        tree = self._inlined(text, ())
        found = self._term(tree)
        if kind is not None and found.kind not in (kind, "null"):
            raise ExpressionError(f"{text!r} is a {found.kind}, must be a {kind}")
        return Expression(text, found, tree)

    def _tree(self, text: str) -> exp.Expression:
        try:
            parsed = parse_one(text, dialect="duckdb")
        except SqlglotError as error:
            reason = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("\n")[0]
            raise ExpressionError(f"{text!r} is not SQL: {reason}") from error
        if not isinstance(parsed, exp.Expression):
            raise ExpressionError(f"{text!r} is not a SQL expression")
        return parsed

    def _inlined(self, text: str, inside: tuple[str, ...]) -> exp.Expression:
        def put(node: exp.Expression) -> exp.Expression:
            if isinstance(node, exp.Column) and not node.table and node.name in self.texts:
                return exp.Paren(this=self._definition(node.name, inside).copy())
            return node

        return self._tree(text).transform(put)

    def _definition(self, name: str, inside: tuple[str, ...]) -> exp.Expression:
        if name in inside:
            circle = " → ".join((*inside[inside.index(name) :], name))
            raise ExpressionError(f"definitions go in a circle: {circle}")
        if name not in self._trees:
            self._trees[name] = self._inlined(self.texts[name], (*inside, name))
        return self._trees[name]

    def _term(self, node: exp.Expression) -> Term:
        if isinstance(node, exp.Paren):
            return self._term(node.this)
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, exp.Boolean):
            return TRUE if node.this else FALSE
        if isinstance(node, exp.Null):
            return NULL
        if isinstance(node, exp.Literal):
            if node.is_string or not str(node.this).isdigit():
                raise ExpressionError(f"{node.sql()} is not a whole number")
            return term("integer", value=int(node.this))
        if isinstance(node, exp.Neg):
            inner = self._number(node.this)
            if inner.op == "integer":
                return term("integer", value=-int(inner.value or 0))
            return term("-", (term("integer", value=0), inner))
        if isinstance(node, (exp.And, exp.Or)):
            parts = (self._boolean(node.this), self._boolean(node.expression))
            if isinstance(node, exp.And):
                return conjunction(parts)
            return negation(conjunction(tuple(negation(part) for part in parts)))
        if isinstance(node, exp.Not):
            return negation(self._boolean(node.this))
        if type(node) in _COMPARED:
            return self._compared(_COMPARED[type(node)], node.this, node.expression)
        if type(node) in _COUNTED:
            return term(_COUNTED[type(node)], (self._number(node.this), self._number(node.expression)))
        if type(node) in _CHOSEN:
            return self._chosen(_CHOSEN[type(node)], [node.this, *node.expressions])
        if isinstance(node, exp.Between):
            low = self._compared(">=", node.this, node.args["low"])
            return conjunction((low, self._compared("<=", node.this, node.args["high"])))
        if isinstance(node, exp.In) and node.expressions and not node.args.get("query"):
            equal = [self._compared("=", node.this, one) for one in node.expressions]
            return negation(conjunction(tuple(negation(one) for one in equal)))
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            return term("is null", (self._term(node.this),))
        if isinstance(node, exp.Case):
            return self._case(node)
        raise ExpressionError(f"{node.sql()!r} ({type(node).__name__}) is not in the language of the law")

    def _column(self, node: exp.Column) -> Term:
        column = self.columns.get(node.name)
        if column is None or node.table:
            raise ExpressionError(f"{node.sql()!r} is neither a column of a dossier nor a definition")
        kind = "boolean" if column.kind == "boolean" else "number"
        return term("column", name=column.name, kind=kind, nullable=column.nullable)

    def _boolean(self, node: exp.Expression) -> Term:
        found = self._term(node)
        if found.kind == "number":
            raise ExpressionError(f"{node.sql()!r} is a number where a truth is needed")
        return found

    def _number(self, node: exp.Expression) -> Term:
        found = self._term(node)
        if found.kind == "boolean":
            raise ExpressionError(f"{node.sql()!r} is a truth where a number is needed")
        return found

    def _compared(self, sign: str, left: exp.Expression, right: exp.Expression) -> Term:
        return term(sign, (self._number(left), self._number(right)))

    def _same_kind(self, parts: Sequence[Term], what: str) -> None:
        if len({part.kind for part in parts} - {"null"}) > 1:
            raise ExpressionError(f"{what} mixes numbers and truths")

    def _chosen(self, op: str, nodes: Sequence[exp.Expression]) -> Term:
        parts = tuple(self._term(node) for node in nodes)
        self._same_kind(parts, op.upper())
        if op != "coalesce" and any(part.kind == "boolean" for part in parts):
            raise ExpressionError(f"{op.upper()} is for numbers")
        return term(op, parts)

    def _case(self, node: exp.Case) -> Term:
        if node.this is not None:
            raise ExpressionError("write CASE WHEN condition THEN …, without a value after CASE")
        pairs = [(self._boolean(one.this), self._term(one.args["true"])) for one in node.args["ifs"]]
        default = node.args.get("default")
        otherwise = NULL if default is None else self._term(default)
        self._same_kind([*(value for _, value in pairs), otherwise], "CASE")
        return case(pairs, otherwise)


def parse(
    text: str, definitions: Mapping[str, str] | None = None, columns: Mapping[str, Column] | None = None
) -> Expression:
    """Parses one expression; see :class:`Parser`."""
    return Parser(definitions, columns).parse(text)
