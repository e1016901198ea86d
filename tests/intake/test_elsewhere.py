"""Arrivals on their way between two processes."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from chiso.intake.elsewhere import PARCEL, BrokenParcelError, next_parcel, opened, packed
from chiso.intake.records import Arrival, Rating, Refusal, StoreRecord


def arrival(number: int, size: int = 10) -> Arrival:
    refused = Refusal(f"line {number}", "a", "b", "bad_json", "vi", "en", "c", b"\xff\x00")
    items = [Rating("H01-1", None, 2), StoreRecord("H01-1", number), Rating("H01-2", 1 << 62, 0)]
    return Arrival("ratings", items, b"x" * size, [refused], "ai đó", "journal", number or None, False, 4)


def taken(stream: io.BytesIO) -> Iterator[Arrival]:
    while body := next_parcel(stream):
        yield from opened(body).arrivals()


def test_arrivals_come_out_as_they_went_in() -> None:
    given = [arrival(number, size) for number, size in enumerate([0, 10, PARCEL, PARCEL * 3, 7])]
    parcels = list(packed(given))
    assert len(parcels) == 3
    assert list(taken(io.BytesIO(b"".join(parcels)))) == given


def test_an_error_of_reading_is_told_after_what_was_read() -> None:
    def broken() -> Iterator[Arrival]:
        yield arrival(1)
        raise ValueError("so")

    (parcel,) = packed(broken())
    found = opened(next_parcel(io.BytesIO(parcel)))
    assert list(found.arrivals()) == [arrival(1)]
    assert (found.last, found.failure) == (True, "ValueError: so")


def test_every_cut_is_seen() -> None:
    (parcel,) = packed([arrival(1)])
    for end in range(1, len(parcel)):
        with pytest.raises(BrokenParcelError):
            list(taken(io.BytesIO(parcel[:end])))


def test_unknown_records_are_seen() -> None:
    (parcel,) = packed([arrival(1)])
    for wrong in (b"Rathing", b"Rating\xff"):
        with pytest.raises(BrokenParcelError):
            list(opened(parcel[8:].replace(b"Rating", wrong[: len(b"Rating")][::-1])).arrivals())
