"""What a standby asks its primary for: the journal from an entry on, and the tables beside it.

Asked with the key of ``chiso standby key`` in ``Authorization: Bearer``.  What is sent holds password hashes
and sealed pieces: it goes over TLS or a closed network (docs/operate.md).
"""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

import msgspec
from litestar import Request, Router, get
from litestar.exceptions import HTTPException, NotAuthorizedException, NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from chiso.ledger import shipping
from chiso.ledger.schema import HEAD
from chiso.web.house import House

LONGEST: Final = 25.0
"""Seconds that an answer waits for something new at most."""
LOOK_EVERY: Final = 0.2
MEDIA: Final = "application/msgpack"

AnyRequest = Request[Any, Any, Any]


async def _house(request: AnyRequest) -> House:
    house: House = request.app.state.house
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    known = scheme.lower() == "bearer" and await asyncio.to_thread(
        shipping.opens, house.folder.ledger, key.strip()[:200]
    )
    if not known:
        raise NotAuthorizedException("a standby asks with the key of chiso standby key")
    return house


@get("/journal")
async def journal(
    request: AnyRequest, after: FromQuery[int] = 0, digest: FromQuery[str] = "", wait: FromQuery[float] = 0.0
) -> Response[bytes]:
    """The entries after `after`, whose `digest` must be this journal's too; waits up to `wait` seconds."""
    house = await _house(request)
    ledger = house.folder.ledger
    if after and await asyncio.to_thread(shipping.digest, ledger, after) != digest:
        raise HTTPException(
            status_code=409, detail=f"entry {after} is another one here: the two journals have parted"
        )
    until = time.monotonic() + min(wait, LONGEST)
    while house.folder.journal <= after and house.ready and time.monotonic() < until:
        await asyncio.sleep(LOOK_EVERY)
    found = await asyncio.to_thread(shipping.entries, ledger, after)
    head = max(house.folder.journal, found[-1].seq if found else after)
    body = msgspec.msgpack.encode(shipping.Consignment(ledger.keys.fingerprint, HEAD, head, found))
    return Response(body, media_type=MEDIA)


@get("/tables/{name:str}")
async def table(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """A table beside the journal, or 304 where it is as `If-None-Match` says."""
    house = await _house(request)
    try:
        told, content = await asyncio.to_thread(shipping.table, house.folder.ledger, name)
    except KeyError:
        raise NotFoundException(f"no table {name!r} is shipped") from None
    headers = {"ETag": f'"{told.sha256}"', "Cache-Control": "no-store"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers)
    return Response(msgspec.msgpack.encode((told, content)), media_type=MEDIA, headers=headers)


router = Router("/api/v1/ship", route_handlers=[journal, table], include_in_schema=False)
