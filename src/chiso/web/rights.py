"""Which right every address asks for, and the guard that asks.

One table, so that it can be read in one go; an address that is not in it is closed, and a test walks all.
Until the first account is made a folder is open to whoever reaches it, as on a machine of one's own.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import structlog
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, NotFoundException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from chiso.folder import DataFolder
from chiso.people.rights import Person, Right
from chiso.web.house import House

COOKIE: Final = "chiso_session"


def cookie_of(house: House) -> str:
    """The name of the session's cookie; over HTTPS one that no other host or path can set (RFC 6265bis)."""
    return f"__Host-{COOKIE}" if house.folder.settings.https else COOKIE


log = structlog.get_logger(__name__)

AnyConnection = ASGIConnection[Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Need:
    """What an address asks for."""

    right: Right | None
    """``None``: nothing"""
    unit: str = ""
    """path field that names the unit it is about; ``dossier``: ``code`` is a dossier's; ``account``: own"""


OPEN: Final = Need(None)
"""Anybody: no figures of people, or a key of its own is asked for."""
SIGNED_IN: Final = Need(None, "account")
"""Whoever has signed in, with or without a role."""
POINTS: Final = Need(Right.POINTS)
OF_UNIT: Final = Need(Right.DOSSIERS, "unit")
OF_CODE: Final = Need(Right.DOSSIERS, "code")
FLOW: Final = Need(Right.FLOW)
STEERING: Final = Need(Right.STEERING)
STEER: Final = Need(Right.STEER)
ADMINISTER: Final = Need(Right.ADMINISTER)
AUDIT: Final = Need(Right.AUDIT)

NEEDS: Final[dict[str, Need]] = {
    "/static/{mark}/{name}": OPEN,
    "/healthz": OPEN,
    "/readyz": OPEN,
    "/metrics": OPEN,
    "/schema": OPEN,
    "/schema/openapi.json": OPEN,
    "/schema/{path}": OPEN,
    "/help": OPEN,
    # for everybody: scores of units, how they are computed
    "/public": OPEN,
    "/public/units/{code}": OPEN,
    "/public/how": OPEN,
    "/public/data": OPEN,
    "/public/data/{name}": OPEN,
    "/public/embed": OPEN,
    "/login": OPEN,
    "/login/sso": OPEN,
    "/login/sso/back": OPEN,
    "/logout": OPEN,
    "/account": SIGNED_IN,
    "/account/password": SIGNED_IN,
    "/account/mail": SIGNED_IN,
    "/account/sessions": SIGNED_IN,
    "/account/strength": SIGNED_IN,
    "/account/second-factor": SIGNED_IN,
    # senders, by their own keys
    "/dvcqg/login": OPEN,
    "/dvcqg": OPEN,
    "/dvcqg/DongBoHoSoMC": OPEN,
    "/dvcqg/CapNhatTienDoHoSoMC": OPEN,
    "/api/v1/records/{kind}": OPEN,
    "/api/v1/standing": OPEN,
    # a standby, by its own key
    "/api/v1/ship/journal": OPEN,
    "/api/v1/ship/tables/{name}": OPEN,
    # points of all units
    "/": POINTS,
    "/todo": POINTS,
    "/units": POINTS,
    "/units/{code}": POINTS,
    "/units/{code}/indicators/{indicator}": POINTS,
    "/units/{code}/history": POINTS,
    "/units/{code}/scores.xlsx": POINTS,
    "/units/{code}/scores.csv": POINTS,
    "/units/{code}/scores.parquet": POINTS,
    "/units/{code}/brief": POINTS,
    "/units/{code}/brief.pdf": POINTS,
    "/units/{code}/message": POINTS,
    "/api/v1/units/{unit}/message": POINTS,
    "/units/{code}/lateness": POINTS,
    "/units/{code}/lost": POINTS,
    "/units/{code}/why": POINTS,
    "/why": POINTS,
    "/rank": POINTS,
    "/rank/race": POINTS,
    "/rank/map": POINTS,
    "/compare": POINTS,
    "/procedures": POINTS,
    "/story/2023": POINTS,
    "/api/v1/units": POINTS,
    "/api/v1/units/{unit}/score": POINTS,
    "/api/v1/units/{unit}/history": POINTS,
    "/api/v1/units/{unit}/procedures": POINTS,
    "/api/v1/units/{unit}/published": POINTS,
    "/api/v1/units/{unit}/peers": POINTS,
    "/api/v1/units/{unit}/lost": POINTS,
    "/api/v1/units/{unit}/explain": POINTS,
    "/api/v1/units/{unit}/lateness": POINTS,
    "/api/v1/rank": POINTS,
    "/api/v1/rank/race": POINTS,
    "/api/v1/compare": POINTS,
    "/api/v1/procedures/work": POINTS,
    "/api/v1/story/2023": POINTS,
    "/api/v1/stream": POINTS,
    # single dossiers, of the own unit and those below it
    "/units/{code}/dossiers": OF_CODE,
    "/units/{code}/quality": OF_CODE,
    "/units/{code}/quality/dossiers": OF_CODE,
    "/units/{code}/lateness/dossiers": OF_CODE,
    "/units/{code}/outlook": OF_CODE,
    "/units/{code}/reconcile": OF_CODE,
    "/units/{code}/reconcile/{cause}": OF_CODE,
    "/units/{code}/plan": OF_CODE,
    "/units/{code}/todo": OF_CODE,
    "/units/{code}/todo.csv": OF_CODE,
    "/units/{code}/todo/marks": Need(Right.WORK, "code"),
    "/dossiers/{code}": Need(Right.DOSSIERS, "dossier"),
    "/api/v1/units/{unit}/dossiers": OF_UNIT,
    "/api/v1/units/{unit}/lateness/dossiers": OF_UNIT,
    "/api/v1/units/{unit}/outlook": OF_UNIT,
    "/api/v1/units/{unit}/todo": OF_UNIT,
    "/api/v1/units/{unit}/plan": OF_UNIT,
    "/api/v1/units/{unit}/what-if": OF_UNIT,
    "/api/v1/units/{unit}/quality": OF_UNIT,
    "/api/v1/units/{unit}/quality/dossiers": OF_UNIT,
    "/api/v1/units/{unit}/reconcile": OF_UNIT,
    "/api/v1/units/{unit}/reconcile/dossiers": OF_UNIT,
    "/api/v1/units/{unit}/reconcile.xlsx": OF_UNIT,
    "/api/v1/dossiers/{code}": Need(Right.DOSSIERS, "dossier"),
    # letters, of whoever steers the province
    "/steering/letters": STEERING,
    "/steering/letters/new": STEER,
    "/steering/letters/preview": STEER,
    "/steering/letters/documents.zip": STEERING,
    "/steering/letters/{number}": STEERING,
    "/steering/letters/{number}/number": STEER,
    "/steering/letters/{number}/document.docx": STEERING,
    "/steering/letters/{number}/document.pdf": STEERING,
    "/api/v1/letters": STEERING,
    "/api/v1/letters/new": STEER,
    "/api/v1/letters/{number}": STEERING,
    "/api/v1/letters/{number}/effect": STEERING,
    "/api/v1/letters/{number}/document.docx": STEERING,
    "/api/v1/letters/{number}/number": STEER,
    # what directs the work, and what a unit owes
    "/steering": STEERING,
    "/steering/documents": STEERING,
    "/steering/documents/{id}": STEERING,
    "/steering/documents/{id}/file": STEERING,
    "/steering/documents/{id}/targets": STEER,
    "/steering/documents/{id}/tasks": STEER,
    "/steering/duties/{id}": STEERING,
    "/steering/reports": STEERING,
    "/steering/withdraw": STEER,
    "/steering/remind": STEER,
    "/steering/alerts": STEERING,
    "/steering/alerts/rules": STEER,
    "/steering/alerts/rules/{id}": STEER,
    "/steering/alerts/again": STEER,
    "/steering/alerts/contacts": STEER,
    "/steering/alerts/contacts/{number}/test": STEER,
    "/steering/alerts/contacts/{number}/remove": STEER,
    "/units/{code}/duties": OF_CODE,
    "/units/{code}/duties/{id}": OF_CODE,
    "/units/{code}/duties/{id}/files/{digest}": OF_CODE,
    "/api/v1/steering": STEERING,
    "/api/v1/documents": STEERING,
    "/api/v1/documents/{id}": STEERING,
    "/api/v1/documents/{id}/effect": STEERING,
    "/api/v1/targets": STEERING,
    "/api/v1/tasks": STEERING,
    "/api/v1/duties/{id}": STEERING,
    "/api/v1/duties/{id}/effect": STEERING,
    "/api/v1/reports": STEERING,
    "/api/v1/alerts": STEERING,
    "/api/v1/units/{unit}/duties": OF_UNIT,
    # who may send
    "/api/v1/senders": ADMINISTER,
    "/api/v1/senders/{name}": ADMINISTER,
    "/api/v1/senders/{name}/keys": ADMINISTER,
    "/api/v1/senders/{name}/keys/{number}/revoke": ADMINISTER,
    # what administrators change; while nobody can sign in, on this machine alone
    "/admin": ADMINISTER,
    "/admin/accounts": ADMINISTER,
    "/admin/accounts/{login}": ADMINISTER,
    "/admin/senders": ADMINISTER,
    "/admin/senders/{name}": ADMINISTER,
    "/admin/units": ADMINISTER,
    "/admin/units/change": ADMINISTER,
    "/admin/procedures": ADMINISTER,
    "/admin/procedures/{code}": ADMINISTER,
    "/admin/days": ADMINISTER,
    "/admin/laws": ADMINISTER,
    "/admin/refused": ADMINISTER,
    "/admin/refused/alike": ADMINISTER,
    "/admin/refused/{number}": ADMINISTER,
    "/admin/settings": ADMINISTER,
    "/admin/settings/{name}": ADMINISTER,
    "/admin/channels": ADMINISTER,
    "/admin/channels/{number}/remove": ADMINISTER,
    # who did what
    "/audit": AUDIT,
    "/audit.csv": AUDIT,
    "/audit.jsonl": AUDIT,
    "/api/v1/audit": AUDIT,
    # what arrives
    "/data": FLOW,
    "/api/v1/arrivals": FLOW,
    "/api/v1/quarantine": FLOW,
    "/api/v1/watch": FLOW,
}
"""By the address with its fields, without their types."""


def person_of(connection: AnyConnection) -> Person | None:
    """Who has signed in; ``None`` where nobody has, or nobody can yet."""
    found: Person | None = connection.scope.get("state", {}).get("person")
    return found


def allowed(house: House, person: Person, need: Need, fields: dict[str, Any]) -> bool:
    """Whether somebody may use an address with these path fields."""
    if need.right is None:
        return True
    folder = house.folder
    units, now = folder.registry.units, folder.now()
    if not need.unit:
        return person.may(need.right, None, units, now)
    if need.unit == "dossier":
        places = folder.places_of(str(fields.get("code", "")))
        return any(person.may(need.right, place, units, now) for place in places)
    return person.may(need.right, str(fields.get(need.unit, "")), units, now)


def may_see_officers(request: AnyConnection, folder: DataFolder, unit: str) -> bool:
    """Whether the names of a unit's officers are told: to people of the unit, and while nobody can sign in
    to nobody."""
    person = person_of(request)
    return person is not None and person.may(Right.OFFICERS, unit, folder.registry.units, folder.now())


def only_officers_own(request: AnyConnection, folder: DataFolder, unit: str, *asked: str | None) -> bool:
    """The same; refuses who asks for what would tell the names."""
    may = may_see_officers(request, folder, unit)
    if not may and any(asked):
        raise PermissionDeniedException("officers' names are told to people of the unit who have signed in")
    return may


class AccountFirstError(PermissionDeniedException):
    """Somebody who has to see to their own account first: a password made for them, no second factor."""


def _refused(connection: AnyConnection, person: Person) -> None:
    """A line in the log for whoever looks into it: who, and which address; nothing of what was asked."""
    log.warning("access_refused", login=person.login, address=connection.scope["path_template"])


async def may_go_on(connection: AnyConnection) -> bool:
    """Whether who was let through may still use the address, however long the answer takes."""
    need = NEEDS[connection.scope["path_template"]]
    house: House = connection.app.state.house
    person, closed = await asyncio.to_thread(house.still, connection.cookies.get(cookie_of(house), ""))
    if not closed:
        return True
    if person is None or person.must_change or person.must_enrol:
        return False
    return await asyncio.to_thread(allowed, house, person, need, connection.path_params)


async def guard(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Lets through who may use the address; others are asked to sign in, or told no."""
    del handler
    need = NEEDS.get(connection.scope["path_template"])
    house: House = connection.app.state.house
    token = connection.cookies.get(cookie_of(house), "")
    if need is OPEN and not token:
        return
    person, closed = await asyncio.to_thread(house.visitor, token)
    if person is not None:
        connection.scope.setdefault("state", {})["person"] = person
    if need is OPEN or not closed:
        return
    if need is None:
        raise PermissionDeniedException("this address has no right of its own and stays closed")
    if person is None:
        raise NotAuthorizedException("sign in first")
    if need is not SIGNED_IN:
        if person.must_change:
            raise AccountFirstError("change your password first: /account")
        if person.must_enrol:
            raise AccountFirstError("set up your second factor first: /account")
    if not await asyncio.to_thread(allowed, house, person, need, connection.path_params):
        _refused(connection, person)
        if need.unit == "dossier":
            # as if it were not there: whether a dossier exists is told to nobody else
            raise NotFoundException("no such dossier")
        raise PermissionDeniedException("your roles do not reach here")
