"""Invented persons and officers.  ID numbers begin with a province code (099) that nobody has."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> list[str]:
    return text.split()


FAMILIES: Final = _words("Nguyễn Trần Lê Phạm Huỳnh Võ Phan Trương Bùi Đặng Đỗ Ngô Hồ Dương Danh Châu")
MIDDLES: Final = _words("Văn Thị Hữu Ngọc Minh Thanh Hoàng Kim Quốc Mỹ Phước Thành Bảo Cẩm Đức Tuyết")
GIVEN: Final = _words(
    "An Bình Châu Dũng Giang Hà Hiền Hòa Hùng Hương Khánh Lan Linh Long Mai Nam Nga Nhân Phúc Phượng "
    "Quân Sơn Tâm Thảo Thủy Tiến Trang Trí Tuấn Uyên Vinh Yến"
)
BUSINESSES: Final = ("Công ty TNHH", "Công ty CP", "DNTN", "HTX", "Hộ kinh doanh")

NAMES: Final = [f"{f} {m} {g}".encode() for f in FAMILIES for m in MIDDLES for g in GIVEN]
OFFICERS: Final = [f"{f} {m} {g}".encode() for g in GIVEN[::3] for m in MIDDLES[1::4] for f in FAMILIES[2::3]]
TITLES: Final = tuple(
    t.encode()
    for t in (
        "Công chức Tư pháp - Hộ tịch",
        "Chuyên viên",
        "Công chức Địa chính",
        "Phó Chủ tịch",
        "Cán bộ một cửa",
    )
)
ROOMS: Final = tuple(
    t.encode()
    for t in ("Bộ phận Một cửa", "Phòng chuyên môn", "Lãnh đạo đơn vị", "Văn thư", "Bộ phận trả kết quả")
)
STREETS: Final = tuple(
    f"Địa chỉ: {text}".encode()
    for text in (
        "ấp Bình Phú",
        "ấp Mỹ Hòa",
        "khóm Đông Thịnh 5",
        "ấp Vĩnh Lộc",
        "khóm 3",
        "tổ 12, ấp Tân Lợi",
        "đường Trần Hưng Đạo",
        "đường Nguyễn Trung Trực",
    )
)
