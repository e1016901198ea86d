from __future__ import annotations

import string

import pytest

from chiso.intake.refusals import REASONS, RefusedError, refusal, shown


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_reason_speaks_both_languages_of_the_same_things(reason: str) -> None:
    vietnamese, english = REASONS[reason]
    names = [
        {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        for sentence in (vietnamese, english)
    ]
    assert names[0] == names[1]
    words: dict[str, object] = dict.fromkeys(names[0] - {"field", "value"}, ("điều này", "this"))
    made = refusal("row 3", "MaTTHC", "x", reason, words=words)
    assert made.message_vi != made.message_en
    assert "{" not in made.message_vi + made.message_en
    assert "this" not in made.message_vi.split() or "this" in vietnamese


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("ChuHoSo", "Lê Thị Thử", ""),
        ("DinhDanhCHS[0].SoDinhDanh", "089199001234", ""),
        ("NgayTiepNhan", "089199001234", "•••"),
        ("KenhThucHien", "gọi 0911222333 nhé", "gọi ••• nhé"),
        ("MaDonVi", "a.b@example.vn", "•••"),
        ("NgayTiepNhan", "20260230120000", "20260230120000"),
        ("NgayTiepNhan", "202602301200", "202602301200"),
        ("MaHoSo", "H01-260911-123456789", "H01-260911-123456789"),
        ("TrangThaiHoSo", None, ""),
        ("TrangThaiHoSo", "a\nb", "a\ufffdb"),
        ("TrangThaiHoSo", "x" * 500, "x" * 120),
    ],
)
def test_what_is_repeated_of_a_value(field: str, value: object, text: str) -> None:
    assert shown(field, value) == text


def test_an_error_becomes_a_record() -> None:
    made = RefusedError("MaHoSo", "", "missing").at("data[3]", "", b"{}")
    assert (made.place, made.field, made.reason, made.raw) == ("data[3]", "MaHoSo", "missing", b"{}")
    assert "MaHoSo" in made.message_vi
