"""Before and after a document or a task, against units without it; held against scores asked one by one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.instants import iso, parse_instant
from chiso.steering import now
from chiso.steering.effect import of_document, of_duty
from tests.support.messages import tell

pytestmark = pytest.mark.slow
KNOWN = parse_instant("2026-09-01T08:00")
UNITS = ("H01.101", "H01.102", "H01.103", "H01.104", "H01.06")


@pytest.fixture
def directed(own: DataFolder) -> DataFolder:
    document = {"number": "31/UBND-TH", "date": "2026-09-01", "issuer": "UBND tỉnh", "subject": "Đôn đốc"}
    tell(own, "documents", document, known_at=KNOWN)
    ask = {"document": "31/UBND-TH", "task": "Giải quyết hồ sơ đúng hạn", "due": "2026-10-01"}
    measured = {"what": "2.1", "threshold": "95%"}
    tell(own, "tasks", *({**ask, **measured, "unit": unit} for unit in UNITS), known_at=KNOWN)
    tell(own, "tasks", {**ask, "task": "Báo cáo", "unit": "H01.101", "report": "kết quả"}, known_at=KNOWN)
    target = {"document": "31/UBND-TH", "by": "2026-10-01"}
    tell(own, "targets", {**target, "among": "communes", "what": "rank", "threshold": "50"}, known_at=KNOWN)
    own.refresh()
    return own


def test_a_server_tells_the_same_from_its_samples_once_it_has_them(
    directed: DataFolder, own_path: Path
) -> None:
    task = duty(directed, "Giải quyết hồ sơ đúng hạn")
    assert of_duty(directed, task)["leagues"] == []
    directed.year_trail()
    with DataFolder.open(own_path) as plain:
        for until in (None, parse_instant("2026-09-20")):
            assert of_duty(directed, task, until) == of_duty(plain, task, until)
            assert of_document(directed, "31/UBND-TH", until) == of_document(plain, "31/UBND-TH", until)


def duty(folder: DataFolder, task: str) -> str:
    duties = now.register(folder).duties.values()
    return next(one.id for one in duties if getattr(one.record, "task", "") == task)


def test_a_task_of_several_units_by_its_own_figure(directed: DataFolder) -> None:
    directed.year_trail()
    told = of_duty(directed, duty(directed, "Giải quyết hồ sơ đúng hạn"))
    assert (told["what"], told["unit"]) == ("2.1", "%")
    since, until = "2026-09-02T00:00:00+07:00", "2026-10-02T00:00:00+07:00"
    assert (told["from"], told["until"]) == (since, until)
    departments, communes = told["leagues"]
    assert departments["addressed"] == 1
    assert departments["verdict"] == "few"
    assert communes["addressed"] == 4
    assert communes["others"] > 20
    assert communes["low"] is not None
    assert Decimal(communes["low"]) <= Decimal(communes["difference"]) <= Decimal(communes["high"])
    for one in [*communes["units"][:6], *communes["units"][-2:]]:
        for key, at in (("before", since), ("after", until)):
            instant = parse_instant(at)
            score = directed.score(one["unit"], period="2026", at=instant, as_of=instant)
            figure = score["indicators"]["2.1"]
            share = Decimal(figure["n"]) / Decimal(figure["d"]) * 100
            assert abs(share - Decimal(one[key])) <= Decimal("0.005")
        assert Decimal(one["change"]) == Decimal(one["after"]) - Decimal(one["before"])


def test_a_task_by_report_of_one_unit_by_the_total(directed: DataFolder) -> None:
    directed.year_trail()
    told = of_duty(directed, duty(directed, "Báo cáo"))
    (communes,) = told["leagues"]
    assert (told["what"], told["unit"], communes["addressed"], communes["verdict"]) == (
        "total", "points", 1, "few",
    )  # fmt: skip
    assert communes["low"] is None


def test_a_document_that_directs_all_communes_has_nobody_to_compare_with(directed: DataFolder) -> None:
    directed.year_trail()
    told = of_document(directed, "31/UBND-TH")
    assert told["until"] == iso(directed.now())
    departments, communes = told["leagues"]
    assert departments["verdict"] == "few"
    assert (communes["others"], communes["verdict"], communes["difference"]) == (0, "all", None)
    one = communes["units"][0]
    assert one["after"] == directed.score(one["unit"], period="2026")["total"]
    with pytest.raises(QuestionError):
        of_document(directed, "99/KHONG-CO")


def test_right_after_it_there_is_nothing_to_compare(directed: DataFolder) -> None:
    assert of_document(directed, "31/UBND-TH", parse_instant("2026-09-01T10:00"))["leagues"] == []


def test_a_document_older_than_the_index_has_no_effect_to_tell(own: DataFolder) -> None:
    tell(own, "documents", {"number": "5/QĐ", "date": "2021-06-23", "issuer": "x", "subject": "y"})
    assert of_document(own, "5/QĐ")["leagues"] == []
    target = {"document": "5/QĐ", "among": "communes", "what": "total", "threshold": "50", "by": "2026-12-31"}
    tell(own, "targets", target)
    assert of_document(own, "5/QĐ")["leagues"] == []
