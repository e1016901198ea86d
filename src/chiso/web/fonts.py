"""Be Vietnam Pro, served from the installed package, and its figures set to one width.

The typeface (SIL Open Font Licence) has no tabular figures: a 1 is little more than half as wide as a 4, so
columns of numbers would not line up.  :func:`figures` makes a small font of the ten digits alone, each
centred in the same advance, which number cells name before the full face.  Outlines are untouched; only side
bearings change.
"""

from __future__ import annotations

import hashlib
import struct
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

WEIGHTS = {400: "Regular", 500: "Medium", 600: "SemiBold"}
"""The weights that pages use."""

FIGURE_WIDTH = 660
"""Advance of every digit in thousandths of an em: the face's own 3 and 5."""

_KEEP = (
    "OS/2",
    "cmap",
    "cvt ",
    "fpgm",
    "glyf",
    "head",
    "hhea",
    "hmtx",
    "loca",
    "maxp",
    "name",
    "post",
    "prep",
)


def directory() -> Path:
    """Where the face's files lie; charts rendered on the server register it."""
    return Path(str(files("fontpkg_be_vietnam_pro") / "files"))


@lru_cache(maxsize=8)
def face(weight: int) -> bytes:
    """The full face of a weight, as packaged."""
    return (directory() / f"BeVietnamPro-{WEIGHTS[weight]}.ttf").read_bytes()


def _tables(font: bytes) -> dict[str, bytes]:
    (count,) = struct.unpack_from(">H", font, 4)
    found = {}
    for index in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        found[tag.decode("latin-1")] = font[offset : offset + length]
    return found


def _digit_glyphs(cmap: bytes) -> list[int]:
    """Glyph numbers of 0 to 9, from the table's Unicode BMP part (format 4)."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    for index in range(count):
        _, _, start = struct.unpack_from(">HHI", cmap, 4 + 8 * index)
        if struct.unpack_from(">H", cmap, start)[0] != 4:
            continue
        half = struct.unpack_from(">H", cmap, start + 6)[0]
        ends, starts = start + 14, start + 16 + half
        for place in range(0, half, 2):
            (last,) = struct.unpack_from(">H", cmap, ends + place)
            (first,) = struct.unpack_from(">H", cmap, starts + place)
            if first <= 0x30 and last >= 0x39:
                (delta,) = struct.unpack_from(">h", cmap, starts + half + place)
                where = starts + 2 * half + place
                (offset,) = struct.unpack_from(">H", cmap, where)
                if offset == 0:
                    return [(code + delta) & 0xFFFF for code in range(0x30, 0x3A)]
                return [
                    struct.unpack_from(">H", cmap, where + offset + 2 * (code - first))[0]
                    for code in range(0x30, 0x3A)
                ]
    raise ValueError("the face has no Unicode digits")


def _assemble(tables: dict[str, bytes]) -> bytes:
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    header = struct.pack(
        ">IHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, count * 16 - power * 16
    )
    offset, directory_part, body = 12 + 16 * count, b"", b""
    for tag in sorted(tables):
        data = tables[tag] + b"\0" * (-len(tables[tag]) % 4)
        checksum = sum(struct.unpack(f">{len(data) // 4}I", data)) & 0xFFFFFFFF
        directory_part += struct.pack(
            ">4sIII", tag.encode("latin-1"), checksum, offset + len(body), len(tables[tag])
        )
        body += data
    return header + directory_part + body


@lru_cache(maxsize=8)
def figures(weight: int) -> bytes:
    """The ten digits of a weight in one width, as a TrueType font of their own (a few kilobytes)."""
    source = _tables(face(weight))
    tables = {tag: source[tag] for tag in _KEEP if tag in source}
    (units,) = struct.unpack_from(">H", source["head"], 18)
    (long_offsets,) = struct.unpack_from(">h", source["head"], 50)
    (glyphs,) = struct.unpack_from(">H", source["maxp"], 4)
    (metrics,) = struct.unpack_from(">H", source["hhea"], 34)
    offsets = (
        struct.unpack(f">{glyphs + 1}I", source["loca"][: 4 * glyphs + 4])
        if long_offsets
        else tuple(2 * half for half in struct.unpack(f">{glyphs + 1}H", source["loca"][: 2 * glyphs + 2]))
    )
    digits = _digit_glyphs(source["cmap"])
    width = FIGURE_WIDTH * units // 1000

    outlines, places = b"", []
    advances = bytearray(source["hmtx"])
    for glyph in range(glyphs):
        places.append(len(outlines))
        if glyph not in digits:
            continue
        if glyph >= metrics:
            raise ValueError("digits share one advance already")
        outline = source["glyf"][offsets[glyph] : offsets[glyph + 1]]
        outlines += outline + b"\0" * (-len(outline) % 4)
        left, _, right, _ = struct.unpack_from(">hhhh", outline, 2)
        struct.pack_into(">Hh", advances, 4 * glyph, width, (width - (right - left)) // 2)
    places.append(len(outlines))

    head = bytearray(source["head"])
    struct.pack_into(">H", head, 16, struct.unpack_from(">H", head, 16)[0] & ~0b10)  # bearings are not at x=0
    struct.pack_into(">h", head, 50, 1)
    tables |= {
        "glyf": outlines,
        "loca": struct.pack(f">{glyphs + 1}I", *places),
        "hmtx": bytes(advances),
        "head": bytes(head),
        "post": struct.pack(">IIhhI", 0x00030000, 0, -100, 50, 0) + b"\0" * 16,
    }
    return _assemble(tables)


def fingerprint(font: bytes) -> str:
    """A short name of the bytes, so that browsers may keep them for ever."""
    return hashlib.sha256(font).hexdigest()[:12]
