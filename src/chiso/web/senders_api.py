"""Senders and their keys for administrators, as JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath
from litestar.response import Response

from chiso.folder import QuestionError
from chiso.instants import DAY, parse_instant
from chiso.ledger.database import LedgerError
from chiso.people.desk import OVERLAP, told
from chiso.people.house import People
from chiso.web.admin import hand_of
from chiso.web.api import as_json, body_of
from chiso.web.house import House
from chiso.web.rights import person_of

AnyRequest = Request[Any, Any, Any]


class _Made(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    unit: str
    kinds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    expires: str | None = None


class _Changed(msgspec.Struct, forbid_unknown_fields=True):
    active: bool | None = None
    kinds: tuple[str, ...] | None = None
    units: tuple[str, ...] | None = None
    new_password: bool = False


class _Rotated(msgspec.Struct, forbid_unknown_fields=True):
    overlap_days: int = OVERLAP // DAY
    expires: str | None = None


def _house(request: AnyRequest) -> House:
    house: House = request.app.state.house
    return house


def who(request: AnyRequest) -> str:
    """Who acts, for the record."""
    person = person_of(request)
    return "-" if person is None else person.login


async def _done(request: AnyRequest, form: type[Any], do: Callable[[People, Any], Any]) -> Response[bytes]:
    """Reads the body, does something with the senders, and says in words what was wrong with it."""
    hand_of(request)
    try:
        body = msgspec.json.decode(await body_of(request) or b"{}", type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        told_vi, told_en = f"Thân yêu cầu không đọc được: {error}", f"the body cannot be read: {error}"
        raise QuestionError(told_vi, told_en) from None
    try:
        return as_json(await asyncio.to_thread(do, _house(request).people, body))
    except LedgerError as error:
        raise QuestionError(f"Không làm được: {error}", str(error)) from None


def _units(request: AnyRequest, codes: tuple[str, ...]) -> list[str]:
    units = _house(request).folder.registry.units
    found = []
    for code in codes:
        unit = units.find(code)
        if unit is None:
            raise QuestionError(f"Không có đơn vị {code}.", f"no unit has the code {code!r}", unknown=True)
        found.append(unit.code)
    return found


def _instant(text: str | None) -> int | None:
    return None if text is None else parse_instant(text)


@get("/senders", sync_to_thread=True)
def senders(request: AnyRequest) -> Response[bytes]:
    """All senders, what each may send, and the life of its keys; no secret."""
    hand_of(request)
    return as_json({"senders": [told(one, keys) for one, keys in _house(request).people.senders.list()]})


@post("/senders", status_code=200)
async def add(request: AnyRequest) -> Response[bytes]:
    """Makes a sender: `{"name", "unit", "kinds", "units", "expires"}`. Its secrets are told this once."""

    def do(people: People, body: _Made) -> dict[str, Any]:
        (unit,) = _units(request, (body.unit,))
        made = people.senders.add(
            who(request), body.name, unit, _house(request).folder.now(), kinds=body.kinds,
            units=_units(request, body.units), expires_at=_instant(body.expires),
        )  # fmt: skip
        return msgspec.to_builtins(made)  # type: ignore[no-any-return]

    return await _done(request, _Made, do)


@post("/senders/{name:str}", status_code=200)
async def change(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """Changes a sender: `{"active", "kinds", "units", "new_password"}`, each only where it is named."""

    def do(people: People, body: _Changed) -> dict[str, Any]:
        units = None if body.units is None else _units(request, body.units)
        found, password = people.senders.change(
            who(request), name, active=body.active, kinds=body.kinds, units=units,
            new_password=body.new_password,
        )  # fmt: skip
        keys = _house(request).folder.ledger.senders.keys(name)
        return {**told(found, keys), **({"password": password} if password else {})}

    return await _done(request, _Changed, do)


@post("/senders/{name:str}/keys", status_code=200)
async def rotate(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """A new key, told this once; the old ones hold for `overlap_days` more (7)."""

    def do(people: People, body: _Rotated) -> dict[str, Any]:
        made, key = people.senders.rotate(
            who(request), name, overlap=body.overlap_days * DAY, expires_at=_instant(body.expires)
        )
        return {"name": name, "id": made.id, "key": key}

    return await _done(request, _Rotated, do)


@post("/senders/{name:str}/keys/{number:int}/revoke", status_code=200)
async def revoke(request: AnyRequest, name: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """Ends a key within seconds."""

    def do(people: People, _body: Any) -> dict[str, Any]:
        people.senders.revoke(who(request), name, number)
        return {"name": name, "id": number, "state": "revoked"}

    return await _done(request, dict[str, Any], do)


router = Router("/api/v1", route_handlers=[senders, add, change, rotate, revoke], tags=["senders"])
