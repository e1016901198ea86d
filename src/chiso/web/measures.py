"""How the server is: alive, ready, and measures for Prometheus (docs/metrics.md)."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Final

import sqlalchemy as sa
from litestar import MediaType, Request, Router, get
from litestar.response import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from chiso import __version__
from chiso.folder.data import newest_known
from chiso.ledger.beside import delivery
from chiso.ledger.schema import HEAD
from chiso.web.bodies import Bodies
from chiso.web.house import House

AnyRequest = Request[Any, Any, Any]
Message = MutableMapping[str, Any]

BUCKETS: Final = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
KINDS: Final = (
    ("/static/", "static"),
    ("/api/v1/stream", "stream"),
    ("/api/v1/records/", "sender"),
    ("/api/v1/ship/", "standby"),
    ("/dvcqg", "sender"),
    ("/public", "public"),
    ("/api/", "api"),
    ("/healthz", "watch"),
    ("/readyz", "watch"),
    ("/metrics", "watch"),
)
"""What a request is, by the beginning of its path; any other is a page."""


def kind_of(path: str) -> str:
    """What a request is counted as."""
    return next((kind for start, kind in KINDS if path.startswith(start)), "page")


class _Counts(Collector):
    """What the house counts itself, read when it is asked for."""

    def __init__(self, house: House, bodies: Bodies) -> None:
        self._house = house
        self._bodies = bodies

    def collect(self) -> list[Metric]:
        house, writer = self._house, self._house.writer
        return [
            CounterMetricFamily(name, words, value=value)
            for name, words, value in (
                ("chiso_records_accepted", "Records taken in since the start.", house.accepted),
                ("chiso_records_refused", "Records refused since the start.", house.refused),
                ("chiso_score_events", "Score events told since the start.", house.hub.told),
                ("chiso_commits", "Commits since the start.", writer.commits if writer else 0),
                (
                    "chiso_commits_failed",
                    "Commits that failed since the start: nothing of them was accepted.",
                    writer.failures if writer else 0,
                ),
                (
                    "chiso_bodies_refused",
                    "Requests asked to come back: too much was being received.",
                    self._bodies.refused,
                ),
            )
        ]


class Measures:
    """The measures of a house, and those of its requests."""

    def __init__(self, house: House, bodies: Bodies) -> None:
        self.registry: Final = CollectorRegistry()
        self.requests: Final = Counter(
            "chiso_requests", "Requests answered.", ("kind", "status"), registry=self.registry
        )
        self.seconds: Final = Histogram(
            "chiso_request_seconds", "Until the whole answer was sent; streams are left out.", ("kind",),
            buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.registry.register(_Counts(house, bodies))
        ProcessCollector(registry=self.registry)
        info = Gauge("chiso_info", "1; what runs here.", ("version", "schema"), registry=self.registry)
        info.labels(__version__, HEAD).set(1)
        held = ("chiso_bodies_bytes", "Bytes received and not answered yet.", lambda: bodies.held)
        for name, words, read in (*_gauges(house), held):
            Gauge(name, words, registry=self.registry).set_function(_or_nan(read))

    def text(self) -> bytes:
        """All of them as Prometheus reads them."""
        return generate_latest(self.registry)


def _gauges(house: House) -> list[tuple[str, str, Callable[[], float]]]:
    folder = house.folder
    ledger = folder.ledger

    def silence() -> float:
        newest = newest_known(folder)
        return math.nan if newest is None else max(0, folder.now() - newest)

    def told(state: str) -> int:
        with ledger.database.read() as connection:
            query = sa.select(sa.func.count()).where(delivery.c.state == state)
            return int(connection.execute(query).scalar() or 0)

    return [
        ("chiso_ready", "1 where it takes in and answers.", lambda: int(house.ready and not _closed(house))),
        ("chiso_clock_wrong", "1 where now is earlier than what came.", lambda: int(_clock_wrong(house))),
        ("chiso_turn", "1 where this process tells alerts for all.", lambda: int(house.turn.held)),
        ("chiso_dossiers", "Dossiers known.", lambda: len(folder.standing.roster)),
        ("chiso_journal", "Number of the newest journal entry counted here.", lambda: folder.journal),
        (
            "chiso_behind",
            "Dossier versions in the ledger that are not counted here yet.",
            lambda: max(0, ledger.position().version - folder.version),
        ),
        ("chiso_silence_seconds", "Since the newest message became known.", silence),
        (
            "chiso_waiting",
            "Items waiting to be written.",
            lambda: house.writer.waiting if house.writer else 0,
        ),
        ("chiso_listeners", "Open streams.", lambda: house.hub.listeners),
        (
            "chiso_quarantine_open",
            "Refused pieces that wait to be mended.",
            lambda: sum(ledger.quarantine.count().values()),
        ),
        (
            "chiso_sender_keys_ending",
            "Senders whose last key ends within two weeks.",
            lambda: len(house.people.senders.ending()),
        ),
        ("chiso_deliveries_failed", "Alerts that could not be told.", lambda: told("failed")),
        ("chiso_deliveries_waiting", "Alerts that wait to be told.", lambda: told("waiting")),
        (
            "chiso_disk_free_bytes",
            "Free where the data folder lies.",
            lambda: shutil.disk_usage(folder.path).free,
        ),
    ]


def _closed(house: House) -> str:
    """Why it cannot take in or answer; empty where it can.  With a wrong clock it can."""
    trouble = house.trouble
    return "" if trouble is None or trouble.kind == "clock" else trouble.said


def _clock_wrong(house: House) -> bool:
    return house.trouble is not None and house.trouble.kind == "clock"


def _or_nan(read: Callable[[], float]) -> Callable[[], float]:
    """What cannot be read is no number: the other measures are told all the same."""

    def measure() -> float:
        try:
            return read()
        except Exception:
            return math.nan

    return measure


class Measured:
    """An ASGI application whose requests are counted and timed."""

    def __init__(self, app: Any, measures: Measures) -> None:
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Passes everything on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        kind, status = kind_of(scope["path"]), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            # 0: the reader went before there was an answer
            self._measures.requests.labels(kind, f"{status // 100}xx" if status else "none").inc()
            if kind != "stream":
                self._measures.seconds.labels(kind).observe(time.perf_counter() - began)


@get("/healthz", media_type=MediaType.TEXT, sync_to_thread=False)
def healthz() -> str:
    """The process lives."""
    return "ok"


@get("/readyz", sync_to_thread=True)
def readyz(request: AnyRequest) -> Response[str]:
    """It takes in and answers: the writer runs and the ledger can be read; otherwise why not."""
    house: House = request.app.state.house
    trouble = "" if house.ready else "stopping, or not started yet"
    if not trouble:
        try:
            house.folder.ledger.position()
            trouble = _closed(house)
        except Exception:  # whatever is wrong with the ledger, the answer is "not ready"
            trouble = str(house.trouble or "the ledger cannot be read")
    return Response(
        f"not ready: {trouble}" if trouble else f"ready, but {house.trouble}" if house.trouble else "ready",
        status_code=503 if trouble else 200,
        media_type=MediaType.TEXT,
    )


@get("/metrics", sync_to_thread=True, include_in_schema=False)
def metrics(request: AnyRequest) -> Response[bytes]:
    """Measures for Prometheus."""
    measures: Measures = request.app.state.measures
    return Response(measures.text(), media_type=CONTENT_TYPE_LATEST)


router = Router("/", route_handlers=[healthz, readyz, metrics], tags=["operation"])
