"""Life after the stream."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from chiso.demo import stream
from chiso.demo.trickle import trickle
from chiso.demo.world import DEMONSTRATED, UNTIL
from tests.demo.plain_counter import Book, count, national


def some(province: stream.Province, number: int, **named: float) -> list[tuple[int, bytes]]:
    return list(itertools.islice(trickle(province, **named), number))


def test_it_keeps_its_pace_and_its_order(province: stream.Province) -> None:
    made = some(province, 2_000, rate=4.0)
    instants = [at for at, _ in made]
    assert instants == sorted(instants)
    assert instants[0] > UNTIL
    assert 350 < instants[-1] - UNTIL < 700


def test_the_same_province_trickles_the_same_twice(province: stream.Province) -> None:
    assert some(province, 400) == some(province, 400)


def test_it_goes_on_from_what_the_stream_left_open(province: stream.Province, lines: list[bytes]) -> None:
    book = Book().read(lines)
    before = set(book.dossiers)
    known = count(book, "20260101000000", "20261010060000")
    kinds: set[str] = set()
    for _, line in some(province, 1_500):
        entry = msgspec.json.decode(line)
        kinds.add(entry.get("kind") or entry["message"]["service"] + entry["message"].get("isUpdating", ""))
        book.take(entry)  # asserts that only new dossiers are created, and known ones updated
    assert kinds >= {
        "DongBoHoSoMCTrue",
        "DongBoHoSoMCFalse",
        "CapNhatTienDoHoSoMC",
        "ratings",
        "petitions",
        "payments",
    }
    born = set(book.dossiers) - before
    assert len(born) > 300
    assert all(code.split("-")[1] == "261010" for code in born)
    after = count(book, "20260101000000", "20261010064500")
    assert after["2.1"][1] == known["2.1"][1] + len(born)
    finished = [
        c for c in before if (book.dossiers[c].finished or book.dossiers[c].refused) > "20261010060000"
    ]
    assert len(finished) + sum(book.dossiers[c].state in ("9", "10") for c in born) > 200


def test_some_fall_due_with_no_message(province: stream.Province) -> None:
    book = Book().read(stream.lines(province))
    due = sorted(
        d.due
        for d in book.dossiers.values()
        if d.unit == DEMONSTRATED and d.state in ("2", "4") and d.due.startswith("20261010")
    )
    assert due[0] == "20261010060300"
    assert any(d.startswith("2026101011") for d in due)
    assert any(d.startswith("2026101017") for d in due)
    for _, line in some(province, 2_000, rate=20.0):
        for item in national(msgspec.json.decode(line)):
            if item["MaHoSo"] in book.dossiers and book.dossiers[item["MaHoSo"]].unit == DEMONSTRATED:
                assert item.get("TrangThaiHoSo") is None, "left alone until its planned end"


def test_a_rate_must_be_positive(province: stream.Province) -> None:
    with pytest.raises(ValueError, match="rate"):
        next(trickle(province, rate=0))
