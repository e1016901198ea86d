"""Laws as they are, laws through time, and what is said of a law that does not hold."""

from __future__ import annotations

import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from chiso.law import LawError, default_law, law_ids, load
from chiso.law.compiled import compiled
from chiso.law.life import PORTAL_RULES
from chiso.law.model import MARKS

DAY = date(2026, 10, 10)
DATA = Path(__file__).parents[2] / "src/chiso/law/data"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A copy of the laws that a test may spoil."""
    shutil.copytree(DATA, tmp_path / "laws")
    return tmp_path / "laws"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_laws_of_the_package() -> None:
    assert law_ids() == ("qd766", "qd766-document", "qd766-2022")
    with pytest.raises(LawError, match="no such law"):
        load("../secret")


@pytest.mark.parametrize("law_id", law_ids())
def test_every_law_holds(law_id: str) -> None:
    version = load(law_id).at(DAY)
    compiled(version)
    assert version.maximum == 100
    assert [group.code for group in version.groups.values()] == [
        "CKMB",
        "TDGQ",
        "CLGQ",
        "TTTT",
        "MDHL",
        "MDSH",
    ]
    references = [r for one in version.indicators.values() for r in one.references.values()]
    references += [r for group in version.groups.values() for r in group.references.values()]
    references += [rule.reference for rule in version.rules.values()]
    assert all(r.mark in MARKS and r.source in version.sources for r in references)


def test_the_indicators_of_the_portal() -> None:
    version = load("qd766").at(DAY)
    maxima = {name: int(one.maximum) for name, one in version.indicators.items()}
    assert maxima == {
        "1.1": 6, "1.2": 4, "1.3": 2, "1.4": 6, "2.1": 20, "2.2": 0, "3.1": 2, "3.2": 4, "3.3": 6,
        "3.5": 2, "3.5b": 2, "3.6": 6, "4.1": 6, "4.2": 4, "4.3": 2, "4.4": 4, "4.5a": 2, "4.5b": 2,
        "4.6": 2, "5.1": 0, "5.1b": 0, "5.2": 6, "5.3": 6, "5.4": 6,
    }  # fmt: skip
    caps = {name: str(one.cap) for name, one in version.indicators.items() if one.cap != 1}
    assert caps == {"3.1": "4/5", "3.3": "1/2", "3.5": "4/5", "3.5b": "4/5", "4.3": "4/5", "5.4": "9/10"}
    below = {
        name: one.below_province for name, one in version.indicators.items() if one.below_province != "own"
    }
    assert below == {"1.1": "inherited", "1.2": "inherited", "1.3": "inherited", "3.1": "none"}
    assert version.life_rules == PORTAL_RULES
    assert version.settings["population_databases"] == []
    assert version.group_by_code("MDSH").id == "digitisation"
    with pytest.raises(LawError, match="no group has the portal code"):
        version.group_by_code("XXXX")


def test_which_law_is_the_default() -> None:
    assert default_law(date(2022, 6, 23)) == default_law(date(2025, 12, 31)) == "qd766-2022"
    assert default_law(date(2026, 1, 1)) == "qd766"
    with pytest.raises(LawError, match="no law holds on 2022-06-22"):
        default_law(date(2022, 6, 22))


def test_an_earlier_day_is_judged_by_the_law_as_it_began() -> None:
    law = load("qd766")
    assert law.at(date(2025, 3, 1)).version == law.at(DAY).version
    assert load("qd766-2022").at(DAY).groups_only


def test_options_settle_rules_otherwise() -> None:
    law = load("qd766")
    changed = law.with_options({"waiting_request": "clock_runs"}).with_options({"end_time": "newest"}).at(DAY)
    assert changed.version != law.at(DAY).version
    assert changed.definitions["clock_stopped_at"] == "NULL"
    assert not changed.life_rules.end_time_by_precedence
    assert changed.options["waiting_request"] == "clock_runs"
    assert law.with_options({"waiting_request": "ends_on_time"}).at(DAY).version == law.at(DAY).version
    assert (
        law.with_options({"reporting_missing": "last_year"}).at(DAY).indicators["1.4"].d.otherwise
        == "last_year"
    )
    with pytest.raises(LawError, match=r"rules\.coffee: no such rule"):
        law.with_options({"coffee": "black"})
    with pytest.raises(LawError, match="has no option 'maybe'; there are on_time, overdue, not_counted"):
        law.with_options({"no_limit": "maybe"})


def test_a_change_of_law_is_a_line_with_its_date(shelf: Path) -> None:
    change(
        shelf / "qd766/indicators/4.2.yaml",
        "ref: portal SO_HOA_GIAY_TO_GIAI_QUYET}\nscope",
        "ref: portal SO_HOA_GIAY_TO_GIAI_QUYET}\n"
        "  - {from: 2027-01-01, value: 80%, mark: L, ref: decision}\nscope",
    )
    law = load("qd766", shelf)
    assert law.changes[-1] == date(2027, 1, 1)
    before, after = law.at(date(2026, 12, 31)), law.at(date(2027, 1, 1))
    assert (before.indicators["4.2"].cap, after.indicators["4.2"].cap) == (1, Fraction(4, 5))
    assert before.version == load("qd766").at(DAY).version != after.version
    assert after.day == date(2027, 1, 1)


def test_an_indicator_is_added_as_a_file_and_ended_by_a_line(shelf: Path) -> None:
    folder = shelf / "qd766/indicators"
    text = (folder / "4.1.yaml").read_text("utf-8")
    new = text.replace('id: "4.1"', 'id: "4.7"').replace("2026-01-01", "2027-01-01")
    (folder / "4.7.yaml").write_text(new, "utf-8")
    change(folder / "4.1.yaml", "cap:", "  - {from: 2027-01-01, value: null, mark: L, ref: decision}\ncap:")
    law = load("qd766", shelf)
    assert "4.7" not in law.at(DAY).indicators
    after = law.at(date(2027, 6, 1)).indicators
    assert "4.7" in after
    assert "4.1" not in after


FILE, INDEX = "qd766/indicators/2.1.yaml", "qd766/index.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (FILE, "unit:", "unti:", "2.1.yaml: unti: unknown key"),
        (FILE, "value: 20,", "value: 21,", "groups.processing.maximum: is 20, but its indicators sum to 21"),
        (FILE, "value: 20,", "value: many,", "2.1.yaml: maximum: is 'many', must be a number"),
        (FILE, "value: 100%", "value: 120%", "2.1.yaml: cap: is '120%'"),
        (FILE, "mark: V", "mark: X", r"2.1.yaml: maximum\[0\].mark: is 'X', must be one of L, V, I, M"),
        (FILE, "ref: portal", "ref: gossip", "begins with 'gossip', which is no source"),
        (FILE, "from: 2026-01-01", "from: soon", r"maximum\[0\].from: is 'soon', must be a day"),
        (FILE, "value: in_period", "value: ever", "2.1.yaml: scope: is 'ever'"),
        (FILE, "{dossiers: timed AND on_time}", "{dossier: timed}", "2.1.yaml: n: must have exactly one of"),
        (FILE, "{dossiers: timed}", "{register: nobody}", "2.1.yaml: d.register: is 'nobody'"),
        (FILE, 'id: "2.1"', 'id: "2.9"', "2.1.yaml: id: is '2.9' in the file 2.1.yaml"),
        (FILE, "group: processing", "group: speed", "2.1.yaml: group: is 'speed'"),
        (FILE, "value: own", "value: some", "2.1.yaml: below_province: is 'some'"),
        (FILE, "unit: dossiers", "unit: dossiers\nunit: seconds", "'unit' stands twice"),
        (
            FILE,
            "{dossiers: timed}",
            "{dossiers: timed AND endet_at > 1}",
            "2.1.yaml: d: 'endet_at' is neither",
        ),
        (FILE, "{dossiers: timed}", "{dossiers: due}", "2.1.yaml: d: 'due' is a number, must be a boolean"),
        (
            INDEX,
            "on_time: NOT asked_twice",
            "on_time: on_time",
            "definitions.on_time: definitions go in a circle",
        ),
        (
            INDEX,
            "handling_time: GREATEST(ended_at",
            "handling_time: GREATEST(ended",
            "index.yaml: definitions.handling_time: 'ended'",
        ),
        (INDEX, "value: ends_on_time", "value: naps", "rules.waiting_request.value: is 'naps'"),
        (INDEX, "later_open_step_reopens", "later_closes", "life.later_closes: must be true or false"),
        (
            INDEX,
            "definitions: {asked_twice",
            "definitions: {asked_thrice",
            "replaces a definition that there is not",
        ),
        (
            INDEX,
            "definitions: {timed: due",
            "definitions: {timd: due",
            "definitions.timd: replaces a definition",
        ),
        (
            INDEX,
            "value: {places: 2, ties: even}",
            "value: {places: 3, ties: even}",
            "rounding.places: must be 2",
        ),
        (INDEX, 'value: "1224"', 'value: "1111"', "ties: is '1111'"),
        (INDEX, "floor: 0}", "floor: 5}", "bands: the lowest band must begin at 0"),
        (INDEX, "id: qd766", "id: qd767", "index.yaml: id: is 'qd767' in the folder qd766"),
    ],
)
def test_errors_name_file_key_and_reason(shelf: Path, file: str, old: str, new: str, reason: str) -> None:
    change(shelf / file, old, new)
    with pytest.raises(LawError, match=reason):
        compiled(load("qd766", shelf).at(DAY))


def test_laws_may_not_extend_each_other_in_a_circle(shelf: Path) -> None:
    change(shelf / "qd766/index.yaml", "id: qd766\n", "id: qd766\nextends: qd766-document\n")
    with pytest.raises(LawError, match="extends: goes in a circle: qd766-document → qd766 → qd766-document"):
        load("qd766-document", shelf)


def test_two_rules_may_not_replace_one_definition(shelf: Path) -> None:
    change(shelf / INDEX, "definitions: {timed: due IS NOT NULL}", "definitions: {asked_twice: synced}")
    law = load("qd766", shelf).with_options({"no_limit": "not_counted", "second_request": "ignored"})
    with pytest.raises(LawError, match="is also replaced by the rule second_request"):
        law.at(DAY)


def test_entries_stand_in_the_order_of_their_dates(shelf: Path) -> None:
    change(shelf / FILE, "cap:", "  - {from: 2025-01-01, value: 20, mark: L, ref: decision}\ncap:")
    with pytest.raises(LawError, match=r"maximum\[1\].from: entries must stand in the order of their dates"):
        load("qd766", shelf).at(DAY)
