"""The natural key of every record that is not a dossier: what makes two of them the same thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

SEPARATOR: Final = "\x1f"


def _join(*parts: object) -> str:
    return SEPARATOR.join("" if part is None else str(part) for part in parts)


KEYS: Final[dict[str, Callable[[Any], str]]] = {
    "petition": lambda one: str(one.code),
    "rating": lambda one: _join(one.dossier, one.rated_at),
    "payment": lambda one: str(one.reference),
    "certified_copy": lambda one: _join(one.dossier, one.number),
    "store_record": lambda one: str(one.dossier),
    "procedure": lambda one: str(one.code),
    "local_procedure": lambda one: str(one.code),
    "decision": lambda one: _join(one.code, one.decision),
    "unit": lambda one: _join(one.code, one.valid_from),
    "total": lambda one: _join(one.unit, one.period),
    "band_count": lambda one: _join(one.at, one.among, one.under, one.band),
    "document": lambda one: _join(one.number, one.issuer),
    "task": lambda one: _join(one.document, one.unit, one.task),
    "target": lambda one: _join(
        one.document, one.unit, one.among, one.list, one.what, one.by, one.at_least, one.period
    ),
    "listed_unit": lambda one: _join(one.list, one.unit),
    "report": lambda one: _join(one.document, one.unit, one.task),
    "reminder": lambda one: _join(one.document, one.unit, one.task, one.at),
    "alert_rule": lambda one: str(one.id),
}
"""By the names of :data:`chiso.ledger.codec.TAGS`."""
