from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from chiso.instants import DAY, parse_instant
from chiso.intake.doors import read_body, read_file, recognise
from chiso.intake.records import (
    Arrival,
    BandCount,
    Decision,
    Dossier,
    Has,
    LocalProcedure,
    Procedure,
    PublishedFigure,
    ReportingTotal,
    Supplement,
    UnitRecord,
)

from .samples import context

HEADINGS = [
    "STT", "Mã hồ sơ", "Mã thủ tục", "Chủ hồ sơ", "Số CCCD", "Hình thức nộp", "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày kết thúc", "Ngày trả", "Trạng thái", "Đơn vị xử lý", "Thanh toán trực tuyến", "Có file kết quả",
]  # fmt: skip
ROWS: list[list[Any]] = [
    [1, "H01.120-260911-1", "1.004873", "Lê Thị Thử Nghiệm", "089199001234", "Trực tuyến", "11/09/2026 08:00",
     "16/09/2026", "14/09/2026 09:30", "", "Đã giải quyết đúng hạn", "UBND xã (H01.120)", "Có", "x"],
    [2, "H01.120-260911-2", "1.004873", "Trần Nghiệm", "", "Trực tiếp", "11/09/2026", "16/09/2026", "", "",
     "Đang xử lý", "", "Không", ""],
]  # fmt: skip


def csv(rows: list[list[Any]], mark: str = ",", encoding: str = "utf-8") -> bytes:
    lines = [mark.join(f'"{cell}"' if mark in str(cell) else str(cell) for cell in row) for row in rows]
    return "\r\n".join(lines).encode(encoding)


def xlsx(rows: list[list[Any]], *more: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day, instant = (
            book.add_format({"num_format": "dd/mm/yyyy"}),
            book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        )
        for sheet_rows in (rows, *more):
            sheet = book.add_worksheet()
            for y, row in enumerate(sheet_rows):
                for x, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(y, x, cell, instant)
                    elif isinstance(cell, date):
                        sheet.write_datetime(y, x, cell, day)
                    else:
                        sheet.write(y, x, cell)
    return out.getvalue()


def load(body: bytes, name: str = "bang.csv", **changes: Any) -> list[Arrival]:
    return list(read_file(io.BytesIO(body), context(), name=name, **changes))


def only(body: bytes, name: str = "bang.csv", **changes: Any) -> Arrival:
    (arrival,) = load(body, name, **changes)
    return arrival


def dossiers(arrival: Arrival) -> list[Dossier]:
    assert arrival.kind == "dossiers"
    return [item for item in arrival.items if isinstance(item, Dossier)]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_dossier_table_as_csv(mark: str, encoding: str) -> None:
    title = [["UBND TỈNH AN GIANG"], ["DANH SÁCH HỒ SƠ THÁNG 9"], []]
    numbering = [[f"({n})" for n in range(1, len(HEADINGS) + 1)]]
    body = csv([*title, HEADINGS, *numbering, *ROWS, ["Tổng cộng", 2]], mark, encoding)
    assert recognise("x.csv", body) == "dossiers"
    arrival = only(body)
    assert arrival.refusals == []
    first, second = dossiers(arrival)
    assert first == Dossier(
        "H01.120-260911-1", "1.004873", 9, unit="H01.120", desk="H01.120", channel=2, payment=2,
        received_at=parse_instant("2026-09-11T08:00"), due_at=parse_instant("2026-09-16") + DAY,
        finished_at=parse_instant("2026-09-14T09:30"), has=int(Has.RESULT_FILE), owner=first.owner,
    )  # fmt: skip
    assert first.owner
    assert (second.state, second.channel, second.payment, second.has) == (4, 1, 0, 0)
    assert not arrival.timely
    assert "Nghiệm" not in arrival.payload.decode()
    assert "089199001234" not in arrival.payload.decode()


def test_a_table_s_payload_read_again_is_still_a_table() -> None:
    arrival = only(csv([HEADINGS, *ROWS]))
    again = read_body(arrival.payload, "dossiers", context(), door="journal")
    assert again.items == arrival.items
    assert again.payload == arrival.payload
    assert not any(item.has & Has.SYNCED for item in dossiers(again))


def test_a_workbook_with_real_dates_equals_the_csv() -> None:
    rows = [[*row] for row in ROWS]
    rows[0][6:9] = [datetime(2026, 9, 11, 8), date(2026, 9, 16), datetime(2026, 9, 14, 9, 30)]  # noqa: DTZ001
    rows[1][6:8] = [date(2026, 9, 11), 46281]  # 16/09/2026 as a bare number
    body = xlsx([["DANH SÁCH"], [], HEADINGS, *rows])
    assert recognise("x.xlsx", body) == "table"
    assert dossiers(only(body, "x.xlsx")) == dossiers(only(csv([HEADINGS, *ROWS])))


def test_every_sheet_with_a_heading_is_read() -> None:
    other = [[*ROWS[0][:1], "H01.121-260911-9", *ROWS[0][2:]]]
    body = xlsx([["ghi chú"]], [HEADINGS, ROWS[0]], [HEADINGS, *other, [1, "H01.121-260911-8"]])
    arrivals = load(body, "x.xlsx")
    assert [len(arrival.items) for arrival in arrivals] == [1, 1]
    (refused,) = arrivals[1].refusals
    assert refused.place == "Sheet3!row 3"
    assert refused.code == "H01.121-260911-8"
    assert refused.reason == "missing"


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    duckdb.sql(
        """SELECT 'H01.120-260911-1' AS "Mã hồ sơ", '1.004873' AS "MaTTHC", 9 AS "TrangThaiHoSo",
        TIMESTAMP '2026-09-11 08:00:00' AS "NgayTiepNhan", DATE '2026-09-16' AS "Ngày hẹn trả",
        TIMESTAMPTZ '2026-09-14 02:30:00+00' AS "NgayKetThucXuLy", 15000.50::DECIMAL(12,2) AS "Lệ phí\""""
    ).write_parquet(str(path))
    (arrival,) = read_file(path, context())
    assert arrival.refusals == []
    (found,) = dossiers(arrival)
    assert found.received_at == parse_instant("2026-09-11T08:00")
    assert found.due_at == parse_instant("2026-09-17")
    assert found.finished_at == parse_instant("2026-09-14T09:30")
    assert found.has & Has.FEE_NONZERO


def table(**cells: Any) -> Arrival:
    row = {
        "Mã hồ sơ": "H01.120-260911-1", "Mã thủ tục": "1.004873", "Ngày tiếp nhận": "11/09/2026 08:00",
        "Ngày hẹn trả": "16/09/2026 17:00", "Trạng thái": "4",
    } | cells  # fmt: skip
    return only(csv([list(row), [str(cell) for cell in row.values()]], ";"))


@pytest.mark.parametrize(
    ("word", "state"),
    [("9", 9), ("09", 9), ("Mới đăng ký", 1), ("Đã tiếp nhận", 2), ("Từ chối tiếp nhận", 3),
    ("Đang giải quyết", 4),
     ("Yêu cầu bổ sung giấy tờ", 5), ("Chờ thanh toán", 6), ("Công dân yêu cầu rút hồ sơ", 7),
     ("Dừng xử lý", 8),
     ("Đã xử lý xong", 9), ("ĐÃ TRẢ KẾT QUẢ", 10), ("Không được tiếp nhận", 3)],
)  # fmt: skip
def test_states_in_words(word: str, state: int) -> None:
    assert dossiers(table(**{"Trạng thái": word}))[0].state == state


@pytest.mark.parametrize(
    ("heading", "word", "attribute", "value"),
    [("Kênh", "Bưu chính công ích", "channel", 3), ("Kênh", "2", "channel", 2), ("Kênh", "", "channel", 1),
     ("Thanh toán trực tuyến", "Cổng DVC quốc gia", "payment", 1), ("Thanh toán trực tuyến", "3",
     "payment", 3),
     ("Thanh toán trực tuyến", "Tiền mặt", "payment", 0), ("Loại đối tượng", "Doanh nghiệp", "subject", 2),
     ("Nơi nộp", "Cổng DVC quốc gia", "filed", 1), ("Nơi nộp", "Cổng tỉnh", "filed", 2)],
)  # fmt: skip
def test_other_words(heading: str, word: str, attribute: str, value: int) -> None:
    assert getattr(dossiers(table(**{heading: word}))[0], attribute) == value


def test_files_fees_and_supplements_of_a_row() -> None:
    (found,) = dossiers(
        table(
            **{
                "Có file thành phần": "1", "Tái sử dụng": "x", "Số hóa thành phần hồ sơ": "Có",
                "Lệ phí": "0 đồng",
                "Có file kết quả": "https://tep.example.vn/1", "Ngày yêu cầu bổ sung": "12/09/2026 08:00",
                "Ngày nhận bổ sung": "13/09/2026 08:00", "Tài khoản VNeID": "Không",
            }
        )
    )  # fmt: skip
    assert Has(found.has) == (
        Has.COMPONENT_FILE | Has.COMPONENT_REUSED | Has.DIGITISED_FLAG | Has.FEE_LISTED | Has.RESULT_FILE
    )
    assert found.supplements == (
        Supplement("1", parse_instant("2026-09-12T08:00"), parse_instant("2026-09-13T08:00")),
    )


def test_a_row_without_a_state_is_judged_by_its_dates() -> None:
    for heading, state in (("Ngày kết thúc", 9), ("Ngày trả", 10)):
        assert dossiers(table(**{"Trạng thái": "", heading: "14/09/2026"}))[0].state == state
    assert dossiers(table(**{"Trạng thái": ""}))[0].state == 4


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"Mã hồ sơ": "H22.01-260911-1"}, "MaHoSo", "other_province"),
        ({"Ngày hẹn trả": "31/09/2026"}, "NgayHenTra", "impossible_date"),
        ({"Trạng thái": "lạ lùng"}, "TrangThaiHoSo", "unknown_state"),
        ({"Kênh": "bồ câu"}, "KenhThucHien", "unknown_code"),
        ({"Mã thủ tục": ""}, "MaTTHC", "missing"),
    ],
)
def test_rows_that_are_refused(cells: dict[str, str], field: str, reason: str) -> None:
    arrival = table(**cells)
    (refused,) = arrival.refusals
    assert (refused.field, refused.reason, refused.place) == (field, reason, "row 2")
    assert refused.raw


def test_missing_columns_are_named_with_what_was_found() -> None:
    (refused,) = only(csv([["Mã hồ sơ", "Mã thủ tục", "Ngày tiếp nhận"], ["a", "b", "c"]])).refusals
    assert refused.reason == "missing_columns"
    for words in (refused.message_vi, refused.message_en):
        assert "NgayHenTra (Ngày hẹn trả)" in words
        assert "TrangThaiHoSo (Trạng thái)" in words
        assert "“Ngày tiếp nhận”" in words


def test_headings_that_are_not_known_can_be_mapped() -> None:
    rows = [
        ["Số HS", "TTHC", "Nhận lúc", "Hứa trả", "Xong chưa"],
        ["H01.120-260911-1", "1.004873", "11/09/2026", "16/09/2026", "4"],
    ]
    (refused,) = only(csv(rows)).refusals
    assert refused.reason == "no_heading"
    assert "“Hứa trả”" in refused.message_vi
    mapping = {
        "Số HS": "MaHoSo", "TTHC": "MaTTHC", "Nhận lúc": "NgayTiepNhan", "hứa trả": "NgayHenTra",
        "Xong chưa": "TrangThaiHoSo",
    }  # fmt: skip
    assert len(only(csv(rows), mapping=mapping).items) == 1


def test_published_tables() -> None:
    contract = [
        ["unit", "period", "at", "transparency", "processing", "online_services", "online_payment",
        "satisfaction",
         "digitisation", "total", "rank"],
        ["H01", "2023-01-01..2023-03-27", "2023-03-27", "12.2", "18.3", "7.6", "2.4", "18", "6.7",
        "65.2", "10"],
        ["H47", "2024", "2024-08-19", "13.2", "18.4", "7.7", "7.6", "17.6", "15.6", "80.1", ""],
    ]  # fmt: skip
    arrival = only(csv(contract))
    totals = [one for one in arrival.items if isinstance(one, PublishedFigure) and one.key == "total"]
    assert [(one.unit, one.points, one.rank, one.law) for one in totals] == [
        ("H01", "65.2", 10, "qd766-2022"),
        ("H47", "80.1", None, "qd766-2022"),
    ]
    daily = csv(
        [
            ["date", "province", "code", "total", "CKMB", "TDGQ"],
            ["2026-10-06", "Đồng Tháp", "H20", "68.26", "11.46", "17.67"],
        ]
    )
    found = only(daily).items
    assert [
        (one.unit, one.name, one.key, one.points, one.period)
        for one in found
        if isinstance(one, PublishedFigure)
    ] == [
        ("H20", "Đồng Tháp", "total", "68.26", "2026"),
        ("H20", "Đồng Tháp", "transparency", "11.46", "2026"),
        ("H20", "Đồng Tháp", "processing", "17.67", "2026"),
    ]
    portal = csv(
        [
            ["ID", "TEN_COQUAN", "MA_COQUAN", "TDGQ", "CLGQ", "TONG_SCORE", "ROW_STT"],
            [7, "Ban", "H01.13", 20, 10, 93.75, 1],
        ]
    )
    assert len(only(portal, period="2025").items) == 3
    (refused,) = only(portal).refusals
    assert refused.reason == "period_needed"
    vietnamese = csv(
        [["BẢNG ĐIỂM"], ["Stt", "Mã đơn vị", "Tên đơn vị", "Công khai, minh bạch", "Số hóa hồ sơ",
        "Tổng điểm", "Xếp hạng"],
         [1, "H01.13", "Ban", "18,00", "17,75", "93,75", 1]],
        ";",
    )  # fmt: skip
    keys = {
        one.key: one.points
        for one in only(vietnamese, period="2025").items
        if isinstance(one, PublishedFigure)
    }
    assert keys == {"total": "93.75", "transparency": "18.00", "digitisation": "17.75"}


def test_the_other_tables_of_the_contract() -> None:
    assert only(csv([["unit", "period", "received"], ["H01", "2026-09", "39000"]])).items == [
        ReportingTotal("H01", "2026-09", 39000)
    ]
    assert only(
        csv([["at", "among", "under", "band", "count"], ["2023-05-31T17:00", "communes", "H01", "Khá", 118]])
    ).items == [BandCount(parse_instant("2023-05-31T17:00"), "communes", "H01", "Khá", 118)]
    assert only(csv([["code", "name", "kind", "parent", "valid_from", "valid_to", "successor", "gso_code"],
                     ["gso:883", "Long Xuyên", "district", "H01", "", "2025-06-30", "", "883"]])).items == [
        UnitRecord("gso:883", "Long Xuyên", "district", "H01", "", "2025-06-30", "", "883")
    ]  # fmt: skip
    assert only(csv([["code", "name", "level", "online", "has_fee", "limit_days", "unit"],
                     ["1.004873", "Xác nhận", "commune", "full", "có", 3, ""]])).items == [
        Procedure("1.004873", "Xác nhận", level="commune", online="full", has_fee=True, limit_days=3)
    ]  # fmt: skip
    assert only(
        csv([["code", "decision", "date", "kind"], ["1.004873", "1/QĐ", "2026-01-05", "new"]])
    ).items == [Decision("1.004873", "1/QĐ", "2026-01-05")]
    for heading, row, kind in (
        ("number,date,issuer,subject", "308/UBND-TH,2023-04-10,UBND,Nâng cao", "documents"),
        ("document,unit,task,due", "308/UBND-TH,H01.06,Số hóa,2026-09-30", "tasks"),
        ("list,unit", "cần đôn đốc,H01.113", "unit_lists"),
        ("document,unit,what,threshold,by", "308/UBND-TH,H01.06,Tổng điểm,80,30/09/2026", "targets"),
        ("Văn bản,Loại đơn vị,Chỉ tiêu,Mức,Hạn", "308/UBND-TH,xã,2.1,95%,30/09/2026", "targets"),
        ("id,name,what,side,threshold,among", "a,Dưới 80,total,below,80,communes", "alert_rules"),
    ):
        arrival = only(f"{heading}\n{row}\n".encode())
        assert (arrival.kind, len(arrival.items)) == (kind, 1)
        assert read_body(arrival.payload, kind, context()).items == arrival.items


def test_long_tables_come_in_pieces() -> None:
    rows = [[n, f"H01.120-260911-{n}", *ROWS[0][2:]] for n in range(4_500)]
    arrivals = load(csv([HEADINGS, *rows]))
    assert [len(arrival.items) for arrival in arrivals] == [2000, 2000, 500]


def test_a_local_list_of_procedures_is_one_only_where_it_is_said() -> None:
    table = csv([["Mã thủ tục", "Tên thủ tục", "Có phí", "Thời hạn"], ["1.004873", "Xác nhận", "không", "3"]])
    (found,) = read_file(io.BytesIO(table), context(), kind="local-procedures", name="ds.csv")
    assert found.items == [LocalProcedure("1.004873", "Xác nhận", has_fee=False, limit_days=3)]
    (unsaid,) = read_file(io.BytesIO(table), context(), name="ds.csv")
    assert unsaid.kind != "local_procedures"
    assert unsaid.items == []
