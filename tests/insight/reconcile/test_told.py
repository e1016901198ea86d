"""What was published, group by group at its own instant."""

from __future__ import annotations

from decimal import Decimal

from chiso.insight.reconcile.told import Told, told, whole
from chiso.instants import DAY, parse_period
from tests.insight.reconcile.conftest import CAPTURE, UNIT, Small

YEAR = parse_period("2026")


def read(small: Small, at: int = CAPTURE + 30 * DAY) -> Told:
    unit = small.folder.registry.units.find(UNIT)
    assert unit is not None
    found = told(small.folder, unit, YEAR, at, small.folder.law_of(YEAR))
    assert found is not None
    return found


def test_each_group_has_its_own_instant(small: Small) -> None:
    small.publish({"2.1": (9, 10)}, {"processing": "18.00"})
    small.publish({"4.1": (5, 10)}, {"4.6": "2.00"}, at=CAPTURE + DAY)
    found = read(small)
    assert {name: group.captured_at for name, group in found.groups.items()} == {
        "processing": CAPTURE,
        "digitisation": CAPTURE + DAY,
    }
    assert found.pairs == {"2.1": (9, 10), "4.1": (5, 10)}
    assert found.groups["digitisation"].shown == {"4.6": Decimal("2.00")}
    assert found.newest == CAPTURE + DAY
    assert found.instant("satisfaction") == CAPTURE + DAY
    assert read(small, CAPTURE).groups.keys() == {"processing"}


def test_numerators_belong_to_points_that_have_not_changed_since(small: Small) -> None:
    """The overall list comes minutes after the groups and tells their points once more."""
    small.publish({"2.1": (9, 10)}, {"processing": "18.00"})
    small.publish({}, {"processing": "18.00", "total": "50.00"}, at=CAPTURE + 600)
    group = read(small).groups["processing"]
    assert (group.captured_at, group.pairs, group.points) == (CAPTURE, {"2.1": (9, 10)}, Decimal("18.00"))
    small.publish({}, {"processing": "19.00", "total": "51.00"}, at=CAPTURE + DAY)
    group = read(small).groups["processing"]
    assert (group.captured_at, group.pairs, group.points) == (CAPTURE + DAY, {}, Decimal("19.00"))


def test_since_when_a_group_says_the_same(small: Small) -> None:
    for day in range(4):
        n = 8 if day == 0 else 9
        small.publish({"2.1": (n, 10), "4.1": (day, 10)}, at=CAPTURE + day * DAY)
    groups = read(small).groups
    assert groups["processing"].same_since == CAPTURE + DAY
    assert groups["digitisation"].same_since == groups["digitisation"].captured_at == CAPTURE + 3 * DAY


def test_nothing_published_is_none(small: Small) -> None:
    unit = small.folder.registry.units.find(UNIT)
    assert unit is not None
    assert told(small.folder, unit, YEAR, CAPTURE, small.folder.law_of(YEAR)) is None


def test_points_follow_from_what_was_published(small: Small) -> None:
    law = small.folder.law_of(YEAR)
    small.publish({"2.1": (9, 10)}, {"satisfaction": "12.00"})
    found = read(small)
    assert found.points_only(law, "commune") == {"satisfaction": Decimal("12.00")}
    own = found.by_own(law, "commune")
    assert own.groups["processing"].points == Decimal("18.00")
    assert own.groups["satisfaction"].points == Decimal("12.00")
    assert whole(law, "processing", "commune", {"2.1"})
    assert not whole(law, "online_services", "province", {"3.2", "3.3"})
    assert whole(law, "online_services", "commune", {"3.2", "3.3"})
