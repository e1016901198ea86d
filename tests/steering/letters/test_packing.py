"""Packages whose bytes depend on their content alone."""

from __future__ import annotations

import io
import zipfile

from chiso.steering.letters.packing import digest, packed


def archive(names: list[str], date: tuple[int, int, int, int, int, int]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(zipfile.ZipInfo(name, date), f'<w:p w:rsidR="00A1B2C3"/>{name}'.encode())
    return out.getvalue()


NAMES = ["[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml", "docProps/core.xml"]


def test_order_and_clock_make_no_difference() -> None:
    first = packed(archive(NAMES, (2023, 3, 28, 8, 0, 0)))
    second = packed(archive(NAMES[::-1], (2026, 10, 10, 6, 0, 0)))
    assert first == second
    assert packed(first) == first
    assert len(digest(first)) == 64


def test_traces_of_saving_and_the_thumbnail_are_left_out() -> None:
    found = packed(archive([*NAMES, "docProps/thumbnail.jpeg"], (2023, 3, 28, 8, 0, 0)))
    with zipfile.ZipFile(io.BytesIO(found)) as made:
        assert "docProps/thumbnail.jpeg" not in made.namelist()
        assert made.namelist()[:3] == NAMES[:3]
        assert b"rsid" not in made.read("word/document.xml")
        assert {one.date_time for one in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
