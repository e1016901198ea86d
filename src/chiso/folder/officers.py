"""Who handles each dossier, as the steps of its handling name an officer: read once, and on from there.

Names are for the staff of the unit; who may see them is decided where they are shown.
"""

from __future__ import annotations

import threading
import unicodedata
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.folder.state import DataFolder
    from chiso.ledger.facts import Facts

FACTS_AT_ONCE: Final = 5_000


class Officers:
    """The memory of a folder.  Senders spell a name now so, now so: spellings of one name are one officer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spellings: dict[str, int] = {"": 0}
        """the empty name stands for nobody named"""
        self._places: dict[str, int] = {"": 0}
        """officer → place, by what all spellings share"""
        self._place_of: list[int] = [0]
        """by spelling: the place of its officer"""
        self._spelt = np.zeros(0, np.int32)
        """by dossier: the spelling"""
        self._version = np.full(0, -1, np.int64)

    def of(self, folder: DataFolder, numbers: Array, versions: Array) -> Array:
        """Places in :meth:`names` of who handles each dossier.

        ``versions``: the newest that is known of each; what is remembered of an older one is read again.
        """
        with self._lock:
            self._reserve(int(numbers.max(initial=0)))
            wanted = np.unique(numbers[self._version[numbers] < versions])
            for start in range(0, len(wanted), FACTS_AT_ONCE):
                told = folder.ledger.facts(wanted[start : start + FACTS_AT_ONCE].tolist())
                for number, facts in told.items():
                    self._spelt[number] = self._spelling(officer_of(facts))
                    self._version[number] = facts.version
            return np.array(self._place_of, np.int64)[self._spelt[numbers]]

    def names(self) -> list[str]:
        """The officers by place, each as most dossiers spell the name."""
        with self._lock:
            times = np.bincount(self._spelt, minlength=len(self._spellings)).tolist()
            found = [""] * len(self._places)
            best = [(-1, "")] * len(self._places)
            for name, number in self._spellings.items():
                place = self._place_of[number]
                if best[place] < (told := (times[number], name)):
                    best[place], found[place] = told, name
            return found

    def _spelling(self, name: str) -> int:
        number = self._spellings.get(name)
        if number is None:
            number = self._spellings[name] = len(self._place_of)
            self._place_of.append(self._places.setdefault(one_spelling(name), len(self._places)))
        return number

    def _reserve(self, top: int) -> None:
        more = top + 1 - len(self._spelt)
        if more > 0:
            more += top >> 3
            self._spelt = np.concatenate([self._spelt, np.zeros(more, np.int32)])
            self._version = np.concatenate([self._version, np.full(more, -1, np.int64)])


def officer_of(facts: Facts) -> str:
    """The officer whom the newest step names that names one, composed, with single blanks; empty where none
    does."""
    spelt = (tidy(step.officer) for step in reversed(facts.steps))
    return next((name for name in spelt if name), "")


def tidy(name: str) -> str:
    """A name composed (NFC), without signs that cannot be seen, with single blanks."""
    seen = "".join(sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign) != "Cf")
    return " ".join(seen.split())


def one_spelling(name: str) -> str:
    """What all spellings of a name share: composition, blanks and capital letters tell nobody apart.

    Accents do: Hà and Hạ are two people.
    """
    return unicodedata.normalize("NFC", tidy(name).casefold())


_memories: WeakKeyDictionary[DataFolder, Officers] = WeakKeyDictionary()
_remembering = threading.Lock()


def officers_of(folder: DataFolder) -> Officers:
    """The memory of a folder, shared by all who ask."""
    with _remembering:
        return _memories.setdefault(folder, Officers())
