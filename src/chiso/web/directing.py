"""What the pages of steering share: who may write, through whose hand, and the words of states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import PermissionDeniedException

from chiso.folder import DataFolder, QuestionError
from chiso.instants import DAY, day_of, midnight
from chiso.law.goals import law_on
from chiso.people.rights import Right
from chiso.steering import now, wording
from chiso.steering.entering import LARGEST, Hand
from chiso.steering.states import STATES
from chiso.steering.walk import walk_of
from chiso.text import collation_key
from chiso.web import strips
from chiso.web.forms import form_token
from chiso.web.house import House
from chiso.web.messages import say
from chiso.web.pages import asked, shared
from chiso.web.rights import person_of
from chiso.web.view import View

AnyRequest = Request[Any, Any, Any]
LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""What a proxy says of those whom it speaks for."""
WAIT: Final = 60.0
"""Seconds that a form waits for what it entered to be durable."""


class Given(dict[str, str]):
    """What stood in a form that was refused; a field that was not there is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def house_of(request: AnyRequest) -> House:
    found: House = request.app.state.house
    return found


def may_write(request: AnyRequest, right: Right = Right.STEER, unit: str | None = None) -> bool:
    """Whether whoever asks may change something: by their rights, or where nobody can sign in by the setting.

    ``local`` means a browser on this machine: it comes from loopback, speaks to loopback, and nobody between
    them speaks for somebody else.
    """
    house = house_of(request)
    folder = house.folder
    setting = folder.settings.steering_writes
    if setting == "off":
        return False
    person = person_of(request)
    _, closed = house.visitor("")
    if closed:
        units = folder.registry.units
        return person is not None and person.may(right, unit, units, folder.now())
    return setting == "on" or is_local(request)


def is_local(request: AnyRequest) -> bool:
    """Whether a browser on this machine asks, and nobody between them speaks for somebody else."""
    client = request.client.host if request.client is not None else ""
    named = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return client in LOOPBACK and named in LOOPBACK and not any(one in request.headers for one in FORWARDED)


def hand_of(request: AnyRequest, right: Right = Right.STEER, unit: str | None = None) -> Hand:
    """The hand of whoever asks.  Refuses who may not write."""
    if not may_write(request, right, unit):
        raise PermissionDeniedException(say(asked(request).lang, "steering.closed"))
    house, person = house_of(request), person_of(request)

    def accept(arrival: Any) -> None:
        house.submit(arrival, timeout=WAIT).result(WAIT)

    return Hand(accept, person.login if person is not None else "-")


def told(error: QuestionError, view: View) -> str:
    """What was wrong, in the reader's language."""
    return error.message_en if view.lang == "en" else error.message_vi


async def form_of(request: AnyRequest) -> tuple[dict[str, str], dict[str, list[tuple[str, bytes]]]]:
    """The fields of a form, and its files by field: (name, content)."""
    fields: dict[str, str] = {}
    files: dict[str, list[tuple[str, bytes]]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                content = await value.read(LARGEST + 1)
                files.setdefault(name, []).append((value.filename, content))
        elif name != "_csrf_token":
            fields[name] = str(value)[:20_001]
    return fields, files


def states(view: View, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Counts by state in words, the worst first; states that nobody is in are left out."""
    return [
        {"key": key, "count": counts[key], "words": say(view.lang, f"state.{key}")}
        for key in STATES
        if counts.get(key)
    ]


def bundled(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Targets and tasks as people think of them: the same task of several units is one.

    Each bundle has the fields of its first row, with the states of all and its ``rows``.
    """
    found: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["kind"], row["document"], row["title"], row["by"])
        one = found.setdefault(key, {**row, "states": {}, "rows": []})
        one["rows"].append(row)
        for state, count in row["states"].items():
            one["states"][state] = one["states"].get(state, 0) + count
    for one in found.values():
        first = one["rows"][0]
        alone = len(one["rows"]) == 1 or not first["document_id"]
        one["link"] = (
            f"/steering/duties/{first['id']}" if alone else f"/steering/documents/{first['document_id']}"
        )
        one["anchor"] = "" if alone else f"d-{first['id']}"
    return list(found.values())


def context(request: AnyRequest, view: View, tab: str) -> dict[str, Any]:
    """What every page of steering says: its tab, who may write, the form's token."""
    return {
        "section": "steering",
        "tab": tab,
        "writes": may_write(request) and not view.travelling,
        "token": form_token(request),
        "state_rows": lambda counts: states(view, counts),
        **shared(request, view),
    }


def choices(folder: DataFolder, view: View) -> dict[str, Any]:
    """What the forms offer: figures, units, kinds of units, lists."""
    law = law_on(day_of(view.now))
    figures = [(key, words[view.lang == "en"]) for key, words in wording.PLAIN.items()]
    groups = [(one.id, one.names[view.lang]) for one in law.groups.values()]
    indicators = [
        (one.id, f"{one.id} {one.names[view.lang]}") for one in law.indicators.values() if not one.information
    ]
    home = folder.settings.home
    units = [
        one
        for one in folder.units()
        if one["code"] == home or one.get("parent") == home or one["code"].startswith(f"{home}.")
    ]
    units.sort(key=lambda one: (one["kind"], collation_key(one["name"])))
    return {
        "figures": figures,
        "groups": groups,
        "indicators": indicators,
        "units": units,
        "kinds": [(key, words[view.lang == "en"]) for key, words in wording.AMONG.items()][1:],
        "lists": sorted(now.register(folder).lists, key=collation_key),
    }


def history_of(folder: DataFolder, lines: Iterable[tuple[str, int]]) -> dict[str, Any] | None:
    """Drawings of how lines (duty, unit) stood, as far as the days were walked; ``None`` where none was."""
    walk = walk_of(folder)
    found = {key: changes for key in lines if (changes := walk.history(*key))}
    if not found:
        return None
    first = midnight(day_of(min(one[0].at for one in found.values()) - 1))
    last = max(walk.until, first + DAY)
    return {
        "first": first,
        "last": last - 1,
        "layers": strips.stacked(list(found.values()), first, last),
        "strips": {unit: strips.strip(changes, first, last) for (_, unit), changes in found.items()},
        "since": {unit: changes[-1].at - DAY for (_, unit), changes in found.items()},
    }
