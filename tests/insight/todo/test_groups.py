"""Work put together by procedure and by officer: nothing is lost, and each group is what its filter lists."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.insight.todo.answer import todo
from chiso.insight.todo.groups import NOBODY
from chiso.instants import DAY
from tests.support.messages import dossier, stamp, tell


def steps(folder: DataFolder, code: str, *told: tuple[int, str]) -> None:
    tell(
        folder,
        "progress",
        *({"MaHoSo": code, "ThoiDiemXuLy": stamp(at), "TrangThai": "4", "NguoiXuLy": name,
           "NoiDungXuLy": name} for at, name in told),
    )  # fmt: skip


def slowly(rows: list[dict[str, Any]], key: str) -> dict[Any, tuple[Counter[str], Decimal]]:
    found: dict[Any, tuple[Counter[str], Decimal]] = defaultdict(lambda: (Counter(), Decimal(0)))
    for row in rows:
        if key == "officer":
            if "dossier" not in row:
                continue
            group: Any = (row["officer"], row["unit"])
        else:
            group = row.get("for_procedure") or row.get("procedure")
        kinds, points = found[group]
        kinds[row["what"]] += 1
        found[group] = kinds, points + Decimal(row["points"])
    return dict(found)


@pytest.mark.parametrize("unit", ["H01", "H01.113"])
@pytest.mark.parametrize("group", ["procedure", "officer"])
def test_groups_are_the_rows_put_together(work_at_hand: DataFolder, unit: str, group: str) -> None:
    rows = todo(work_at_hand, unit, named=True, limit=10_000)["rows"]
    wanted = slowly(rows, group)
    body = todo(work_at_hand, unit, group=group, limit=10_000)
    assert "rows" not in body
    assert body["groups_count"] == len(body["groups"]) == len(wanted) > 1
    assert body["count"] == len(rows)
    for one in body["groups"]:
        key = (one["officer"], one["unit"]) if group == "officer" else one["procedure"]
        kinds, points = wanted[key]
        assert one["kinds"] == kinds
        assert one["count"] == kinds.total()
        # the rows' points are rounded at the tenth decimal, the group's sum is rounded once
        assert abs(Decimal(one["points"]) - points) <= Decimal("1e-10") * one["count"]
    points = [Decimal(one["points"]) for one in body["groups"] if one[group] is not None]
    assert points == sorted(points, reverse=True)
    assert body["groups"][: len(points)] == [one for one in body["groups"] if one[group] is not None]
    page = todo(work_at_hand, unit, group=group, limit=2, offset=1)
    assert page["groups"] == body["groups"][1:3]


def test_each_group_is_what_its_filter_lists(work_at_hand: DataFolder) -> None:
    for one in todo(work_at_hand, "H01", group="officer", limit=3)["groups"]:
        body = todo(work_at_hand, one["unit"], officer=one["officer"] or NOBODY, limit=0)
        assert body["kinds"] == one["kinds"]
    for one in todo(work_at_hand, "H01.113", group="procedure", limit=3)["groups"]:
        assert todo(work_at_hand, "H01.113", procedure=one["procedure"], limit=0)["count"] == one["count"]


def test_the_newest_step_that_names_somebody_says_who(busy: DataFolder) -> None:
    code, now = "H01.113-261009-50001", busy.now()
    tell(busy, "dossiers", dossier(code, now - DAY, now + 3600))

    def who() -> Any:
        (row,) = (one for one in todo(busy, "H01.113", what=["due"], named=True, limit=100)["rows"]
                  if one["dossier"] == code)  # fmt: skip
        return row["officer"]

    assert who() is None
    steps(busy, code, (now - 7200, "Trần  Văn Ba"), (now - 3600, ""))
    assert who() == "Trần Văn Ba"
    steps(busy, code, (now - 1800, "<b>Lê Thị Tư</b>"), (now - 7000, "Nguyễn Văn Hai"))
    assert who() == "<b>Lê Thị Tư</b>"
    body = todo(busy, "H01.113", officer=" <b>Lê  Thị Tư</b>", named=True)
    assert {row["dossier"] for row in body["rows"]} == {code}
    assert todo(busy, "H01.113", officer="Trần Văn Ba")["count"] == 0
    nobody = todo(busy, "H01.113", officer=NOBODY, named=True, limit=10_000)["rows"]
    assert nobody
    assert all(row["officer"] is None for row in nobody)


def test_an_officer_spelt_in_several_ways_is_one(busy: DataFolder) -> None:
    now = busy.now()
    plain = "Nguyễn Văn Ánh"
    spelt = [
        plain,
        "NGUYỄN VĂN  ÁNH",
        unicodedata.normalize("NFD", plain),
        f" {plain}\u200b",
        "nguyễn\u00a0văn ánh",
    ]
    codes = [f"H01.113-261009-6000{place}" for place in range(len(spelt))]
    for code, name in zip(codes, spelt, strict=True):
        tell(busy, "dossiers", dossier(code, now - DAY, now + 3600))
        steps(busy, code, (now - 7200, name))
    other = "H01.113-261009-60009"
    tell(busy, "dossiers", dossier(other, now - DAY, now + 3600))
    steps(busy, other, (now - 7200, "Nguyễn Vân Ánh"))
    groups = todo(busy, "H01.113", what=["due"], group="officer")["groups"]
    assert [(one["officer"], one["count"]) for one in groups if one["officer"]] == [
        (plain, len(codes)),
        ("Nguyễn Vân Ánh", 1),
    ]
    for name in spelt:
        body = todo(busy, "H01.113", what=["due"], officer=name, named=True)
        assert {(row["dossier"], row["officer"]) for row in body["rows"]} == {(code, plain) for code in codes}


def test_names_are_told_only_where_they_are_asked_for(work_at_hand: DataFolder) -> None:
    assert not any("officer" in row for row in todo(work_at_hand, "H01.113", limit=10_000)["rows"])
    assert not any("officer" in one for one in todo(work_at_hand, "H01.113", group="procedure")["groups"])


def test_a_unit_without_dossiers_has_no_groups(work_at_hand: DataFolder) -> None:
    units = work_at_hand.registry.units
    here = [one for one in units.all if one.kind == "commune" and units.find(one.code, work_at_hand.now())]
    own = [one.code for one in here if one.code.startswith("H01.")]
    empty = next(code for code in own if not todo(work_at_hand, code)["count"])
    for group in ("procedure", "officer"):
        assert todo(work_at_hand, empty, group=group)["groups"] == []
    assert todo(work_at_hand, empty, officer="Ai")["count"] == 0


def test_other_ways_of_putting_together_are_refused(work_at_hand: DataFolder) -> None:
    with pytest.raises(QuestionError, match="put together"):
        todo(work_at_hand, "H01", group="unit")
