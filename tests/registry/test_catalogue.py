"""The catalogue: which procedure applies where and when."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chiso.instants import parse_instant
from chiso.intake.records import Procedure, UnitRecord
from chiso.registry.calendar import LIMIT_UNITS
from chiso.registry.procedures import NO_LIMIT, Catalogue, iso_day
from chiso.registry.units import Units

UNITS = Units.load([UnitRecord("H44.50", "Xã Phú Thọ", "commune", valid_from="2025-07-01")])
NOW = parse_instant("2026-10-10")
OLD = parse_instant("2023-05-31")


def codes(catalogue, unit, at=NOW):
    index = UNITS.find(unit, at).index
    return {catalogue.records[place].code for place in catalogue.applies_to(index, at)}


CATALOGUE = Catalogue(
    [
        Procedure("1.000001", "Everywhere in communes", level="commune"),
        Procedure("1.000002", "One department", level="province", units=("H01.06",)),
        Procedure("1.000003", "The province itself", level="province", units=("H01",)),
        Procedure("1.000004", "Provinces", level="province"),
        Procedure("1.000005", "Districts", level="district"),
        Procedure("1.000006", "Ministries", level="ministry"),
        Procedure("1.000007", "Another province", level="province", units=("H44.07",)),
        Procedure("1.000008", "An unknown unit of home", units=("H01.999",)),
        Procedure("1.000009", "Own, in communes", level="commune", specific=True, publisher="H01"),
        Procedure("1.000010", "Two levels", level="province commune"),
        Procedure("1.000011", "No level"),
        Procedure("1.000012", "Two units", units=("000.00.06.H01", "H01.113")),
    ],
    UNITS,
)


def test_applies_by_unit_and_by_level():
    assert codes(CATALOGUE, "H01.06") == {"1.000002", "1.000012"}
    assert codes(CATALOGUE, "H01.113") == {"1.000001", "1.000009", "1.000010", "1.000012"}
    assert codes(CATALOGUE, "H01.114") == {"1.000001", "1.000009", "1.000010"}
    assert codes(CATALOGUE, "H44.50") == {"1.000001", "1.000010"}
    assert codes(CATALOGUE, "G22") == {"1.000006"}
    home = {f"1.{n:06d}" for n in (1, 2, 3, 4, 8, 9, 10, 11, 12)}
    assert codes(CATALOGUE, "H01") == home
    assert codes(CATALOGUE, "H02", OLD) == {"1.000004", "1.000010"}
    # foreign to home, but a unit that is known keeps what is its own
    assert codes(CATALOGUE, "H44") == {"1.000001", "1.000004", "1.000010"}


def test_districts_have_the_union_of_their_communes():
    assert codes(CATALOGUE, "gso:883", OLD) == {"1.000001", "1.000005", "1.000009", "1.000010"}
    assert codes(CATALOGUE, "gso:30280", OLD) == {"1.000001", "1.000009", "1.000010"}
    assert "1.000005" in codes(CATALOGUE, "H01", OLD)
    assert "1.000005" not in codes(CATALOGUE, "H01", NOW)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 9),
            st.lists(st.sampled_from(["H01.06", "H01.113", "H01.114", "H01"]), max_size=2, unique=True),
            st.sampled_from(["commune", "province", ""]),
        ),
        max_size=6,
    )
)
def test_union_equals_the_slow_union(rows):
    catalogue = Catalogue(
        [Procedure(f"1.{n:06d}", "", level=level, units=tuple(u)) for n, u, level in rows], UNITS
    )
    tree = UNITS.tree(NOW)
    own = {}
    for record in catalogue.records:
        if record.units:
            places = [UNITS.find(unit, NOW).index for unit in record.units]
        elif record.level:
            places = tree.level(record.level).tolist()
        else:
            places = [UNITS.home.index]
        for place in places:
            own.setdefault(place, set()).add(record.code)
    for index in tree.order.tolist():
        slow = set().union(*(own.get(below, set()) for below in tree.subtree(index).tolist()))
        assert {catalogue.records[p].code for p in catalogue.applies_to(index, NOW)} == slow


def test_in_force_until_the_end_of_the_last_day():
    catalogue = Catalogue(
        [
            Procedure("1.000001", "", valid_to="2026-07-01"),
            Procedure("1.000002", "", state="closed"),
            Procedure("1.000003", "", state="closed", valid_to="2026-07-01"),
            Procedure("1.000004", "", state="stopping"),
            Procedure("1.000005", "", valid_to="not a day"),
        ],
        UNITS,
    )
    assert catalogue.in_force(parse_instant("2026-07-01T23:59:59")).tolist() == [
        True,
        False,
        True,
        True,
        True,
    ]
    assert catalogue.in_force(parse_instant("2026-07-02")).tolist() == [False, False, False, True, True]


def test_columns():
    catalogue = Catalogue(
        [
            Procedure("1.000001", "A", online="full", has_fee=True, limit_days=72, limit_unit="hour"),
            Procedure("1.000002", "B", online="partial", for_person=True, limit_days=0),
            Procedure(
                "1.000001", "A again", online="partial", returns_paper=True, specific=True, publisher="H44"
            ),
            Procedure("1.000003", "C", online="?", specific=True, publisher="H01.06", complete=False),
        ],
        UNITS,
    )
    assert [record.name for record in catalogue.records] == ["A again", "B", "C"]
    assert catalogue.limit.tolist() == [NO_LIMIT, 0, NO_LIMIT]
    assert catalogue.limit_unit.tolist() == [LIMIT_UNITS.index("working_day")] * 3
    assert catalogue.online.tolist() == [1, 1, 0]
    assert catalogue.has_fee.tolist() == [False, False, False]
    assert catalogue.for_person.tolist() == [False, True, False]
    assert catalogue.returns_paper.tolist() == [True, False, False]
    assert catalogue.complete.tolist() == [True, True, False]
    assert catalogue.own.tolist() == [False, False, True]
    assert (catalogue.place("1.000003"), catalogue.place("9.999999"), catalogue.get("9.999999")) == (
        2,
        -1,
        None,
    )


def test_empty():
    empty = Catalogue([], UNITS)
    assert len(empty) == 0
    assert empty.applies(NOW).shape == (len(UNITS), 0)
    assert empty.applies_to(UNITS.home.index).size == 0
    assert empty.in_force(NOW).size == 0
    assert empty.own.dtype == np.bool_


def test_version():
    one, other = Procedure("1.000001", "A"), Procedure("1.000001", "B")
    assert Catalogue([one], UNITS).version == Catalogue([other, one], UNITS).version
    assert Catalogue([one], UNITS).version != Catalogue([other], UNITS).version


def test_days_of_records():
    assert iso_day("2026-10-10").day == 10
    assert iso_day("2026-10-10T08:00").day == 10
    assert iso_day("") is None
    assert iso_day("10/10/2026") is None
