"""Records with columns of this project's own: units, totals, band counts.

The same columns in a table and in a JSON array.
"""

from __future__ import annotations

from typing import Final

from chiso.instants import BadInstantError, parse_period
from chiso.intake.objects import Fields, Reader
from chiso.intake.records import (
    BandCount,
    ReportingTotal,
    UnitRecord,
)
from chiso.intake.refusals import RefusedError

UNIT_KINDS: Final = {
    "province": "province", "tinh": "province", "thanh pho truc thuoc trung uong": "province",
    "ministry": "ministry", "bo": "ministry", "bo nganh": "ministry",
    "department": "department", "so": "department", "so ban nganh": "department", "so_ban": "department",
    "so, ban, nganh": "department", "provincial_department": "department",
    "district": "district", "huyen": "district", "quan": "district", "thi xa": "district",
    "cap huyen": "district", "quan huyen": "district",
    "commune": "commune", "xa": "commune", "phuong": "commune", "thi tran": "commune", "cap xa": "commune",
    "dac khu": "commune", "phuong xa": "commune", "commune_people_committee": "commune",
    "centre": "centre", "center": "centre", "trung tam": "centre",
}  # fmt: skip

AMONG: Final = {
    **{word: f"{kind}s" for word, kind in UNIT_KINDS.items() if kind not in {"ministry", "centre"}},
    "provinces": "provinces",
    "departments": "departments",
    "districts": "districts",
    "communes": "communes",
}

BANDS: Final = {
    "xuat sac": "Xuất sắc",
    "tot": "Tốt",
    "kha": "Khá",
    "trung binh": "Trung bình",
    "yeu": "Yếu",
    "excellent": "Xuất sắc",
    "good": "Tốt",
    "fair": "Khá",
    "average": "Trung bình",
    "weak": "Yếu",
}


def unit(fields: Fields) -> UnitRecord:
    """``code, name, kind, parent, valid_from, valid_to, successor, gso_code``; units of every province."""
    return UnitRecord(
        fields.unit("code", ours=False),
        fields.key("name", 300),
        fields.choice("kind", UNIT_KINDS),
        fields.unit("parent", ours=False, required=False),
        fields.day("valid_from"),
        fields.day("valid_to"),
        fields.unit("successor", ours=False, required=False),
        fields.text("gso_code", 10),
    )


def period_label(fields: Fields, name: str = "period") -> str:
    """A period in its canonical label."""
    text = fields.key(name, 40)
    try:
        return parse_period(text).label
    except BadInstantError as error:
        raise RefusedError(name, text, "bad_period") from error


def total(fields: Fields) -> ReportingTotal:
    """``unit, period, received``: national reporting."""
    return ReportingTotal(fields.unit("unit"), period_label(fields), fields.whole("received"))


def band_count(fields: Fields) -> BandCount:
    """``at, among, under, band, count``."""
    at = fields.instant("at")
    if at is None:
        raise RefusedError("at", "", "missing")
    return BandCount(
        at,
        fields.choice("among", AMONG),
        fields.unit("under", ours=False, required=False),
        fields.choice("band", BANDS),
        fields.whole("count"),
    )


READERS: Final[dict[str, Reader]] = {
    "units": unit,
    "totals": total,
    "band_counts": band_count,
}
