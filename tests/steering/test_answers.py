from __future__ import annotations

from typing import Any

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.instants import DAY, day_of
from chiso.steering import answers, now, wording
from chiso.steering.walk import walk_of
from tests.support.messages import tell

DOCUMENT = {"number": "308/UBND-TH", "date": "2026-09-01", "issuer": "UBND tỉnh", "subject": "Đôn đốc"}


@pytest.fixture
def directed(own: DataFolder) -> DataFolder:
    ask = {"document": "308/UBND-TH", "by": "2026-10-15"}
    known = own.now() - 20 * DAY
    tell(own, "documents", DOCUMENT, known_at=known)
    tell(own, "unit_lists", *({"list": "97 đơn vị", "unit": f"H01.{n}"} for n in (101, 102, 113)))
    tell(
        own,
        "targets",
        {**ask, "unit": "H01", "what": "total", "threshold": "99"},
        {**ask, "among": "communes", "what": "processing", "threshold": "1%"},
        {**ask, "list": "97 đơn vị", "what": "certified_copies", "threshold": 1, "at_least": "100%"},
        {**ask, "among": "communes", "unit": "H01", "what": "rank", "threshold": 10},
        {**ask, "unit": "H01", "what": "band", "threshold": "Khá", "by": "2026-12-15"},
        known_at=known,
    )
    task = {"document": "308/UBND-TH", "task": "Báo cáo", "due": "2026-10-12", "report": "kết quả"}
    tell(
        own,
        "tasks",
        {**task, "unit": "H01.113"},
        {**task, "unit": "H01.01", "due": "2026-10-01"},
        known_at=known,
    )
    return own


def test_the_register_and_a_document(directed: DataFolder) -> None:
    (row,) = answers.documents(directed)["rows"]
    assert (row["targets"], row["tasks"], row["next_deadline"]) == (5, 2, "2026-10-12")
    assert sum(row["states"].values()) == 1 + 102 + 1 + 102 + 1 + 2
    body = answers.document(directed, "308/UBND-TH")
    assert [one["by"] for one in body["duties"]] == sorted(one["by"] for one in body["duties"])
    assert {one["title"] for one in body["duties"]} == {
        "Tổng điểm ≥ 99 điểm",
        "Tiến độ, kết quả giải quyết ≥ 1%",
        "100% đơn vị: Chứng thực bản sao điện tử ≥ 1",
        "Xếp hạng từ 10 trở lên",
        "Xếp loại từ Khá trở lên",
        "Báo cáo",
    }


def test_duties_by_unit_state_and_past_instant(directed: DataFolder) -> None:
    rows = answers.duties(directed, "target", state="at_risk")["rows"]
    assert {row["what"] for row in rows} >= {"total"}
    mine = answers.duties(directed, unit="H01.113")["rows"]
    assert {row["kind"] for row in mine} == {"target", "task"}
    assert all(row["units"] in (1, 3) for row in mine)
    before = directed.now() - 21 * DAY
    assert answers.duties(directed, as_of=before)["rows"] == []
    assert len(answers.duties(directed, as_of=before + 2 * DAY)["rows"]) == 7
    with pytest.raises(QuestionError, match="no state"):
        answers.duties(directed, state="gone")
    with pytest.raises(QuestionError, match="no unit"):
        answers.duties(directed, unit="H01.999")


def test_one_duty_unit_by_unit_with_its_history(directed: DataFolder) -> None:
    found = next(
        row for row in answers.duties(directed, "target")["rows"] if row["what"] == "certified_copies"
    )
    body = answers.duty(directed, found["id"], history=True)
    (line,) = body["lines"]
    assert (line["of"], line["needed"]) == (3, "3")
    assert set(line["lacking"]) <= {"H01.101", "H01.102", "H01.113"}
    (history,) = body["history"]
    assert history["unit"] is None
    assert history["rows"][0]["day"] == day_of(directed.now() - 20 * DAY).isoformat()
    with pytest.raises(QuestionError, match="no task"):
        answers.duty(directed, found["id"], "task")


def test_what_a_unit_owes(directed: DataFolder) -> None:
    body = answers.unit_duties(directed, "H01.113")
    assert body["name"]
    assert body["rows"][0]["by"] == "2026-10-12"
    together = next(row for row in body["rows"] if row["at_least"])
    assert together["lacks"] in (True, False)
    assert answers.unit_duties(directed, "H01.01")["rows"][-1]["state"] == "missed"


def test_the_control_room(directed: DataFolder) -> None:
    body = answers.room(directed)
    assert {row["id"] for row in body["due"]} == {
        row["id"] for row in answers.duties(directed)["rows"] if "2026-10-10" <= row["by"] <= "2026-10-24"
    }
    assert [row["line"]["unit"] for row in body["late"]] == ["H01.01"]
    assert all(row["line"]["state"] == "at_risk" for row in body["at_risk"])
    assert body["unanswered"] == 2
    assert body["documents"] == 1
    assert walk_of(directed) is walk_of(directed)


def test_words_in_both_languages(directed: DataFolder) -> None:
    for duty in now.register(directed).duties.values():
        for lang in ("vi", "en"):
            words: list[Any] = [
                wording.title(directed, duty, lang), wording.whose(directed, duty, lang),
                wording.figure(duty, lang), wording.value(duty.goal, None, lang),
            ]  # fmt: skip
            assert all(words)
