from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.instants import DAY, day_of
from chiso.ledger.recount import differences
from chiso.people.audit import Audit
from chiso.registry.calendar import Calendar
from chiso.steering import now
from chiso.steering.entering import (
    LARGEST,
    attach,
    by_command,
    deadline_warnings,
    enter_document,
    enter_duties,
    find_document,
    find_duty,
    find_withdrawn,
    withdraw,
)

DOCUMENT = {
    "number": "308/UBND-TH", "date": "28/09/2026", "issuer": "UBND tỉnh An Giang", "subject": "Đôn đốc",
}  # fmt: skip
TARGET = {"document": "308/UBND-TH", "unit": "H01", "what": "total", "threshold": "80", "by": "2026-12-15"}


def entered(folder: DataFolder, row: dict[str, Any] = TARGET, kind: str = "targets") -> Any:
    return enter_duties(folder, kind, [row], by_command(folder), now.register(folder))


def test_what_is_entered_is_in_the_journal_and_the_record(own: DataFolder) -> None:
    hand = by_command(own)
    journal = own.journal
    found = enter_document(own, DOCUMENT, hand, (r"C:\Văn bản\308.pdf", b"%PDF"))
    assert own.journal == journal + 1
    document = find_document(now.register(own), found.id)
    assert document is find_document(now.register(own), "308/UBND-TH")
    assert (document.record.file, document.day) == ("308.pdf", date(2026, 9, 28))
    assert own.ledger.attachments.get(document.record.digest) == b"%PDF"
    target = entered(own)
    assert find_duty(now.register(own), target.id, "target").document == "308/UBND-TH"
    told = [(one.who, one.what, one.about) for one in Audit(own.ledger.database).entries()]
    assert told == [("!", "document_entered", "308/UBND-TH"), ("!", "targets_entered", "308/UBND-TH")]
    assert list(differences(own.ledger)) == []
    (entry, _) = list(own.ledger.journal(journal))
    assert (entry.door, entry.kind) == ("command", "documents")


def test_entered_again_it_is_changed_and_withdrawn_it_can_be_brought_back(own: DataFolder) -> None:
    hand = by_command(own)
    enter_document(own, DOCUMENT, hand)
    first = entered(own)
    second = entered(own, {**TARGET, "threshold": "70"})
    assert first.id == second.id
    duty = find_duty(now.register(own), first.id)
    assert duty.goal is not None
    assert duty.goal.text == "70"
    withdraw(own, duty, hand)
    assert now.states(own).lines == []
    with pytest.raises(QuestionError, match="no target"):
        find_duty(now.register(own), first.id, "target")
    withdraw(own, find_withdrawn(now.register(own), first.id), hand, back=True)
    assert len(now.states(own).lines) == 1
    document = find_document(now.register(own), "308/UBND-TH")
    withdraw(own, document, hand)
    with pytest.raises(QuestionError, match="no document"):
        find_document(now.register(own), document.id)
    assert find_withdrawn(now.register(own), "308/UBND-TH").id == document.id
    with pytest.raises(QuestionError, match="withdrawn"):
        find_withdrawn(now.register(own), "1/CV")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"document": "9/CV"}, "Chưa có văn bản số “9/CV”"),
        ({"unit": "H01.999"}, "Không có đơn vị mang mã “H01.999”"),
        ({"unit": "", "list": "mới"}, "Chưa có danh sách đơn vị “mới”"),
        ({"unit": "gso:883"}, "không còn vào ngày 15/12/2026. Đơn vị tiếp nối: H01 Tỉnh An Giang"),
        ({"threshold": "100.1"}, "cao hơn mức tối đa 100"),
        ({"what": "3.1", "threshold": "2.5"}, "cao hơn mức tối đa 2"),
        ({"by": "31/02/2026"}, "không có thật"),
        ({"what": "hạnh phúc"}, "không phải là chỉ tiêu đo được"),
    ],
)
def test_wrong_use_is_refused_in_words(own: DataFolder, change: dict[str, str], words: str) -> None:
    enter_document(own, DOCUMENT, by_command(own))
    journal = own.journal
    with pytest.raises(QuestionError) as error:
        entered(own, {**TARGET, **change})
    assert words in error.value.message_vi
    assert own.journal == journal


def test_several_tasks_are_entered_all_or_none(own: DataFolder) -> None:
    enter_document(own, DOCUMENT, by_command(own))
    task = {"document": "308/UBND-TH", "task": "Báo cáo", "due": "2026-12-15"}
    rows = [{**task, "unit": "H01.113"}, {**task, "unit": "gso:883"}]
    with pytest.raises(QuestionError):
        enter_duties(own, "tasks", rows, by_command(own), now.register(own))
    assert now.register(own).duties == {}


def test_a_deadline_on_a_day_off_is_warned_of_with_the_next_working_day() -> None:
    calendar = Calendar.load()
    ((vi, en),) = deadline_warnings(date(2023, 4, 15), calendar)
    assert vi == "Hạn 15/04/2023 là ngày nghỉ (thứ Bảy); ngày làm việc kế tiếp là 17/04/2023."
    assert "Saturday" in en
    ((vi, _),) = deadline_warnings(date(2026, 9, 2), calendar)
    assert vi.endswith("ngày làm việc kế tiếp là 03/09/2026.")
    assert deadline_warnings(date(2026, 8, 22), calendar) == []  # a Saturday worked instead
    assert [vi for vi, _ in deadline_warnings(date(2026, 10, 9), calendar, date(2026, 10, 10))] == [
        "Hạn 09/10/2026 đã qua."
    ]


def test_warnings_come_with_what_was_entered(own: DataFolder) -> None:
    hand = by_command(own)
    later = day_of(own.now() + 3 * DAY).isoformat()
    assert enter_document(own, {**DOCUMENT, "date": later}, hand).warnings[0][0].endswith("ở sau hôm nay.")
    assert (
        entered(own, {**TARGET, "by": "2026-12-12"}).warnings[0][0].startswith("Hạn 12/12/2026 là ngày nghỉ")
    )


def test_files_have_a_size_and_a_name_of_their_own(own: DataFolder) -> None:
    with pytest.raises(QuestionError, match="larger"):
        attach(own, bytes(LARGEST + 1))
    with pytest.raises(QuestionError, match="empty"):
        attach(own, b"")
    found = enter_document(own, DOCUMENT, by_command(own), ("../../etc/pass\x00wd", b"x"))
    assert found.records[0].file == "passwd"


def test_what_a_withdrawn_document_asks_for_rests_with_it(own: DataFolder) -> None:
    hand = by_command(own)
    row = {"number": "9/CV", "date": "2026-09-01", "issuer": "UBND", "subject": "x"}
    enter_document(own, row, hand)
    task = {"document": "9/CV", "unit": "H01.113", "task": "Báo cáo", "due": "2026-10-15"}
    enter_duties(own, "tasks", [task], hand, now.register(own))
    (duty,) = now.register(own).duties.values()
    document = find_document(now.register(own), "9/CV")
    withdraw(own, document, hand)
    assert now.register(own).duties == {}
    assert [one.id for one in now.register(own).withdrawn] == [document.id]
    withdraw(own, document, hand, back=True)
    assert list(now.register(own).duties) == [duty.id]


def test_a_form_is_answered_by_its_own_labels(own: DataFolder) -> None:
    hand = by_command(own)
    row = {"number": "9/CV", "date": "2026-09-01", "issuer": "UBND", "subject": "x"}
    enter_document(own, row, hand)
    target = {"document": "9/CV", "unit": "H01", "what": "total", "threshold": "101", "by": "2026-12-31"}
    with pytest.raises(QuestionError) as high:
        enter_duties(own, "targets", [target], hand, now.register(own))
    assert high.value.message_vi.startswith("Mức “101” cao hơn mức tối đa")
    with pytest.raises(QuestionError) as missing:
        enter_duties(own, "targets", [{**target, "by": ""}], hand, now.register(own))
    assert missing.value.message_vi.startswith("Thiếu “Hạn”:")
