"""Is it true, as JSON and as a workbook: published figures against computed ones."""

from __future__ import annotations

import io
from typing import Any, Final

from litestar import Request, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from chiso.insight.reconcile import as_json as json_of
from chiso.insight.reconcile.answer import NAMED
from chiso.insight.reconcile.detail import effect_of, page_of
from chiso.insight.reconcile.remembered import remembered
from chiso.insight.reconcile.sheet import write_sheet
from chiso.web.api import as_json, folder_of, instant_of

AnyRequest = Request[Any, Any, Any]
MOST: Final = 1_000
"""Dossiers of one answer."""
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/units/{unit:str}/reconcile", sync_to_thread=True)
def reconcile(
    request: AnyRequest,
    unit: FromPath[str],
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    named: FromQuery[int] = NAMED,
) -> Response[bytes]:
    """A unit's published figures against the computed ones, as `chiso reconcile --json` prints it."""
    found = remembered(folder_of(request), unit, period or None, instant_of(at), law or None)
    return as_json(json_of(found, min(max(named, 0), 100_000)))


@get("/units/{unit:str}/reconcile/dossiers", sync_to_thread=True)
def dossiers(
    request: AnyRequest,
    unit: FromPath[str],
    cause: FromQuery[str],
    part: FromQuery[str] = "",
    indicator: FromQuery[str] = "",
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
    offset: FromQuery[int] = 0,
) -> Response[bytes]:
    """The dossiers of one cause with the facts that differ; of an indicator, those that change it."""
    found = remembered(folder_of(request), unit, period or None, instant_of(at), law or None)
    effect = effect_of(found, cause, part)
    return as_json(page_of(found, effect, min(max(limit, 0), MOST), max(offset, 0), indicator))


@get("/units/{unit:str}/reconcile.xlsx", sync_to_thread=True)
def workbook(
    request: AnyRequest,
    unit: FromPath[str],
    period: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    law: FromQuery[str | None] = None,
    asked_by: FromQuery[str] = "",
) -> Response[bytes]:
    """The reconciliation as a workbook for the portal's operators."""
    found = remembered(folder_of(request), unit, period or None, instant_of(at), law or None)
    target = io.BytesIO()
    write_sheet(found, target, asked_by[:200])
    name = f"doi-chieu-{found.gathered.question.unit.code}-{found.gathered.question.period.label}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(target.getvalue(), media_type=WORKBOOK, headers=headers)


router = Router("/api/v1", route_handlers=[reconcile, dossiers, workbook], tags=["is it true"])
