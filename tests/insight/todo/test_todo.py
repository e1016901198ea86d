"""The list of work: its order, its filters, and what belongs to it."""

from __future__ import annotations

import shutil
from decimal import Decimal
from typing import Any

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.insight.todo.answer import todo
from chiso.insight.todo.items import WHAT
from chiso.instants import DAY, day_of, iso, midnight, parse_instant
from chiso.intake.records import Has
from tests.insight.work import do, enrich
from tests.support.messages import dossier, record_of, tell


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, province_path: Any) -> Any:
    """A province with all kinds of work, which nobody changes."""
    path = tmp_path_factory.mktemp("busy") / "data"
    shutil.copytree(province_path, path)
    with DataFolder.open(path, standing=True) as folder:
        enrich(folder)
        yield folder


def key(row: dict[str, Any]) -> str:
    return str(row.get("dossier") or row.get("petition") or row["procedure"])


def test_most_points_first_then_the_soonest(busy: DataFolder) -> None:
    body = todo(busy, "H01", limit=10_000)
    points = [Decimal(row["points"]) for row in body["rows"]]
    assert points == sorted(points, reverse=True)
    assert all(len(row["points"].split(".")[1]) == 10 for row in body["rows"])
    for before, after in zip(body["rows"], body["rows"][1:], strict=False):
        if before["points"] == after["points"] and "procedure" not in before | after:
            assert before["by"] <= after["by"]


def test_one_row_a_dossier_and_act_and_all_kinds_are_there(busy: DataFolder) -> None:
    body = todo(busy, "H01", limit=10_000)
    named = [(row["what"], key(row)) for row in body["rows"]]
    assert len(named) == len(set(named)) == body["count"]
    assert set(body["kinds"]) == {row["what"] for row in body["rows"]} == set(WHAT)
    for what, count in body["kinds"].items():
        assert count == sum(row["what"] == what for row in body["rows"])
    for row in body["rows"]:
        assert ("dossier" in row) + ("petition" in row) + ("procedure" in row) == 1
        assert row["by"]
        assert row["unit"].startswith("H01")


def test_a_dossier_that_improves_several_indicators_shows_their_sum(busy: DataFolder) -> None:
    score = busy.score("H01")
    rows = todo(busy, "H01", what=["result"], limit=1000)["rows"]
    both = [row for row in rows if row["indicators"] == ["4.1", "4.2"]]
    alone = [row for row in rows if row["indicators"] == ["4.1"]]
    assert both
    assert alone
    d = score["indicators"]["4.1"]["d"]
    assert Decimal(alone[0]["points"]) == round(Decimal(6) / d, 10)
    assert Decimal(both[0]["points"]) == round(Decimal(10) / d, 10)
    assert record_of(busy, both[0]["dossier"]).has & Has.COMPONENT_FILE


def test_pages_and_filters(busy: DataFolder) -> None:
    whole = todo(busy, "H01", limit=10_000)
    assert todo(busy, "H01", limit=7, offset=5)["rows"] == whole["rows"][5:12]
    assert todo(busy, "H01", limit=0)["rows"] == []
    some = todo(busy, "H01", what=["due", "petition"], limit=10_000)
    assert some["rows"] == [row for row in whole["rows"] if row["what"] in ("due", "petition")]
    assert some["count"] == len(some["rows"])
    assert some["kinds"] == whole["kinds"]
    code = "2.000815"
    of_one = todo(busy, "H01", procedure=code, limit=10_000)
    assert of_one["rows"] == [
        row for row in whole["rows"] if code in (row.get("for_procedure"), row.get("procedure"))
    ]
    assert of_one["count"] == sum(of_one["kinds"].values())
    assert todo(busy, "H01", procedure="3.990001")["rows"][0]["what"] == "complete"
    assert todo(busy, "H01", procedure="0.000000")["count"] == 0


def test_work_below_is_work_of_the_unit_above(busy: DataFolder) -> None:
    above = {(row["what"], key(row)) for row in todo(busy, "H01", limit=10_000)["rows"]}
    for unit in ("H01.113", "H01.06"):
        rows = todo(busy, unit, limit=10_000)["rows"]
        assert {row["unit"] for row in rows} == {unit}
        local = {(row["what"], key(row)) for row in rows if row["what"] not in ("fee", "offer_online")}
        assert local <= above


def test_how_far_it_looks(busy: DataFolder) -> None:
    now = busy.now()
    today = todo(busy, "H01", what=["due"], limit=1000)
    assert today["until"] == iso(midnight(day_of(now)) + DAY * 3)  # Saturday: to the end of Monday
    assert all(row["by"] <= today["until"] for row in today["rows"])
    month = todo(busy, "H01", what=["due"], until=now + 30 * DAY, limit=1000)
    assert {key(row) for row in today["rows"]} < {key(row) for row in month["rows"]}
    end = todo(busy, "H01", until=now + 900 * DAY, limit=0)
    assert end["until"] == "2027-01-01T00:00:00+07:00"
    stages = {row["stage"] for row in todo(busy, "H01", what=["petition"])["rows"]}
    assert stages == {"resolve", "publish"}


def test_what_is_done_leaves_the_list(own: DataFolder) -> None:
    now = own.now()
    code = "H01.113-261001-90001"
    tell(own, "dossiers", dossier(code, now - 9 * DAY, now + 3600))
    (row,) = [row for row in todo(own, "H01.113", what=["due"])["rows"] if row["dossier"] == code]
    do(own, row)
    rows = [row for row in todo(own, "H01.113", limit=10_000)["rows"] if row.get("dossier") == code]
    assert {row["what"] for row in rows} == {"result", "digitise"}
    for what in ("result", "digitise"):
        do(own, {"what": what, "dossier": code})
    assert not [row for row in todo(own, "H01.113", limit=10_000)["rows"] if row.get("dossier") == code]


def test_the_past_had_its_own_work(busy: DataFolder) -> None:
    then = parse_instant("2026-06-10T06:00+07:00")
    body = todo(busy, "H01", at=then, as_of=then, limit=10_000)
    assert body["at"] == iso(then)
    assert body["rows"]
    assert all(row.get("received_at") or iso(then) >= "" for row in body["rows"])


def test_what_cannot_be_asked_is_refused(busy: DataFolder) -> None:
    with pytest.raises(QuestionError, match="no kind of work 'x'"):
        todo(busy, "H01", what=["x"])
    with pytest.raises(QuestionError, match="published"):
        todo(busy, "H01", source="published")


def test_of_another_province_no_dossiers_are_held(busy: DataFolder) -> None:
    with pytest.raises(QuestionError, match="only dossiers of H01 are held here"):
        todo(busy, "H44")


def test_an_empty_folder_has_no_work(tmp_path: Any) -> None:
    with DataFolder.open(tmp_path / "empty") as empty:
        assert todo(empty, "H01")["rows"] == []


def test_only_what_must_be_done_by_then(busy: DataFolder) -> None:
    whole = todo(busy, "H01", until=busy.now() + 5 * DAY, limit=10_000)["rows"]
    before = busy.now() + 5 * DAY
    some = todo(busy, "H01", before=before, limit=10_000)
    assert some["rows"] == [row for row in whole if row["by"] <= iso(before)]
    assert {"due", "overdue"} <= {row["what"] for row in some["rows"]}
    assert some["count"] == sum(some["kinds"].values()) == len(some["rows"])


def test_what_is_noted_stands_beside(own: DataFolder) -> None:
    enrich(own)
    now = own.now()
    whole = todo(own, "H01", limit=10_000)
    marked = {}
    for what in ("due", "result", "petition", "publish", "fee"):
        row = next(row for row in whole["rows"] if row["what"] == what)
        marked[what] = key(row)
        own.ledger.marks.set(key(row), what, now, assigned=f"Ai đó {what}", done=what in ("due", "fee"))
    own.ledger.marks.set("H01.113-000000-1", "result", now, done=True)  # of no item any more
    after = todo(own, "H01", limit=10_000)
    assert [
        {name: told for name, told in row.items() if name not in ("assigned", "done_at")}
        for row in after["rows"]
    ] == whole["rows"]
    noted = {row["what"]: row for row in after["rows"] if "assigned" in row}
    assert {what: key(row) for what, row in noted.items()} == marked
    assert noted["due"]["done_at"] == iso(now)
    assert noted["result"]["done_at"] is None
    assert noted["fee"]["assigned"] == "Ai đó fee"
    done = todo(own, "H01", marked="done")
    assert {row["what"] for row in done["rows"]} == {"due", "fee"}
    assert done["kinds"] == {"due": 1, "fee": 1}
    assert todo(own, "H01", marked="open", limit=0)["count"] == whole["count"] - 2
    assert todo(own, "H01", marked="assigned", limit=0)["count"] == 5
    with pytest.raises(QuestionError, match="choose open"):
        todo(own, "H01", marked="x")
