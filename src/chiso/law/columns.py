"""The columns of a dossier, judged at an instant: all that an expression of the law may speak of.

Instants are whole seconds; one that is missing, or later than the judging instant, is NULL (``>= NEVER``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["instant", "integer", "boolean"]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind
    nullable: bool = False


_INSTANTS = ("judged_at", "period_start", "received_at")
_INSTANTS_OR_NULL = (
    "due_at",
    "limit_due_at",
    "ended_at",
    "requested_at",
    "completed_at",
    "second_requested_at",
    "dissatisfied_at",
    "stored_at",
)
_INTEGERS = ("channel", "filed", "payment", "subject")
_BOOLEANS = (
    "result_file",
    "component_file",
    "component_digitised",
    "component_reused",
    "component_from_store",
    "digitised_flag",
    "vneid",
    "fee_listed",
    "fee_nonzero",
    "synced",
    "population_database",
    "procedure_known",
    "fee_procedure",
    "returns_paper",
    "for_person",
    "online_service",
)

COLUMNS: Final[dict[str, Column]] = {
    column.name: column
    for column in (
        *(Column(name, "instant") for name in _INSTANTS),
        *(Column(name, "instant", nullable=True) for name in _INSTANTS_OR_NULL),
        *(Column(name, "integer") for name in _INTEGERS),
        *(Column(name, "boolean") for name in _BOOLEANS),
    )
}
