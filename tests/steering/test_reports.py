from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.instants import DAY, parse_instant
from chiso.ledger.clock import Clock
from chiso.ledger.recount import differences
from chiso.steering import answers, now, reports
from chiso.steering.alerts.answers import add_contact
from chiso.steering.alerts.service import notices
from chiso.steering.entering import by_command
from chiso.steering.register import Duty
from chiso.steering.reports import AGAIN, LONGEST, answer, prefilled, remind, report_file, to_remind
from chiso.steering.walk import Walk, days
from tests.support.messages import tell

DOCUMENT = {"number": "308/UBND-TH", "date": "2026-09-28", "issuer": "UBND", "subject": "x"}
TASK = {"document": "308/UBND-TH", "unit": "H01.113", "task": "Báo cáo quý III", "due": "2026-10-15"}


@pytest.fixture
def asked(own: DataFolder) -> DataFolder:
    tell(own, "documents", DOCUMENT)
    tell(own, "tasks", TASK, {**TASK, "unit": "H01.101"}, {**TASK, "unit": "H01.102", "due": "2026-12-31"})
    return own


def duty(folder: DataFolder, unit: str = "H01.113") -> Duty:
    return next(one for one in now.register(folder).duties.values() if one.record.unit == unit)


def line(folder: DataFolder, unit: str = "H01.113") -> dict[str, Any]:
    return next(row for row in answers.reports(folder)["rows"] if row["unit"] == unit)


def at(folder: DataFolder, text: str) -> None:
    folder.ledger.clock.set(Clock(parse_instant(text)))
    folder.refresh()


def test_a_report_carries_the_figures_as_they_are_and_what_is_said_of_them(asked: DataFolder) -> None:
    shown = {one.key: one for one in prefilled(asked, "H01.113").figures}
    score = asked.score("H01.113")
    assert shown["total"].shown == score["total"]
    assert (shown["2.1"].n, shown["2.1"].d) == (
        score["indicators"]["2.1"]["n"],
        score["indicators"]["2.1"]["d"],
    )
    assert "2.2" not in shown
    disputes = {"2.1": ("97%", "một hồ sơ đồng bộ chậm")}
    files = [("bang.xlsx", b"PK\x03\x04"), ("..\\anh.png", b"\x89PNG")]
    answer(asked, duty(asked), "H01.113", " Đã hoàn thành. ", files, disputes, by_command(asked))
    told = answers.report(asked, duty(asked).id)
    assert told["text"] == "Đã hoàn thành."
    assert [one["name"] for one in told["files"]] == ["bang.xlsx", "anh.png"]
    assert told["in_time"]
    assert told["journal"] > 0
    (disputed,) = [one for one in told["figures"] if "claimed" in one]
    assert (disputed["key"], disputed["claimed"], disputed["why"]) == ("2.1", *disputes["2.1"])
    record = now.register(asked).answers[duty(asked).id, "H01.113"].record
    assert report_file(asked, record, told["files"][0]["digest"]) == ("bang.xlsx", b"PK\x03\x04")
    with pytest.raises(QuestionError, match="no such file"):
        report_file(asked, record, "0" * 64)
    assert list(differences(asked.ledger)) == []


def test_what_a_report_says_is_not_in_the_journal(asked: DataFolder) -> None:
    journal = asked.journal
    answer(asked, duty(asked), "H01.113", "Chị Nguyễn Thị A đã làm", [], {}, by_command(asked))
    (entry,) = asked.ledger.journal(journal)
    assert entry.kind == "reports"
    assert "Nguyễn".encode() not in entry.payload


def test_in_time_late_and_missing(asked: DataFolder) -> None:
    assert line(asked)["report"] == "waiting"
    at(asked, "2026-10-15T23:59:59")
    answer(asked, duty(asked), "H01.113", "kịp", [], {}, by_command(asked))
    at(asked, "2026-10-16T08:00")
    answer(asked, duty(asked), "H01.113", "sửa lại", [], {}, by_command(asked))
    answer(asked, duty(asked, "H01.101"), "H01.101", "muộn", [], {}, by_command(asked))
    at(asked, "2027-01-04T08:00")
    counts = answers.reports(asked)["counts"]
    assert counts == {"missing": 1, "late": 1, "in_time": 1}
    assert line(asked)["report"] == "in_time"  # judged by the first, whatever was mended later
    assert answers.report(asked, duty(asked).id)["text"] == "sửa lại"
    assert [row["unit"] for row in answers.reports(asked, missing=True)["rows"]] == ["H01.102"]


@pytest.mark.parametrize(
    ("text", "files", "disputes", "words"),
    [
        ("", [], {}, "cần có nội dung hoặc tệp"),
        ("x", [("a", b"1")] * 11, {}, "tối đa 10 tệp"),
        ("x" * (LONGEST + 1), [], {}, "tối đa"),
        ("x", [], {"9.9": ("1", "")}, "Không có số liệu “9.9”"),
    ],
)
def test_reports_that_are_none(asked: DataFolder, text: str, files: Any, disputes: Any, words: str) -> None:
    with pytest.raises(QuestionError) as error:
        answer(asked, duty(asked), "H01.113", text, files, disputes, by_command(asked))
    assert words in error.value.message_vi


def test_a_task_that_is_measured_asks_for_no_report(asked: DataFolder) -> None:
    tell(asked, "tasks", {**TASK, "unit": "H01.06", "what": "2.1", "threshold": "95%"})
    with pytest.raises(QuestionError, match="no report is asked for"):
        answer(asked, duty(asked, "H01.06"), "H01.06", "x", [], {}, by_command(asked))
    with pytest.raises(QuestionError, match="no report"):
        answers.report(asked, duty(asked).id)


def test_who_has_not_answered_is_reminded_with_one_action(asked: DataFolder) -> None:
    asked.ledger.contacts.add("H01.113", "An", "an@example.vn", asked.now())
    asked.ledger.contacts.add("H01", "Văn phòng", "vp@example.vn", asked.now())
    answer(asked, duty(asked, "H01.101"), "H01.101", "xong", [], {}, by_command(asked))
    assert [one.record.unit for one in to_remind(asked)] == ["H01.113"]  # the other is due much later
    rows = remind(asked, list(now.register(asked).duties.values()), by_command(asked))
    assert [(row["unit"], row["told"]) for row in rows] == [("H01.113", 1), ("H01.102", 1)]
    assert line(asked)["reminders"] == 1
    (_, words) = sorted(one["words"] for one in notices(asked))
    assert "đến hạn báo cáo 31/12/2026" in words or "đến hạn báo cáo 15/10/2026" in words
    again = remind(asked, to_remind(asked), by_command(asked))
    assert again == []  # just reminded
    asked.ledger.clock.set(Clock(asked.now() + AGAIN))
    asked.refresh()
    assert len(remind(asked, to_remind(asked), by_command(asked))) == 1
    assert line(asked)["reminders"] == 2
    assert list(differences(asked.ledger)) == []


@pytest.mark.parametrize("step", ["post", "enter"])
def test_a_reminder_that_breaks_off_is_told_and_recorded_once_when_it_is_asked_again(
    asked: DataFolder, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    asked.ledger.contacts.add("H01.113", "An", "an@example.vn", asked.now())
    really = getattr(reports, step)
    monkeypatch.setattr(reports, step, broken)
    with pytest.raises(KeyboardInterrupt):
        remind(asked, [duty(asked)], by_command(asked))
    monkeypatch.setattr(reports, step, really)
    (row,) = remind(asked, [duty(asked)], by_command(asked))
    assert row["told"] == 1
    assert line(asked)["reminders"] == 1
    assert [(one["kind"], sum(one["deliveries"].values())) for one in notices(asked)] == [("reminder", 1)]


def test_two_who_press_the_button_at_once_remind_once(asked: DataFolder) -> None:
    duties = [duty(asked)]
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: remind(asked, duties, by_command(asked)), range(4)))
    assert sorted(len(rows) for rows in told) == [0, 0, 0, 1]
    assert line(asked)["reminders"] == 1


def test_a_unit_that_is_merged_hands_on_what_it_owes(asked: DataFolder) -> None:
    """The successor has the task, is reminded where nobody is left at the old one, and answers it."""
    hand = by_command(asked)
    measured = {**TASK, "task": "Đúng hạn", "what": "2.1", "threshold": "95%", "unit": "H01.101"}
    tell(asked, "tasks", measured)
    add_contact(asked, "H01.102", "", "moi@example.vn", hand)
    gone = {
        "code": "H01.101", "name": "Phường Long Xuyên", "kind": "commune", "parent": "H01",
        "valid_from": "2025-07-01", "valid_to": "2026-10-12", "successor": "H01.102",
    }  # fmt: skip
    tell(asked, "units", gone)
    at(asked, "2026-10-13T09:00")
    mine = answers.unit_duties(asked, "H01.102")["rows"]
    assert {row["title"] for row in mine} == {"Báo cáo quý III", "Đúng hạn"}
    assert {row["line"]["unit"] for row in mine} == {"H01.102"}
    own = duty(asked, "H01.101")
    (row,) = remind(asked, [own], hand)
    assert row["told"] == 1
    assert "theo văn bản 308/UBND-TH" in notices(asked)[0]["words"]
    answer(asked, own, own.record.unit, "xong", [], {}, hand)
    assert [one["report"] for one in answers.reports(asked)["rows"] if one["task"] == own.id] == ["in_time"]
    walk = Walk(asked)
    at(asked, "2026-10-16T09:00")
    walk.advance()
    for day in range(parse_instant("2026-10-11"), walk.until + 1, DAY):
        expected = {one.key: one.state for one in now.states(asked, day).lines}
        found = {key: dict(days(walk.history(*key), day)).get(day) for key in walk.lines()}
        assert {key: state for key, state in found.items() if state is not None} == expected


def test_a_province_without_anything_known_has_nothing_to_fill_in(empty: DataFolder) -> None:
    assert prefilled(empty, "H44").figures == []
