from __future__ import annotations

import pytest

from chiso.intake.headings import LAYOUTS, RECOGNISED, best_heading, plain, read_heading, shown_column


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Ngày hẹn trả", "ngay hen tra"),
        ("  NGÀY  HẸN TRẢ (dd/mm/yyyy)", "ngay hen tra"),
        ("Ngày tiếp nhận (dd/MM/yyyy HH:mm)", "ngay tiep nhan"),
        ("Mã hồ sơ *", "ma ho so"),
        ("Lệ phí (VND)", "le phi"),
        ("Tổng điểm (5)", "tong diem"),
        ("Đơn vị:", "don vi"),
        (None, ""),
        (17, "17"),
        ("(" + "a" * 190, "(" + "a" * 190),
    ],
)
def test_headings_are_compared_without_accents_and_notes(written: object, folded: str) -> None:
    assert plain(written) == folded


@pytest.mark.parametrize("kind", sorted(RECOGNISED))
def test_every_kind_is_recognised_by_its_own_column_names(kind: str) -> None:
    row = list(LAYOUTS[kind].columns)
    found = best_heading(row, list(RECOGNISED), {})
    assert found is not None
    assert (found.kind, found.missing) == (kind, ())
    assert list(found.columns.values()) == row


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_no_heading_means_two_columns_of_one_table(kind: str) -> None:
    meanings: dict[str, str] = {}
    for column, synonyms in LAYOUTS[kind].columns.items():
        for synonym in synonyms:
            assert meanings.setdefault(synonym, column) == column
            assert synonym == plain(synonym), "a heading that no cell could ever equal"


def test_what_is_missing_is_named() -> None:
    found = read_heading(["Mã hồ sơ", "Ngày trả", 5, None], "dossiers", {})
    assert found.missing == ("MaTTHC", "NgayTiepNhan", "NgayHenTra")
    assert shown_column("dossiers", "MaTTHC") == "MaTTHC (Mã thủ tục)"
    assert best_heading(["a", "b"], list(LAYOUTS), {}) is None


def test_a_mapping_goes_before_what_is_known_and_only_to_columns_that_exist() -> None:
    mapping = {"ngay tra": "NgayHenTra", "gi do": "KhongCo"}
    found = read_heading(["Ngày trả", "Gì đó"], "dossiers", mapping)
    assert found.columns == {0: "NgayHenTra"}
