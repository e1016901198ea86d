"""Units through time: trees of both eras, codes that change hands, successors, leagues, loaded tables."""

import unicodedata
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.instants import NEVER, parse_instant
from chiso.intake.records import UnitRecord
from chiso.registry.tables import BadUnitError, built_in
from chiso.registry.units import LEAGUES, Units

UNITS = Units.load()
MAY_2023 = parse_instant("2023-05-31T17:00")
LAST_OLD = parse_instant("2025-06-30T23:59:59")
FIRST_NEW = parse_instant("2025-07-01")
NOW = parse_instant("2026-10-10T06:00")


def code(index):
    return UNITS.all[index].code


@pytest.mark.parametrize(
    ("at", "provinces", "departments", "districts", "communes"),
    [
        (MAY_2023, 63, 20, 11, 156),
        (LAST_OLD, 63, 20, 11, 155),
        (FIRST_NEW, 34, 15, 0, 102),
        (NOW, 34, 15, 0, 102),
    ],
)
def test_leagues_of_both_eras(at, provinces, departments, districts, communes):
    counts = {among: len(UNITS.league(among, at=at)) for among in LEAGUES}
    assert counts == {
        "provinces": provinces,
        "departments": departments,
        "districts": districts,
        "communes": communes,
        "ministries": 22,
    }
    assert len(UNITS.league("communes", under="H01", at=at)) == communes


@pytest.mark.parametrize(
    ("district", "communes"),
    [
        ("883", 13),
        ("884", 7),
        ("886", 14),
        ("887", 14),
        ("888", 18),
        ("889", 13),
        ("890", 14),
        ("891", 15),
        ("892", 13),
        ("893", 18),
        ("894", 17),
    ],
)
def test_districts_of_2023(district, communes):
    assert len(UNITS.league("communes", under=f"gso:{district}", at=MAY_2023)) == communes


def test_today_has_117_units_in_two_levels():
    tree = UNITS.tree(NOW)
    home = UNITS.home.index
    assert len(tree.descendants(home)) == 117
    assert set(tree.descendants(home).tolist()) == set(tree.children(home).tolist())
    phu_quoc = UNITS.find("H01.201", NOW)
    assert (phu_quoc.name, phu_quoc.kind, phu_quoc.gso_code) == ("Đặc khu Phú Quốc", "commune", "31078")
    assert UNITS.find("H01.113", NOW).name == "Phường Long Phú"
    assert UNITS.find("H01.06", NOW).name == "Sở Công Thương"


@pytest.mark.parametrize("spelling", ["H01.13", "h01.13", "000.00.13.H01", " H01.13.00 "])
def test_all_spellings_find_the_unit(spelling):
    assert UNITS.find(spelling, NOW).name == "Ban Quản lý Khu kinh tế"


def test_codes_hold_in_their_era():
    assert UNITS.find("H01.113", MAY_2023) is None
    assert UNITS.find("gso:883", MAY_2023).name == "Thành phố Long Xuyên"
    assert UNITS.find("gso:883", NOW) is None
    assert UNITS.find("gso:883").name == "Thành phố Long Xuyên"
    # the statistics office uses the same code again for another unit
    assert UNITS.find("gso:30292", MAY_2023).name == "Phường Bình Khánh"
    assert UNITS.find("gso:30292", NOW).code == "H01.102"
    assert UNITS.find("gso:91", MAY_2023).code == "H33"
    assert UNITS.find("gso:89", MAY_2023).code == UNITS.find("gso:91", NOW).code == "H01"
    assert UNITS.find("gso:89", NOW) is None
    assert UNITS.find("H99", NOW) is None


def test_resolution_in_the_tree_of_receipt():
    for at in (MAY_2023, NOW):
        assert code(UNITS.resolve("H01", at)) == "H01"
        assert not UNITS.is_unassigned("H01", at)
        for unknown in ("", "H01.999", "own:H01.77", "UBND phường Long Phú"):
            assert code(UNITS.resolve(unknown, at)) == "H01"
            assert UNITS.is_unassigned(unknown, at)
    assert code(UNITS.resolve("000.00.113.H01", NOW)) == "H01.113"
    assert code(UNITS.resolve("H01.113", MAY_2023)) == "H01"
    assert UNITS.is_unassigned("H01.113", MAY_2023)
    # part of a known unit counts at it
    assert code(UNITS.resolve("H01.13.02", NOW)) == "H01.13"
    assert not UNITS.is_unassigned("H01.13.02", NOW)
    # a code that outlived its unit counts where the unit went
    assert code(UNITS.resolve("gso:30280", NOW)) == "H01.101"
    assert code(UNITS.resolve("gso:30280", MAY_2023)) == "gso:30280"


def test_a_province_that_merged_into_home():
    assert code(UNITS.resolve("H33", LAST_OLD)) == "H33"
    assert code(UNITS.resolve("H33", FIRST_NEW)) == "H01"
    assert not UNITS.is_unassigned("H33", FIRST_NEW)
    assert code(UNITS.resolve("H33.07", FIRST_NEW)) == "H01"
    assert UNITS.is_unassigned("H33.07", FIRST_NEW)
    assert code(UNITS.today(UNITS.find("H33", MAY_2023).index, NOW)) == "H01"


@pytest.mark.parametrize(
    ("unit", "foreign"),
    [
        ("H01.113", False),
        ("H33.05", False),
        ("H44", True),
        ("H44.07", True),
        ("000.00.07.H44", True),
        ("H99", False),
        ("G22", False),
        ("gso:883", False),
        ("gso:01", True),
        ("gso:91", False),
        ("", False),
    ],
)
def test_foreign(unit, foreign):
    assert UNITS.foreign(unit) is foreign


def test_another_home():
    units = Units.load(home="H44")
    assert units.home.name == "Tỉnh Phú Thọ"
    assert {units.all[i].code for i in units.family} == {"H44", "H28", "H62"}
    assert units.foreign("H01.113")
    assert not units.foreign("H62.01")
    assert units.all[units.resolve("", NOW)].code == "H44"
    assert units.league("communes", at=NOW) == []
    with pytest.raises(BadUnitError, match="home"):
        Units.load(home="H01.113")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("gso:30280", "H01.101"),  # whole
        ("gso:30334", "H01.105"),  # split: the larger part where only the old code is known
        ("gso:30358", "H01.109"),
        ("gso:883", "H01"),  # districts have no successor but the province
        ("own:H01.12", "H01.01"),
        ("own:H01.17", "H01"),
        ("H01", "H01"),
        ("H33", "H01"),
        ("H02", "H05"),
        ("gso:31078", "H01.201"),
    ],
)
def test_restated_to_today(old, new):
    index = UNITS.find(old, MAY_2023).index
    assert code(UNITS.today(index, NOW)) == new
    assert UNITS.today(index, MAY_2023) == index


def test_a_commune_that_ended_before_the_merger():
    index = UNITS.find("gso:30285", MAY_2023).index
    assert UNITS.all[index].name == "Phường Đông Xuyên"
    assert code(UNITS.today(index, parse_instant("2025-03-01"))) == "gso:30286"
    assert code(UNITS.today(index, NOW)) == "H01.101"


def test_every_unit_goes_somewhere_in_every_tree():
    for at in (MAY_2023, LAST_OLD, FIRST_NEW, NOW, 0):
        tree = UNITS.tree(at)
        today = UNITS.today_map(at)
        assert tree.in_force[today].all()
        assert (today[tree.in_force] == np.flatnonzero(tree.in_force)).all()
    old = [u for u in UNITS.all if u.kind == "commune" and not u.in_force(NOW)]
    assert len(old) == 156 + 143
    assert all(UNITS.all[UNITS.today(u.index, NOW)].kind == "commune" for u in old)


def test_split_communes_keep_all_their_successors():
    split = {u.code: [code(i) for i in u.successors] for u in UNITS.all if len(u.successors) > 1}
    assert split == {
        "gso:30334": ["H01.105", "H01.106"],
        "gso:30355": ["H01.107", "H01.109"],
        "gso:30358": ["H01.109", "H01.107", "H01.111"],
        "own:H01.13": ["H01.04", "H01.15"],
    }


def test_trees_are_consistent():
    for at in (MAY_2023, NOW):
        tree = UNITS.tree(at)
        assert sorted(tree.order.tolist()) == np.flatnonzero(tree.in_force).tolist()
        seen = set()
        for index in tree.order.tolist():
            above = int(tree.parent[index])
            assert above == -1 or above in seen
            seen.add(index)
            chain = tree.ancestors(index)
            assert chain[0] == index
            assert code(chain[-1]) == "VN"
            assert all(index in tree.subtree(up) for up in chain)
        assert bool(tree.ancestors(UNITS.find("gso:883").index)) is (at == MAY_2023)
        assert len(tree.subtree(UNITS.find("VN").index)) == len(tree.order)


@given(st.data())
def test_rollup_equals_adding_up_the_subtree(data):
    tree = UNITS.tree(data.draw(st.sampled_from([MAY_2023, NOW])))
    own = np.zeros((2, len(UNITS)), np.int64)
    for _ in range(data.draw(st.integers(0, 20))):
        own[data.draw(st.integers(0, 1)), data.draw(st.sampled_from(tree.order.tolist()))] += data.draw(
            st.integers(1, 9)
        )
    whole = tree.rollup(own)
    some = tree.rollup(own > 0)
    for index in tree.order.tolist():
        assert (whole[:, index] == own[:, tree.subtree(index)].sum(axis=1)).all()
        assert (some[:, index] == (own[:, tree.subtree(index)] > 0).any(axis=1)).all()


def test_names_through_time():
    hue, dong_nai = UNITS.find("H57"), UNITS.find("H19")
    assert UNITS.name(hue.index) == "Thành phố Huế"
    assert UNITS.name(hue.index, MAY_2023) == "Tỉnh Thừa Thiên Huế"
    assert UNITS.name(dong_nai.index, parse_instant("2026-04-29T23:00")) == "Tỉnh Đồng Nai"
    assert UNITS.name(dong_nai.index, parse_instant("2026-04-30")) == "Thành phố Đồng Nai"


def test_tables_are_clean():
    for spec in built_in():
        assert spec.name == unicodedata.normalize("NFC", spec.name).strip()
        assert spec.valid_from < spec.valid_to
        for successor in spec.successors:
            assert UNITS.find(successor, spec.valid_to) is not None, spec
    for at in (MAY_2023, NOW):
        codes = [UNITS.all[i].code for i in UNITS.tree(at).order.tolist()]
        assert len(codes) == len(set(codes))
    gso = [u.gso_code for u in UNITS.league("communes", at=NOW)]
    assert len(set(gso)) == 102
    assert "" not in gso


def test_eras_are_where_something_changes():
    assert UNITS.eras.tolist() == [parse_instant(day) for day in ("2025-01-01", "2025-07-01", "2026-04-30")]
    assert UNITS.era(LAST_OLD) + 1 == UNITS.era(FIRST_NEW)
    assert UNITS.tree(FIRST_NEW) is UNITS.tree(FIRST_NEW + 5)


def test_loaded_units_are_added_behind_and_replace_by_code():
    extra = [
        UnitRecord("H44.07", "Sở Công Thương - Tỉnh Phú Thọ", "department"),
        UnitRecord("H01.113", "Phường Long Phú mới", "commune"),
        UnitRecord("H01.13.02", "Văn phòng", "department", parent="H01.13", valid_from="2026-01-01"),
        UnitRecord(
            "H01.14",
            "Sở Cũ",
            "department",
            valid_from="2025-07-01",
            valid_to="2025-12-31",
            successor="H01.15",
        ),
        UnitRecord("gso:99999", "Xã Không Rõ", "commune", parent="gso:883", valid_to="2025-06-30"),
    ]
    units = Units.load(extra)
    assert [u.code for u in units.all[: len(UNITS)]] == [u.code for u in UNITS.all]
    assert units.find("H01.113", NOW).name == "Phường Long Phú mới"
    assert units.find("H01.113", NOW).valid_from == FIRST_NEW
    assert units.find("gso:30377", NOW).code == "H01.113"
    assert [u.code for u in units.league("departments", under="H44", at=NOW)] == ["H44.07"]
    assert len(units.league("departments", at=NOW)) == 16
    assert len(units.league("departments", at=parse_instant("2025-12-31T20:00"))) == 16
    assert units.all[units.resolve("H01.13.02", NOW)].name == "Văn phòng"
    assert units.all[units.resolve("H01.14", NOW)].code == "H01.15"
    assert [u.code for u in units.league("communes", under="gso:883", at=MAY_2023)][-1] == "gso:99999"
    assert parse_instant("2026-01-01") in units.eras
    assert units.version != UNITS.version
    assert Units.load(extra).version == units.version


def test_the_same_code_for_two_units_in_turn():
    units = Units.load(
        [
            UnitRecord("H44.50", "Phòng Một", "department", valid_to="2026-06-30"),
            UnitRecord("H44.50", "Phòng Hai", "department", valid_from="2026-07-01"),
        ],
        home="H44",
    )
    before = units.find("H44.50", parse_instant("2026-06-30T12:00"))
    after = units.find("H44.50", NOW)
    assert (before.name, after.name) == ("Phòng Một", "Phòng Hai")
    assert units.today(before.index, NOW) == after.index


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (UnitRecord("", "X", "commune"), "code"),
        (UnitRecord("H01.300", "X", "village"), "kind"),
        (UnitRecord("H01.300", "X", "commune", valid_from="01/07/2025"), "valid_from"),
        (UnitRecord("H01.300", "X", "commune", valid_from="2026-01-02", valid_to="2026-01-01"), "valid_to"),
    ],
)
def test_units_that_cannot_be_read(record, field):
    with pytest.raises(BadUnitError) as error:
        Units.load([record])
    assert error.value.field == field


def test_circles_in_loaded_tables_end():
    units = Units.load(
        [
            UnitRecord(
                "H01.301", "A", "commune", parent="H01.302", valid_to="2026-01-01", successor="H01.302"
            ),
            UnitRecord(
                "H01.302", "B", "commune", parent="H01.301", valid_to="2026-01-01", successor="H01.301"
            ),
        ]
    )
    for at in (MAY_2023, NOW):
        tree = units.tree(at)
        assert len(tree.order) == tree.in_force.sum()
        assert tree.in_force[units.today_map(at)].all()


def test_unknown_leagues_and_units():
    with pytest.raises(KeyError):
        UNITS.league("villages", at=NOW)
    with pytest.raises(BadUnitError):
        UNITS.league("communes", under="H01.999", at=NOW)
    assert UNITS.find("H01.113").valid_to == NEVER


def test_what_continues_a_unit_that_is_no_more():
    before, after = date(2025, 6, 30), date(2025, 7, 1)
    assert UNITS.ended("gso:883", before) is None
    assert UNITS.ended("gso:883", after) is not None
    assert UNITS.ended("H33", date(2026, 1, 1)).startswith("H01 ")
    assert UNITS.ended("H01.113", after) is None
    assert UNITS.ended("H01.113", date(2023, 1, 1)) is None  # yet to come
    assert UNITS.ended("H99.999", after) is None  # not known
