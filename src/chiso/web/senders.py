"""The doors for senders: the national messages in their three variants, and the other records.

Whatever is accepted is durable before it is answered.  Answers have the form that senders' own clients read
(:mod:`chiso.intake.answers`); the status says the same to those that look at it.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any, Final

import msgspec
from litestar import Request, Router, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from chiso.instants import utc_now
from chiso.intake.answers import (
    failure,
    login_answer,
    login_refusal,
    lookup_answer,
    records_answer,
    session_refusal,
    sync_answer,
)
from chiso.intake.doors import read_body
from chiso.intake.records import Arrival
from chiso.ledger.database import LedgerBusyError
from chiso.ledger.senders import Sender
from chiso.ledger.writer import WriterStoppedError
from chiso.registry.codes import dossier_prefix
from chiso.web.house import House

SMALL: Final = 64 * 1024
"""Bodies up to this size are read where they arrive; larger ones in a thread, holding nobody up."""
PATIENCE: Final = 30.0
"""Seconds that a sender waits for room while much is being written."""

SERVICES: Final = {"DongBoHoSoMC": "dossiers", "CapNhatTienDoHoSoMC": "progress"}
UNREADABLE: Final = frozenset({"truncated", "bad_json", "wrong_encoding", "empty", "unknown_shape"})
RECORDS: Final = {
    "petitions": "petitions",
    "ratings": "ratings",
    "payments": "payments",
    "certified-copies": "certified_copies",
    "procedures": "procedures",
    "local-procedures": "local_procedures",
    "decisions": "decisions",
    "units": "units",
    "totals": "totals",
}

RULING: Final = frozenset({"procedures", "local_procedures", "decisions", "units"})
"""Kinds by which a sender changes what everything is counted by: each is noted in the record."""

BUSY: Final = "Hệ thống đang bận; bản tin chưa được nhận, hãy gửi lại sau ít phút."
NO_KEY: Final = "Thiếu hoặc sai khóa: gửi khóa trong đầu mục Authorization: Bearer."
KEY_IS: Final = {
    "expired": "Khóa đã hết hạn; xin quản trị hệ thống cấp khóa mới rồi gửi lại.",
    "revoked": "Khóa đã bị thu hồi; xin quản trị hệ thống cấp khóa mới rồi gửi lại.",
    "off": "Hệ thống gửi này đã bị tạm dừng; liên hệ quản trị hệ thống.",
}
"""What whoever holds a key that held once is told."""
NOT_THIS_KIND: Final = (
    "Khóa hoặc tài khoản này không được gửi loại bản tin “{kind}”; không nhận gì. "
    "Xin quản trị hệ thống mở thêm phạm vi nếu cần."
)
TOO_MANY: Final = "Đăng nhập sai quá nhiều lần; hãy thử lại sau một phút."
NO_SERVICE: Final = "service không được hỗ trợ; có: DongBoHoSoMC, CapNhatTienDoHoSoMC, TraCuuHoSo."
NOT_ENVELOPE: Final = "Thân yêu cầu không phải JSON dạng {session, madonvi, service, data}."

_SESSION: Final = re.compile(rb'"session"\s*:\s*"([^"\\]{1,200})"')
_SERVICE: Final = re.compile(rb'"service"\s*:\s*"([A-Za-z]{1,60})"')

AnyRequest = Request[Any, Any, Any]


class _Envelope(msgspec.Struct):
    session: str = ""
    service: str = ""
    mahoso: str = ""


class _Login(msgspec.Struct):
    username: str = ""
    password: str = ""


_envelope: Final = msgspec.json.Decoder(_Envelope)
_login: Final = msgspec.json.Decoder(_Login)


def _house(request: AnyRequest) -> House:
    house: House = request.app.state.house
    return house


def _answer(body: dict[str, Any], status: int = 200, **headers: str) -> Response[bytes]:
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type="application/json",
        headers=headers,
    )


def _key(request: AnyRequest) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


async def _no_key(request: AnyRequest) -> Response[bytes]:
    why = await asyncio.to_thread(_house(request).why_no_key, _key(request))
    headers = {"WWW-Authenticate": 'Bearer realm="chiso"'}
    return _answer(failure(KEY_IS.get(why, NO_KEY)), 401, **headers)


async def _key_holder(request: AnyRequest) -> Sender | None:
    key, house = _key(request), _house(request)
    return house.remembered("key", key) or await asyncio.to_thread(house.by_key, key)


async def _taken(house: House, body: bytes, kind: str | None, sender: Sender) -> Arrival | Response[bytes]:
    """Reads a body, writes it down, and gives the arrival once it is durable and counted."""
    context = house.context(sender)
    if kind is not None and not sender.may_send(kind):
        return _answer(failure(NOT_THIS_KIND.format(kind=kind)), 403)
    if len(body) <= SMALL:
        arrival = read_body(body, kind, context)
    else:
        arrival = await asyncio.to_thread(read_body, body, kind, context)
    if not sender.may_send(arrival.kind):
        return _answer(failure(NOT_THIS_KIND.format(kind=arrival.kind)), 403)
    try:
        try:
            future = house.submit(arrival, 0)
        except TimeoutError:
            future = await asyncio.to_thread(house.submit, arrival, PATIENCE)
        await asyncio.wrap_future(future)
    except (TimeoutError, LedgerBusyError, WriterStoppedError):
        retry = {"Retry-After": "5"}
        return _answer(failure(BUSY), 503, **retry)
    return arrival


def _status(arrival: Arrival) -> int:
    """200 where the body could be read, whatever was refused of it; 413 and 400 where it could not."""
    if arrival.items or not arrival.refusals:
        return 200
    reasons = {one.reason for one in arrival.refusals}
    return 413 if "too_large" in reasons else 400 if reasons & UNREADABLE else 200


async def _synchronised(request: AnyRequest, body: bytes, kind: str, sender: Sender) -> Response[bytes]:
    found = await _taken(_house(request), body, kind, sender)
    return found if isinstance(found, Response) else _answer(sync_answer(found), _status(found))


@post("/dvcqg/login", status_code=200)
async def login(request: AnyRequest) -> Response[bytes]:
    """Variant A: a session of ten minutes for `{"username", "password"}`."""
    house = _house(request)
    address = request.client.host if request.client else ""
    body = await request.body()  # whoever sends it slowly holds up no attempt of others behind the address
    with house.tries.attempt(address) as attempt:
        if attempt is None:
            retry = {"Retry-After": "60"}
            return _answer({**login_refusal(), "message": TOO_MANY}, 429, **retry)
        try:
            told = _login.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return _answer(failure("Thân yêu cầu không phải JSON dạng {username, password}."), 400)
        token = await asyncio.to_thread(house.login, told.username[:200], told.password[:200])
        attempt.wrong = token is None
    return _answer(login_refusal(), 401) if token is None else _answer(login_answer(token))


@post("/dvcqg", status_code=200)
async def adapter(request: AnyRequest) -> Response[bytes]:
    """Variant A: `{"session", "madonvi", "service", "data"}` with the service in the body."""
    house = _house(request)
    body = await request.body()
    told = None
    try:
        told = _envelope.decode(body)
        session, service = told.session, told.service
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Broken on the way: what was meant is in its beginning, and what came is kept for its sender.
        head = body[:4096]
        found, named = _SESSION.search(head), _SERVICE.search(head)
        session = found[1].decode("utf-8", "replace") if found else ""
        service = named[1].decode() if named else "DongBoHoSoMC"
        if not session:
            return _answer(failure(NOT_ENVELOPE), 400)
    sender = house.by_session(session)
    if sender is None:
        return _answer(session_refusal(), 401)
    if service == "TraCuuHoSo" and told is not None:
        return _answer(await asyncio.to_thread(_looked_up, house, sender, told.mahoso.strip()))
    kind = SERVICES.get(service)
    if kind is None:
        return _answer(failure(NO_SERVICE), 400)
    return await _synchronised(request, body, kind, sender)


def _looked_up(house: House, sender: Sender, code: str) -> dict[str, Any]:
    if house.context(sender).outside(dossier_prefix(code) or ""):
        return lookup_answer([])  # as if it were not there: whether a dossier exists is told to nobody else
    ledger = house.folder.ledger
    number = ledger.ids([code]).get(code) if code else None
    if number is None:
        return lookup_answer([])
    message = ledger.facts([number])[number].message
    return lookup_answer([] if message is None else [message])


@post("/dvcqg/DongBoHoSoMC", status_code=200)
async def dossiers(request: AnyRequest) -> Response[bytes]:
    """Variants B and C: a bare array of dossiers; the key in `Authorization: Bearer`."""
    sender = await _key_holder(request)
    if sender is None:
        return await _no_key(request)
    return await _synchronised(request, await request.body(), "dossiers", sender)


@post("/dvcqg/CapNhatTienDoHoSoMC", status_code=200)
async def progress(request: AnyRequest) -> Response[bytes]:
    """Variants B and C: a bare array of progress steps; the key in `Authorization: Bearer`."""
    sender = await _key_holder(request)
    if sender is None:
        return await _no_key(request)
    return await _synchronised(request, await request.body(), "progress", sender)


@post("/api/v1/records/{kind:str}", status_code=200)
async def records(request: AnyRequest, kind: FromPath[str]) -> Response[bytes]:
    """The other records, as a JSON array; the key in `Authorization: Bearer`."""
    sender = await _key_holder(request)
    if sender is None:
        return await _no_key(request)
    if kind not in RECORDS:
        raise NotFoundException(f"no records of the kind {kind!r}; there are {', '.join(RECORDS)}")
    found = await _taken(_house(request), await request.body(), RECORDS[kind], sender)
    if isinstance(found, Response):
        return found
    if RECORDS[kind] in RULING and found.items:
        audit = _house(request).people.audit
        told = {"taken": len(found.items)}
        who = f"sender: {sender.name}"
        await asyncio.to_thread(audit.note, utc_now(), who, "records_taken", RECORDS[kind], **told)
    return _answer(records_answer(found), _status(found))


router = Router("/", route_handlers=[login, adapter, dossiers, progress, records], tags=["senders"])
