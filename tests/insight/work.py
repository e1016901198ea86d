"""A small province with work of every kind in it, and the messages by which each kind is done."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from chiso.commands.loading import opened
from chiso.folder import DataFolder
from chiso.instants import DAY, day_of, iso
from chiso.intake.records import Has
from tests.support.messages import again, dossier, record_of, stamp, tell

TABLE = "Mã hồ sơ,Mã thủ tục,Ngày tiếp nhận,Ngày hẹn trả,Ngày kết thúc xử lý,Trạng thái\n"
COPIES = "2.000815"
"""Chứng thực bản sao, a fee procedure of communes"""


def enrich(folder: DataFolder) -> None:
    """Adds to the demo's province what it has none or little of."""
    now = folder.now()
    _dossiers(folder, now)
    _table(folder, now)
    _petitions(folder, now)
    _procedures(folder, day_of(now))
    _payments(folder)
    totals = [{"unit": unit, "period": "2026", "received": count} for unit, count in
              (("H01", 900), ("H01.113", 60), ("H01.06", 40))]  # fmt: skip
    tell(folder, "totals", *totals)
    folder.refresh()


def _dossiers(folder: DataFolder, now: int) -> None:
    """Open ones of all sorts; steps of dossiers that no message tells of."""
    waited = {"HoSoBoSungId": "1", "NgayBoSung": stamp(now - 3 * DAY), "NgayTiepNhanBoSung": stamp(now - DAY)}
    tell(
        folder,
        "dossiers",
        dossier("H01.113-261001-90001", now - 9 * DAY, now + 3600),
        dossier("H01.113-261001-90002", now - 9 * DAY, now - 3600, DanhSachHoSoBoSung=[waited]),
        dossier("H01.113-261001-90003", now - 9 * DAY, now + 2 * DAY, TrangThaiHoSo="2"),
        dossier("H01.06-261001-90004", now - 9 * DAY, now + DAY, MaTTHC="1.004873"),
        dossier("H01.06-261001-90005", now - 9 * DAY, now - DAY),
        *(dossier(f"H01.{unit}-261002-9{number:04d}", now - 8 * DAY - number * 600, now - DAY,
                  now - 7 * DAY - number * 60, NoiNopHoSo="1" if number % 3 == 0 else "2")
          for unit in ("113", "06") for number in range(12)),
    )  # fmt: skip
    steps = [
        {"MaHoSo": f"H01.113-260915-8{number:04d}", "ThoiDiemXuLy": stamp(at), "TrangThai": state,
         "NguoiXuLy": "A", "NoiDungXuLy": "x"}
        for number in range(3)
        for state, at in (("2", now - 20 * DAY + number), ("9", now - 18 * DAY + number))
    ]  # fmt: skip
    tell(folder, "progress", *steps)


def _table(folder: DataFolder, now: int) -> None:
    """Ended dossiers that came by a table of the one-stop system alone."""
    lines = [
        f"H01.{unit}-260910-7{number:04d},{COPIES},{iso(now - 30 * DAY)},{iso(now - 20 * DAY)},"
        f"{iso(now - 25 * DAY)},9\n"
        for unit in ("113", "06")
        for number in range(4)
    ]
    with opened(folder.path) as target:
        outcome = target.load([_named(TABLE + "".join(lines), "bang.csv")])
    assert outcome.counts["refused"] == 0
    folder.refresh()


def _named(text: str, name: str) -> io.BytesIO:
    source = io.BytesIO(text.encode())
    source.name = name
    return source


def _payments(folder: DataFolder) -> None:
    """Payments of dossiers whose messages do not say so."""
    told = []
    for unit in ("H01.113", "H01.06", "H01"):
        for row in folder.dossiers(unit, "3.6", "missed", limit=25)["rows"]:
            told.append(
                {"LoaiBanTin": "CONFIRM", "MaThamChieu": f"P-{unit}-{len(told)}", "MaHoSo": row["code"],
                 "SoTien": "4000", "MaLoi": "00", "ThoiGianGD": row["received_at"]}
            )  # fmt: skip
    assert told
    tell(folder, "payments", *told)


def petition(code: str, unit: str, sent: int, **more: Any) -> dict[str, Any]:
    return {
        "MaPAKN": code, "MaDonVi": unit, "TrangThai": "dang_xu_ly", "PhanLoai": "TTHC",
        "NgayGui": stamp(sent), "SoLuotThich": 0, "SoLuotKhongThich": 0, "LapLai": False, **more,
    }  # fmt: skip


def _petitions(folder: DataFolder, now: int) -> None:
    calendar = folder.registry.calendar
    first = day_of(now)
    for number, (unit, back) in enumerate((("H01.113", 14), ("H01.113", 13), ("H01.06", 12), ("H01", 15))):
        sent = calendar.add_working_days(first, -back)
        at = now - (first - sent).days * DAY
        tell(folder, "petitions", petition(f"PX.{number}", unit, at, LapLai=number == 1))
    tell(folder, "petitions", petition("PX.9", "H01.113", now - 4 * DAY, NgayXuLyXong=stamp(now - 3600)))


def procedure(code: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code, "name": f"Thủ tục {code}", "field": "X", "level": "province", "online": "partial",
        "publisher": "H01.06", "specific": True, "state": "public", "complete": True, **more,
    }  # fmt: skip


def _procedures(folder: DataFolder, today: date) -> None:
    tell(
        folder,
        "procedures",
        procedure("3.990001", complete=False),
        procedure("3.990002", complete=False, publisher="H01"),
        procedure("3.990003", online="information", unit="H01.06"),
        procedure("3.990004", effective_on=(today + timedelta(days=40)).isoformat()),
        procedure("3.990005", effective_on=(today + timedelta(days=2)).isoformat()),
        procedure("3.990006"),
        procedure("3.990007"),
        *(
            procedure(f"3.99001{number}", level="commune", has_fee=True, specific=False, publisher="G15")
            for number in range(3)
        ),
    )
    calendar = folder.registry.calendar
    tell(
        folder,
        "decisions",
        *({"code": code, "decision": "9/QĐ-UBND", "date": calendar.add_working_days(today, -back).isoformat(),
           "legal_effective_on": (today + timedelta(days=60)).isoformat(), "kind": "new"}
          for code, back in (("3.990006", 2), ("3.990007", 9))),
    )  # fmt: skip
    at = folder.now() - 5 * DAY
    tell(
        folder,
        "dossiers",
        # a service that is offered on paper and asked for online all the same
        dossier("H01.06-261003-60001", at, MaTTHC="3.990003"),
        # fees that no message has told of yet
        *(dossier(f"H01.113-261003-6001{number}", at + number, MaTTHC=f"3.99001{number % 3}")
          for number in range(5)),
    )  # fmt: skip


# -- doing it -----------------------------------------------------------------------------------------------


def do(folder: DataFolder, row: dict[str, Any]) -> None:
    """Does what a row of work asks for, by the message that a sender would send."""
    globals()[f"_do_{row['what']}"](folder, row)


def _finish(folder: DataFolder, row: dict[str, Any]) -> None:
    at = stamp(folder.now())
    step = {
        "MaHoSo": row["dossier"],
        "ThoiDiemXuLy": at,
        "TrangThai": "9",
        "NguoiXuLy": "A",
        "NoiDungXuLy": "x",
    }
    tell(folder, "progress", step)


_do_due = _do_overdue = _finish


def _do_result(folder: DataFolder, row: dict[str, Any]) -> None:
    tell(folder, "dossiers", again(record_of(folder, row["dossier"]), bits=Has.RESULT_FILE))


def _do_digitise(folder: DataFolder, row: dict[str, Any]) -> None:
    bits = Has.COMPONENT_FILE | Has.COMPONENT_DIGITISED | Has.DIGITISED_FLAG
    tell(folder, "dossiers", again(record_of(folder, row["dossier"]), bits=bits))


def _do_pay(folder: DataFolder, row: dict[str, Any]) -> None:
    tell(folder, "dossiers", again(record_of(folder, row["dossier"]), payment=1))


def _do_fee(folder: DataFolder, row: dict[str, Any]) -> None:
    bits = Has.FEE_LISTED | Has.FEE_NONZERO
    tell(folder, "dossiers", again(record_of(folder, row["with_dossier"]), bits=bits))


def _do_sync(folder: DataFolder, row: dict[str, Any]) -> None:
    code = row["dossier"]
    number = folder.ledger.ids([code])[code]
    facts = folder.ledger.facts([number])[number]
    if facts.message is not None:
        tell(folder, "dossiers", again(facts.message))
        return
    first = facts.steps[0].at
    minimal = dossier(code, first, MaTTHC="9.999999", KenhThucHien="1", NoiNopHoSo="", TrangThaiHoSo="9")
    tell(folder, "dossiers", minimal)


def _do_petition(folder: DataFolder, row: dict[str, Any]) -> None:
    code = row["petition"]
    (known,) = (one for one in folder.ground.records.petitions if one.code == code)
    sent = known.sent_at or known.received_at or known.forwarded_at
    assert sent is not None
    at = stamp(folder.now())
    tell(
        folder,
        "petitions",
        petition(
            code, known.unit, sent,
            NgayChuyen=stamp(known.forwarded_at) if known.forwarded_at else "",
            NgayXuLyXong=stamp(known.resolved_at) if known.resolved_at else at, NgayCongKhai=at,
            SoLuotThich=known.likes, SoLuotKhongThich=known.dislikes, LapLai=known.repeated,
        ),
    )  # fmt: skip


def _do_announce(folder: DataFolder, row: dict[str, Any]) -> None:
    record = folder.registry.catalogue.get(row["procedure"])
    assert record is not None
    told = {"code": record.code, "decision": "10/QĐ-UBND", "date": day_of(folder.now()).isoformat(),
            "legal_effective_on": record.effective_on, "kind": "new"}  # fmt: skip
    tell(folder, "decisions", told)


def _do_publish(folder: DataFolder, row: dict[str, Any]) -> None:
    named = row["procedure"], row.get("decision")
    known = next(
        one
        for one in folder.ground.records.decisions
        if one.code == named[0] and named[1] in (None, one.decision) and not one.published_on
    )
    told = {"code": known.code, "decision": known.decision, "date": known.date, "kind": known.kind,
            "legal_effective_on": known.legal_effective_on,
            "published_on": day_of(folder.now()).isoformat()}  # fmt: skip
    tell(folder, "decisions", told)


def _change(folder: DataFolder, code: str, **changes: Any) -> None:
    record = folder.registry.catalogue.get(code)
    assert record is not None
    told = {name: getattr(record, name) for name in record.__struct_fields__ if name != "units"}
    if told["limit_days"] is None:
        del told["limit_days"]
    tell(folder, "procedures", {**told, "unit": " ".join(record.units), **changes})


def _do_complete(folder: DataFolder, row: dict[str, Any]) -> None:
    _change(folder, row["procedure"], complete=True)


def _do_offer_online(folder: DataFolder, row: dict[str, Any]) -> None:
    _change(folder, row["procedure"], online="partial")
