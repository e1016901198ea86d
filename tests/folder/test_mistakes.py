"""Mistakes that a sender's whole stream shows: planted ones are found, of everything else nothing is said."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.cli import run
from chiso.demo import stream
from chiso.folder import DataFolder, QuestionError, Settings, mistakes
from chiso.folder.mistakes import STREAM, message_mistakes, sender_mistakes, told
from chiso.folder.sent import UNTIMELY, Sent
from chiso.instants import DAY, NEVER, day_of, midnight, parse_instant
from chiso.intake.context import Context
from chiso.intake.doors import read_body
from chiso.intake.records import Arrival, Dossier, Mistake, Payment
from chiso.ledger.clock import Clock
from tests.support.messages import stamp
from tests.support.provinces import build

NOW = parse_instant("2026-10-10T06:00+07:00")
KNOWN = "2.000815"
LIMITLESS = "1.000001"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[DataFolder]:
    with DataFolder.open(tmp_path / "data", settings=Settings()) as folder:
        folder.ledger.clock.set(Clock(NOW))
        folder.refresh()
        procedures = [
            {"code": KNOWN, "name": "Chứng thực", "level": "commune", "online": "full", "limit_days": "3"},
            {"code": LIMITLESS, "name": "Không thời hạn", "level": "commune", "online": "full"},
        ]
        send(folder, "", "procedures", procedures)
        yield folder


@pytest.fixture(autouse=True)
def _always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mistakes, "MINIMUM_AGE", 0.0)
    monkeypatch.setattr(mistakes, "SHARE", 0)


def send(
    folder: DataFolder, sender: str, kind: str, items: list[dict[str, Any]], known_at: int | None = None
) -> None:
    context = Context(
        home="H01", is_foreign=folder.registry.units.foreign, key=folder.ledger.keys.hashing, sender=sender
    )
    arrival = read_body(json.dumps(items).encode(), kind, context)
    assert arrival.refusals == []
    arrival.known_at = known_at
    folder.take(folder.ledger.accept([arrival], folder.now()))


_numbers = iter(range(1, 10**6))


def plain(received: int, **more: Any) -> dict[str, Any]:
    """A dossier without a mistake; of two neighbours one shows what the other does not."""
    number = next(_numbers)
    odd = number % 2
    file = f"https://dvc.example.vn/tep/{number}"
    return {
        "MaHoSo": f"H01.113-{day_of(received):%y%m%d}-{number:05d}",
        "MaTTHC": KNOWN,
        "KenhThucHien": "2",
        "NoiNopHoSo": "2",
        "LoaiDoiTuong": "1",
        "SoGiayToChuHoSo": f"089{number:09d}",
        "NgayNopHoSo": stamp(received - 900),
        "NgayTiepNhan": stamp(received),
        "NgayHenTra": stamp(received + 2 * DAY),
        "NgayKetThucXuLy": stamp(received + 1200),
        "TrangThaiHoSo": "9",
        "TaiKhoanDuocXacThucVoiVNeID": str(odd),
        "DSKetNoiCSDL": [{"MaCSDL": "1"}] if odd else [],
        "TaiLieuNop": [
            {"TenTepDinhKem": "a.pdf", "IsDeleted": "False", "MaThanhPhanHoSo": "KQ1",
             "DuongDanTaiTepTin": f"{file}-a", "DuocSoHoa": str(odd)}
        ],
        "DanhSachLePhi": [],
        "DanhSachGiayToKetQua": [{"TenGiayTo": "k.pdf", "DuongDanTepTinKetQua": f"{file}-k"}],
        **more,
    }  # fmt: skip


def many(count: int, day: str, **more: Any) -> list[dict[str, Any]]:
    start = parse_instant(f"{day}T08:00+07:00")
    return [plain(start + 61 * number, **more) for number in range(count)]


def at(text: str) -> int:
    return parse_instant(f"{text}+07:00")


def found(folder: DataFolder, unit: str | None = None) -> dict[tuple[str, str], tuple[int, int]]:
    lines = sender_mistakes(folder, unit)
    by_kind = {
        (one["sender"], one["mistake"] + ("_DAYS" if one.get("days") else "")): (one["count"], one["of"])
        for one in lines
    }
    assert len(by_kind) == len(lines)
    return by_kind


def plant(folder: DataFolder) -> None:
    """A clean sender, and one for each mistake."""

    def evening(sender: str, day: str, items: list[dict[str, Any]], kind: str = "dossiers") -> None:
        send(folder, sender, kind, items, at(f"{day}T18:00"))

    def payment(dossier: str, day: str, code: str = "00") -> None:
        record = {"LoaiBanTin": "CONFIRM", "MaLoi": code, "MaThamChieu": f"R{dossier}{code}",
                  "SoTien": "1000", "ThoiGianGD": stamp(at(f"{day}T09:00")), "MaHoSo": dossier}  # fmt: skip
        evening("", day, [record], "payments")

    evening("clean", "2026-03-02", many(60, "2026-03-02"))
    evening("vneid", "2026-03-03", many(60, "2026-03-03", TaiKhoanDuocXacThucVoiVNeID="0"))
    evening("few", "2026-03-03", many(20, "2026-03-03", TaiKhoanDuocXacThucVoiVNeID="0"))
    digitised = many(61, "2026-03-04")
    for one in digitised[1:]:
        one["TaiLieuNop"][0]["DuocSoHoa"] = "1"
    digitised[0]["TaiLieuNop"] = []
    evening("digitised", "2026-03-04", digitised)
    evening("database", "2026-03-05", many(55, "2026-03-05", DSKetNoiCSDL=[{"MaCSDL": "7"}]))
    once = many(60, "2026-03-05", DSKetNoiCSDL=[{"MaCSDL": "7"}])
    once[7]["DSKetNoiCSDL"] = []
    evening("almost", "2026-03-05", once)

    before = many(1, "2026-01-09", DuocThanhToanTrucTuyen="1")
    paid = many(4, "2026-04-01", DuocThanhToanTrucTuyen="1")
    evening("paid", "2026-01-09", before)
    payment("H01.113-260112-99999", "2026-01-12")
    evening("paid", "2026-04-01", paid)
    payment(paid[0]["MaHoSo"], "2026-04-01")
    payment(paid[1]["MaHoSo"], "2026-04-01", code="99")
    send(
        folder, "paid", "dossiers", many(1, "2026-10-09", DuocThanhToanTrucTuyen="2"), at("2026-10-09T10:00")
    )

    first, same, later, other = many(4, "2026-04-02")
    same |= {key: first[key] for key in ("SoGiayToChuHoSo", "NgayTiepNhan")}
    later["SoGiayToChuHoSo"] = first["SoGiayToChuHoSo"]
    other["NgayTiepNhan"] = first["NgayTiepNhan"]
    evening("double", "2026-04-02", [first, same, later, other])

    evening("procedure", "2026-04-03", many(2, "2026-04-03", MaTTHC="9.999999"))
    evening("limit", "2026-04-03", many(1, "2026-04-03", MaTTHC=LIMITLESS, NgayHenTra=""))
    evening("limit", "2026-04-03", many(1, "2026-04-03", MaTTHC=KNOWN, NgayHenTra=""))
    nowhere = many(2, "2026-04-03")
    nowhere[0]["MaHoSo"], nowhere[1]["MaHoSo"] = "XY-260403-00001", "H01.999-260403-00002"
    evening("nowhere", "2026-04-03", nowhere)

    evening("late", "2026-04-10", many(1, "2026-04-08"))
    still_open = many(2, "2026-04-08", NgayKetThucXuLy="", TrangThaiHoSo="4")
    evening("late", "2026-04-08", still_open)
    ended = [
        one | {"NgayKetThucXuLy": stamp(at("2026-04-09T09:00")), "TrangThaiHoSo": "9"} for one in still_open
    ]
    evening("late", "2026-04-09", ended[:1])
    evening("late", "2026-04-11", ended[1:])
    evening("late", "2026-05-20", [ended[0] | {"GhiChu": "gửi lại", "KenhThucHien": "1"}])

    step = {"NguoiXuLy": "A", "NoiDungXuLy": "Tiếp nhận", "TrangThai": "2"}
    lost = [step | {"MaHoSo": f"H01.113-260414-7000{n}", "ThoiDiemXuLy": "20260414090000"} for n in (1, 2)]
    evening("lost", "2026-04-14", lost, "progress")
    came = plain(at("2026-04-14T09:00"), MaHoSo=lost[1]["MaHoSo"])
    send(folder, "lost", "dossiers", [came], at("2026-04-15T08:00"))
    fresh = step | {"MaHoSo": "H01.113-261009-70009", "ThoiDiemXuLy": "20261009150000"}
    evening("lost", "2026-10-09", [fresh], "progress")

    received, due = at("2026-04-16T08:00"), at("2026-04-16T10:00")
    ends = [due - 60, due, due + 60, due + 6 * 3600, due + 21 * 3600]
    by_day = [plain(received, NgayHenTra=stamp(due), NgayKetThucXuLy=stamp(end)) for end in ends]
    evening("by day", "2026-04-16", by_day[:4])
    send(folder, "by day", "dossiers", by_day[4:], at("2026-04-17T07:30"))

    night = at("2026-05-05T00:10")
    for sender, honest in (("stamps", 3), ("stamps some", 4)):
        pushed = many(honest, "2026-05-04")
        pushed += many(60 - honest, "2026-05-04", NgayKetThucXuLy=stamp(night - 300))
        send(folder, sender, "dossiers", pushed, night)

    one, other = many(2, "2026-09-03")
    works = folder.registry.calendar.is_working
    day = day_of(at("2026-09-03T08:00"))
    while day < day_of(NOW):
        if works(day) and f"{day}" not in ("2026-09-16", "2026-09-28"):
            evening("busy", f"{day}", [one] * 20)
            evening("nearly busy", f"{day}", [other] * 19)
        day += timedelta(days=1)


def test_every_planted_mistake_is_found_and_no_other(empty: DataFolder) -> None:
    plant(empty)
    lines = found(empty)
    expected = {
        ("vneid", "VNEID_NEVER"): (60, 60),
        ("digitised", "ALWAYS_DIGITISED"): (60, 60),
        ("database", "DATABASE_CONSTANT"): (55, 55),
        ("paid", "PAID_WITHOUT_RECORD"): (3, 4),
        ("double", "DUPLICATE_DOSSIER"): (1, 4),
        ("procedure", "UNKNOWN_PROCEDURE"): (2, 2),
        ("limit", "NO_LIMIT_KNOWN"): (1, 2),
        ("nowhere", "UNASSIGNED_UNIT"): (2, 2),
        ("late", "SENT_LATE"): (2, 3),
        ("lost", "SILENT_LOSS"): (1, 2),
        ("by day", "COMPARED_BY_DAY"): (2, 5),
        ("stamps", "CLOSED_AT_PUSH"): (57, 60),
        ("busy", "SILENT_LOSS_DAYS"): (2, 27),
    }
    assert lines == expected
    kinds = {Mistake[kind.removesuffix("_DAYS")] for _, kind in expected}
    assert kinds == set(STREAM)
    samples = {(one["sender"], one["mistake"]): one["sample"] for one in sender_mistakes(empty)}
    assert samples["busy", "SILENT_LOSS"] == ["2026-09-28", "2026-09-16"]
    assert samples["lost", "SILENT_LOSS"] == ["H01.113-260414-70001"]
    assert set(samples["nowhere", "UNASSIGNED_UNIT"]) == {"XY-260403-00001", "H01.999-260403-00002"}
    assert len(samples["vneid", "VNEID_NEVER"]) == 5
    assert [one["number"] for one in sender_mistakes(empty) if one["mistake"] == "VNEID_NEVER"] == [4]


def test_arrivals_tell_of_all_kinds_and_of_none_twice(empty: DataFolder) -> None:
    plant(empty)
    lines = empty.arrivals()["mistakes"]
    keys = [(one["sender"], one["mistake"], one.get("days", False)) for one in lines]
    assert len(set(keys)) == len(keys)
    stream = {(one["sender"], one["mistake"]): one["count"] for one in sender_mistakes(empty)}
    of_stream = {
        (one["sender"], one["mistake"]): one["count"] for one in lines if Mistake[one["mistake"]] & STREAM
    }
    assert of_stream == stream
    assert {one["mistake"] for one in lines if not Mistake[one["mistake"]] & STREAM} >= {
        "NO_DUE",
        "FOREIGN_CODE",
    }
    assert {tuple(one) for one in lines} == {
        ("sender", "mistake", "number", "count"), ("sender", "mistake", "number", "count", "days"),
    }  # fmt: skip


def test_a_unit_has_its_own_dossiers_of_a_senders_habit(empty: DataFolder) -> None:
    some = many(60, "2026-03-03", TaiKhoanDuocXacThucVoiVNeID="0")
    for one in some[:4]:
        one["MaHoSo"] = one["MaHoSo"].replace("H01.113", "H01.114")
    some[0]["NgayHenTra"] = ""
    send(empty, "vneid", "dossiers", some, at("2026-03-03T18:00"))
    assert found(empty, "H01.114") == {("vneid", "VNEID_NEVER"): (4, 4)}
    assert found(empty, "H01") == {("vneid", "VNEID_NEVER"): (60, 60)}
    assert found(empty, "H01.115") == {}
    rows = told(empty, "H01.114")["rows"]
    assert [(one["mistake"], one["count"], one["of"]) for one in rows] == [
        ("VNEID_NEVER", 4, 4),
        ("NO_DUE", 1, 4),
    ]
    with pytest.raises(QuestionError):
        sender_mistakes(empty, "H01.999")


def test_what_is_mended_is_gone(empty: DataFolder) -> None:
    evening = at("2026-04-03T18:00")
    strange, unpaid = many(2, "2026-04-03", DuocThanhToanTrucTuyen="1")
    strange |= {"MaTTHC": "9.999999", "NgayHenTra": "", "DuocThanhToanTrucTuyen": "0"}
    payment = {"LoaiBanTin": "CONFIRM", "MaLoi": "00", "SoTien": "1"}
    earlier = payment | {"MaThamChieu": "1", "ThoiGianGD": "20260105090000", "MaHoSo": "H01.113-260105-99999"}
    send(empty, "", "payments", [earlier], evening)
    send(empty, "S", "dossiers", [strange, unpaid], evening)
    assert set(found(empty)) == {
        ("S", "UNKNOWN_PROCEDURE"), ("S", "NO_LIMIT_KNOWN"), ("S", "PAID_WITHOUT_RECORD"),
    }  # fmt: skip
    assert {one["mistake"] for one in message_mistakes(empty)} == {"NO_DUE"}
    send(
        empty, "", "procedures", [{"code": "9.999999", "name": "Mới", "level": "commune", "limit_days": "5"}]
    )
    send(empty, "", "payments", [payment | {"MaThamChieu": "2", "MaHoSo": unpaid["MaHoSo"]}], evening)
    send(empty, "S", "dossiers", [strange | {"NgayHenTra": "20260405170000"}], evening + 60)
    assert found(empty) == {}
    assert message_mistakes(empty) == []


def test_a_late_dossier_that_was_known_in_time_after_all(empty: DataFolder) -> None:
    one = plain(at("2026-04-08T08:00"))
    send(empty, "S", "dossiers", [one], at("2026-04-12T08:00"))
    assert found(empty) == {("S", "SENT_LATE"): (1, 1)}
    send(empty, "S", "dossiers", [one], at("2026-04-08T09:00"))
    assert found(empty) == {}


def test_a_sender_by_night_is_not_silent_after_a_sunday(empty: DataFolder) -> None:
    one = plain(at("2026-07-01T08:00"))
    works = empty.registry.calendar.is_working
    day = day_of(at("2026-07-02T00:00"))
    while day < day_of(NOW):
        if works(day - timedelta(days=1)) and f"{day}" != "2026-08-06":
            send(empty, "night", "dossiers", [one] * 25, midnight(day) + 1800)
        day += timedelta(days=1)
    lines = [one for one in sender_mistakes(empty) if one["mistake"] == "SILENT_LOSS"]
    assert [one["sample"] for one in lines] == [["2026-08-06"]]


def test_nothing_is_looked_at_again_too_soon_nor_without_a_change(
    empty: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    look = mistakes._look
    monkeypatch.setattr(mistakes, "_look", lambda *words: looks.append(1) or look(*words))
    assert sender_mistakes(empty) == []
    assert sender_mistakes(empty) == []
    assert len(looks) == 1
    monkeypatch.setattr(mistakes, "MINIMUM_AGE", 1e9)
    send(empty, "S", "dossiers", many(1, "2026-03-03", MaTTHC="9.999999"), at("2026-03-03T18:00"))
    assert len(sender_mistakes(empty)) == 1  # the age of the answer before had been none
    send(empty, "T", "dossiers", many(1, "2026-03-03", MaTTHC="9.999999"), at("2026-03-03T18:00"))
    assert len(sender_mistakes(empty)) == 1
    assert len(looks) == 2


# -- read on, and its slow twin -----------------------------------------------------------------------------


def slowly(pieces: list[np.ndarray]) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    """When receipts and the newest ends were first known, one version after the other."""
    first: dict[int, int] = {}
    known_of: dict[tuple[int, int], int] = {}
    newest: dict[int, int] = {}
    last_of_version = {int(row["version"]): row for piece in pieces for row in piece}
    for _, row in sorted(last_of_version.items(), key=lambda pair: pair[0]):
        number, end = int(row["dossier"]), int(row["ended_at"])
        if row["received_at"] >= NEVER:
            continue
        known = int(row["known_at"]) if row["timely"] else UNTIMELY
        first[number] = min(first.get(number, NEVER), known)
        if end < NEVER:
            if newest.get(number) != end:
                known_of.pop((number, end), None)
            known_of[number, end] = min(known_of.get((number, end), NEVER), known)
            newest[number] = end
    return first, {number: (end, known_of[number, end]) for number, end in newest.items()}


@given(cuts=st.lists(st.integers(0, 10_000), max_size=6))
def test_reading_on_is_reading_all(province: DataFolder, cuts: list[int]) -> None:
    rows = np.concatenate(list(province.rows()))
    firsts = np.flatnonzero(np.r_[True, rows["version"][1:] != rows["version"][:-1]])
    pieces = np.split(rows, sorted({int(firsts[cut % len(firsts)]) for cut in cuts} - {0}))
    sent = Sent()
    for piece in pieces:
        sent._reserve(int(piece["dossier"].max()))
        sent._take(piece)
    first, ends = slowly(pieces)
    numbers = np.flatnonzero(sent.first_known < NEVER)
    assert dict(zip(numbers.tolist(), sent.first_known[numbers].tolist(), strict=True)) == first
    numbers = np.flatnonzero(sent.end_at < NEVER)
    told_ends = zip(sent.end_at[numbers].tolist(), sent.end_known[numbers].tolist(), strict=True)
    assert dict(zip(numbers.tolist(), told_ends, strict=True)) == ends


def test_payments_find_their_dossiers_whenever_these_come(own: DataFolder) -> None:
    ours = list(own.ledger.codes(range(1, 30)).values())
    late = ["H01.113-260101-90001", "H01.113-260101-90002"]
    draw = random.Random(7)
    told: dict[str, int] = {}
    sent = Sent()
    start = own.now()
    sent.read_payments(own)
    held = dict(enumerate(sent.paid_at.tolist()))

    def pay(count: int, number: int) -> None:
        for place in range(count):
            code, at = draw.choice([*ours, *late, ""]), draw.choice([None, start - draw.randrange(90 * DAY)])
            payment = Payment(f"R{number}-{place}", code, at, 5, succeeded=draw.random() < 0.8)
            arrival = Arrival("payments", [payment], b"{}", known_at=start + number)
            own.ledger.accept([arrival], start + number)
            if payment.succeeded:
                told[code] = min(told.get(code, NEVER), start + number if at is None else at)

    def checked() -> None:
        sent.read_payments(own)
        numbers = own.ledger.ids([*ours, *late])
        for code, number in numbers.items():
            assert sent.paid_at[number] == min(told.get(code, NEVER), held.get(number, NEVER))
        assert sent._unplaced == {code: at for code, at in told.items() if code and code not in numbers}

    pay(60, 1)
    checked()
    assert set(sent._unplaced) == set(late)
    pay(5, 2)
    own.ledger.accept([Arrival("dossiers", [Dossier(late[0], "1.000001", 2)], b"{}")], start + 3)
    checked()
    own.ledger.accept([Arrival("dossiers", [Dossier(late[1], "1.000001", 2)], b"{}")], start + 4)
    pay(30, 5)
    checked()
    assert sent._unplaced == {}


# -- the demo's senders -------------------------------------------------------------------------------------

DOSSIERS = 3_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    with DataFolder.open(build(tmp_path_factory.mktemp("demo") / "data", DOSSIERS)) as folder:
        yield folder


def having(habit: str) -> set[str]:
    return {one.code for one in stream.make(500).world.senders if habit in one.habits}


def of_kind(lines: list[dict[str, Any]], kind: str, share: float = 0.0) -> set[str]:
    return {one["sender"] for one in lines if one["mistake"] == kind and one["count"] > share * one["of"]}


def test_habits_of_the_demos_senders_are_found(demo: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = sender_mistakes(demo)
    assert of_kind(lines, "VNEID_NEVER") == having("no-vneid")
    assert of_kind(lines, "PAID_WITHOUT_RECORD") == having("paid-without-record")
    assert of_kind(lines, "DATABASE_CONSTANT") == having("constant-database") - {"H01.172"}  # 38 dossiers
    senders = stream.make(500).world.senders
    sending = {demo.terms[term] for term in np.unique(demo.standing.roster.column("sender")).tolist()}
    late = {one.code for one in senders if one.cadence == "late"} & sending
    away = {one.code for one in senders if one.outage} & sending
    assert of_kind(lines, "SENT_LATE", share=0.5) == late
    assert of_kind(lines, "SENT_LATE") == late | away
    monkeypatch.setattr(mistakes, "ENOUGH", 10)  # a small province has small senders
    few = mistakes._look(demo, Sent(), None)
    assert of_kind(few, "ALWAYS_DIGITISED") == having("always-digitised")
    assert of_kind(few, "DATABASE_CONSTANT") == having("constant-database")
    assert not of_kind(lines, "DUPLICATE_DOSSIER") | of_kind(lines, "SILENT_LOSS")


def test_habits_that_messages_show_are_found_too(demo: DataFolder) -> None:
    drawn = stream.make(DOSSIERS)
    lives, codes = drawn.lives, np.array([one.code for one in drawn.world.senders])
    sender = codes[drawn.world.sender_of[lives.unit]]
    lines = message_mistakes(demo)
    told_of = lives.counted & ~lives.carried
    assert of_kind(lines, "PLACEHOLDER_ID") == set(sender[drawn.encoder.placeholder & told_of].tolist())
    as_input = drawn.encoder.input_result & drawn.flags.result & lives.closed & told_of
    assert of_kind(lines, "RESULT_IS_INPUT") == set(sender[as_input].tolist()) <= having("result-is-input")
    sending = {str(one) for one in np.unique(sender[told_of])}
    for kind, habit in (
        ("NO_DUE", "no-due"),
        ("SUBMITTED_EQUALS_RECEIVED", "copies-submission"),
        ("FINISHED_WITHOUT_WORK", "closes-at-receipt"),
        ("BLANK_COMPONENT", "blank-component"),
    ):
        assert having(habit) & sending <= of_kind(lines, kind)
    assert of_kind(lines, "NO_DUE", share=0.5) == having("no-due")
    assert of_kind(lines, "SUBMITTED_EQUALS_RECEIVED") == having("copies-submission") & sending


def test_the_command_prints_both(demo: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    where = str(demo.path)
    assert run(["mistakes", "--json", "--data", where]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body == json.loads(json.dumps(told(demo)))
    assert {one["mistake"] for one in body["rows"]} >= {"NO_DUE", "VNEID_NEVER"}
    assert run(["mistakes", "--unit", "H01.156", "--data", where]) == 0
    shown = capsys.readouterr().out
    assert "vneid_never" in shown
    assert "database_constant" not in shown
    assert run(["mistakes", "--unit", "H01.999", "--data", where]) == 1
