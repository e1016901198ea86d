"""What gives most today, for the leader's page: kept, and looked at anew behind the reader's back."""

from __future__ import annotations

import threading
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import structlog

from chiso.insight.todo.best import Best, best_of
from chiso.instants import year_of
from chiso.law.scoring import decimals
from chiso.web.messages import say
from chiso.web.view import hour

if TYPE_CHECKING:
    from chiso.folder import DataFolder
    from chiso.web.view import View

KEPT_FOR: Final = 60.0
JUMP: Final = 3600
"""Seconds of the folder's clock after which an answer is of another day's work."""
ROWS: Final = 5

log = structlog.get_logger(__name__)


class Keeper:
    """Looking through the work of a province takes a second: only the first reader ever waits for it."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, int, list[Best]]] = {}
        self._looking: set[str] = set()

    def of(self, code: str) -> list[Best]:
        """The best work of a unit, about a minute old at most."""
        with self._lock:
            held = self._held.get(code)
            if held is not None and abs(self._folder.now() - held[1]) < JUMP:
                if time.monotonic() - held[0] >= KEPT_FOR and code not in self._looking:
                    self._looking.add(code)
                    threading.Thread(target=self._look_again, args=(code,), name="best", daemon=True).start()
                return held[2]
        return self._look(code)

    def _look(self, code: str) -> list[Best]:
        found = best_of(self._folder, code)
        with self._lock:
            if len(self._held) > 500:
                self._held.clear()
            self._held[code] = time.monotonic(), self._folder.now(), found
        return found

    def _look_again(self, code: str) -> None:
        try:
            self._look(code)
        except Exception:
            log.exception("best_failed")
        finally:
            with self._lock:
                self._looking.discard(code)


def best_today(keeper: Keeper, view: View, code: str) -> list[dict[str, Any]] | None:
    """The rows of the card; ``None`` where the page shows another time than now."""
    if not view.live or view.asked_period != year_of(view.now):
        return None
    return [
        {
            "what": say(view.lang, f"todo.what.{one.what}"),
            "count": one.count,
            "most": decimals(one.most),
            "together": decimals(one.together),
            "places": 4 if one.most >= Fraction(1, 1000) else 6,
            "by": hour(one.by, view) if one.by < view.asked_period.end else "",
            "link": view.link(f"/units/{code}/todo", what=one.what),
        }
        for one in keeper.of(code)[:ROWS]
    ]
