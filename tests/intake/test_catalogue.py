from __future__ import annotations

import json
from typing import Any

import pytest

from chiso.intake.doors import read_body
from chiso.intake.records import Arrival, Decision, LocalProcedure, Procedure

from .samples import context, encode

NATIONAL: dict[str, Any] = {
    "ID": "55",
    "MATTHC": "1.004873",
    "TENTTHC": "Xác nhận tình trạng hôn nhân",
    "MACOQUANCONGBO": "G15",
    "QUYETDINH": "88/QĐ-BTP",
    "TRANGTHAI": "1",
    "CAPTHUCHIEN": [{"CAPTHUCHIEN": "3", "TENCAP": "Cấp Xã"}],
    "LINHVUCTHUCHIEN": [{"MALINHVUC": "G15-TP02", "TENLINHVUC": "Hộ tịch"}],
    "CACHTHUCTHUCHIEN": [
        {
            "KENH": "1",
            "THOIGIAN": [
                {"THOIGIANGIAIQUYET": "3", "DONVITINH": "Ngày làm việc", "PHILEPHI": [{"SOTIEN": "15.000"}]}
            ],
        },
        {"KENH": "2", "THOIGIAN": [{"THOIGIANGIAIQUYET": "16", "DONVITINH": "Giờ làm việc", "PHILEPHI": []}]},
    ],
    "DOITUONGTHUCHIEN": [{"MADOITUONG": "1", "TENDOITUONG": "Công dân Việt Nam"}],
    "TRINHTUTHUCHIEN": [{"TRUONGHOP": "", "TRINHTU": [{"TENTRINHTU": "Bước 1"}]}],
    "THANHPHANHOSO": [{"GIAYTO": [{"MAGIAYTO": "KQ1", "TENGIAYTO": "Tờ khai", "SOBANCHINH": "1"}]}],
    "KETQUATHUCHIEN": [{"MAKETQUA": "K", "TENKETQUA": "Giấy xác nhận"}],
    "CANCUPHAPLY": [{"NGAYHIEULUC": "01/01/2016"}, {"NGAYHIEULUC": "10/04/2020"}, {"NGAYHIEULUC": "khi ký"}],
    "COQUANTHUCHIEN": [{"MADONVI": "H01.113", "TENDONVI": "x"}, {"MADONVI": "", "TENDONVI": "UBND cấp xã"}],
}
MEANT = Procedure(
    "1.004873",
    "Xác nhận tình trạng hôn nhân",
    field="G15-TP02",
    level="commune",
    online="partial",
    has_fee=True,
    returns_paper=True,
    for_person=True,
    limit_days=3,
    limit_unit="working_day",
    effective_on="2020-04-10",
    decision="88/QĐ-BTP",
    units=("H01.113",),
    publisher="G15",
)


def read(value: Any, kind: str | None = None) -> Arrival:
    return read_body(encode(value), kind, context())


@pytest.mark.parametrize(
    "answer",
    [
        NATIONAL,
        [NATIONAL],
        {"error_code": "0", "message": "", "result": [NATIONAL]},
        {"error_code": "0", "message": json.dumps({"result": [NATIONAL]})},
        {"error_code": "0", "message": json.dumps([NATIONAL], ensure_ascii=False)},
    ],
)
def test_the_national_catalogue_bare_wrapped_and_double_encoded(answer: Any) -> None:
    arrival = read(answer)
    assert (arrival.kind, arrival.items, arrival.refusals) == ("procedures", [MEANT], [])
    assert read_body(arrival.payload, "procedures", context()).items == [MEANT]


def only(**changes: Any) -> Procedure:
    (found,) = read([NATIONAL | changes]).items
    assert isinstance(found, Procedure)
    return found


def test_what_the_catalogue_says_or_leaves_out() -> None:
    assert only(MUCDO="4").online == "full"
    assert only(CACHTHUCTHUCHIEN=[]).online == "information"
    assert only(CACHTHUCTHUCHIEN=[]).limit_days is None
    assert not only(CACHTHUCTHUCHIEN=[]).complete
    assert not only(TRINHTUTHUCHIEN=[]).complete
    assert only(TRANGTHAI="0").state == "closed"
    assert only(MACOQUANCONGBO="000.00.00.H01").specific
    assert only(CAPTHUCHIEN=[{"CAPTHUCHIEN": "1"}, {"CAPTHUCHIEN": 3}]).level == "commune"
    assert not only(DOITUONGTHUCHIEN=[{"MADOITUONG": "2", "TENDOITUONG": "Doanh nghiệp"}]).for_person
    assert not only(KETQUATHUCHIEN=[]).returns_paper


@pytest.mark.parametrize(
    ("price", "has_fee"),
    [("0", False), ("không", False), ("", False), ("15.000", True), ("theo biểu phí", True)],
)
def test_fees_of_the_catalogue(price: str, has_fee: bool) -> None:
    manner = {"KENH": "1", "THOIGIAN": [{"PHILEPHI": [{"SOTIEN": price}]}]}
    assert only(CACHTHUCTHUCHIEN=[manner]).has_fee is has_fee


@pytest.mark.parametrize(
    ("number", "unit", "days", "kind"),
    [
        ("2", "Tháng", 60, "day"),
        ("5", "Ngày", 5, "day"),
        ("8", "Giờ", 8, "hour"),
        ("x", "Ngày", None, "working_day"),
    ],
)
def test_limits(number: str, unit: str, days: int | None, kind: str) -> None:
    found = only(CACHTHUCTHUCHIEN=[{"THOIGIAN": [{"THOIGIANGIAIQUYET": number, "DONVITINH": unit}]}])
    assert (found.limit_days, found.limit_unit) == (days, kind)


def test_the_new_portal_s_list() -> None:
    item = {
        "id": "019d-1",
        "code": "1.004873",
        "name": "Xác nhận",
        "state": "UPDATED",
        "departmentId": "019d-2",
        "publishingDepartmentIds": ["019d-2"],
        "appliedDepartmentIds": ["019d-3"],
    }
    arrival = read(
        {
            "code": "OK",
            "data": {"items": [item, item | {"code": "1.000026", "state": "INACTIVE"}]},
            "message": "OK",
        }
    )
    assert arrival.items == [
        Procedure("1.004873", "Xác nhận", publisher="019d-2"),
        Procedure("1.000026", "Xác nhận", publisher="019d-2", state="closed"),
    ]
    assert read_body(arrival.payload, "procedures", context()).items == arrival.items


def test_a_plain_row() -> None:
    row = {
        "code": "1.004873",
        "name": "Xác nhận",
        "field": "Hộ tịch",
        "level": "xã",
        "online": "toàn trình",
        "has_fee": "có",
        "returns_paper": "True",
        "for_person": 1,
        "limit_days": "3",
        "limit_unit": "working_day",
        "announced_on": "2026-01-05",
        "effective_on": "",
        "decision": "1/QĐ",
        "published_on": "06/01/2026",
        "complete": "0",
        "unit": "H01.113 H01.120",
        "publisher": "H01",
        "specific": "không",
        "state": "testing",
    }
    meant = Procedure(
        "1.004873", "Xác nhận", field="Hộ tịch", level="commune", online="full", has_fee=True,
        returns_paper=True,
        for_person=True, limit_days=3, announced_on="2026-01-05", decision="1/QĐ", published_on="2026-01-06",
        complete=False, units=("H01.113", "H01.120"), publisher="H01", state="testing",
    )  # fmt: skip
    arrival = read([row])
    assert arrival.items == [meant]
    assert read_body(arrival.payload, "procedures", context()).items == [meant]
    (short,) = read([{"code": "1.004873", "name": "x", "level": "province"}]).items
    assert short == Procedure("1.004873", "x", level="province")


def test_a_local_list_keeps_what_it_says_and_leaves_open_the_rest() -> None:
    bare = read([{"code": "1.004873.000.00.00.H01", "name": "x"}], "local_procedures")
    assert bare.items == [LocalProcedure("1.004873", "x")]
    told = read(
        [{"code": "1.004873", "name": "x", "online": "toàn trình", "has_fee": "không", "limit_days": 3,
          "decision": "88/QĐ", "unit": "H01.113", "state": "đang công khai", "valid_to": "2026-12-31"}],
        "local-procedures",
    )  # fmt: skip
    assert told.items == [
        LocalProcedure(
            "1.004873", "x", "full", False, 3, "working_day", "88/QĐ", ("H01.113",), "public", "2026-12-31"
        )
    ]
    assert read_body(told.payload, "local_procedures", context()).items == told.items
    national = read(NATIONAL, "local_procedures")
    assert national.items == [
        LocalProcedure(
            "1.004873", MEANT.name, "partial", True, 3, "working_day", "88/QĐ-BTP", ("H01.113",), "public"
        )
    ]
    assert read_body(national.payload, "local_procedures", context()).items == national.items
    assert read([{"code": "1.004873", "name": "x"}]).items == []  # nobody but --as says that it is local


def test_decisions() -> None:
    arrival = read(
        [
            {"code": "1.004873", "decision": "1/QĐ", "date": "2026-01-05", "kind": "sửa đổi, bổ sung"},
            {"code": "1.004873", "decision": "1/QĐ", "date": ""},
        ]
    )
    assert arrival.items == [Decision("1.004873", "1/QĐ", "2026-01-05", kind="amended")]
    assert [(one.field, one.reason, one.code) for one in arrival.refusals] == [
        ("date", "missing", "1.004873")
    ]


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"code": "x"}, "code", "bad_procedure_code"),
        ({"level": "phố"}, "level", "unknown_code"),
        ({"unit": "H01.113 xã"}, "unit", "bad_unit_code"),
        ({"has_fee": "tùy"}, "has_fee", "bad_flag"),
        ({"limit_days": -3}, "limit_days", "bad_number"),
    ],
)
def test_refusals(changes: dict[str, Any], field: str, reason: str) -> None:
    (refused,) = read(
        [{"code": "1.004873", "name": "x", "level": "province"} | changes], "procedures"
    ).refusals
    assert (refused.field, refused.reason) == (field, reason)
