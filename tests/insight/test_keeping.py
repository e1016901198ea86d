"""Kept answers: held while nothing changes, one of a question, and never more than a bound of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from chiso.folder import DataFolder
from chiso.insight import keeping
from chiso.insight.keeping import kept, state_of, weight_of
from chiso.insight.todo.answer import work_of
from chiso.instants import DAY, year_of
from tests.support.messages import dossier, tell


class Made:
    """Counts how often something is made, and makes arrays of so many bytes."""

    def __init__(self, size: int = 8) -> None:
        self.times, self.size = 0, size

    def __call__(self) -> np.ndarray:
        self.times += 1
        return np.zeros(self.size, np.int8)


def held(folder: DataFolder) -> list[Any]:
    return list(keeping._kept[folder])


def test_held_until_something_changes(own: DataFolder) -> None:
    made, year = Made(), year_of(own.now())

    def ask(at: int | None = None) -> None:
        kept(own, ("x", *state_of(own, own.view(year, at))), made)

    ask()
    ask()
    assert made.times == 1
    past = own.now() - 9 * DAY
    ask(past)
    ask(past)
    assert made.times == 2
    ask(past - DAY)
    assert made.times == 3
    tell(own, "dossiers", dossier("H01.113-261009-70001", own.now() - DAY, own.now() + DAY))
    own.refresh()
    for _ in range(2):
        ask()
        ask(past)
    assert made.times == 5
    # what was told before the change is not kept beside what is told since
    assert len(held(own)) == 3


def test_the_work_of_a_unit_is_kept_once(own: DataFolder) -> None:
    before = work_of(own, "H01", None, {})[2]
    assert work_of(own, "H01", None, {})[2] is before
    tell(own, "dossiers", dossier("H01.113-261009-70001", own.now() - DAY, own.now() + DAY))
    own.refresh()
    after = work_of(own, "H01", None, {})[2]
    assert after is not before
    assert sum(key[0] == "work" for key in held(own)) == 1


def test_no_more_than_a_bound_of_bytes(own: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "BYTES", 10_000)
    monkeypatch.setattr(keeping, "KEPT", 4)
    for number in range(3):
        kept(own, ("small", number), Made(3000))
    assert held(own) == [("small", 0), ("small", 1), ("small", 2)]
    again = Made(3000)
    kept(own, ("small", 0), again)
    assert again.times == 0
    kept(own, ("small", 3), Made(3000))
    assert held(own) == [("small", 2), ("small", 0), ("small", 3)]
    kept(own, ("large",), Made(50_000))
    assert held(own) == [("large",)]
    for number in range(6):
        kept(own, ("tiny", number), Made(1))
    assert held(own) == [("tiny", number) for number in range(2, 6)]


def test_an_answer_made_from_another_does_not_weigh_it_again(
    own: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "BYTES", 10_000)
    first = kept(own, ("first",), lambda: Holding(np.zeros(6000, np.int8), None))
    kept(own, ("second",), lambda: Holding(np.zeros(1000, np.int8), first))
    assert held(own) == [("first",), ("second",)]


def test_what_cannot_be_made_is_not_kept(own: DataFolder) -> None:
    def fails() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept(own, ("x",), fails)
    assert kept(own, ("x",), lambda: 1) == 1


@dataclass
class Holding:
    some: Any
    other: Any


def test_weights_are_of_arrays_each_once() -> None:
    array = np.zeros(1000, np.int64)
    assert weight_of(array) == 8000
    assert weight_of(array[:10]) == 8000  # a part keeps all of it in memory
    assert 8000 <= weight_of(Holding(array, array[5:])) < 8500
    assert 16000 <= weight_of({"a": array, "b": [np.zeros(1000, np.int64)]}) < 17000
    many = [np.zeros(100, np.int8) for _ in range(1000)]
    assert 100_000 <= weight_of(many) < 300_000
    around: list[Any] = []
    around.append(around)
    assert weight_of(around) < 200


def test_a_past_roster_weighs_the_folders_own_does_not(own: DataFolder) -> None:
    year, skipped = year_of(own.now()), {id(own), id(own.standing.roster)}
    now, past = own.view(year), own.view(year, None, own.now() - DAY)
    assert weight_of(past, set(skipped)) - past.board.nbytes > weight_of(now, set(skipped)) - now.board.nbytes
