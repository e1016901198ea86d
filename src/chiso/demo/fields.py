"""Fields, deeds and objects from which the plausible catalogue is put together.

The names are invented in the manner of the national catalogue; the few procedures of communes that everybody
knows carry the codes and names by which they are known.  Data: ``data/fields.csv``, ``data/everyday.csv``.
"""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Final, NamedTuple

DEEDS: Final = (
    "Cấp",
    "Cấp lại",
    "Cấp đổi",
    "Điều chỉnh",
    "Gia hạn",
    "Thu hồi",
    "Thẩm định hồ sơ về",
    "Thông báo",
    "Đăng ký",
    "Đăng ký thay đổi",
    "Chấm dứt hiệu lực",
    "Công nhận",
    "Xác nhận",
    "Phê duyệt",
    "Chấp thuận",
    "Đính chính",
    "Bổ sung nội dung",
    "Chuyển nhượng",
)


class Field(NamedTuple):
    """A field of the catalogue at one department, or at the communes (``home`` empty)."""

    home: str
    code: str
    name: str
    objects: tuple[str, ...]


class Known(NamedTuple):
    """A procedure that communes handle every day: its share of all their dossiers, its limit and fee."""

    code: str
    field: str
    name: str
    share: float
    days: int
    fee: int


def read_table(name: str) -> list[dict[str, str]]:
    """A CSV table of the demo's own data."""
    text = files("chiso.demo").joinpath("data", name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


FIELDS: Final = tuple(
    Field(row["home"], row["code"], row["name"], tuple(row["objects"].split("; ")))
    for row in read_table("fields.csv")
)

EVERYDAY: Final = tuple(
    Known(
        row["code"], row["field"], row["name"], float(row["share"]), int(row["limit_days"]), int(row["fee"])
    )
    for row in read_table("everyday.csv")
)
