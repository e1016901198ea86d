"""``GET /api/v1/stream?unit=``: a unit's score whenever it changes, as server-sent events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final

from litestar import Request, Router, get
from litestar.params import FromQuery
from litestar.response import ServerSentEvent, ServerSentEventMessage

from chiso.instants import parse_period
from chiso.web.hub import Channel, Hub, Listener
from chiso.web.rights import may_go_on

PING_EVERY: Final = 15.0
"""Seconds of silence after which a comment keeps the connection open through proxies, and after which it is
asked anew, silent or not, whether the reader may still read."""


async def events(
    hub: Hub, channel: Channel, listener: Listener, seen: str, may: Callable[[], Awaitable[bool]]
) -> AsyncGenerator[ServerSentEventMessage, None]:
    """Score events of a channel, and words about freshness, until the reader goes or may read no longer, or
    the house closes.

    A reader that comes back with the id of the newest event is told nothing twice.
    """
    told = seen
    fresh = ""
    asked = time.monotonic()
    try:
        yield ServerSentEventMessage(comment="chiso", retry=2000, data=None)
        while not hub.stopping:
            if time.monotonic() - asked >= PING_EVERY:
                if not await may():
                    break
                asked = time.monotonic()
            listener.event.clear()
            if channel.identity != told:
                told = channel.identity
                yield ServerSentEventMessage(event="score", id=told, data=channel.text)
            if hub.fresh != fresh:
                fresh = hub.fresh
                yield ServerSentEventMessage(event="fresh", data=fresh)
            try:
                await asyncio.wait_for(listener.event.wait(), PING_EVERY)
            except TimeoutError:
                yield ServerSentEventMessage(comment="still here", data=None)
    finally:
        hub.leave(channel, listener)


@get("/api/v1/stream", media_type="text/event-stream")
async def stream(
    request: Request[Any, Any, Any], unit: FromQuery[str], period: FromQuery[str | None] = None
) -> ServerSentEvent:
    """A `score` event with the JSON of the unit's score when any n, d or point changes, at most 4 a second.

    A `fresh` event tells the instant of the newest message. Resumes from `Last-Event-ID`.
    """
    hub: Hub = request.app.state.house.hub
    label = parse_period(period).label if period else None
    listener = Listener(asyncio.get_running_loop())
    channel = await asyncio.to_thread(hub.join, unit, label, listener)
    return ServerSentEvent(
        events(hub, channel, listener, request.headers.get("last-event-id", ""), lambda: may_go_on(request)),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


router = Router("/", route_handlers=[stream], tags=["live"])
