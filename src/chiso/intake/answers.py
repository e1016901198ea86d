"""What senders are answered, in the words that their own clients look for (national-api, section 1).

Some clients decide by ``error_code``, others by the text: success is "0" and "thành công", and "đã tồn tại"
makes them send again as an update.  So these words stand in no answer to a batch that was not taken whole,
not even inside a value that is repeated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

from chiso.instants import moment_of
from chiso.intake.records import Arrival, Dossier, Refusal

Answer = dict[str, Any]

_NOUNS: Final = {"dossiers": "hồ sơ", "progress": "bước xử lý"}
_TELLING: Final = re.compile(r"thành\s+công|đã\s+tồn\s+tại", re.IGNORECASE)


def login_answer(session: str) -> Answer:
    """The answer to a login that is right.  The code is a number here."""
    return {"session": session, "error_code": 0, "message": ""}


def login_refusal() -> Answer:
    """The answer to a wrong name or password."""
    return {"session": "", "error_code": -1, "message": "Tên đăng nhập hoặc mật khẩu không đúng."}


def session_refusal() -> Answer:
    """The answer to a session that is unknown or older than ten minutes."""
    return failure("Phiên làm việc không hợp lệ hoặc đã hết hạn; hãy đăng nhập lại.")


def failure(message: str, result: list[Any] | None = None) -> Answer:
    """A failed call: code "-1", and no word that a client could take for success."""
    return {"error_code": "-1", "message": unmistakable(message), "result": result or []}


def unmistakable(text: str) -> str:
    """A text without the words by which clients tell success or existence."""
    composed = unicodedata.normalize("NFC", text)
    return _TELLING.sub(lambda found: re.sub(r"\s+", "-", found[0]), composed)


def sync_answer(arrival: Arrival) -> Answer:
    """The answer to DongBoHoSoMC or CapNhatTienDoHoSoMC.

    "0" and "thành công" only if all of the batch was taken; otherwise "-1", naming every refused MaHoSo with
    its reason.  What is not named was taken and kept.
    """
    noun = _NOUNS.get(arrival.kind, "bản ghi")
    if arrival.refusals:
        named = "; ".join(f"{_name(one)}: {one.message_vi}" for one in arrival.refusals)
        kept = f"Đã nhận {len(arrival.items)} trên {arrival.read} {noun}. " if arrival.items else ""
        rows = [refusal_row(one) for one in arrival.refusals]
        return failure(f"{kept}Không nhận: {named}", rows)
    if not arrival.items:
        return failure("Không có bản tin nào trong data.")
    return {"error_code": "0", "message": f"Đồng bộ thành công {len(arrival.items)} {noun}", "result": []}


def _name(refused: Refusal) -> str:
    return refused.code or refused.place or "bản tin"


def refusal_row(refused: Refusal) -> dict[str, str]:
    """A refusal as a row of ``result``."""
    return {
        "MaHoSo": refused.code,
        "ViTri": refused.place,
        "Truong": refused.field,
        "GiaTri": unmistakable(refused.value),
        "MaLoi": refused.reason,
        "LyDo": unmistakable(refused.message_vi),
    }


def records_answer(arrival: Arrival) -> Answer:
    """The answer to the addresses of the other records: how many were taken, and why the rest was not."""
    return {
        "kind": arrival.kind,
        "read": arrival.read,
        "accepted": arrival.read - len(arrival.refusals),
        "refused": [
            {
                "code": one.code,
                "place": one.place,
                "field": one.field,
                "value": one.value,
                "reason": one.reason,
                "message_vi": one.message_vi,
                "message_en": one.message_en,
            }
            for one in arrival.refusals
        ],
    }


def lookup_answer(found: Iterable[Dossier]) -> Answer:
    """The answer to TraCuuHoSo: an empty ``result`` tells the client to create, a row to update."""
    rows = [lookup_row(dossier) for dossier in found]
    message = "Tra cứu thành công" if rows else "Không tìm thấy hồ sơ"
    return {"error_code": "0", "message": message, "result": rows}


def lookup_row(dossier: Dossier) -> dict[str, str]:
    """A dossier as it is known here, in the national names; nothing of persons."""
    return {
        "MaHoSo": dossier.code,
        "MaTTHC": dossier.procedure,
        "TrangThaiHoSo": str(dossier.state),
        "KenhThucHien": str(dossier.channel),
        "NgayTiepNhan": stamp(dossier.received_at),
        "NgayHenTra": stamp(dossier.due_at),
        "NgayKetThucXuLy": stamp(dossier.finished_at),
        "NgayTra": stamp(dossier.returned_at),
        "NgayTuChoi": stamp(dossier.refused_at),
    }


def stamp(at: int | None) -> str:
    """An instant as senders write it, yyyyMMddHHmmss; empty for none."""
    return "" if at is None else moment_of(at).strftime("%Y%m%d%H%M%S")
