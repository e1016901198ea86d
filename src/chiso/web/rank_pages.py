"""The pages that belong to the ranks, each a module of its own."""

from __future__ import annotations

from typing import Final

from litestar import Router

from chiso.web import compare, leagues, race, results, story, tilemap

routers: Final[list[Router]] = [
    leagues.router,
    race.router,
    tilemap.router,
    compare.router,
    compare.api,
    results.router,
    story.router,
    story.api,
]
