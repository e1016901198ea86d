"""The league: places, points, movement and the way up, sorted and filtered as asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from litestar import Request, Router, get
from litestar.response import Response

from chiso.folder import DataFolder, courses
from chiso.folder.history import DAILY_HOUR, hundredths
from chiso.instants import DAY, day_of, midnight, tree_instant, year_of
from chiso.law.model import LawVersion
from chiso.registry.places import era_at
from chiso.text import collation_key, fold
from chiso.web import formatting, sight
from chiso.web.formatting import exact
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.sight import LEAGUES
from chiso.web.view import AskedWrongError, View

STEPS: Final = ("day", "week", "month", "year")
"""Back to yesterday, last week, last month, the start of the year."""
SORTS: Final = ("rank", "name", "total", *STEPS, "up", "band")
FIRST_DOWN: Final = frozenset({"total", *STEPS})
"""Columns whose largest values come first when they are chosen."""
RECENT: Final = 31
"""Days that a row's line shows."""
MOST_DRAWN: Final = 300
"""Of a longer league no lines are drawn: nobody would wait for them."""
OLD_LAW: Final = "qd766-2022"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A league as asked for, with what it gave."""

    among: str
    under: str | None
    raw: dict[str, Any] | None
    rows: list[dict[str, Any]]
    law: LawVersion

    @property
    def old(self) -> bool:
        """Whether this is the measure of the portal of 2022 to 2025."""
        return self.law.law == OLD_LAW


def leagues_in_force(folder: DataFolder, view: View) -> list[str]:
    """The leagues of which there are units at the instant looked at."""
    kinds = {one["kind"] for one in folder.units(view.judged_at)}
    return [name for kind, name in LEAGUES.items() if kind in kinds]


def chosen(request: Request[Any, Any, Any], folder: DataFolder, view: View) -> Chosen:
    """The league that a request names; without a name the provinces, or the communes where none is known."""
    among = request.query_params.get("among") or ""
    if among and among not in LEAGUES.values():
        raise AskedWrongError("among", among, "error.asked")
    law = sight.law_asked(folder, view)
    for name in (among,) if among else ("provinces", "communes"):
        under = request.query_params.get("under") or (None if name == "provinces" else folder.settings.home)
        raw = sight.league_json(folder, view, name, under)
        rows = sight.league(raw, law, view.lang)
        if rows or name != "provinces":
            break
    return Chosen(name, under, raw, rows, law)


def short(name: str) -> str:
    """A province without "Tỉnh" or "Thành phố", as it is labelled in drawings."""
    for start in ("Tỉnh ", "Thành phố "):
        name = name.removeprefix(start)
    return name


def name_key(name: str) -> tuple[bytes, bytes]:
    """Alphabetical order of names by what is their own: Thành phố Huế stands under H."""
    own = short(name)
    for start in ("Xã ", "Phường ", "Đặc khu ", "Thị trấn ", "Huyện ", "Thị xã "):
        own = own.removeprefix(start)
    return collation_key(own), collation_key(name)


def _sort_value(row: Mapping[str, Any], column: str) -> Any:
    """What a row is sorted by; ``None`` comes last whichever way one sorts."""
    if column == "name":
        return name_key(row["name"])
    if column in STEPS:
        return (row.get("change") or {}).get(column)
    if column == "up":
        found = (row.get("gap") or {}).get("up")
        return None if found is None else exact(found)
    if column == "band":
        found = (row.get("gap") or {}).get("band")
        return None if found is None else exact(found)
    return exact(row["total"]) if column == "total" else row.get("rank")


def arranged(rows: Sequence[dict[str, Any]], column: str, *, down: bool) -> list[dict[str, Any]]:
    """Rows by a column; equal ones keep their places, unknown ones come last."""
    keyed = [(_sort_value(row, column), row) for row in rows]
    known = [pair for pair in keyed if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=down)
    return [row for _, row in known] + [row for value, row in keyed if value is None]


def recents(folder: DataFolder, view: View, found: Chosen) -> dict[str, list[str]]:
    """Totals of the last month of every unit, each from the source that its row has; oldest first."""
    if not found.rows or len(found.rows) > MOST_DRAWN:
        return {}
    until = view.judged_at
    told: dict[str, list[str]] = {}
    if any(row["source"] == "published" for row in found.rows):
        race = courses.race(
            folder,
            found.among,
            found.under,
            view.asked_period.label,
            until - RECENT * DAY,
            until,
            "published",
            RECENT,
        )
        told = {one["unit"]: [total for total in one["totals"] if total is not None] for one in race["units"]}
    usual = view.asked_period == year_of(view.now) and not view.law and view.as_of in (None, view.at)
    samples = folder.trail.samples if folder.trail is not None and usual else []
    days = [one for one in samples if until - RECENT * DAY <= one.at <= until and _daily(one.at)]
    for row in found.rows:
        if row["source"] == "computed":
            unit = folder.registry.units.find(row["unit"], until - 1)
            told[row["unit"]] = [
                hundredths(one.totals[unit.index])
                for one in days
                if unit is not None and unit.index < len(one.totals)
            ]
    return told


def _daily(at: int) -> bool:
    return at - midnight(day_of(at)) == DAILY_HOUR


def with_line(found: Chosen, at: int) -> list[dict[str, Any]]:
    """The rows of the provinces with the national line among them, where its total places it.

    Where not all provinces of the time are known their mean is not the nation's, and is left out.
    """
    line = (found.raw or {}).get("line") or {}
    whole = found.among == "provinces" and found.under is None and len(found.rows) >= era_at(at)
    if not whole or not line.get("total"):
        return list(found.rows)
    total = exact(line["total"])
    place = sum(exact(row["total"]) >= total for row in found.rows)
    marked = {
        "line": True,
        "rank": Fraction(2 * place + 1, 2),
        "name": "",
        "unit": "",
        "total": line["total"],
        "groups": line["groups"],
        "band_index": _band_index(found.law, total),
        "band": "",
        "published": line.get("published"),
    }
    return [*found.rows[:place], marked, *found.rows[place:]]


def _band_index(law: LawVersion, total: Fraction) -> int:
    return max(0, sum(total >= formatting.exact(band.floor) for band in law.bands) - 1)


def bands_held(rows: Sequence[Mapping[str, Any]], law: LawVersion, lang: str) -> list[dict[str, Any]]:
    """How many units stand in each band, the best first; bands that nobody is in are left out."""
    found = []
    for place, band in enumerate(law.bands):
        index = len(law.bands) - 1 - place
        count = sum(row["band_index"] == index for row in rows)
        if count:
            found.append({"id": band.id, "name": band.names[lang], "index": index, "count": count})
    return found


def _ends(rows: Sequence[Mapping[str, Any]]) -> tuple[Fraction, Fraction] | None:
    """The scale on which the intervals of a league are drawn; ``None`` where there are none."""
    told = [row["interval"] for row in rows if row.get("interval")]
    if not told:
        return None
    return min(exact(one["low"]) for one in told), max(exact(one["high"]) for one in told)


def _within(rows: Sequence[Mapping[str, Any]]) -> tuple[int, int] | None:
    """Of how many steps to the next higher total, and how many of these lie within chance."""
    steps = [row for row in rows if "even" in row and (row.get("gap") or {}).get("up")]
    return (len(steps), sum("up" in row["even"] for row in steps)) if steps else None


def _spread(found: Chosen, own: str, target: int) -> dict[str, Any] | None:
    """Median and quartiles as the folder tells them, and where everybody stands."""
    told = (found.raw or {}).get("spread") or {}
    if not told.get("median") or len(found.rows) < 4:
        return None
    values = [row["total"] for row in found.rows]
    ours = next((row for row in found.rows if row["unit"] == own), None)
    return {
        **told,
        "totals": values,
        "own": None if ours is None else ours["total"],
        "own_name": "" if ours is None else short(ours["name"]),
        "reached": sum(exact(value) >= target for value in values),
    }


@get("/rank", sync_to_thread=True, include_in_schema=False)
def rank(request: Request[Any, Any, Any]) -> Response[Any]:
    """A league with places, points and movement."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    found = chosen(request, folder, view)
    query = request.query_params
    column = query.get("sort") or "rank"
    if column not in SORTS:
        raise AskedWrongError("sort", column, "error.asked")
    down = (query.get("dir") == "desc") if query.get("dir") else column in FIRST_DOWN
    wanted = query.get("q", "").strip()[:200]
    band = query.get("band", "")
    parts = fold(wanted).split()
    recent = recents(folder, view, found)
    rows = [
        {
            "line": False,
            "gap": {},
            "points_change": {},
            "change": {},
            "recent": recent.get(row["unit"], []),
            "interval": None,
            "places": None,
            "even": (),
            **row,
            "folded": f"{fold(row['name'])} {row['unit'].lower()}",
        }
        for row in (found.rows if parts or band else with_line(found, tree_instant(view.judged_at)))
    ]
    held = bands_held(found.rows, found.law, view.lang)
    index = next((one["index"] for one in held if one["id"] == band), None)
    if band:
        rows = [row for row in rows if row["band_index"] == index]
    for row in rows:
        row["hidden"] = not all(part in row["folded"] for part in parts)
    rows = arranged(rows, column, down=down)
    names = sorted((row["name"] for row in rows), key=name_key)
    order = {name: place for place, name in enumerate(names)}
    here = {"among": found.among, "under": query.get("under"), "q": wanted, "band": band}
    text = page(
        "rank.html",
        view,
        section="rank",
        tab="table",
        found=found,
        among=found.among,
        leagues=leagues_in_force(folder, view),
        rows=rows,
        shown=sum(not row["hidden"] and not row.get("line") for row in rows),
        order=order,
        raw_rank=found.raw,
        line=(found.raw or {}).get("line"),
        mixed=len({row.get("source") for row in found.rows}) > 1,
        own=folder.settings.home,
        held=held,
        band=band,
        q=wanted,
        ends=_ends(found.rows),
        steps_within=_within(found.rows),
        spread=_spread(found, folder.settings.home, folder.settings.target),
        sort=column,
        down=down,
        steps=STEPS,
        band_names={one.names.vi: one.names[view.lang] for one in found.law.bands},
        value=_written_value,
        sorted_by=_sorter(view, here, column, down=down),
        json=view.api("/rank", among=found.among, under=found.under),
        more=lambda **fields: view.link("/rank", "", **{**here, **fields}),
        **shared(request, view),
    )
    return html(request, text)


def _written_value(row: Mapping[str, Any], column: str) -> str:
    """The number that the page's script sorts by; empty for none."""
    found = None if column == "name" else _sort_value(row, column)
    return "" if found is None else formatting.rounded(found)


def _sorter(view: View, here: Mapping[str, object], column: str, *, down: bool) -> Callable[[str], str]:
    """The address of the same league by another column; of the same column the other way round."""

    def address(wanted: str) -> str:
        turned = (not down) if wanted == column else wanted in FIRST_DOWN
        usual = turned == (wanted in FIRST_DOWN)
        fields = {"sort": wanted, "dir": None if usual else "desc" if turned else "asc"}
        return view.link("/rank", "", **{**here, **fields})

    return address


router = Router("/", route_handlers=[rank])
