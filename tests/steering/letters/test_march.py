"""From what was published and directed in early 2023 to the letter of 28/03/2023."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from docx.oxml.ns import qn
from msgspec.structs import replace

from chiso.folder import DataFolder, QuestionError
from chiso.instants import parse_instant
from chiso.steering.letters.asked import day_named
from chiso.steering.letters.check.checks import check
from chiso.steering.letters.facts import Facts
from chiso.steering.letters.fill import rendered
from chiso.steering.letters.gather import gathered
from chiso.steering.letters.make import OlderFiguresError, make
from chiso.steering.letters.packing import digest
from chiso.steering.letters.template import text_of
from chiso.steering.letters.wording import Wording
from tests.steering.letters.samples import MARCH, lines, opened
from tests.support.messages import tell

TABLE = [
    ("1", "Công khai, minh bạch", "12,2", "18", "67,78%"),
    ("2", "Tiến độ, kết quả giải quyết", "18,3", "20", "91,50%"),
    ("3", "Dịch vụ công trực tuyến", "7,6", "12", "63,33%"),
    ("4", "Thanh toán trực tuyến", "2,4", "10", "24,00%"),
    ("5", "Mức độ hài lòng", "18", "18", "100%"),
    ("6", "Số hóa hồ sơ", "6,7", "22", "30,45%"),
    ("TỔNG", "65,2", "100", "65,20%"),
]


def table_of(document: bytes) -> list[tuple[str, ...]]:
    """The rows of the table of criteria without its head."""
    tables = list(opened(document).element.body.iter(qn("w:tbl")))
    found = next(one for one in tables if "Tiêu chí" in "".join(map(text_of, one.iter(qn("w:p")))))
    rows = [tuple(text_of(cell) for cell in row.iter(qn("w:p"))) for row in found.findall(qn("w:tr"))]
    return rows[1:]


def test_the_table_to_the_digit(march: Facts) -> None:
    assert table_of(rendered(march)) == TABLE


def test_the_table_as_the_original_wrote_numbers(march: Facts) -> None:
    written = table_of(rendered(replace(march, decimal_mark=".")))
    assert written == [
        tuple(cell.replace(",", ".") if cell[0].isdigit() else cell for cell in row) for row in TABLE
    ]


def test_ranks_days_and_deadlines(march: Facts) -> None:
    text = "\n".join(lines(rendered(march)))
    for words in (
        "Số: 308/UBND-TH",
        "An Giang, ngày 28 tháng 3 năm 2023",
        "ngày 27/02/2023 xếp thứ 4/63, ngày 07/3/2023 xếp thứ 8/63; đến ngày 27/3/2023",
        "tỉnh xếp thứ 10/63 tỉnh, thành phố",
        "tổng điểm đạt 65,2 điểm (yêu cầu từ 80 đến 90 điểm)",
        "trong 03 tháng đầu năm 2023",
        "trong Quý I năm 2023 theo Quyết định số 77/QĐ-UBND về Ủy ban nhân dân tỉnh trước ngày 15/4/2023",
        "Chỉ đạo 97 đơn vị (Phòng Tư pháp và Ủy ban nhân dân cấp xã)",
        "đến ngày 27/3/2023 có 59/97 đơn vị đã thực hiện",
        "Bảo đảm đến ngày 15/4/2023 đạt 100% đơn vị triển khai thực hiện.",
        "(nhiệm vụ được giao tại Công văn số 275/UBND-TH)",
    ):
        assert words in text


def test_the_same_structure(march: Facts) -> None:
    told = lines(rendered(march))
    order = [
        "ỦY BAN NHÂN DÂN",
        "CỘNG HÒA",
        "Số: 308",
        "V/v đôn đốc",
        "An Giang, ngày",
        "Kính gửi:",
        "- Sở, ban, ngành tỉnh;",
        "- Ủy ban nhân dân huyện, thị xã, thành phố.",
        "Thực hiện Quyết định số 77/QĐ-UBND ngày 18 tháng 01 năm 2023",
        "Tuy nhiên, kết quả chung của tỉnh",
        "Tiêu chí",
        "TỔNG",
        "Từ kết quả trên",
        "1. Sở, ban, ngành tỉnh",
        "2. Ủy ban nhân dân huyện, thị xã, thành phố",
        "c) Chỉ đạo 97 đơn vị",
        "Ủy ban nhân dân tỉnh yêu cầu Thủ trưởng",
        "Nơi nhận:",
        "- Như trên;",
        "- Lưu: VT, TH.",
        "CHỦ TỊCH",
        "Nguyễn Thanh Bình",
        "Phụ lục I",
        "Phụ lục II",
    ]
    places = [next(place for place, line in enumerate(told) if line.startswith(words)) for words in order]
    assert places == sorted(places)
    assert sum(line.endswith("./.") for line in told) == 1


def test_documents_are_cited_in_full_once(march: Facts) -> None:
    text = "\n".join(lines(rendered(march)))
    assert text.count("Quyết định số 77/QĐ-UBND ngày 18 tháng 01 năm 2023") == 1
    assert text.count("Công văn số 124/UBND-TH ngày 13 tháng 02 năm 2023") == 1
    assert text.count("Công văn số 275/UBND-TH ngày 21 tháng 3 năm 2023") == 1
    assert text.count("Quyết định số 77/QĐ-UBND") > 1


def test_no_rule_of_layout_is_broken(march: Facts, of_office: Facts) -> None:
    assert check(rendered(march)) == []
    assert check(rendered(of_office)) == []


def test_a_letter_without_number_day_and_signer_keeps_the_rules_too(march_folder: DataFolder) -> None:
    open_letter = replace(MARCH, number=None, date="", signer="")
    document = rendered(gathered(march_folder, open_letter).facts)
    assert check(document) == []
    assert any(line.startswith("Số: ") and line.endswith("/UBND-TH") for line in lines(document))


def test_the_same_request_gives_the_same_bytes(march_folder: DataFolder) -> None:
    first, second = (make(march_folder, MARCH, anyway=True) for _ in range(2))
    assert first.document == second.document
    assert first.digest == second.digest == digest(first.document)


def test_every_figure_carries_where_it_came_from(march: Facts) -> None:
    origin = march.standing.origin
    assert (origin.source, origin.law, origin.period) == ("published", "qd766-2022", "2023")
    assert origin.law_version
    assert origin.units_version
    assert origin.journal > 0
    assert origin.captured_at is not None
    assert march.movement is not None
    assert march.tasks is not None
    for one in (march.movement.origin, march.coverage[0].origin, march.tasks.origin):
        assert one.journal == origin.journal


def test_older_figures_are_made_into_a_letter_only_if_that_is_wanted(march_folder: DataFolder) -> None:
    with pytest.raises(OlderFiguresError, match="newer") as refused:
        make(march_folder, MARCH)
    assert "27/3/2023" in refused.value.message_vi
    assert "31/5/2023" in refused.value.message_vi
    newest = replace(MARCH, at=None, number=None, date="", deadline="")
    assert make(march_folder, newest).facts.standing.total == "69.63"


def test_a_deadline_on_a_day_off_is_told_with_the_next_working_day(march_folder: DataFolder) -> None:
    made = make(march_folder, MARCH, anyway=True)
    assert any("15/4/2023 là ngày nghỉ (thứ Bảy)" in vi and "17/4/2023" in vi for vi, _ in made.warnings)
    working = make(march_folder, replace(MARCH, deadline="2023-04-14", lists_by="2023-04-14"), anyway=True)
    assert working.warnings == ()
    holiday = gathered(march_folder, replace(MARCH, deadline="2023-05-01"))
    assert any("01/5/2023 là ngày nghỉ" in vi and "04/5/2023" in vi for vi, _ in holiday.warnings)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "thanks"}, "no kind of letter"),
        ({"to": ("H01.113",)}, "H01.113 begins on"),
        ({"to": ("gso:999",)}, "no unit has the code"),
        ({"documents": ("1/QĐ-X",)}, "no document"),
        ({"about": "1/QĐ-X"}, "no document"),
        ({"lists": ("Không có",)}, "no list"),
        ({"deadline": "2023-04-31"}, "is no deadline"),
        ({"deadline": "2023-03-28"}, "not after the letter's date"),
        ({"date": "28/03/2023"}, "is no date"),
        ({"signer": "TS. Nguyễn Văn A"}, "academic title"),
        ({"appendices": ("thanks",)}, "no appendix"),
        ({"required": (90, 80)}, "make no sense"),
        ({"number": 0}, "whole number"),
        ({"decimal_mark": "'"}, "decimal mark"),
    ],
)
def test_wrong_use_is_refused_in_words(
    march_folder: DataFolder, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(QuestionError, match=words) as refused:
        gathered(march_folder, replace(MARCH, **changes))
    assert refused.value.message_vi
    assert refused.value.message_vi != refused.value.message_en


def test_a_unit_that_has_ended_is_refused_with_what_continues_it(march_folder: DataFolder) -> None:
    with pytest.raises(QuestionError, match="ended on 2025-07-01; H01 continues it") as refused:
        gathered(march_folder, replace(MARCH, at=None, period="2026", to=("gso:883",), source="", unit="H01"))
    assert "đã kết thúc từ ngày 01/7/2025" in refused.value.message_vi


def test_what_all_units_have_reported_on_is_no_order_any_more(march_path: Path, tmp_path: Path) -> None:
    shutil.copytree(march_path, tmp_path / "march")
    with DataFolder.open(tmp_path / "march") as folder:
        before = gathered(folder, MARCH).facts.orders
        one = max(before, key=lambda order: len(order.units))
        reports = [
            {"document": one.document, "unit": unit, "task": one.task, "content": "a" * 64}
            for unit in one.units
        ]
        known = parse_instant("2023-03-26")
        tell(folder, "reports", *reports[1:], known_at=known)
        (asked,) = (order for order in gathered(folder, MARCH).facts.orders if order not in before)
        assert (asked.task, asked.units, len(asked.names)) == (one.task, one.units[:1], 1)  # the last one
        told = [line.text for line in Wording(gathered(folder, MARCH).facts).orders()]
        assert any(f"{asked.names[0]}: " in line for line in told)
        tell(folder, "reports", reports[0], known_at=known)
        left = gathered(folder, MARCH).facts.orders
    assert left == tuple(order for order in before if order != one)


@pytest.mark.parametrize(
    "day", ["9999-12-31", "0001-01-01", "1899-12-31", "20230415", "2023-W15-6", "15/04/2023"]
)
def test_days_that_no_page_could_read_back_are_refused(march_folder: DataFolder, day: str) -> None:
    for name in ("date", "deadline"):
        with pytest.raises(QuestionError, match="write it as 2023-04-15"):
            gathered(march_folder, replace(MARCH, **{name: day}))
    with pytest.raises(QuestionError):
        day_named(day, "ngày", "day")


def test_a_month_that_has_hardly_begun_is_not_counted(march: Facts) -> None:
    def stretch(at: str) -> str:
        origin = replace(march.standing.origin, at=parse_instant(at), period="2023")
        return Wording(replace(march, standing=replace(march.standing, origin=origin))).stretch()

    assert stretch("2023-03-28") == "03 tháng đầu năm 2023"
    assert stretch("2023-10-10T06:00") == "thời gian từ đầu năm 2023 đến nay"
    assert stretch("2024-01-01") == "năm 2023"


def test_what_was_reached_is_ordered_no_more_and_only_reports_are_missed(
    march_path: Path, tmp_path: Path
) -> None:
    shutil.copytree(march_path, tmp_path / "march")
    with DataFolder.open(tmp_path / "march") as folder:
        before = gathered(folder, MARCH).facts
        addressed = {code for one in before.addressees for code in one.units}
        done = [row.unit for one in before.coverage for row in one.rows if row.copies]
        unit = next(code for code in done if code in addressed)
        number = before.orders[0].document
        row = {"document": number, "unit": unit, "what": "certified_copies", "due": "2023-03-20"}
        tasks = [
            {**row, "task": "Việc đã đạt", "threshold": "1"},
            {**row, "task": "Việc chưa đạt", "threshold": "1000000"},
        ]
        tell(folder, "tasks", *tasks, known_at=parse_instant("2023-03-01"))
        facts = gathered(folder, MARCH).facts
    new = [one for one in facts.orders if one not in before.orders]
    assert [(one.task, one.units, len(one.names)) for one in new] == [("Việc chưa đạt", (unit,), 1)]
    assert facts.tasks is not None
    assert before.tasks is not None
    assert facts.tasks.rows == before.tasks.rows  # no report is asked for


def test_many_of_a_kind_are_counted_and_found_in_the_appendix(march: Facts) -> None:
    assert march.tasks is not None
    one = next(
        order
        for order in march.orders
        if any((row.document, row.task) == (order.document, order.task) for row in march.tasks.rows)
    )
    some = replace(one, names=tuple(f"Sở {place}" for place in range(5)))
    facts = replace(march, orders=(some,), appendices=("units", "tasks"))
    assert any("; 5 đơn vị nêu tại Phụ lục II)." in line.text for line in Wording(facts).orders())


def test_a_deadline_that_has_passed_is_said(march_folder: DataFolder) -> None:
    told = gathered(march_folder, replace(MARCH, date="", number=None, deadline="2023-03-20")).warnings
    assert ("the deadline 2023-03-20 is not after the day of the figures, 2023-03-28") in [
        en for _, en in told
    ]
    assert not any("not after" in en for _, en in gathered(march_folder, MARCH).warnings)
