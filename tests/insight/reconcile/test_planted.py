"""Every cause at once, planted in a province through its real doors, against a slow portal of its own."""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chiso.folder import DataFolder
from chiso.insight.reconcile import as_json, reconcile
from chiso.intake.records import Arrival, PublishedFigure
from tests.demo.plain_counter import Book, Told, count, groups, national
from tests.insight.reconcile.planted import UNIT, VN, Planted, stamp
from tests.insight.reconcile.slow_portal import OF_DOSSIERS, OF_PROCEDURES, START, SlowPortal, World, listed
from tests.support.messages import tell
from tests.support.provinces import journal, load_lines

NOW = datetime(2026, 10, 10, 6, tzinfo=VN)
CAPTURE = datetime(2026, 10, 8, 6, tzinfo=VN)
ANOTHER_DAY = datetime(2026, 10, 7, 6, tzinfo=VN)
HABITS: World = frozenset(
    ("new", "changed", "quarantined", "duplicate", "desk", "submitted", "by_day", "3.3", "4.1")
)
CAUSE_OF = {
    "new": ("known_later", "new"),
    "changed": ("known_later", "changed"),
    "quarantined": ("quarantined", ""),
    "duplicate": ("duplicate", "later_code"),
    "desk": ("other_unit", "desk"),
    "submitted": ("period_edge", "submitted"),
    "by_day": ("due_by_day", ""),
    "3.3": ("document_rule", "3.3"),
    "4.1": ("document_rule", "4.1"),
}
COUNTED = (*OF_DOSSIERS, *OF_PROCEDURES)
PETITIONS = ("5.2", "5.3")
GROUP_OF = {"1": "transparency", "2": "processing", "4": "digitisation", "5": "satisfaction"}


def group_of(indicator: str) -> str:
    if indicator[0] == "3":
        return "online_payment" if indicator in ("3.5", "3.5b", "3.6") else "online_services"
    return GROUP_OF[indicator[0]]


class Scenery:
    """A folder with planted dossiers, and two slow portals: as of the capture, and of the day before."""

    def __init__(self, path: Path, dossiers: int, each: int, unit: str = UNIT) -> None:
        self.path = path
        self.planted = planted = Planted(each, CAPTURE, NOW)
        lines = [
            line for _, line in heapq.merge(journal(dossiers), sorted(planted.lines), key=lambda one: one[0])
        ]
        self.outcome = load_lines(path, lines, int(NOW.timestamp()))
        refused = {
            one["MaHoSo"]: Told({**one, "TaiKhoanDuocXacThucVoiVNeID": "0"}) for one in planted.refused
        }
        kept = [line for line in lines if not any(one in refused for one in _codes(line)[:1])]
        now = Book().read(kept)
        details = {m["MaHoSo"]: m for line in kept for m in _messages(line) if "SoGiayToChuHoSo" in m}
        details |= {one["MaHoSo"]: one for one in planted.refused}
        self.portals = {
            at: SlowPortal(
                unit, stamp(at), now, Book().read(kept, at.isoformat()), refused,
                {code: one["NgayNopHoSo"] for code, one in details.items()},
                {code: one["SoGiayToChuHoSo"] for code, one in details.items() if code in now.dossiers},
            )
            for at in (CAPTURE, ANOTHER_DAY)
        }  # fmt: skip

    def captured(self, indicator: str) -> datetime:
        """When an indicator's group was captured."""
        return ANOTHER_DAY if group_of(indicator) == "digitisation" else CAPTURE

    def portal(self, indicator: str) -> SlowPortal:
        return self.portals[self.captured(indicator)]


def _messages(line: bytes) -> list[dict[str, Any]]:
    return national(json.loads(line))


def _codes(line: bytes) -> list[str]:
    return [one["MaHoSo"] for one in _messages(line) if "MaHoSo" in one]


def figure(
    unit: str, key: str, at: datetime, points: Any, pair: tuple[int, int] | None = None
) -> PublishedFigure:
    n, d = pair or (None, None)
    told = None if points is None else f"{Decimal(str(points)):.2f}"
    kind = "province" if unit == "H01" else "commune"
    return PublishedFigure(unit, "", "", "2026", int(at.timestamp()), key, told, n, d, kind=kind)


def publish(folder: DataFolder, figures: list[PublishedFigure]) -> None:
    payload = json.dumps([one.key + str(one.captured_at) for one in figures]).encode()
    folder.take(folder.ledger.accept([Arrival("published", figures, payload)], folder.now()))  # type: ignore[arg-type]


def told_by(scenery: Scenery, world: World) -> dict[str, tuple[int, int]]:
    """n and d as a portal with some habits publishes them, each group as of its own capture."""
    pairs: dict[str, tuple[int, int]] = {}
    for portal in scenery.portals.values():
        own = portal.pairs(world)
        pairs |= {name: own[name] for name in own if scenery.portal(name) is portal}
    return pairs


def by_cause(body: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one["cause"], one.get("part", "")): one for one in body["causes"]}


@pytest.fixture(scope="module")
def scenery(tmp_path_factory: pytest.TempPathFactory) -> Scenery:
    return Scenery(tmp_path_factory.mktemp("planted"), 500, 20)


@pytest.fixture(scope="module")
def planted(scenery: Scenery) -> Iterator[DataFolder]:
    with DataFolder.open(scenery.path) as folder:
        yield folder


WORLDS = [frozenset[str](), *(frozenset({one}) for one in sorted(HABITS))]
CHANCE = random.Random(766)
WORLDS += [frozenset(CHANCE.sample(sorted(HABITS), size)) for size in (2, 2, 3, 3, 4, 4, 5, 6, 7, 8)]


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS, ids=lambda one: "+".join(sorted(one)) or "none")
def test_whatever_the_portal_does_is_found_out(scenery: Scenery, planted: DataFolder, world: World) -> None:
    pairs = told_by(scenery, world)
    publish(planted, [
        figure(UNIT, name, scenery.captured(name), None, pair) for name, pair in pairs.items()
    ])  # fmt: skip
    body = as_json(reconcile(planted, UNIT, "2026"), named=1_000)
    assert [row["indicator"] for row in body["rows"] if row["unexplained"] != [0, 0]] == []
    told = by_cause(body)
    expected = listed({name: scenery.portal(name) for name in COUNTED}, world)
    assert {habit for habit, cause in CAUSE_OF.items() if cause in told} == {
        one for one in world if expected[one]
    }
    for habit in world:
        assert not expected[habit] or set(told[CAUSE_OF[habit]]["dossiers"]) == expected[habit]


@pytest.mark.slow
@pytest.mark.parametrize(("dossiers", "each"), [(6_000, 500)])
def test_every_cause_is_named_with_exactly_its_dossiers(tmp_path: Path, dossiers: int, each: int) -> None:
    scenery = Scenery(tmp_path, dossiers, each)
    assert scenery.outcome.counts["refused"] == each
    first = scenery.portals[CAPTURE]
    pairs = told_by(scenery, HABITS)
    beside = count(first.then, START, first.judged, UNIT)
    province = count(first.now, START, first.judged)
    pairs |= {name: beside[name] for name in PETITIONS}
    pairs |= {name: province[name] for name in ("1.2", "1.3")} | {"1.1": (5, province["1.1"][1])}
    points = groups(pairs, {**province, "1.1": pairs["1.1"]})

    with DataFolder.open(tmp_path) as folder:
        # the report that the portal does not use: its denominator of 1.4 is the numerator
        tell(folder, "totals", {"unit": UNIT, "period": "2026", "received": 50_000},
             known_at=int(datetime(2026, 9, 1, tzinfo=VN).timestamp()))  # fmt: skip
        figures = [figure(UNIT, name, scenery.captured(name), None, pair) for name, pair in pairs.items()]
        figures.append(figure(UNIT, "4.6", ANOTHER_DAY, 2))
        for name, value in points.items():
            at = ANOTHER_DAY if name == "digitisation" else CAPTURE
            extra = Decimal("0.10") if name == "satisfaction" else Decimal(0)
            extra = Decimal("0.10") if name == "total" else extra
            figures.append(figure(UNIT, name, at, Decimal(value.numerator) / value.denominator + extra))
        figures += [figure("H01", "1.1", CAPTURE, None, pairs["1.1"])]
        publish(folder, figures)
        found = reconcile(folder, UNIT, "2026")
        body = as_json(found, named=10 * each)

    # the rest is zero
    assert {
        row["indicator"]: row["unexplained"] for row in body["rows"] if row["unexplained"] != [0, 0]
    } == {}
    assert body["difference"]["unexplained"] == "0.00"

    # each cause with exactly its dossiers
    expected = listed({name: scenery.portal(name) for name in COUNTED}, HABITS)
    told = by_cause(body)
    for habit, cause in CAUSE_OF.items():
        assert set(told[cause]["dossiers"]) == expected[habit], cause
        assert told[cause]["count"] == len(expected[habit])
    for kind in ("new", "changed", "quarantined", "duplicate", "desk", "by_day", "4.1", "3.3"):
        assert scenery.planted.codes[kind] <= expected[kind], kind
    assert scenery.planted.codes["submitted"] <= expected["submitted"]

    # those without dossiers
    assert told["inherited", ""]["changes"] == {"1.1": [5 - province["1.1"][0], 0]}
    assert told["placeholder", "1.4"]["changes"]["1.4"][1] < 0
    assert told["captured_on_another_date", ""]["group"] == "digitisation"
    assert told["captured_on_another_date", ""]["captured_at"] == ANOTHER_DAY.isoformat()
    assert told["contradiction", "group"]["group"] == "satisfaction"
    assert told["contradiction", "group"]["points"] == "0.10"
    assert {
        one["indicator"] for one in body["causes"] if one["cause"] == "placeholder" and "indicator" in one
    } == {"4.6"}
    named = {one["cause"] for one in body["causes"]}
    assert named == {
        "known_later", "quarantined", "duplicate", "other_unit", "period_edge", "due_by_day", "document_rule",
        "placeholder", "inherited", "captured_on_another_date", "contradiction",
    }  # fmt: skip

    # what the causes change sums to the difference, in numbers and in points
    for row in body["rows"]:
        if row["published"] and row["computed"]:
            n = sum(why["n"] for why in row["why"] if "n" in why)
            d = sum(why["d"] for why in row["why"] if "d" in why)
            assert [row["computed"][0] + n, row["computed"][1] + d] == row["published"], row["indicator"]
    dated = [one for one in body["causes"] if one["cause"] != "captured_on_another_date"]
    worth = sum((Decimal(one["points"]) for one in dated if one.get("points")), Decimal(0))
    assert worth + Decimal(body["difference"]["unexplained"]) == Decimal(body["difference"]["points"])


@pytest.mark.slow
@pytest.mark.parametrize(("dossiers", "each"), [(6_000, 500)])
def test_a_whole_province_is_reconciled(tmp_path: Path, dossiers: int, each: int) -> None:
    """Where a dossier counts within it makes no difference to the province: that cause has no dossiers."""
    scenery = Scenery(tmp_path, dossiers, each, "H01")
    portal = scenery.portals[CAPTURE]
    world = HABITS - {"desk"}
    pairs = portal.pairs(world)
    beside = count(portal.then, START, portal.judged)
    pairs |= {name: beside[name] for name in ("1.1", "1.2", "1.3", "3.1", *PETITIONS)}
    with DataFolder.open(tmp_path) as folder:
        figures = [figure("H01", name, CAPTURE, None, pair) for name, pair in pairs.items()]
        figures.append(figure("H01", "4.6", CAPTURE, 2))
        for name, value in groups(pairs).items():
            figures.append(figure("H01", name, CAPTURE, Decimal(value.numerator) / value.denominator))
        publish(folder, figures)
        body = as_json(reconcile(folder, "H01", "2026", int(CAPTURE.timestamp())), named=10 * each)
    assert [row["indicator"] for row in body["rows"] if row["unexplained"] != [0, 0]] == []
    assert body["difference"]["unexplained"] == "0.00"
    expected = listed(dict.fromkeys(COUNTED, portal), world)
    told = by_cause(body)
    for habit in world:
        assert set(told[CAUSE_OF[habit]]["dossiers"]) == expected[habit], habit
    assert ("other_unit", "desk") not in told
    assert not [one for one in body["causes"] if one["cause"] == "contradiction"]
