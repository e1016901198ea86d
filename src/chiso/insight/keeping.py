"""Answers kept for a while: those who ask the same of a folder that has not changed need not wait again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from chiso.engine.ground import Ground
from chiso.law.model import LawVersion

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder, View

KEPT: Final = 128
"""Answers of one folder."""
BYTES: Final = 256 << 20
"""Bytes of arrays in the answers of one folder; the newest answer stays whatever it takes."""
STRETCH: Final = 60
"""Seconds of the folder's clock for which an answer holds while no count changes."""
LOOKED_AT: Final = 100
"""Items of a long list that are weighed; the others are taken to weigh as much."""

Answer = TypeVar("Answer")


class State(NamedTuple):
    """What an answer hangs on beside the question: of one question only the newest answer is kept."""

    changes: int
    record: int
    stretch: int


class _Held(NamedTuple):
    states: tuple[State, ...]
    answer: Any
    weight: int


_kept: WeakKeyDictionary[DataFolder, OrderedDict[tuple[Hashable, ...], _Held]] = WeakKeyDictionary()
_lock = threading.Lock()


def state_of(folder: DataFolder, view: View) -> tuple[Hashable, ...]:
    """What an answer from a view hangs on, as parts of its key: it holds while none of this changes.

    An answer about now is of the question "now", whatever the clock shows; one about another instant is a
    question of its own.
    """
    changes, record, stretch = folder.standing.changes, folder.record, view.board.judged_at // STRETCH
    if view.at == folder.standing.at:
        return (State(changes, record, stretch),)
    return "at", stretch, State(changes, record, 0)


def kept(folder: DataFolder, key: tuple[Hashable, ...], make: Callable[[], Answer]) -> Answer:
    """The answer of a key, made where it is not at hand.  The key names everything that it hangs on."""
    states = tuple(part for part in key if isinstance(part, State))
    question = tuple(part for part in key if not isinstance(part, State))
    with _lock:
        answers = _kept.setdefault(folder, OrderedDict())
        held = answers.get(question)
        if held is not None and held.states == states:
            answers.move_to_end(question)
            found: Answer = held.answer
            return found
    made = make()
    with _lock:
        # an answer made from another one that is kept does not weigh that again
        others = {id(one.answer) for one in answers.values()}
    weight = weight_of(made, {id(folder), id(folder.standing.roster)} | others)
    with _lock:
        answers.pop(question, None)
        answers[question] = _Held(states, made, weight)
        total = sum(one.weight for one in answers.values())
        while len(answers) > 1 and (len(answers) > KEPT or total > BYTES):
            total -= answers.popitem(last=False)[1].weight
    return made


def weight_of(thing: Any, seen: set[int] | None = None, depth: int = 8) -> int:
    """Bytes of the arrays that something holds, about: what is shared by all (grounds, laws) is left out.

    ``seen``: what is not weighed, or not again.
    """
    seen = set() if seen is None else seen
    if id(thing) in seen or depth == 0 or isinstance(thing, (str, int, Ground, LawVersion, type(None))):
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        if thing.base is None:
            return thing.nbytes
        # a part keeps all of its array in memory
        return weight_of(thing.base, seen, depth) if isinstance(thing.base, np.ndarray) else thing.nbytes
    parts: Sequence[Any] = ()
    if isinstance(thing, Mapping):
        parts = list(thing.values())
    elif isinstance(thing, (list, tuple)):
        parts = thing
    elif hasattr(thing, "__dict__"):
        parts = list(vars(thing).values())
    elif hasattr(thing, "__slots__"):
        parts = [getattr(thing, name, None) for name in thing.__slots__]
    weight = sum(weight_of(part, seen, depth - 1) for part in parts[:LOOKED_AT])
    return 64 * len(parts) + weight * max(1, len(parts)) // max(1, min(len(parts), LOOKED_AT))
