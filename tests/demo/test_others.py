"""The records beside the dossiers."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from chiso.demo import others, petitions, stream
from tests.demo.plain_counter import Book


@pytest.fixture(scope="module")
def records(province: stream.Province) -> list[dict]:
    return [msgspec.json.decode(line) for _, line in others.lines(province)]


def test_the_catalogue_comes_first(records: list[dict]) -> None:
    assert records[0]["kind"] == "procedures"
    assert sum(len(r["message"]) for r in records if r["received_at"] == records[0]["received_at"]) > 2_000


def test_an_giang_is_31st_of_34(records: list[dict]) -> None:
    published = [r for r in records if r["kind"] == "published"]
    assert len(published) == 5
    newest = {row["unit"]: row for row in published[-1]["message"]}
    assert len(newest) == 34
    assert newest["H01"]["rank"] == "31"
    assert newest["H01"]["total"] == "59.18"
    assert newest["H01"]["at"] == "2026-10-10T06:00:00+07:00"
    assert min(newest.values(), key=lambda row: int(row["rank"]))["total"] == "68.80"


def test_decisions_become_public_late_or_not_yet(province: stream.Province, records: list[dict]) -> None:
    decided = others.decided(province)
    assert len({entry["code"] for entry in decided}) == len(decided) == 55
    assert Counter(entry["kind"] for entry in decided)["abolished"] == 4
    first = next(r for r in records if r["kind"] == "decisions")
    assert all(entry["published_on"] == "" for entry in first["message"])
    for line in (r for r in records if r["kind"] == "decisions"):
        assert all(entry["published_on"] <= line["received_at"][:10] for entry in line["message"])


def test_petitions_are_told_stage_by_stage(records: list[dict], book: Book) -> None:
    told = [r for r in records if r["kind"] == "petitions"]
    assert len(told) > 2 * petitions.TOTAL
    final = book.records["petitions"]
    assert len(final) == petitions.TOTAL
    states = {p["TrangThai"] for p in final.values()}
    assert states >= {"da_cong_khai", "tu_choi_tiep_nhan"}
    assert states & {"tiep_nhan_o_dia_phuong", "da_bo_sung", "moi_tiep_nhan"}


def test_petitions_about_dossiers_name_known_ones(book: Book) -> None:
    named = [p for p in book.records["petitions"].values() if p["MaHoSo"]]
    assert named
    assert all(p["MaHoSo"] in book.dossiers for p in named)


def test_payments_belong_to_paid_dossiers(book: Book) -> None:
    paid = {d.code for d in book.dossiers.values() if d.payment in ("1", "2")}
    recorded = {p["ThongTinGiaoDich"] for p in book.records["payments"].values()}
    assert recorded <= paid
    assert 0.85 < len(recorded) / len(paid) < 1.0
