"""``chiso recount``: everything counted again from the ledger, and held against the standing counts.

Three ways to the same numbers are compared: the standing counts of a running server (asked over its own
address), counts kept up by difference over all versions in their order, and one count of the newest rows.
``--deep`` also makes every dossier anew from the journal.
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from chiso.engine.columns import in_pieces
from chiso.engine.standing import Standing
from chiso.folder.state import DataFolder
from chiso.instants import iso, parse_period

SERVER_FILE: Final = "server-{}.json"
"""Where a running server tells its address, in its data folder; each process by its port."""


@dataclass
class Recount:
    """What was counted, and where it differs."""

    dossiers: int = 0
    versions: int = 0
    at: int = 0
    compared: list[str] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not self.differences

    def as_json(self) -> dict[str, Any]:
        return {
            "agrees": self.agrees,
            "dossiers": self.dossiers,
            "versions": self.versions,
            "at": iso(self.at),
            "compared": self.compared,
            "differences": self.differences[:1000],
        }

    def lines(self) -> list[str]:
        found = [f"{self.dossiers} dossiers in {self.versions} versions, judged at {iso(self.at)}"]
        found += [f"compared: {what}" for what in self.compared]
        for one in self.differences[:20]:
            found.append("differs: " + ", ".join(f"{key} {value}" for key, value in one.items()))
        found.append("all counts agree" if self.agrees else f"{len(self.differences)} differences")
        return found

    def hold(self, what: str, one: Standing, other: Standing) -> None:
        """Notes every count in which two standings differ."""
        self.compared.append(what)
        for kind in ("cells", "distinct"):
            mine, theirs = getattr(one, kind), getattr(other, kind)
            for counter, period, unit in np.argwhere(mine != theirs).tolist():
                self.differences.append(
                    {
                        "by": what,
                        "count": f"{kind} {counter}",
                        "period": one.periods[period].label,
                        "unit": one.ground.units.all[unit].code,
                        "first": int(mine[counter, period, unit]),
                        "second": int(theirs[counter, period, unit]),
                    }
                )


def packed(standing: Standing, version: int) -> dict[str, Any]:
    """Standing counts as a server tells them: what they are about, and the arrays themselves."""

    def text(array: np.ndarray) -> str:
        return base64.b64encode(zlib.compress(array.astype("<i8").tobytes(), 1)).decode()

    return {
        "version": version,
        "at": standing.at,
        "law_version": standing.ground.law.version,
        "units_version": standing.ground.units.version,
        "periods": [period.label for period in standing.periods],
        "cells": {"shape": standing.cells.shape, "data": text(standing.cells)},
        "distinct": {"shape": standing.distinct.shape, "data": text(standing.distinct)},
    }


def _unpacked(told: dict[str, Any]) -> np.ndarray:
    raw = zlib.decompress(base64.b64decode(told["data"]))
    return np.frombuffer(raw, "<i8").astype(np.int64).reshape(told["shape"])


def _servers(folder: Path, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """What the running processes that serve this folder say of their standing counts."""
    told = (_server(path, say) for path in sorted(folder.glob(SERVER_FILE.format("*"))))
    return [one for one in told if one is not None]


def _server(path: Path, say: Callable[[str], None]) -> dict[str, Any] | None:
    """What one running server says; ``None`` where it does not answer."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        request = urllib.request.Request(  # noqa: S310 - the folder's own server, on this machine
            f"{told['url']}/api/v1/standing", headers={"Authorization": f"Bearer {told['token']}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            found: dict[str, Any] = json.loads(answer.read())
    except (OSError, ValueError, KeyError, urllib.error.URLError) as error:
        say(f"the server of {path.name} does not answer ({error}); comparing without it")
        return None
    return {**found, "url": told["url"]}


def recount(path: Path, *, deep: bool, say: Callable[[str], None]) -> Recount:
    """Counts a data folder again in independent ways."""
    servers = _servers(path, say)
    with DataFolder.open(path, standing=True) as folder:
        standing = folder.standing
        fresh = standing
        found = Recount(dossiers=len(standing.roster), versions=folder.version, at=standing.at)
        differences = Standing(standing.ground, standing.periods, standing.periods[-1].start)
        for rows in folder.ledger.rows():
            for piece in in_pieces(rows, 20_000):
                differences.apply(piece)
        differences.advance(standing.at)
        found.hold("one count of all rows with counts kept up by difference", fresh, differences)
        for told in servers:
            _hold_server(found, folder, told, say)
        if deep:
            from chiso.ledger.recount import differences as journal_differences

            found.compared.append("dossiers made anew from the journal with dossiers as held")
            for one in journal_differences(folder.ledger):
                found.differences.append({"by": "journal", **one._asdict()})
    return found


def _hold_server(
    found: Recount, folder: DataFolder, told: dict[str, Any], say: Callable[[str], None]
) -> None:
    """Counts once more up to where the server stood, at its instant, and compares."""
    ground = folder.ground
    same_ground = (told["law_version"], told["units_version"]) == (ground.law.version, ground.units.version)
    if not same_ground:
        say("the server stands on another law or other units; it was not compared")
        return
    periods = tuple(parse_period(label) for label in told["periods"])
    mine = Standing(ground, periods, int(told["at"]))
    upto = int(told["version"])
    mine.fill(rows[rows["version"] <= upto] for rows in folder.ledger.rows())
    theirs = Standing(ground, periods, int(told["at"]))
    theirs.cells, theirs.distinct = _unpacked(told["cells"]), _unpacked(told["distinct"])
    what = f"one count of all rows with the running server at {told.get('url', 'hand')}, at version {upto}"
    found.hold(what, mine, theirs)
