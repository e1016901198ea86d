"""The dossiers of a cause with the facts that differ: nothing personal, codes and instants only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.engine.columns import Columns
from chiso.folder.answers import QuestionError
from chiso.insight.reconcile.numbers import NONE, Numbers, only
from chiso.instants import NEVER, iso
from chiso.intake.records import Has

if TYPE_CHECKING:
    from chiso.insight.reconcile.case import Gathered
    from chiso.insight.reconcile.solve import Reconciliation
    from chiso.insight.reconcile.split import Effect

INSTANTS: Final = {
    "received_at": "NgayTiepNhan",
    "due_at": "NgayHenTra",
    "ended_at": "NgayKetThucXuLy",
    "requested_at": "NgayBoSung",
    "completed_at": "NgayTiepNhanBoSung",
    "second_requested_at": "NgayBoSung (2)",
    "dissatisfied_at": "KHÔNG HÀI LÒNG",
    "stored_at": "Kho DLĐT",
}
"""What instants of a row are called in messages."""
_CODES: Final = {"channel": "KenhThucHien", "filed": "NoiNopHoSo", "payment": "DuocThanhToanTrucTuyen"}
_BITS: Final = {
    Has.RESULT_FILE: "DuongDanTepTinKetQua",
    Has.COMPONENT_FILE: "DuongDanTaiTepTin",
    Has.COMPONENT_DIGITISED: "DuocSoHoa",
    Has.COMPONENT_REUSED: "DuocTaiSuDung",
    Has.COMPONENT_FROM_STORE: "DuocLayTuKhoDMQG",
    Has.DIGITISED_FLAG: "HoSoCoThanhPhanSoHoa",
    Has.VNEID: "TaiKhoanDuocXacThucVoiVNeID",
    Has.FEE_LISTED: "DanhSachLePhi",
    Has.FEE_NONZERO: "Gia",
    Has.SYNCED: "DongBoHoSoMC",
}

Fact = dict[str, Any]


def codes_of(gathered: Gathered, numbers: Numbers) -> dict[int, str]:
    """Codes of dossiers by number, also of those that the ledger does not know."""
    found = gathered.question.folder.ledger.codes(numbers.tolist())
    return found | {number: code for number, code in gathered.codes.items() if number not in found}


def effect_of(found: Reconciliation, cause: str, part: str = "") -> Effect:
    """The effect of a cause that is asked for by name.  QuestionError for one that is not there."""
    for effect in (*found.effects, *found.possible):
        if effect.option.cause == cause and (not part or effect.option.part == part):
            return effect
    raise QuestionError(
        f"Không có nguyên nhân “{cause}” trong lần đối chiếu này.",
        f"no cause {cause!r} in this reconciliation",
        unknown=True,
    )


def page_of(
    found: Reconciliation, effect: Effect, limit: int, offset: int, indicator: str = ""
) -> dict[str, Any]:
    """Some dossiers of a cause, by number of the ledger; ``indicator``: only those that change it.

    ``{"cause", "part", "indicator", "reason", "total", "rows"}``
    """
    numbers = effect.of.get(indicator, NONE) if indicator else effect.numbers
    return {
        "cause": effect.option.cause,
        "part": effect.option.part,
        "indicator": indicator,
        "reason": effect in found.effects,
        "total": len(numbers),
        "rows": details(found, effect, numbers[offset : offset + limit]),
    }


def details(found: Reconciliation, effect: Effect, numbers: Numbers) -> list[dict[str, Any]]:
    """Some dossiers of a cause, in the order of their codes, each with the facts that differ."""
    gathered = found.gathered
    codes = codes_of(gathered, numbers)
    scene = found.case.scenes[0]
    hands = scene.hands
    rows = _by_dossier(only(hands.near, numbers))
    other = _by_dossier(_others(found, effect, numbers))
    told = []
    for number in sorted(numbers.tolist(), key=lambda one: codes.get(one, "")):
        row = rows.get(number) or other.get(number)
        facts = _facts(found, effect, number, rows.get(number), other.get(number))
        told.append({"code": codes.get(number, ""), **_about(found, row), "facts": facts})
    return told


def _others(found: Reconciliation, effect: Effect, numbers: Numbers) -> Columns:
    """Rows as the other hand of a cause has them."""
    hands = found.case.scenes[0].hands
    cause = effect.option.cause
    if cause == "known_later":
        return Columns.joined([only(rows, numbers) for _, rows in sorted(hands.then.items(), reverse=True)])
    if cause == "quarantined":
        return only(hands.pieces, numbers)
    if cause in ("missing_here", "different_there"):
        return only(hands.listed, numbers)
    return only(hands.near, numbers[:0])


def _by_dossier(rows: Columns) -> dict[int, dict[str, int]]:
    """The last span of each dossier's row."""
    names = list(rows.arrays)
    lists = [rows[name].tolist() for name in names]
    found: dict[int, dict[str, int]] = {}
    for values in zip(*lists, strict=True):
        row = dict(zip(names, values, strict=True))
        held = found.get(row["dossier"])
        if held is None or (held["version"] == row["version"] and held["judged_from"] < row["judged_from"]):
            found[row["dossier"]] = row
    return found


def _about(found: Reconciliation, row: dict[str, int] | None) -> dict[str, Any]:
    ground = found.case.scenes[0].ground(None)
    if row is None:
        nothing = dict.fromkeys(("received_at", "due_at", "ended_at", "known_at"))
        return {"procedure": "", "unit": "", "unit_name": "", **nothing}
    unit = ground.units.all[row["unit_index"]]
    due = row["due_at"] if row["due_at"] < NEVER else row["limit_due_at"]
    return {
        "procedure": ground.terms[row["procedure"]],
        "unit": unit.code,
        "unit_name": unit.name,
        "received_at": iso(row["received_at"]),
        "due_at": iso(due) if due > -NEVER else None,
        "ended_at": iso(row["ended_at"]),
        "known_at": iso(row["known_at"]) if row["known_at"] else None,
    }


def _facts(
    found: Reconciliation,
    effect: Effect,
    number: int,
    here: dict[str, int] | None,
    there: dict[str, int] | None,
) -> list[Fact]:
    """What differs: ``{"name", "here", "there"}``, instants as ISO texts; sentences also in ``here_en``."""
    gathered, option = found.gathered, effect.option
    hands = found.case.scenes[0].hands
    units = found.case.scenes[0].ground(None).units.all
    if option.cause == "quarantined":
        refused = gathered.pieces.refused[number]
        told = _fact(refused.field or refused.reason, refused.message_vi, None)
        return [{**told, "here_en": refused.message_en}]
    if option.cause == "duplicate":
        twin = hands.twin.get(number)
        known = {} if twin is None else codes_of(gathered, np.array([twin]))
        return [_fact("MaHoSo", None, known.get(twin or 0, ""))]
    if option.cause == "other_unit" and here is not None:
        return [_fact("DonViXuLy", units[here["unit_index"]].code, units[here["desk_index"]].code)]
    if option.cause == "period_edge" and here is not None:
        filed = hands.submitted.get(number)
        return [
            _fact(
                "NgayTiepNhan/NgayNopHoSo",
                iso(here["received_at"]),
                iso(filed) if filed is not None else None,
            )
        ]
    if option.cause == "due_by_day" and here is not None:
        return [_fact("NgayKetThucXuLy/NgayHenTra", iso(here["ended_at"]), iso(here["due_at"]))]
    if option.cause == "known_later" and there is None:
        return [_fact("known_at", iso(here["known_at"]) if here else None, None)]
    if here is None or there is None:
        return []
    return _differences(found, here, there)


def _differences(found: Reconciliation, here: dict[str, int], there: dict[str, int]) -> list[Fact]:
    told: list[Fact] = []
    ground = found.case.scenes[0].ground(None)
    for name, words in INSTANTS.items():
        if here[name] != there[name]:
            told.append(_fact(words, _instant(here[name]), _instant(there[name])))
    for name, words in _CODES.items():
        if here[name] != there[name]:
            told.append(_fact(words, str(here[name]), str(there[name])))
    for bit, words in _BITS.items():
        if (here["has"] ^ there["has"]) & bit:
            told.append(_fact(words, str(int(bool(here["has"] & bit))), str(int(bool(there["has"] & bit)))))
    if here["procedure"] != there["procedure"]:
        told.append(_fact("MaTTHC", ground.terms[here["procedure"]], ground.terms[there["procedure"]]))
    if here["unit_index"] != there["unit_index"]:
        units = ground.units.all
        told.append(_fact("DonViXuLy", units[here["unit_index"]].code, units[there["unit_index"]].code))
    return told


def _instant(value: int) -> str | None:
    return iso(value) if -NEVER < value < NEVER else None


def _fact(name: str, here: str | None, there: str | None) -> Fact:
    return {"name": name, "here": here, "there": there}
