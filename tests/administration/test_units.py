from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.administration import units
from chiso.folder import DataFolder, QuestionError
from chiso.instants import parse_instant
from chiso.ledger.clock import Clock
from chiso.steering.entering import by_command

DAY = "2026-10-01"


def made(folder: DataFolder, what: str, **fields: str) -> units.Change:
    change = units.propose(folder, what, fields)
    promised = units.preview(folder, change)
    before = {one["code"] for one in folder.units()}
    units.apply(folder, change, by_command(folder))
    for line in promised.lines:
        # what was shown is what came
        if line.after is not None:
            assert Decimal(folder.score(line.unit)["total"]) == line.after, line
        else:
            assert line.unit in before
            assert line.unit not in {one["code"] for one in folder.units()}
    return change


def dossiers(folder: DataFolder, unit: str) -> int:
    return int(folder.score(unit)["dossiers"])


def test_a_merger_brings_the_dossiers_of_its_parts_together(folder: DataFolder) -> None:
    parts = ("H01.113", "H01.101")
    together = sum(dossiers(folder, one) for one in parts)
    home = folder.score("H01")["dossiers"]
    made(folder, "merge", codes=" ".join(parts), into="H01.900", name="Phường Mới", day=DAY)
    assert dossiers(folder, "H01.900") == together
    assert folder.score("H01")["dossiers"] == home
    with pytest.raises(QuestionError):
        units.propose(folder, "rename", {"code": "H01.113", "name": "Không còn"})


def test_a_unit_may_take_in_another_and_keep_its_code(folder: DataFolder) -> None:
    together = dossiers(folder, "H01.113") + dossiers(folder, "H01.101")
    made(folder, "merge", codes="H01.101", into="H01.113", day=DAY)
    assert dossiers(folder, "H01.113") == together


def test_a_split_leaves_the_old_codes_with_the_first_part(folder: DataFolder) -> None:
    whole = dossiers(folder, "H01.113")
    made(folder, "split", code="H01.113", parts="H01.901 Phường Đông\nH01.902 Phường Tây", day=DAY)
    assert dossiers(folder, "H01.901") == whole
    assert dossiers(folder, "H01.902") == 0


def test_a_split_may_leave_the_old_unit(folder: DataFolder) -> None:
    whole = dossiers(folder, "H01.113")
    made(folder, "split", code="H01.113", parts="H01.902 Phường Tây", keeps="1", day=DAY)
    assert dossiers(folder, "H01.113") == whole


def test_a_name_holds_from_its_day_on(folder: DataFolder) -> None:
    old = folder.score("H01.113")["name"]
    made(folder, "rename", code="H01.113", name="Phường Tân Long", day=DAY)
    assert folder.score("H01.113")["name"] == "Phường Tân Long"
    assert folder.score("H01.113", period="2026-08")["name"] == old
    # the year's dossiers are still all its own
    assert folder.score("H01.113")["total"]


def test_a_wrong_name_is_mended_for_all_time(folder: DataFolder) -> None:
    before = folder.score("H01.113")
    made(folder, "rename", code="H01.113", name="Phường Đúng Tên")
    after = folder.score("H01.113", period="2026-08")
    assert after["name"] == "Phường Đúng Tên"
    assert folder.score("H01.113")["total"] == before["total"]


def test_what_is_moved_counts_below_its_new_unit(folder: DataFolder) -> None:
    moved = dossiers(folder, "H01.101")
    host = dossiers(folder, "H01.06")
    made(folder, "move", code="H01.101", parent="H01.06", day=DAY)
    assert dossiers(folder, "H01.06") == host + moved
    with pytest.raises(QuestionError, match="below"):
        units.propose(folder, "move", {"code": "H01.06", "parent": "H01.101", "day": "2026-10-05"})


def test_what_ends_counts_where_it_is_told_to_and_may_be_reopened(folder: DataFolder) -> None:
    before = folder.score("H01.113")["total"]
    count = dossiers(folder, "H01.113")
    made(folder, "close", code="H01.113", into="H01.101", day=DAY)
    assert dossiers(folder, "H01.101") > count
    made(folder, "reopen", code="H01.113")
    assert folder.score("H01.113")["total"] == before
    assert dossiers(folder, "H01.113") == count


def test_a_new_unit_begins_empty(folder: DataFolder) -> None:
    made(folder, "open", code="H01.77", name="Sở Thử", kind="department", day=DAY)
    assert folder.score("H01.77")["kind"] == "department"


def test_a_change_of_a_coming_day_changes_nothing_before_it(folder: DataFolder) -> None:
    before = folder.score("H01")
    change = units.propose(
        folder, "merge", {"codes": "H01.113 H01.101", "into": "H01.900", "name": "Mới", "day": "2026-12-01"}
    )
    shown = units.preview(folder, change)
    assert shown.of("H01.900") is not None
    units.apply(folder, change, by_command(folder))
    assert folder.score("H01.113")["total"]
    assert folder.score("H01")["total"] == before["total"]
    folder.ledger.clock.set(Clock(parse_instant("2026-12-01T00:00:02+07:00")))
    folder.refresh()
    line = shown.of("H01.900")
    assert line is not None
    assert Decimal(folder.score("H01.900")["total"]) == line.after


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("merge", {"codes": "H01.113", "into": "H01.900", "name": "Một", "day": DAY}),
        ("merge", {"codes": "H01.113 H01.06", "into": "H01.900", "name": "Hai loại", "day": DAY}),
        ("merge", {"codes": "H01.113 H01.999", "into": "H01.900", "name": "Lạ", "day": DAY}),
        ("merge", {"codes": "H01.113 H01.101", "into": "H44.900", "name": "Tỉnh khác", "day": DAY}),
        ("merge", {"codes": "H01.113 H01.101", "into": "H01.900", "name": "", "day": DAY}),
        ("merge", {"codes": "H01.113 H01.101", "into": "H01.900", "name": "Không ngày", "day": ""}),
        ("merge", {"codes": "H01.113 H01.101", "into": "H01.900", "name": "Sớm", "day": "2025-07-01"}),
        ("split", {"code": "H01.113", "parts": "H01.901 Một", "day": DAY}),
        ("split", {"code": "H01.113", "parts": "H01.901 Một\nH01.901 Hai", "day": DAY}),
        ("split", {"code": "H01.113", "parts": "H01.101 Đang có\nH01.901 Hai", "day": DAY}),
        ("rename", {"code": "H01.113", "name": "x" * 201, "day": DAY}),
        ("rename", {"code": "H01.113", "name": "hai\ndòng", "day": DAY}),
        ("rename", {"code": "H01", "name": "Tỉnh", "day": DAY}),
        ("rename", {"code": "H44", "name": "Tỉnh khác", "day": DAY}),
        ("move", {"code": "H01.113", "parent": "H44", "day": DAY}),
        ("move", {"code": "H01.113", "parent": "H01", "day": DAY}),
        ("close", {"code": "H01.113", "into": "H01.113", "day": DAY}),
        ("open", {"code": "H01.113", "name": "Trùng mã", "kind": "commune", "day": DAY}),
        ("open", {"code": "H01.300", "name": "Loại lạ", "kind": "province", "day": DAY}),
        ("reopen", {"code": "H01.113"}),
        ("explode", {"code": "H01.113"}),
    ],
)
def test_what_cannot_be_is_refused_in_both_languages(
    folder: DataFolder, what: str, fields: dict[str, str]
) -> None:
    with pytest.raises(QuestionError) as told:
        units.propose(folder, what, fields)
    assert told.value.message_vi
    assert told.value.message_en
    assert told.value.wrong


FIELDS = ("code", "codes", "into", "name", "parent", "day", "parts", "kind", "keeps")


@given(st.sampled_from(sorted(units.MAKERS)), st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=30)))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_a_change_or_a_refusal(folder: DataFolder, what: str, fields: dict[str, Any]) -> None:
    told: object
    try:
        told = units.propose(folder, what, fields)
    except QuestionError as error:
        told = error.message_vi
    assert told
