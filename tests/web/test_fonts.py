from __future__ import annotations

import itertools
import struct

import pytest

from chiso.web import fonts


def _tables(font: bytes) -> dict[str, bytes]:
    (count,) = struct.unpack_from(">H", font, 4)
    entries = [struct.unpack_from(">4sIII", font, 12 + 16 * index) for index in range(count)]
    return {tag.decode(): font[offset : offset + length] for tag, _, offset, length in entries}


@pytest.mark.parametrize("weight", fonts.WEIGHTS)
def test_digits_share_one_width_and_are_centred(weight: int) -> None:
    tables = _tables(fonts.figures(weight))
    original = _tables(fonts.face(weight))
    digits = fonts._digit_glyphs(tables["cmap"])
    assert len(set(digits)) == 10
    offsets = struct.unpack(f">{len(tables['loca']) // 4}I", tables["loca"])
    before = struct.unpack(f">{len(original['loca']) // 2}H", original["loca"])
    widths = set()
    for glyph in digits:
        width, left = struct.unpack_from(">Hh", tables["hmtx"], 4 * glyph)
        widths.add(width)
        outline = tables["glyf"][offsets[glyph] : offsets[glyph + 1]]
        x_min, _, x_max, _ = struct.unpack_from(">hhhh", outline, 2)
        assert abs(width - (x_max - x_min) - 2 * left) <= 1
        untouched = original["glyf"][2 * before[glyph] : 2 * before[glyph + 1]]
        assert outline[: len(untouched)] == untouched
    assert len(widths) == 1


def test_the_face_itself_needs_it() -> None:
    tables = _tables(fonts.face(400))
    digits = fonts._digit_glyphs(tables["cmap"])
    widths = {struct.unpack_from(">H", tables["hmtx"], 4 * glyph)[0] for glyph in digits}
    assert len(widths) > 1


def test_figures_are_small_and_everything_else_is_empty() -> None:
    font = fonts.figures(600)
    assert len(font) < 20_000
    tables = _tables(font)
    offsets = struct.unpack(f">{len(tables['loca']) // 4}I", tables["loca"])
    drawn = sum(1 for a, b in itertools.pairwise(offsets) if b > a)
    assert drawn == 10


def test_checksums_hold() -> None:
    font = fonts.figures(400)
    (count,) = struct.unpack_from(">H", font, 4)
    for index in range(count):
        _, checksum, offset, length = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        data = font[offset : offset + length + (-length % 4)]
        assert sum(struct.unpack(f">{len(data) // 4}I", data)) & 0xFFFFFFFF == checksum
