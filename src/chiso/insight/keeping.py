"""Answers kept for a while: those who ask the same of a folder that has not changed need not wait again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder

KEPT: Final = 128
"""Answers of one folder."""
STRETCH: Final = 60
"""Seconds of the folder's clock for which an answer holds while no count changes."""

Answer = TypeVar("Answer")

_kept: WeakKeyDictionary[DataFolder, OrderedDict[tuple[Hashable, ...], Any]] = WeakKeyDictionary()
_lock = threading.Lock()


def state_of(folder: DataFolder, at: int) -> tuple[Hashable, ...]:
    """What an answer about now hangs on: it holds while none of this changes."""
    return folder.standing.changes, folder.record, at // STRETCH


def kept(folder: DataFolder, key: tuple[Hashable, ...], make: Callable[[], Answer]) -> Answer:
    """The answer of a key, made where it is not at hand.  The key names everything that it hangs on."""
    with _lock:
        answers = _kept.setdefault(folder, OrderedDict())
        if key in answers:
            answers.move_to_end(key)
            found: Answer = answers[key]
            return found
    made = make()
    with _lock:
        answers[key] = made
        while len(answers) > KEPT:
            answers.popitem(last=False)
    return made
