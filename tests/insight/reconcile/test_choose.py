"""The set of causes that is chosen, against all sets weighed one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from chiso.folder import DataFolder
from chiso.insight.reconcile.case import Gathered, Question, gather
from chiso.insight.reconcile.choose import choose
from chiso.insight.reconcile.scene import State
from chiso.insight.reconcile.split import Places, split
from chiso.insight.reconcile.told import Told, ToldGroup
from chiso.instants import DAY, parse_instant, parse_period
from tests.insight.reconcile.conftest import CAPTURE, HOUR, OTHER, UNIT, Small
from tests.support.messages import stamp

YEAR = parse_period("2026")
SEPTEMBER = parse_instant("2026-09-20")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """A commune with a few dossiers for each cause, some of them for two."""
    path: Path = tmp_path_factory.mktemp("mixed")
    with DataFolder.open(path / "data") as folder:
        small = Small(folder)
        whose = {"SoGiayToChuHoSo": "089123456789"}
        new_year = parse_instant("2026-01-01")
        late = small.one(61, SEPTEMBER)
        late["NgayHenTra"] = late["NgayKetThucXuLy"][:8] + "090000"
        small.tell(
            small.one(55, SEPTEMBER, **whose), small.one(56, SEPTEMBER, **whose), late,
            small.one(57, SEPTEMBER, DonViXuLy=f"Phường ({OTHER})"),
            small.one(58, new_year, NgayNopHoSo=stamp(new_year - HOUR)),
            small.one(51, SEPTEMBER, open_=True), small.one(63, SEPTEMBER, MaTTHC="1.001193"),
            known_at=CAPTURE - 2 * DAY,
        )  # fmt: skip
        both = small.one(64, SEPTEMBER)
        both["NgayHenTra"] = both["NgayKetThucXuLy"][:8] + "090000"
        small.tell(both, small.one(51, SEPTEMBER), small.one(65, SEPTEMBER), known_at=CAPTURE + HOUR)
        small.refuse(small.one(53, SEPTEMBER, TaiKhoanDuocXacThucVoiVNeID="có lẽ"))
        yield small


def case_of(small: Small, pairs: dict[str, tuple[int, int]] | None = None) -> Gathered:
    folder = small.folder
    law = folder.law_of(YEAR)
    unit = folder.registry.units.find(UNIT)
    assert unit is not None
    groups = {
        name: ToldGroup(
            CAPTURE, CAPTURE, None,
            {key: pair for key, pair in (pairs or {}).items() if law.indicators[key].group == name}, {},
        )
        for name in law.groups
    }  # fmt: skip
    return gather(Question(folder, unit, YEAR, CAPTURE, law, Told(groups, None, 0, CAPTURE)))


def all_sets(found: Gathered) -> list[State]:
    return [
        frozenset(one for one in picked if one is not None)
        for picked in product(*([None, *choice] for choice in found.choices))
    ]


def test_every_set_that_can_be_is_found_again(mixed: Small) -> None:
    """What the portal would publish in a world is explained by that world, or by one as small."""
    found = case_of(mixed)
    sets = all_sets(found)
    assert len(sets) > 200
    for state in random.Random(7).sample(sets, 25):
        again = case_of(mixed, found.case.pairs(state))
        chosen = choose(again.case, again.choices)
        assert again.case.pairs(chosen) == found.case.pairs(state)
        assert len(chosen) <= len(state)


def test_it_is_the_best_of_all_sets(mixed: Small) -> None:
    """With noise on top: no set leaves less, and none that leaves as little is smaller."""
    found = case_of(mixed)
    sets = all_sets(found)
    chance = random.Random(11)
    for state in chance.sample(sets, 6):
        pairs = {
            name: (n + chance.choice((0, 0, 0, 1)), d + chance.choice((0, 0, 0, 1)))
            for name, (n, d) in found.case.pairs(state).items()
        }
        again = case_of(mixed, pairs)
        weighed = [(again.case.rest(one), len(one)) for one in all_sets(again)]
        chosen = choose(again.case, again.choices)
        own = again.case.rest(chosen), len(chosen)
        least = min(weighed)
        # a cause that the numbers do not bear out is left out: then more remains, of fewer causes
        assert own == least or (own[0] > least[0] and own[1] < least[1])


def test_effects_sum_to_what_a_set_changes_and_no_dossier_is_listed_twice(mixed: Small) -> None:
    found = case_of(mixed)
    case = found.case
    places = Places(case)
    before = case.pairs(frozenset())
    for state in random.Random(3).sample(all_sets(found), 40):
        effects = split(case, state, places)
        after = case.pairs(state)
        for name, (n, d) in before.items():
            changes = [effect.change.get(name, (0, 0)) for effect in effects]
            assert (n + sum(c[0] for c in changes), d + sum(c[1] for c in changes)) == after[name], name
        listed = [number for effect in effects for number in effect.numbers.tolist()]
        assert len(listed) == len(set(listed))
        if effects:
            assert {name: effects[-1].after[name] for name in after} == after
