"""The province ends where it should, counted by a stranger from the messages alone."""

from __future__ import annotations

from fractions import Fraction

import pytest

from chiso.demo import stream
from tests.demo.plain_counter import Book, Pair, count, groups

START, END = "20260101000000", "20261010060000"

FULL: dict[str, Pair] = {
    "1.1": (0, 55),
    "1.2": (0, 52),
    "1.3": (54, 54),
    "1.4": (325_676, 325_676),
    "2.1": (354_437, 389_256),
    "3.1": (0, 54),
    "3.2": (465, 1_924),
    "3.5": (66, 321),
    "3.5b": (114, 321),
    "3.6": (184_216, 214_209),
    "4.1": (275_413, 389_256),
    "4.2": (87_128, 389_256),
    "4.3": (80_506, 389_256),
    "4.4": (6_200, 389_256),
    "4.5a": (304, 1_266),
    "4.5b": (209_226, 389_256),
    "5.2": (115, 298),
    "5.3": (91, 298),
    "5.4": (354_189, 389_256),
}
POINTS = {
    "transparency": "8.00",
    "processing": "18.21",
    "online_services": "6.97",
    "online_payment": "6.56",
    "satisfaction": "10.15",
    "digitisation": "9.29",
    "total": "59.18",
}
PROCEDURES = ("1.1", "1.2", "1.3", "3.1", "3.2", "3.5", "3.5b", "4.5a", "5.2", "5.3")


@pytest.mark.slow
def test_the_whole_province_ends_at_its_real_score() -> None:
    book = Book().read(stream.lines(stream.make()))
    counts = count(book, START, END)
    assert {key: counts[key] for key in FULL} == FULL
    online, received = counts["3.3"]
    assert Fraction(71, 100) < Fraction(online, received) < Fraction(74, 100)
    assert {name: f"{float(points):.2f}" for name, points in groups(counts).items()} == POINTS
    assert book.full_messages + book.step_messages <= 850_000
    assert book.full_messages > 500_000


@pytest.mark.parametrize(("dossiers", "seed"), [(3_000, 766), (3_000, 1), (8_000, 2)])
def test_a_smaller_province_keeps_the_ratios(dossiers: int, seed: int) -> None:
    counts = count(Book().read(stream.lines(stream.make(dossiers, seed))), START, END)
    assert counts["2.1"][1] == dossiers
    for key, (n, d) in FULL.items():
        if key in PROCEDURES:
            assert counts[key] == (n, d), key
        else:
            assert abs(Fraction(*counts[key]) - Fraction(n, d)) <= Fraction(3, dossiers), key
    for name, points in groups(counts).items():
        assert abs(points - Fraction(POINTS[name])) <= Fraction(4, 100), name


def test_units_differ(book: Book) -> None:
    whole = count(book, START, END)
    dossiers = book.dossiers
    by_unit: dict[str, dict] = {}
    for code, told in dossiers.items():
        by_unit.setdefault(told.unit, {})[code] = told
    totals = {}
    for unit, own in by_unit.items():
        if len(own) < 20:
            continue
        book.dossiers = own
        totals[unit] = groups(count(book, START, END, unit), whole)["total"]
    book.dossiers = dossiers
    assert len(totals) > 50
    assert min(totals.values()) < 50
    assert max(totals.values()) > 66


def test_past_days_were_plausible_and_not_all_alike(lines: list[bytes]) -> None:
    totals = []
    for day in ("2026-02-01", "2026-04-01", "2026-06-01", "2026-08-01", "2026-10-01"):
        known = Book().read(lines, f"{day}T06:00:00+07:00")
        totals.append(groups(count(known, START, day.replace("-", "") + "060000"))["total"])
    assert all(54 < total < 63 for total in totals)
    assert max(totals) - min(totals) > 1


def test_every_kind_of_life_is_there(book: Book) -> None:
    told = list(book.dossiers.values())
    states = {d.state for d in told}
    assert states >= {"1", "2", "3", "4", "5", "7", "8", "9", "10"}
    assert any(not d.due for d in told)
    assert any(not d.received and d.state == "3" for d in told)
    assert any(d.received < START and d.received for d in told)
    assert any(d.requests for d in told)
    assert any(len(d.requests) > 1 for d in told)
    assert any(d.state == "9" and not (d.finished or d.returned) for d in told)
    assert any(d.procedure not in book.records["procedures"] for d in told)
    assert any(d.unit != d.code.split("-")[0] for d in told)
    reopened = [s for s in book.steps.values() if len([x for x in s if x[1] == "9"]) > 1]
    assert reopened
