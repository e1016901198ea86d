"""The watch of the portal in a server: its schedule in a thread of its own, and its part of /data."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

import structlog

from chiso.commands.loading import context_of
from chiso.folder import DataFolder
from chiso.watch.schedule import Schedule
from chiso.watch.service import Watch, status, wanted
from chiso.watch.words import GROUP_NAMES, Note

STOPPING_WITHIN: Final = 5.0
"""Seconds that a request which is under way has to end when the server stops."""
AFTER_TROUBLE: Final = 300.0
TURN_EVERY: Final = 10.0
"""Seconds after which another process's turn is asked for again."""
ROUTINE: Final = frozenset(
    (
        "list_read", "province", "again", "unrefreshed", "columns_unrefreshed", "resumed", "nothing_left",
        "complete",
    )
)  # fmt: skip
"""Sentences that say what the table says already."""
CALM: Final = frozenset({"no_values", "placeholder", "unknown_keys"})
"""Sentences that are worth knowing; all others tell of trouble."""
TONES: Final = {
    "complete": "fine", "running": "wait", "incomplete": "wait", "stopped": "wait", "silent": "wait",
}  # fmt: skip
"""How the state of a run is shown; any other is bad."""
DAYS: Final = 7

log = structlog.get_logger(__name__)


class Watching:
    """Asks the portal on schedule, where the setting ``watch`` wants it; SettingError where it is wrong."""

    def __init__(self, folder: DataFolder, turn: Callable[[], bool] = lambda: True) -> None:
        """``turn`` gives whether it is this process that asks."""
        self._folder = folder
        self._turn = turn
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        text = folder.settings.watch.strip()
        units = folder.registry.units
        self._wanted = wanted(folder.settings, units, schedule=Schedule.read(text)) if text else None

    def start(self) -> None:
        """Begins, where it is wanted."""
        if self._wanted is not None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="portal-watch", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends; what was answered so far is kept, and the next start goes on from there."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOPPING_WITHIN)

    def _run(self) -> None:
        folder = self._folder
        assert self._wanted is not None
        context = context_of(folder.ledger, folder.registry.units, folder.settings)
        watch = Watch(
            folder.path, folder.ledger, folder.registry.units, context, folder.now, self._wanted,
            self._stopping.wait, _log,
        )  # fmt: skip
        while not self._stopping.is_set():
            if not self._turn():
                self._stopping.wait(TURN_EVERY)
                continue
            try:
                watch.always()
            except Exception:
                if not self._stopping.is_set():
                    log.exception("watch_failed")
                    self._stopping.wait(AFTER_TROUBLE)


def _log(told: Note) -> None:
    log.info("watch", code=told.code, said=told.en)


def section(folder: DataFolder, lang: str) -> dict[str, Any]:
    """What /data shows of it."""
    told = status(folder.path, folder.ledger, folder.settings, folder.now())
    run = told["run"]
    side = 0 if lang == "vi" else 1
    notes = run["notes"] if run else []
    shown = [one for one in notes if one["code"] not in ROUTINE]
    return {
        **told,
        "days": told["days"][:DAYS],
        "tone": TONES.get(run["state"], "late") if run else "",
        "rows": [{**one, "name": GROUP_NAMES[one["group"]][side]} for one in (run["groups"] if run else [])],
        "several": len(run["periods"]) > 1 if run else False,
        "trouble": [one[lang] for one in shown if one["code"] not in CALM],
        "calm": [one[lang] for one in shown if one["code"] in CALM],
    }
