"""A law version with all its expressions parsed and checked: what the engine counts by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chiso.law.expression import Expression, ExpressionError, Parser
from chiso.law.model import Count, Indicator, LawError, LawVersion


@dataclass(frozen=True, slots=True)
class CompiledCount:
    """A :class:`Count` with its expressions."""

    count: Count
    where: Expression | None
    """which dossiers; ``None`` for a register"""
    amount: Expression | None
    """what is summed; only of ``sum``"""


@dataclass(frozen=True, slots=True)
class CompiledIndicator:
    indicator: Indicator
    n: CompiledCount | None
    d: CompiledCount | None


@dataclass(frozen=True, slots=True)
class CompiledLaw:
    version: LawVersion
    indicators: Mapping[str, CompiledIndicator]
    definitions: Mapping[str, Expression]
    """every named definition, checked by itself"""

    @property
    def columns(self) -> frozenset[str]:
        """All columns that its indicators need."""
        found: frozenset[str] = frozenset()
        for one in self.indicators.values():
            for side in (one.n, one.d):
                for expression in (side.where, side.amount) if side else ():
                    found |= expression.columns if expression else frozenset()
        return found


_COMPILED: dict[str, CompiledLaw] = {}


def compiled(version: LawVersion) -> CompiledLaw:
    """Parses and checks every expression of a law version (once; remembered by its fingerprint).

    Raises:
        LawError: an expression does not hold; names file, key and reason.
    """
    known = _COMPILED.get(version.version)
    if known is not None and known.version.law == version.law:
        return known
    index = version.files[0]
    try:
        parser = Parser(version.definitions)
    except ExpressionError as error:
        raise LawError(index, "definitions", str(error)) from error
    definitions = {}
    for name in version.definitions:
        try:
            definitions[name] = parser.parse(name)
        except ExpressionError as error:
            raise LawError(index, f"definitions.{name}", str(error)) from error
    indicators = {}
    for one in version.indicators.values():
        indicators[one.id] = CompiledIndicator(
            one, _count(parser, one, "n", one.n), _count(parser, one, "d", one.d)
        )
    found = _COMPILED[version.version] = CompiledLaw(version, indicators, definitions)
    return found


def _count(parser: Parser, one: Indicator, key: str, count: Count | None) -> CompiledCount | None:
    if count is None:
        return None
    where = amount = None
    try:
        if count.where:
            where = parser.parse(count.where, "boolean")
        if count.amount:
            amount = parser.parse(count.amount, "number")
    except ExpressionError as error:
        raise LawError(one.file, key, str(error)) from error
    return CompiledCount(count, where, amount)
