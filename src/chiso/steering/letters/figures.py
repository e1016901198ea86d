"""The figures of a letter: a unit's result, how its rank moved, and the leagues of an appendix."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from urllib.parse import urlencode

from msgspec.structs import replace

from chiso.folder import league
from chiso.folder.data import newest_known
from chiso.instants import parse_instant
from chiso.law.model import LawVersion
from chiso.ledger.publishing import RANK, TOTAL
from chiso.registry.units import LEAGUES, Unit
from chiso.steering.letters import phrases
from chiso.steering.letters.asked import Scene
from chiso.steering.letters.facts import (
    GroupPoints,
    League,
    LeagueRow,
    Movement,
    Origin,
    Place,
    Standing,
)

MOST_PLACES: Final = 4
"""ranks told in a sentence, the present one included"""


def standing(scene: Scene, body: dict[str, Any], law: LawVersion) -> Standing:
    """A unit's result as a letter shows it."""
    written = _written(scene, body)

    def shown(key: str, points: str) -> str:
        told = written.get(key)
        return told if told is not None and Decimal(told) == Decimal(points) else points

    def share(points: str, most: object) -> str:
        return str(Fraction(points) / Fraction(str(most)))

    groups = tuple(
        GroupPoints(
            key,
            law.groups[key].names.vi,
            shown(key, one["points"]),
            str(one["max"]),
            share(one["points"], one["max"]),
        )
        for key, one in body["groups"].items()
    )
    total = shown(TOTAL, body["total"])
    return Standing(
        scene.unit.code,
        scene.name(scene.unit),
        scene.unit.kind,
        total,
        str(body["max"]),
        share(total, body["max"]),
        body["band"],
        groups,
        scene.origin(body, body["source"]),
        body.get("dossiers"),
    )


def _written(scene: Scene, body: dict[str, Any]) -> dict[str, str]:
    """Points as the portal wrote them, 12.2 and not 12.20; nothing where they were computed."""
    if body["source"] != "published":
        return {}
    figures = scene.folder.published.figures(scene.unit.code, str(body["period"]), scene.known_at)
    return {key: one.points for key, one in figures.items() if one.points is not None}


def older_than(scene: Scene, origin: Origin) -> int | None:
    """The instant of the newest data of the same source, where that is newer than the figures."""
    if origin.source == "published":
        published = scene.folder.published
        code = scene.unit.code
        newest = max((published.instants(code, one)[-1] for one in published.periods(code)), default=None)
        shown = origin.at if origin.captured_at is None else origin.captured_at
    else:
        newest, shown = newest_known(scene.folder), min(origin.at, origin.as_of)
    return newest if newest is not None and newest > shown else None


# -- ranks ------------------------------------------------------------------------------------------------


def movement(scene: Scene, told: Standing) -> Movement | None:
    """How the rank moved; ``None`` where the league is not known as a whole."""
    among = next((name for name, kind in LEAGUES.items() if kind == scene.unit.kind), None)
    if among is None:
        return None
    above = None if scene.unit.kind in ("province", "ministry") else scene.units.home
    of = len(league.units_of(scene.folder, among, above, scene.at))
    query = urlencode({"among": among, "period": told.origin.period})
    origin = replace(told.origin, link=f"/rank?{query}")
    if told.origin.source == "published":
        places = _published_places(scene, told.origin, of)
        if places:
            return Movement(among, tuple(_few(places)), origin)
    return _ranked(scene, among, above, of, origin)


def _published_places(scene: Scene, origin: Origin, of: int) -> list[Place]:
    """Published ranks as of each capture up to the letter's figures; none where theirs is not known."""
    last = origin.at if origin.captured_at is None else origin.captured_at
    found: list[Place] = []
    for row in scene.folder.published.rows(scene.unit.code, origin.period, 0, last + 1):
        figures = row.figures()
        ranks = [
            one for key in (RANK, TOTAL) if (one := figures.get(key)) is not None and one.rank is not None
        ]
        found += [
            Place(row.captured_at, one.rank or 0, of) for one in ranks if one.captured_at == row.captured_at
        ][:1]
    return found if found and found[-1].at == last else []


def _few(places: list[Place]) -> list[Place]:
    """Few enough ranks for a sentence: the first, the best, the last before, and the present one."""
    if len(places) <= MOST_PLACES:
        return places
    best = min(places[:-1], key=lambda one: (one.rank, one.at))
    chosen = {places[0].at, best.at, places[-2].at, places[-1].at}
    return [one for one in places if one.at in chosen]


def _ranked(scene: Scene, among: str, above: Unit | None, of: int, origin: Origin) -> Movement | None:
    body = league.rank(scene.folder, among, above.code if above else None, **scene.common())
    row = next((one for one in body["rows"] if one["unit"] == scene.unit.code), None)
    if row is None:
        return None
    if len(body["rows"]) < of:
        scene.warn(
            f"Chưa đủ kết quả của {of} {phrases.LEAGUE_WORDS[among]} nên công văn không nêu thứ hạng.",
            f"only {len(body['rows'])} of {of} {among} have results: the letter tells no rank",
        )
        return None
    places = [
        Place(parse_instant(then), row["rank"] + row["change"][name], of)
        for name, then in body["since"].items()
        if name in row["change"] and name in ("month", "week")
    ]
    places.sort(key=lambda one: one.at)
    return Movement(among, (*places, Place(origin.at - 1, row["rank"], of)), origin)


# -- leagues ----------------------------------------------------------------------------------------------


def leagues(scene: Scene, kinds: Sequence[str], law: LawVersion) -> list[League]:
    """The leagues of an appendix, those of which anything is known."""
    found = []
    home = scene.units.home.code
    for among in kinds:
        body = league.rank(scene.folder, among, home, **scene.common())
        if not body["rows"]:
            continue
        rows = tuple(
            LeagueRow(
                row["rank"],
                row["unit"],
                row["name"],
                tuple(row["groups"].get(group, "") for group in law.groups),
                row["total"],
                row["band"],
            )
            for row in body["rows"]
        )
        sources = {row["source"] for row in body["rows"]}
        captured = [row["captured_at"] for row in body["rows"] if "captured_at" in row]
        source = sources.pop() if len(sources) == 1 else "mixed"
        told = {**body, "captured_at": max(captured, default=None)}
        origin = scene.origin(told, source, f"/rank?{urlencode({'among': among, 'under': home})}")
        found.append(League(among, tuple(law.groups), rows, origin))
    return found
