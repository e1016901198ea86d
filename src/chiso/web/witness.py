"""What is noted without anybody's doing: who saw single dossiers, and what the server was started with.

A look is noted before the answer leaves.  The same look of the same person within :data:`SEEN_FOR` seconds is
one entry, so that a page that keeps itself up to date does not fill the record.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

import structlog
from litestar.types import Message, Scope

from chiso.instants import utc_now
from chiso.law.loader import law_ids, load
from chiso.people.audit import Audit, Wanted
from chiso.people.rights import Person, Right
from chiso.web.house import House
from chiso.web.rights import NEEDS

SEEN_FOR: Final = 300.0
REMEMBERED: Final = 20_000
SHOWS_TOO: Final = frozenset(
    {
        "/", "/todo", "/data", "/api/v1/quarantine",
        "/steering/letters/{number}", "/steering/letters/{number}/document.docx",
        "/steering/letters/{number}/document.pdf", "/api/v1/letters/{number}",
        "/api/v1/letters/{number}/document.docx",
    }
)  # fmt: skip
"""Addresses that ask for another right and name single dossiers too."""
SECRETS: Final = frozenset({"database", "mail", "sso_secret", "sso_secret_file"})
"""Settings of which the record tells only that they changed."""

log = structlog.get_logger(__name__)


class Looks:
    """Who looked at what just now."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, ...], float] = OrderedDict()
        self._lock = threading.Lock()

    def fresh(self, *look: str) -> bool:
        """Whether a look has to be noted; from now on it was."""
        now = time.monotonic()
        with self._lock:
            if now - self._held.get(look, -SEEN_FOR) < SEEN_FOR:
                return False
            self._held[look] = now
            self._held.move_to_end(look)
            while len(self._held) > REMEMBERED:
                self._held.popitem(last=False)
        return True


def shows_dossiers(template: str) -> bool:
    """Whether an address shows single dossiers."""
    need = NEEDS.get(template)
    return template in SHOWS_TOO or (need is not None and need.right in (Right.DOSSIERS, Right.WORK))


async def witness(message: Message, scope: Scope) -> None:
    """Notes that somebody is about to see single dossiers."""
    if message["type"] != "http.response.start" or message["status"] != 200:
        return
    template = str(scope.get("path_template", ""))
    person: Person | None = scope.get("state", {}).get("person")
    if person is None or scope.get("method") != "GET" or not shows_dossiers(template):
        return
    app = scope["litestar_app"]
    path, query = str(scope["path"]), scope.get("query_string", b"").decode("ascii", "replace")[:500]
    if not app.state.looks.fresh(person.login, path, query):
        return
    house: House = app.state.house
    told: Mapping[str, Any] = scope.get("path_params", {})
    about = str(told.get("code") or told.get("unit") or told.get("number") or house.folder.settings.home)
    what = "dossier_seen" if "/dossiers/{code}" in template else "dossiers_seen"
    detail = {"address": template, **({"query": query} if query else {})}
    await asyncio.to_thread(house.people.audit.note, utc_now(), person.login, what, about[:200], **detail)


# -- what the server was started with -------------------------------------------------------------------


def _settings(house: House) -> dict[str, str]:
    """Settings by name; of secrets only a keyed hash."""
    told, key = {}, house.folder.ledger.keys.hashing
    for one in fields(house.folder.settings):
        value = str(getattr(house.folder.settings, one.name))
        if one.name in SECRETS and value:
            value = "#" + hashlib.blake2b(value.encode(), key=key, digest_size=6).hexdigest()
        told[one.name] = value
    return told


def _laws() -> dict[str, str]:
    laws = {name: load(name) for name in law_ids()}
    return {name: " ".join(law.at(day).version for day in law.changes) for name, law in laws.items()}


def note_beginnings(house: House) -> None:
    """Notes what differs from the last start: settings, law, calendar.  Nothing where nothing does."""
    registry = house.folder.registry
    for what, held in (
        ("settings_changed", _settings(house)),
        ("law_changed", _laws()),
        ("calendar_changed", {"version": registry.calendar.version}),
    ):
        _note_change(house.people.audit, what, held)


def _note_change(audit: Audit, what: str, held: dict[str, str]) -> None:
    last = audit.entries(newest_first=True, limit=1, wanted=Wanted(what=what))
    known = last[0].detail.get("now", {}) if last else None
    if known == held:
        return
    changed = sorted(
        name for name in held.keys() | (known or {}).keys() if held.get(name) != (known or {}).get(name)
    )
    about = " ".join(changed)[:500] if known is not None else "first start"
    audit.note(utc_now(), "!", what, about, now=held)
