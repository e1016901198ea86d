"""One small province for all tests of this room."""

from __future__ import annotations

import pytest

from chiso.demo import stream
from tests.demo.plain_counter import Book


@pytest.fixture(scope="session")
def province() -> stream.Province:
    return stream.make(6_000)


@pytest.fixture(scope="session")
def lines(province: stream.Province) -> list[bytes]:
    return list(stream.lines(province))


@pytest.fixture(scope="session")
def book(lines: list[bytes]) -> Book:
    return Book().read(lines)
