"""A standby at work: asks its primary for what is new, takes it in, and says how far it is behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import httpx
import msgspec
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from chiso.instants import iso
from chiso.ledger import shipping
from chiso.ledger.backup import Table
from chiso.ledger.database import LedgerError
from chiso.ledger.schema import HEAD
from chiso.ledger.store import FOLLOWING, Ledger

WAIT: Final = 20.0
"""Seconds that the primary may hold an answer back until there is something new."""
TABLES_EVERY: Final = 60.0
"""Seconds between two looks at the tables beside the journal."""
AFTER_TROUBLE: Final = 2.0
SILENT_AFTER: Final = 60.0
"""Seconds without a word of the primary after which the standby is not healthy."""
NOTE_EVERY: Final = 10.0


class Note(msgspec.Struct):
    """What a standby remembers of its primary."""

    primary: str
    contact_at: int = 0
    """wall clock, when the primary last answered"""
    head: int = 0
    """its newest entry then"""
    tables_at: int = 0
    """wall clock, as of which the tables beside the journal are"""


def note_of(ledger: Ledger) -> Note | None:
    """What a ledger remembers of its primary; ``None`` where it follows none."""
    told = ledger.meta.get(FOLLOWING)
    return None if told is None else msgspec.json.decode(told, type=Note)


class Follower:
    """Follows one primary into one ledger."""

    def __init__(self, ledger: Ledger, primary: str, key: str, wait: Callable[[float], bool]) -> None:
        """``wait`` sleeps for seconds and gives whether to stop."""
        self.ledger = ledger
        self._wait = wait
        self._client = httpx.Client(
            base_url=primary.rstrip("/"),
            headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(30.0, read=WAIT + 40.0),
            trust_env=False,
        )
        held = note_of(ledger)
        self.note = held if held is not None and held.primary == primary else Note(primary)
        self.journal = ledger.position().journal
        self.trouble = "has not asked yet"
        """why the last attempt failed; empty where it did not"""
        self.parted = False
        self._digests: dict[str, str] = {}
        self._tables_due = 0.0
        self._noted = 0.0

    def close(self) -> None:
        """Lets go of the connection."""
        self._client.close()

    def run(self) -> None:
        """Until it is told to stop, or the two journals have parted."""
        while not self._wait(0.0):
            try:
                self.beat()
            except (httpx.HTTPError, LedgerError) as error:
                self.trouble = f"{type(error).__name__}: {error}"
                if self.parted or self._wait(AFTER_TROUBLE):
                    return

    def beat(self, wait: float = WAIT) -> int:
        """Asks once.  Gives how many entries came.  Raises httpx.HTTPError and LedgerError."""
        after = self.journal
        answer = self._client.get(
            "/api/v1/ship/journal",
            params={"after": after, "digest": shipping.digest(self.ledger, after), "wait": wait},
        )
        if answer.status_code == httpx.codes.CONFLICT:
            self.parted = True
            raise shipping.ShippingError(
                f"entry {after} is another one at the primary: the two journals have parted; begin "
                "with a fresh folder or a backup of the primary"
            )
        answer.raise_for_status()
        told = msgspec.msgpack.decode(answer.content, type=shipping.Consignment)
        if told.fingerprint != self.ledger.keys.fingerprint:
            raise shipping.ShippingError(
                "the primary has another secret: copy its secret.key into this folder"
            )
        if told.revision != HEAD:
            raise shipping.ShippingError(
                f"the primary has the schema {told.revision}, this program {HEAD}: run one version on both"
            )
        self.note.contact_at, self.note.head = int(time.time()), told.head
        if any(one.kind in shipping.WITH_FILES for one in told.entries):
            self._table("attachment")
        if told.entries:
            shipping.take(self.ledger, told.entries, self._note_text())
            self.journal = told.entries[-1].seq
        if time.monotonic() >= self._tables_due:
            for name in shipping.beside():
                self._table(name)
            self.note.tables_at = int(time.time())
            self._tables_due = time.monotonic() + TABLES_EVERY
            self._noted = 0.0
        if time.monotonic() - self._noted >= NOTE_EVERY:
            self.remember()
        self.trouble = ""
        return len(told.entries)

    def remember(self) -> None:
        """Keeps what is known of the primary: after its end it says how far this copy goes."""
        self.ledger.meta.set(FOLLOWING, self._note_text())
        self._noted = time.monotonic()

    def _note_text(self) -> str:
        return msgspec.json.encode(self.note).decode()

    def _table(self, name: str) -> None:
        headers = {"If-None-Match": f'"{self._digests[name]}"'} if name in self._digests else {}
        answer = self._client.get(f"/api/v1/ship/tables/{name}", headers=headers)
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return
        answer.raise_for_status()
        told, content = msgspec.msgpack.decode(answer.content, type=tuple[Table, bytes])
        shipping.replace(self.ledger, told, content)
        self._digests[name] = told.sha256

    @property
    def behind(self) -> int:
        """Entries that the primary was known to have and this copy has not."""
        return max(0, self.note.head - self.journal)

    def silent_for(self) -> float:
        """Seconds since the primary answered."""
        return max(0.0, time.time() - self.note.contact_at)

    def health(self) -> tuple[bool, str]:
        """Whether all is well, and a sentence."""
        if self.trouble or self.silent_for() > SILENT_AFTER:
            since = iso(self.note.contact_at) if self.note.contact_at else "never"
            return False, f"cut off: the primary answered last {since}; {self.trouble or 'silent'}"
        return True, f"following: {self.behind} entries behind, at entry {self.journal}"


def watched(follower: Follower, host: str, port: int) -> ThreadingHTTPServer:
    """A small server that says how the standby is: /healthz and /metrics."""
    registry = CollectorRegistry()
    for name, words, read in (
        ("chiso_standby_journal", "Number of the newest entry on this copy.", lambda: follower.journal),
        ("chiso_standby_behind", "Entries known at the primary and not here.", lambda: follower.behind),
        ("chiso_standby_silence_seconds", "Since the primary answered.", follower.silent_for),
        (
            "chiso_standby_tables_seconds",
            "Age of the tables beside the journal.",
            lambda: max(0.0, time.time() - follower.note.tables_at),
        ),
    ):
        Gauge(name, words, registry=registry).set_function(read)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, media = 200, "text/plain; charset=utf-8"
            if self.path in ("/healthz", "/readyz"):
                well, words = follower.health()
                status, body = 200 if well else 503, (words + "\n").encode()
            elif self.path == "/metrics":
                media, body = CONTENT_TYPE_LATEST, generate_latest(registry)
            else:
                status, body = 404, b"this is a standby: /healthz and /metrics\n"
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, name="standby-health", daemon=True).start()
    return server
