from __future__ import annotations

import unicodedata

import pytest

from chiso.intake import answers
from chiso.intake.doors import read_body
from chiso.intake.records import Dossier

from .samples import context, dossier, encode, step


def test_success_is_said_only_if_all_was_taken() -> None:
    arrival = read_body(encode([dossier()]), "dossiers", context())
    assert answers.sync_answer(arrival) == {
        "error_code": "0", "message": "Đồng bộ thành công 1 hồ sơ", "result": []
    }  # fmt: skip
    steps = read_body(encode([step(), step(TrangThai="4")]), "progress", context())
    assert answers.sync_answer(steps)["message"] == "Đồng bộ thành công 2 bước xử lý"


def test_every_refused_dossier_is_named_with_its_reason() -> None:
    batch = [dossier(), dossier(MaHoSo="H01.120-1", MaTTHC=""), dossier(MaHoSo="H22-1")]
    answer = answers.sync_answer(read_body(encode(batch), "dossiers", context()))
    assert answer["error_code"] == "-1"
    assert "H01.120-1: Thiếu MaTTHC" in answer["message"]
    assert "H22-1: MaHoSo = “H22-1” thuộc tỉnh khác (H22)" in answer["message"]
    assert "Đã nhận 1 trên 3" in answer["message"]
    assert [row["MaHoSo"] for row in answer["result"]] == ["H01.120-1", "H22-1"]
    assert [row["MaLoi"] for row in answer["result"]] == ["missing", "other_province"]


@pytest.mark.parametrize(
    "value",
    ["thành công", "Thành  Công", "đã tồn tại", unicodedata.normalize("NFD", "thành công")],
)
def test_a_failure_never_sounds_like_success(value: str) -> None:
    answer = answers.sync_answer(read_body(encode([dossier(TrangThaiHoSo=value)]), "dossiers", context()))
    said = unicodedata.normalize("NFC", str(answer)).casefold()
    assert answer["error_code"] == "-1"
    assert "thành công" not in " ".join(said.split())
    assert "đã tồn tại" not in said


def test_an_empty_batch_is_a_failure() -> None:
    assert answers.sync_answer(read_body(b"[]", "dossiers", context()))["error_code"] == "-1"


def test_logins() -> None:
    assert answers.login_answer("abc") == {"session": "abc", "error_code": 0, "message": ""}
    assert answers.login_refusal()["error_code"] == -1
    assert answers.session_refusal()["error_code"] == "-1"
    assert answers.session_refusal()["result"] == []


def test_lookups() -> None:
    (found,) = read_body(encode([dossier()]), "dossiers", context()).items
    assert isinstance(found, Dossier)
    assert answers.lookup_answer([])["result"] == []
    (row,) = answers.lookup_answer([found])["result"]
    assert row["MaHoSo"] == found.code
    assert row["NgayTiepNhan"] == "20260911080000"
    assert row["NgayTra"] == ""
    assert found.owner not in row.values()


def test_other_records_are_answered_with_counts_and_reasons() -> None:
    body = encode(
        [{"MaHoSo": "H01-260101-1", "DanhGia": "HÀI LÒNG"}, {"MaHoSo": "H01-260101-2", "DanhGia": "ổn"}]
    )
    answer = answers.records_answer(read_body(body, "ratings", context()))
    assert (answer["read"], answer["accepted"]) == (2, 1)
    (refused,) = answer["refused"]
    assert refused["code"] == "H01-260101-2"
    assert refused["field"] == "DanhGia"
    assert refused["reason"] == "unknown_code"
