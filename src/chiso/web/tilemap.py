"""The national map as a grid of tiles, one a province, with both archipelagos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from litestar import Request, Router, get
from litestar.response import Response

from chiso.instants import tree_instant
from chiso.law.model import LawVersion
from chiso.registry.places import Tile, era_at, tiles
from chiso.web import sight
from chiso.web.formatting import exact
from chiso.web.leagues import OLD_LAW
from chiso.web.pages import asked, folder_of, html, redirected, shared
from chiso.web.render import page
from chiso.web.view import AskedWrongError, View

TOTAL: Final = "total"


@dataclass(frozen=True, slots=True)
class Cell:
    """A tile with what it shows."""

    tile: Tile
    name: str
    """of the province, in full"""
    link: str
    points: Fraction | None
    index: int | None
    """place of the band from below, of the share of the maximum where a group is shown"""
    band: str
    """its name; where a group is shown the share of the maximum"""
    band_id: str
    rank: int | None
    narrow: int
    """column on a narrow screen, where empty columns of the sea are left out"""


def _narrow(grid: Sequence[Tile]) -> dict[str, int]:
    """Columns without the empty ones between the mainland and the archipelagos, from 0."""
    used = sorted({tile.column for tile in grid if not tile.archipelago})
    places = {column: place for place, column in enumerate(used)}
    return {tile.key: len(used) if tile.archipelago else places[tile.column] for tile in grid}


def cells(
    grid: Sequence[Tile], rows: Sequence[Mapping[str, Any]], by: str, law: LawVersion, view: View
) -> list[Cell]:
    """Every tile from north to south, west to east, with the figure asked for."""
    known = {row["unit"]: row for row in rows}
    narrow = _narrow(grid)
    found = []
    for tile in sorted(grid, key=lambda one: (one.row, one.column)):
        row = known.get(tile.unit)
        points = index = None
        band = ""
        if row is not None and by == TOTAL:
            points, index, band = exact(row["total"]), int(row["band_index"]), str(row["band"])
        elif row is not None and by in row["groups"]:
            points = exact(row["groups"][by])
            share = points * 100 / law.groups[by].maximum
            index = max(0, sum(share >= exact(one.floor) for one in law.bands) - 1)
            band = view.percent(points, law.groups[by].maximum)
        band_id = "" if index is None else law.bands[len(law.bands) - 1 - index].id
        rank = None if row is None or by != TOTAL else row["rank"]
        name = tile.label if row is None else str(row["name"])
        link = view.link(f"/units/{tile.unit}")
        found.append(Cell(tile, name, link, points, index, band, band_id, rank, narrow[tile.key]))
    return found


def _key(law: LawVersion, shown: Sequence[Cell], lang: str) -> list[dict[str, Any]]:
    """What each colour stands for, the best first, with how many provinces it holds."""
    found = []
    for place, band in enumerate(law.bands):
        index = len(law.bands) - 1 - place
        above = law.bands[place - 1].floor if place else None
        found.append(
            {
                "index": index,
                "id": band.id,
                "name": band.names[lang],
                "floor": band.floor,
                "above": above,
                "count": sum(cell.index == index and not cell.tile.archipelago for cell in shown),
            }
        )
    return found


@get("/rank/map", sync_to_thread=True, include_in_schema=False)
def map_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """The provinces as tiles."""
    if moved := redirected(request):
        return moved
    folder, view = folder_of(request), asked(request)
    law = sight.law_asked(folder, view)
    by = request.query_params.get("by") or TOTAL
    if by != TOTAL and by not in law.groups:
        raise AskedWrongError("by", by, "error.asked")
    raw = sight.league_json(folder, view, "provinces", None)
    rows = sight.league(raw, law, view.lang)
    at = tree_instant(view.judged_at)
    shown = cells(tiles(at), rows, by, law, view)
    text = page(
        "map.html",
        view,
        section="rank",
        tab="map",
        cells=shown,
        key=_key(law, shown, view.lang),
        by=by,
        choices_by=[TOTAL, *law.groups],
        by_name=lambda name: law.groups[name].names[view.lang] if name in law.groups else None,
        maximum=law.groups[by].maximum if by in law.groups else 100,
        era=era_at(at),
        known=len(rows),
        raw_rank=raw,
        old=law.law == OLD_LAW,
        mixed=len({row.get("source") for row in rows}) > 1,
        own=folder.settings.home,
        json=view.api("/rank", among="provinces"),
        **shared(request, view),
    )
    return html(request, text)


router = Router("/", route_handlers=[map_page])
