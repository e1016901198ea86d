"""Answers kept as bytes: given at once, made anew when figures changed, never old."""

from __future__ import annotations

import asyncio
import gzip
import threading
from typing import Any

import pytest

from chiso.web.keep import (
    MOST,
    MOST_MAKING,
    OLDEST,
    UNCHANGED,
    BusyError,
    Keep,
    Made,
    headers_of,
    matches,
    takes_gzip,
)


class House:
    """Figures that change, and a clock of the test's own."""

    def __init__(self, seconds: float = 3.0) -> None:
        self.now = 1000.0
        self.figure = 1
        self.makings = 0
        self.keep = Keep(seconds, lambda: self.figure, lambda: self.now)

    def make(self) -> Made:
        self.makings += 1
        return Made(f"{self.figure} ".encode() * 1000, "text/html")

    async def body(self, key: str = "a") -> int:
        kept = await self.keep.get(key, self.make)
        return int(kept.made.body.split()[0])

    async def settled(self) -> None:
        for task in list(self.keep._making.values()):
            await asyncio.wait([task])


def test_an_answer_is_made_once_for_all_who_ask_at_once() -> None:
    async def run() -> None:
        house = House()
        assert await asyncio.gather(*(house.body() for _ in range(50))) == [1] * 50
        assert house.makings == 1

    asyncio.run(run())


def test_it_is_made_anew_when_figures_changed_and_not_before() -> None:
    async def run() -> None:
        house = House()
        await house.body()
        house.figure = 2
        house.now += 1
        assert await house.body() == 1, "within the seconds it is not even looked at"
        house.now += 3
        assert await house.body() == 1, "the reader who comes first does not wait"
        await house.settled()
        assert await house.body() == 2
        house.now += 4
        await house.body()
        await house.settled()
        assert house.makings == 2, "nothing has changed"
        house.now += UNCHANGED
        await house.body()
        await house.settled()
        assert house.makings == 3, "it says the time"

    asyncio.run(run())


def test_nobody_is_given_an_old_answer() -> None:
    async def run() -> None:
        house = House()
        await house.body()
        house.figure = 2
        house.now += OLDEST + 1
        assert await house.body() == 2

    asyncio.run(run())


def test_making_rests_so_that_other_work_goes_on() -> None:
    async def run() -> None:
        house = House()
        await house.body()
        house.keep._rests_until = house.now + 20
        house.figure = 2
        house.now += 10
        assert await house.body() == 1
        assert not house.keep._making
        house.now += 11
        await house.body()
        await house.settled()
        assert await house.body() == 2

    asyncio.run(run())


def test_one_answer_is_made_at_a_time() -> None:
    async def run() -> None:
        house = House()
        busy, most, lock = 0, 0, threading.Lock()

        def make() -> Made:
            nonlocal busy, most
            with lock:
                busy += 1
                most = max(most, busy)
            made = house.make()
            with lock:
                busy -= 1
            return made

        await asyncio.gather(*(house.keep.get(number, make) for number in range(20)))
        assert most == 1

    asyncio.run(run())


def test_what_fails_is_told_to_all_who_wait_and_not_kept() -> None:
    async def run() -> None:
        house = House()

        def fail() -> Made:
            raise LookupError("no such unit")

        told = await asyncio.gather(*(house.keep.get("x", fail) for _ in range(3)), return_exceptions=True)
        assert all(isinstance(one, LookupError) for one in told)
        assert await house.body("x") == 1
        house.figure = 2
        house.now += 5
        await house.keep.get("x", fail)
        await house.settled()
        await asyncio.sleep(0)
        with pytest.raises(LookupError):
            await house.keep.get("x", fail)

    asyncio.run(run())


def test_answers_asked_for_least_lately_go_first() -> None:
    async def run() -> None:
        house = House()
        await house.body("first")
        for number in range(MOST):
            await house.body(str(number))
        assert len(house.keep._held) == MOST
        assert "first" not in house.keep._held

    asyncio.run(run())


def test_nothing_is_kept_where_the_setting_says_so() -> None:
    async def run() -> None:
        house = House(0)
        await house.body()
        house.figure = 2
        assert await house.body() == 2
        assert not house.keep._held

    asyncio.run(run())


def test_the_compressed_answer_says_the_same_and_has_the_same_tag() -> None:
    async def run() -> Any:
        house = House()
        return await house.keep.get("a", house.make), await House().keep.get("a", House().make)

    one, other = asyncio.run(run())
    assert gzip.decompress(one.packed) == one.made.body
    assert one.tag == other.tag
    assert headers_of(one, 3)["Cache-Control"].startswith("public, max-age=3")


@pytest.mark.parametrize(
    ("asked", "same"),
    [('W/"x"', True), ('"x"', True), ('"a", W/"x"', True), ("*", True), ('"y"', False), ("", False)],
)
def test_tags_are_compared_weakly(asked: str, same: bool) -> None:
    assert matches(asked, 'W/"x"') is same


@pytest.mark.parametrize(
    ("asked", "takes"),
    [("gzip, br", True), ("br;q=1, gzip;q=0.5", True), ("*", True), ("gzip;q=0", False), ("br", False)],
)  # fmt: skip
def test_who_takes_compressed_answers(asked: str, takes: bool) -> None:
    assert takes_gzip(asked) is takes


def test_who_asks_for_too_many_at_once_is_asked_to_come_back() -> None:
    async def run() -> None:
        house = House()
        wanted = [house.keep.get(number, house.make) for number in range(MOST_MAKING + 10)]
        told = await asyncio.gather(*wanted, return_exceptions=True)
        assert sum(isinstance(one, BusyError) for one in told) == 10
        assert await house.body("later") == 1

    asyncio.run(run())
