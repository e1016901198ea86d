"""Scores as files: the same figures as the answers, in the forms that officials and programs expect."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from chiso.folder import DataFolder, QuestionError
from chiso.insight.exports import scores
from chiso.instants import parse_instant


@pytest.fixture(scope="module")
def found(province: DataFolder) -> scores.Gathered:
    return scores.gather(province, "H01", below=True)


def sheets(body: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_it_holds_the_unit_and_all_below_it(found: scores.Gathered, province: DataFolder) -> None:
    assert found.scores[0]["unit"] == "H01"
    known = {one["code"] for one in province.units() if one["kind"] in ("department", "district", "commune")}
    assert {one["unit"] for one in found.scores[1:]} == known
    assert len(scores.gather(province, "H01.113", below=True).scores) == 1
    with pytest.raises(QuestionError):
        scores.gather(province, "H99", below=True)


def test_a_workbook_has_a_cover_the_totals_and_a_sheet_a_group(
    found: scores.Gathered, province: DataFolder
) -> None:
    told = sheets(scores.made(found, "xlsx"))
    assert list(told)[:2] == ["Bìa", "Tổng hợp"]
    assert len(told) == 8
    cover = {row[0]: row[1] for row in told["Bìa"] if row and row[0]}
    answer = province.score("H01")
    assert cover["Bộ quy tắc"].endswith(f"({answer['law']}, phiên bản {answer['law_version']})")
    assert cover["Tổng điểm"].startswith(answer["total"].replace(".", ","))
    assert cover["Nguồn số liệu"] == "Tính từ hồ sơ đã nhận"
    totals = {row[1]: row for row in told["Tổng hợp"][1:]}
    for score in found.scores:
        assert Decimal(str(totals[score["unit"]][10])) == Decimal(score["total"])
    groups = [rows for name, rows in told.items() if name[0].isdigit()]
    assert groups[0][0][3:10] == [
        "Chỉ số",
        "Tên chỉ số",
        "Tử số",
        "Mẫu số",
        "Tỷ lệ",
        "Điểm đạt được",
        "Điểm tối đa",
    ]
    own = {row[3]: row for rows in groups for row in rows[1:] if row[1] == "H01"}
    assert set(own) == set(answer["indicators"])
    for name, told_of in answer["indicators"].items():
        if name == "2.2":  # a length of time: no ratio
            assert own[name][7] == ""
            continue
        if told_of.get("n") is not None:
            assert (own[name][5], own[name][6]) == (told_of["n"], told_of["d"])
            assert own[name][7] == pytest.approx(told_of["n"] / told_of["d"]) if told_of["d"] else True
        if Decimal(str(told_of["max"])):
            assert Decimal(str(own[name][8])) == Decimal(told_of["points"])


def test_csv_and_parquet_hold_the_same_rows(found: scores.Gathered, tmp_path: Path) -> None:
    text = scores.made(found, "csv").decode("utf-8-sig")
    told = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    plain = scores.made(found, "csv", lang="en").decode("utf-8-sig")
    english = list(csv.DictReader(io.StringIO(plain, newline="")))
    (tmp_path / "x.parquet").write_bytes(scores.made(found, "parquet"))
    with duckdb.connect() as connection:
        table = connection.read_parquet(str(tmp_path / "x.parquet"))
        names = table.columns
        rows = table.project('* REPLACE (epoch("at") AS "at")').fetchall()
    assert names == list(scores.COLUMNS)
    assert len(told) - 1 == len(rows) == len(english) == len(list(scores.lines(found)))
    at = names.index("n"), names.index("d"), names.index("points"), names.index("unit")
    for line, row, kept in zip(told[1:], english, rows, strict=True):
        n, d, points, unit = (kept[place] for place in at)
        assert (row["n"], row["d"], row["unit"]) == (
            "" if n is None else str(n),
            "" if d is None else str(d),
            unit,
        )
        assert Decimal(row["points"]) == points == Decimal(line[names.index("points")].replace(",", "."))
    assert rows[0][names.index("at")] == parse_instant(found.at)


def test_the_points_of_a_groups_indicators_sum_to_the_groups(found: scores.Gathered) -> None:
    sums: dict[tuple[str, str], Decimal] = {}
    for one in scores.lines(found):
        if one.maximum:
            key = (one.unit["unit"], one.group)
            sums[key] = sums.get(key, Decimal(0)) + one.points
    for score in found.scores:
        for group, told in score["groups"].items():
            assert abs(sums[score["unit"], group] - Decimal(told["points"])) <= Decimal("0.01")


def test_published_figures_say_that_they_are(portals: DataFolder) -> None:
    found = scores.gather(portals, "H44", below=True, period="2026-Q3", source="published")
    told = sheets(scores.made(found, "xlsx"))
    cover = {row[0]: row[1] for row in told["Bìa"] if row and row[0]}
    assert cover["Nguồn số liệu"] == "Cổng Dịch vụ công quốc gia công bố"
    assert all(one.source == "published" for one in scores.lines(found))


def test_names_of_files_say_what_they_hold(found: scores.Gathered) -> None:
    name = scores.file_name(found, "xlsx", below=True)
    assert name.startswith("chi-so-H01-truc-thuoc-2026-")
    assert name.endswith(".xlsx")
