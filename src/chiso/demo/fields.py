"""Fields, deeds and objects from which the plausible catalogue is put together.

The names are invented in the manner of the national catalogue; the few procedures of communes that everybody
knows carry the codes and names by which they are known.  Data: ``data/fields.csv``, ``data/everyday.csv``.
"""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Final, NamedTuple

ON_PAPERS: Final = (
    "Cấp",
    "Cấp lại",
    "Cấp đổi",
    "Cấp bổ sung",
    "Điều chỉnh",
    "Điều chỉnh thông tin trên",
    "Gia hạn",
    "Thu hồi",
    "Đính chính",
    "Tạm dừng hiệu lực",
    "Khôi phục hiệu lực",
    "Cấp bản sao",
    "Xác minh",
)
"""What is done with a paper: a licence, a certificate, a card"""

ON_MATTERS: Final = (
    "Đăng ký",
    "Đăng ký thay đổi",
    "Thông báo",
    "Thông báo thay đổi",
    "Công nhận",
    "Công nhận lại",
    "Thẩm định hồ sơ về",
    "Phê duyệt",
    "Phê duyệt điều chỉnh",
    "Chấp thuận",
    "Xác nhận",
    "Chấm dứt",
    "Giải quyết đề nghị về",
    "Cung cấp thông tin về",
)
"""What is done with any other matter"""

PAPERS: Final = (
    "giấy", "chứng chỉ", "thẻ", "phù hiệu", "biển hiệu", "phiếu", "bản công bố", "mã số", "bản sao",
)  # fmt: skip


def deeds_on(thing: str) -> tuple[str, ...]:
    """What an office may do with an object of a field."""
    return ON_PAPERS if thing.startswith(PAPERS) else ON_MATTERS


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
