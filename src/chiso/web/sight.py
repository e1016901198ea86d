"""What pages see of a data folder: answers to their questions, gathered into what templates show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from chiso.folder import DataFolder, QuestionError
from chiso.folder.answers import QuestionFields
from chiso.folder.data import newest_known, unit_line
from chiso.folder.league import place_of
from chiso.instants import BadInstantError, iso, parse_period, year_of
from chiso.law.loader import default_law
from chiso.law.model import LawError, LawVersion
from chiso.web import figures, formatting
from chiso.web.ahead import Lookout
from chiso.web.messages import say
from chiso.web.view import AskedWrongError, View

QUIET_AFTER: Final = 3600
"""Seconds without a message after which the page says so in words."""

LEAGUES: Final = {
    "province": "provinces",
    "department": "departments",
    "district": "districts",
    "commune": "communes",
}
"""Kind of unit → its league."""


class NotHereError(LookupError):
    """A unit, an indicator or a dossier that is not known here."""


class NothingYetError(LookupError):
    """A question that is understood, and nothing is known yet to answer it with: words (vi, en)."""

    def __init__(self, words_vi: str, words_en: str) -> None:
        self.words = (words_vi, words_en)
        super().__init__(words_en)


def ask(question: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Puts a question to the folder; what it does not know or cannot answer is said in the reader's words."""
    try:
        return question(*arguments, **named)
    except QuestionError as error:
        if error.unknown:
            named_so = next((one for one in arguments if isinstance(one, str)), str(error))
            raise NotHereError(named_so) from error
        if error.empty:
            raise NothingYetError(error.message_vi, error.message_en) from error
        raise AskedWrongError("", "", "error.asked", (error.message_vi, error.message_en)) from error
    except (BadInstantError, LawError) as error:
        raise AskedWrongError("", str(error), "error.asked") from error


def of_dossiers(view: View) -> QuestionFields:
    """A view's question as those take it that know no published figures."""
    return {**view.question(), "source": None}


def freshness(folder: DataFolder, view: View) -> dict[str, Any]:
    """How fresh the data is: the newest message, and in words when nothing has come for longer than usual."""
    newest = newest_known(folder)
    if view.travelling:
        state, words = "past", say(view.lang, "live.past")
    elif newest is None:
        state, words = "quiet", say(view.lang, "live.never")
    elif view.now - newest > QUIET_AFTER:
        same_day = formatting.day(newest) == formatting.day(view.now)
        since = formatting.clock(newest) if same_day else formatting.instant(newest)
        state, words = "quiet", say(view.lang, "live.quiet", since=since)
    else:
        state, words = "on", say(view.lang, "live.on")
    return {"state": state, "words": words, "newest": newest}


def law_of(folder: DataFolder, view: View, raw: Mapping[str, Any]) -> LawVersion:
    """The law that made a score."""
    return folder.law_of(parse_period(str(raw["period"])), str(raw["law"]))


def law_asked(folder: DataFolder, view: View) -> LawVersion:
    """The law of the period looked at."""
    try:
        return folder.law_of(view.asked_period, view.law or None)
    except (LawError, LookupError) as error:
        raise AskedWrongError("law", view.law, "error.asked") from error


def history(folder: DataFolder, view: View, raw: Mapping[str, Any]) -> dict[str, Any] | None:
    """How the total of the asked period came; ``None`` where that is not kept.

    The folder keeps the days of the year of now, as computed by its law; of published figures it knows every
    instant at which some were captured.
    """
    period = view.asked_period
    if raw.get("source") == "published":
        rows = []
        for at in folder.published.instants(str(raw["unit"]), period.label):
            if at > view.looked_at:
                break
            try:
                told = folder.score(
                    str(raw["unit"]), period=period.label, at=at, law=view.law or None, source="published"
                )
            except QuestionError:
                continue
            rows.append({"at": iso(at), "total": told["total"], "groups": _points(told)})
        return {"rows": rows, "complete": True}
    usual = default_law(period.first_day)
    if folder.trail is None or raw["law"] != usual or period != year_of(view.now):
        complete = folder.trail is not None or period != year_of(view.now)
        return {"rows": [], "complete": complete}
    found: dict[str, Any] = folder.history(str(raw["unit"]), until=view.judged_at, source="computed")
    return found


def _points(raw: Mapping[str, Any]) -> dict[str, str]:
    return {name: told["points"] for name, told in raw["groups"].items() if told.get("points") is not None}


def unit_sheet(folder: DataFolder, view: View, code: str) -> tuple[figures.Sheet, LawVersion]:
    """A unit's score as a sheet with its history."""
    raw = ask(folder.score, code, **view.question())
    law = law_of(folder, view, raw)
    return figures.sheet(raw, law, view.lang, history(folder, view, raw)), law


def league_json(folder: DataFolder, view: View, among: str, under: str | None) -> dict[str, Any] | None:
    """A league as the folder answers; ``None`` where it cannot be computed."""
    try:
        found: dict[str, Any] = folder.rank(among=among, under=under, **view.question())
    except QuestionError:
        return None
    return found


def league(told: Mapping[str, Any] | None, law: LawVersion, lang: str) -> list[dict[str, Any]]:
    """The rows of a league as pages show them."""
    if told is None:
        return []
    names = {band.names.vi: band.names[lang] for band in law.bands}
    rows = []
    for row in told["rows"]:
        total = formatting.exact(row["total"])
        index = sum(total >= formatting.exact(band.floor) for band in law.bands) - 1
        change = row.get("change") or {}
        rows.append(
            {
                **row,
                "band": names.get(row["band"], row["band"]),
                "band_index": max(0, index),
                "moved": change.get("week"),
                "day": change.get("day"),
            }
        )
    return rows


def place(folder: DataFolder, view: View, unit: Mapping[str, Any]) -> dict[str, Any] | None:
    """A unit's place in its league, with the way there."""
    among = LEAGUES.get(unit["kind"])
    if among is None:
        return None
    under = None if among == "provinces" else unit["parent"]
    told = league_json(folder, view, among, under)
    found = place_of(told, unit["code"])
    if told is None or found is None:
        return None
    row = next(row for row in told["rows"] if row["unit"] == unit["code"])
    return {**found, "link": view.link("/rank", among=among), "places": row.get("places")}


def unit_of(folder: DataFolder, view: View, code: str) -> dict[str, Any]:
    """Code, name, kind and parent of a unit as of the view."""
    units = folder.registry.units
    found = units.find(code, view.judged_at) or units.find(code)
    if found is None:
        raise NotHereError(code)
    if units.tree(view.judged_at).in_force[found.index]:
        return unit_line(folder, found, view.judged_at)
    return {"code": found.code, "name": found.name, "kind": found.kind, "parent": None}


def trail(folder: DataFolder, view: View, unit: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The way from the top down to a unit's parent."""
    units = folder.registry.units
    above: list[tuple[str, str]] = []
    one = units.find(unit.get("parent") or "", view.judged_at)
    for index in [] if one is None else units.tree(view.judged_at).ancestors(one.index):
        if units.all[index].kind == "nation":
            break
        code = units.all[index].code
        address = "/" if code == folder.settings.home else f"/units/{code}"
        above.append((units.name(index, view.judged_at), view.link(address)))
    return [(say(view.lang, "nav.units"), view.link("/units")), *reversed(above)]


def sender_names(folder: DataFolder, lang: str) -> Callable[[str], str]:
    """A function that names senders: units by name and code, files of commands as that."""
    names = {one["code"]: f"{one['name']} ({one['code']})" for one in folder.units()}
    return lambda sender: names.get(sender, sender) or say(lang, "data.files")


def due_next(lookout: Lookout, view: View, code: str) -> dict[str, Any] | None:
    """Open dossiers that fall due next, soonest first, and what the clock will cost if nobody acts."""
    if not view.live or view.asked_period != year_of(view.now):
        return None
    told = lookout.of(code)
    lang = view.lang
    open_list = view.link(f"/units/{code}/dossiers", indicator="2.1", part="open")
    rows = []
    if told.overdue:
        rows.append((say(lang, "due.overdue"), told.overdue, True))
    rows += [(say(lang, "due.row", at=formatting.instant(row.at)), row.count, False) for row in told.rows]
    warning = ""
    if told.falling > 0:
        warning = say(
            lang,
            "due.outlook" if told.total_falls else "due.outlook.same",
            at=formatting.instant(told.until),
            count=view.number(told.falling),
            total=view.points(told.total_then),
        )
    return {"rows": rows, "open": told.open, "link": open_list, "warning": warning}


def years(folder: DataFolder, view: View) -> set[int]:
    """Years of which something can be shown: of published figures, and the last one where it is computed."""
    last = parse_period(f"{year_of(view.now).first_day.year - 1:04d}")
    computed = {last.first_day.year} if not folder.law_of(last).groups_only else set()
    return computed | {int(label[:4]) for label in folder.published.periods(folder.settings.home)}


def stream_of(view: View, code: str) -> str:
    """The address of the live stream of a page; empty while the reader looks at another instant."""
    if not view.live or view.law or view.source:
        return ""
    fields = {"unit": code} | ({"period": view.period.label} if view.period else {})
    return f"/api/v1/stream?{urlencode(fields)}"
