from __future__ import annotations

import pytest

from chiso.administration import procedures
from chiso.folder import DataFolder, QuestionError
from chiso.people.audit import Audit
from chiso.steering.entering import by_command

GOOD = {
    "code": "2.000815", "name": "Chứng thực bản sao", "level.commune": "1", "online": "full",
    "state": "public",    "limit_unit": "working_day", "complete": "1",
}  # fmt: skip


def test_search_knows_no_accents_and_gives_pages(folder: DataFolder) -> None:
    count, rows = procedures.found(folder, "khai sinh", 10, 0)
    assert (count, [one.code for one in rows]) == (1, ["1.001193"])
    assert procedures.found(folder, "", 1, 1)[0] == 2
    assert procedures.found(folder, "không có", 10, 0) == (0, [])


def test_what_is_shown_is_what_comes(folder: DataFolder) -> None:
    record, row = procedures.proposed(
        folder, GOOD | {"online": "information", "limit_days": "2", "units": "H01.113"}
    )
    assert record.units == ("H01.113",)
    changed = {name for name, _, _ in procedures.changes(procedures.of_code(folder, "2.000815"), record)}
    assert {"online", "limit_days", "units"} <= changed
    shown = procedures.preview(folder, record)
    assert "3.2" in {one.indicator for line in shown.lines for one in line.figures}
    procedures.apply(folder, row, by_command(folder))
    for line in shown.lines:
        told = folder.score(line.unit)
        assert told["total"] == f"{line.after:.2f}"
        for one in line.figures:
            now = told["indicators"][one.indicator]
            assert (now.get("n", -1), now.get("d", -1)) == one.after
    assert procedures.of_code(folder, "2.000815").online == "information"
    entry = Audit(folder.ledger.database).entries()[-1]
    assert (entry.what, entry.about) == ("procedure_changed", "2.000815")
    assert "online" in entry.detail["fields"]


def test_a_new_procedure_is_taken_in(folder: DataFolder) -> None:
    record, row = procedures.proposed(folder, GOOD | {"code": "1.999999", "name": "Thủ tục mới"})
    assert {name: after for name, _, after in procedures.changes(None, record)}["name"] == "Thủ tục mới"
    procedures.apply(folder, row, by_command(folder))
    assert procedures.of_code(folder, "1.999999").name == "Thủ tục mới"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "không phải mã"},
        {"level.commune": ""},
        {"online": "maybe"},
        {"state": "open"},
        {"limit_days": "hai"},
        {"limit_days": "-3"},
        {"limit_unit": "week"},
        {"published_on": "31/02/2026"},
        {"units": "H01.9999"},
        {"code": "1.888888", "name": ""},
    ],
)
def test_what_cannot_be_read_is_refused(folder: DataFolder, wrong: dict[str, str]) -> None:
    with pytest.raises(QuestionError) as told:
        procedures.proposed(folder, GOOD | wrong)
    assert told.value.message_vi


def test_an_unknown_code_is_told(folder: DataFolder) -> None:
    with pytest.raises(QuestionError):
        procedures.of_code(folder, "9.999999")
