"""What directs the work, as JSON: the same forms as the commands print."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Router, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response

from chiso.steering import answers, effect
from chiso.steering.alerts.answers import alerts as alerts_of
from chiso.web.api import as_json, folder_of, instant_of

AnyRequest = Request[Any, Any, Any]
InState = Annotated[str | None, QueryParameter(name="state")]
"""``state`` is a word that the framework keeps for itself."""


@get("/steering", sync_to_thread=True)
def room(request: AnyRequest, as_of: FromQuery[str | None] = None) -> Response[bytes]:
    """The control room: what is due, who is late, what is at risk."""
    return as_json(answers.room(folder_of(request), instant_of(as_of)))


@get("/documents", sync_to_thread=True)
def documents(request: AnyRequest, as_of: FromQuery[str | None] = None) -> Response[bytes]:
    """The register of directing documents, as `chiso document list --json` prints it."""
    return as_json(answers.documents(folder_of(request), instant_of(as_of)))


@get("/documents/{id:str}", sync_to_thread=True)
def document(request: AnyRequest, id: FromPath[str], as_of: FromQuery[str | None] = None) -> Response[bytes]:
    """A document with its targets and tasks, by its id in the register."""
    return as_json(answers.document(folder_of(request), id, instant_of(as_of)))


@get("/targets", sync_to_thread=True)
def targets(
    request: AnyRequest,
    document: FromQuery[str | None] = None,
    unit: FromQuery[str | None] = None,
    in_state: InState = None,
    as_of: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Targets with the states of their units, as `chiso target list --json` prints them."""
    return as_json(
        answers.duties(
            folder_of(request), "target", document or None, unit or None, in_state or None, instant_of(as_of)
        )
    )


@get("/tasks", sync_to_thread=True)
def tasks(
    request: AnyRequest,
    document: FromQuery[str | None] = None,
    unit: FromQuery[str | None] = None,
    in_state: InState = None,
    as_of: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Tasks with their states, as `chiso task list --json` prints them."""
    return as_json(
        answers.duties(
            folder_of(request), "task", document or None, unit or None, in_state or None, instant_of(as_of)
        )
    )


@get("/duties/{id:str}", sync_to_thread=True)
def duty(
    request: AnyRequest,
    id: FromPath[str],
    history: FromQuery[bool] = False,
    as_of: FromQuery[str | None] = None,
) -> Response[bytes]:
    """One target or task, unit by unit; with `history` every change of state."""
    return as_json(answers.duty(folder_of(request), id, as_of=instant_of(as_of), history=history))


@get("/documents/{id:str}/effect", sync_to_thread=True)
def document_effect(
    request: AnyRequest, id: FromPath[str], until: FromQuery[str | None] = None
) -> Response[bytes]:
    """The totals of the units that a document directs before and after it, against the others."""
    return as_json(effect.of_document(folder_of(request), id, instant_of(until)))


@get("/duties/{id:str}/effect", sync_to_thread=True)
def duty_effect(
    request: AnyRequest, id: FromPath[str], until: FromQuery[str | None] = None
) -> Response[bytes]:
    """The figure of a target or task before and after it, against units without it."""
    return as_json(effect.of_duty(folder_of(request), id, instant_of(until)))


@get("/reports", sync_to_thread=True)
def reports(
    request: AnyRequest, missing: FromQuery[bool] = False, as_of: FromQuery[str | None] = None
) -> Response[bytes]:
    """Who was asked to report and who has, as `chiso report list --json` prints it."""
    return as_json(answers.reports(folder_of(request), missing, instant_of(as_of)))


@get("/alerts", sync_to_thread=True)
def alerts(request: AnyRequest, everything: FromQuery[bool] = False) -> Response[bytes]:
    """How alerts stand and what was told, as `chiso alerts list --json` prints it."""
    return as_json(alerts_of(folder_of(request), everything=everything))


@get("/units/{unit:str}/duties", sync_to_thread=True)
def unit_duties(
    request: AnyRequest, unit: FromPath[str], as_of: FromQuery[str | None] = None
) -> Response[bytes]:
    """What a unit owes: its targets and tasks with their states."""
    return as_json(answers.unit_duties(folder_of(request), unit, instant_of(as_of)))


router = Router(
    "/api/v1",
    route_handlers=[
        room,
        documents,
        document,
        document_effect,
        targets,
        tasks,
        duty,
        duty_effect,
        reports,
        alerts,
        unit_duties,
    ],
    tags=["directing"],
)
