"""Terms: expressions of the law in their smallest language, each existing once.

A term is equal to another only if it is the same object, so evaluation can remember what it has computed by
identity, and what several indicators share is computed once.  Constants are folded while terms are built.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final


class Term:
    """A node: ``op`` over ``parts``.

    Attributes:
        op: ``column``, ``integer``, ``true``, ``false``, ``null``, ``and``, ``not``, ``is null``, ``case``,
            ``coalesce``, ``greatest``, ``least``, a comparison sign, or ``+ - *``.
        parts: operands; of ``case`` condition, value, …, default.
        kind: ``boolean``, ``number``, or ``null`` for the bare NULL.
        nullable: whether it can be NULL (unknown) at all.
    """

    __slots__ = ("columns", "kind", "name", "nullable", "op", "parts", "value")

    def __init__(
        self, op: str, parts: tuple[Term, ...], name: str, value: int | None, *, kind: str, nullable: bool
    ) -> None:
        self.op, self.parts, self.name, self.value = op, parts, name, value
        self.kind, self.nullable = kind, nullable
        own = frozenset((name,)) if op == "column" else frozenset()
        self.columns: frozenset[str] = own.union(*(part.columns for part in parts))

    def __repr__(self) -> str:
        if not self.parts:
            return self.name or (str(self.value) if self.value is not None else self.op.upper())
        return f"({self.op} {' '.join(map(repr, self.parts))})"


_KNOWN: Final[dict[tuple[object, ...], Term]] = {}
_TRUTHS: Final = frozenset({"and", "not", "is null", "=", "<>", "<", "<=", ">", ">=", "true", "false"})


def term(
    op: str,
    parts: Sequence[Term] = (),
    *,
    name: str = "",
    value: int | None = None,
    kind: str = "",
    nullable: bool | None = None,
) -> Term:
    """The term of this shape; the same shape gives the same object."""
    parts = tuple(parts)
    if op == "is null" and not parts[0].nullable:
        return FALSE
    if op == "coalesce":
        parts = _needed(parts)
        if len(parts) == 1:
            return parts[0]
    key = (op, tuple(map(id, parts)), name, value)
    found = _KNOWN.get(key)
    if found is None:
        if not kind:
            kind = "boolean" if op in _TRUTHS else _common(parts if op != "case" else _values(parts))
        if op == "integer":
            kind = "number"
        if nullable is None:
            nullable = _nullable(op, parts)
        found = _KNOWN[key] = Term(op, parts, name, value, kind=kind, nullable=nullable)
    return found


def _common(parts: Sequence[Term]) -> str:
    kinds = {part.kind for part in parts} - {"null"}
    return kinds.pop() if kinds else "null"


def _values(parts: Sequence[Term]) -> list[Term]:
    return [*parts[1:-1:2], parts[-1]]


def _needed(parts: tuple[Term, ...]) -> tuple[Term, ...]:
    """The operands of COALESCE up to the first that cannot be NULL, bare NULLs left out."""
    found: list[Term] = []
    for part in parts:
        if part.op == "null":
            continue
        found.append(part)
        if not part.nullable:
            break
    return tuple(found) or (NULL,)


def _nullable(op: str, parts: Sequence[Term]) -> bool:
    if op == "is null":
        return False
    if op in ("coalesce", "greatest", "least"):  # these pass NULLs over
        return all(part.nullable for part in parts)
    if op == "case":
        return any(part.nullable for part in _values(parts))
    return any(part.nullable for part in parts)


TRUE: Final = term("true", kind="boolean", nullable=False)
FALSE: Final = term("false", kind="boolean", nullable=False)
NULL: Final = term("null", kind="null", nullable=True)


def negation(inner: Term) -> Term:
    """NOT, folded: NOT NOT x is x, and a comparison of what is never NULL turns its sign."""
    if inner is TRUE:
        return FALSE
    if inner is FALSE:
        return TRUE
    if inner.op == "not":
        return inner.parts[0]
    return term("not", (inner,))


def conjunction(parts: Sequence[Term]) -> Term:
    """AND of any number, flattened, folded, each operand once."""
    found: dict[int, Term] = {}
    for part in parts:
        for one in part.parts if part.op == "and" else (part,):
            if one is FALSE:
                return FALSE
            if one is not TRUE:
                found[id(one)] = one
    if not found:
        return TRUE
    if len(found) == 1:
        only = next(iter(found.values()))
        return only if only.kind == "boolean" else term("and", (only,))
    return term("and", tuple(found.values()))


def case(pairs: Sequence[tuple[Term, Term]], otherwise: Term) -> Term:
    """CASE, without the branches that can never be taken."""
    parts: list[Term] = []
    for condition, value in pairs:
        if condition is FALSE or condition.op == "null":
            continue
        if condition is TRUE:
            otherwise = value
            break
        parts += [condition, value]
    if not parts:
        return otherwise
    return term("case", (*parts, otherwise))
