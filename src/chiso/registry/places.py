"""Where units are: tiles of the national map and centroids.

The national view is a grid of tiles and no outline: no set of outlines was found whose licence is clear and
that shows both archipelagos.  Hoàng Sa and Trường Sa have tiles of their own in both eras, which belong to
Đà Nẵng and Khánh Hòa.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from chiso.instants import midnight
from chiso.registry.tables import TWO_LEVELS, read_table

Era = Literal[63, 34]
ARCHIPELAGOS: Final = ("HS", "TS")


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the map."""

    key: str
    """code of the province, or HS, TS"""
    unit: str
    """code of the province whose figures it shows"""
    row: int
    """from 0 in the north"""
    column: int
    """from 0 in the west"""
    label: str

    @property
    def archipelago(self) -> bool:
        return self.key in ARCHIPELAGOS


@dataclass(frozen=True, slots=True)
class Place:
    """Centroid in degrees (WGS 84)."""

    latitude: float
    longitude: float
    area_km2: float | None


def era_at(at: int) -> Era:
    """63 provinces until 30/06/2025, 34 since."""
    return 34 if at >= midnight(TWO_LEVELS) else 63


def tiles(at: int) -> tuple[Tile, ...]:
    """The map in force at an instant: its provinces and the two archipelagos."""
    return _tiles()[era_at(at)]


def place(code: str) -> Place | None:
    """Where a province, or a commune of today's An Giang, lies; ``None`` where it is not known."""
    return _places().get(code)


@lru_cache(maxsize=1)
def _tiles() -> dict[Era, tuple[Tile, ...]]:
    found: dict[Era, list[Tile]] = {63: [], 34: []}
    for row in read_table("tiles.csv"):
        tile = Tile(row["tile"], row["unit"], int(row["row"]), int(row["column"]), row["label"])
        found[63 if row["era"] == "63" else 34].append(tile)
    return {era: tuple(listed) for era, listed in found.items()}


@lru_cache(maxsize=1)
def _places() -> dict[str, Place]:
    found: dict[str, Place] = {}
    for table in ("provinces.csv", "an_giang_since_2025.csv"):
        for row in read_table(table):
            if row["latitude"]:
                area = row.get("area_km2")
                found[row["code"]] = Place(
                    float(row["latitude"]), float(row["longitude"]), float(area) if area else None
                )
    return found
