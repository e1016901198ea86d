"""Every parser against spoiled files: cut, flipped, spliced, swollen.  None raises, hangs or loses count.

The seeds are whole files of every form; a mutation is worked out from a number, so that what fails is found
again.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from typing import Final

import pytest
import xlsxwriter

from chiso.intake.doors import read_body, read_file, recognise
from chiso.intake.records import Arrival

from .samples import context, dossier, encode, envelope, step
from .test_local import COPY, PAYMENT, PETITION, RATING, STORE
from .test_portal import PROGRESS, ROW, TRANSPARENCY

ROUNDS: Final = 150
STRANGE: Final = (
    b"\x00", b"\xff\xfe", b"{" * 3_000, b"[" * 3_000, b'"', b"\\u0000", b"\\ud800", b"1e999", b"-0", b"NaN",
    b"99999999999999999999999999", b"\xc3", b"\r\n\r\n", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;",
    b"=cmd|'/c calc'!A1", b"../../etc/passwd", b"%s%n", b"';--", b"PK\x03\x04", b"\x1f\x8b", b"PAR1",
)  # fmt: skip


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Hồ sơ")
        heads = ("Mã hồ sơ", "Mã TTHC", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày kết thúc xử lý", "Chủ hồ sơ")
        sheet.write_row(0, 0, heads)
        for row in range(1, 20):
            code = f"H01.113-261001-{row:05d}"
            sheet.write_row(row, 0, (code, "2.000815", "01/10/2026 08:00", "05/10/2026", "04/10/2026", "An"))
    return out.getvalue()


TABLE: Final = "MaHoSo;MaTTHC;NgayTiepNhan;NgayHenTra\n" + "".join(
    f"H01.113-261001-{row:05d};2.000815;01/10/2026 08:00;05/10/2026 17:00\n" for row in range(20)
)
LINES: Final = "\n".join(json.dumps(dossier(MaHoSo=f"H01.113-261001-{row:05d}")) for row in range(10))
SEEDS: Final[dict[str, tuple[str, bytes]]] = {
    "dossiers": ("a.json", encode([dossier(), dossier(MaHoSo="H01.113-261001-00002")])),
    "envelope": ("a.json", encode(envelope([dossier()]))),
    "progress": ("a.json", encode([step()])),
    "lines": ("a.jsonl", LINES.encode()),
    "packed": ("a.jsonl.gz", gzip.compress(LINES.encode())),
    "journal": ("a.jsonl", encode({"received_at": "2026-10-01T08:00:00+07:00", "message": dossier()})),
    "petition": ("a.json", encode([PETITION])),
    "rating": ("a.json", encode([RATING])),
    "payment": ("a.json", encode([PAYMENT])),
    "copy": ("a.json", encode([COPY])),
    "store": ("a.json", encode([STORE])),
    "portal": ("a.json", encode(TRANSPARENCY)),
    "portal-progress": ("a.json", encode(PROGRESS)),
    "portal-row": ("a.json", encode([ROW])),
    "csv": ("a.csv", TABLE.encode()),
    "csv-bom": ("a.csv", b"\xef\xbb\xbf" + TABLE.replace(";", ",").encode()),
    "xlsx": ("a.xlsx", workbook()),
    "units": ("a.csv", b"code,name,kind,parent,valid_from,valid_to\nH01.1,A,commune,H01,2025-07-01,\n"),
}  # fmt: skip


def spoiled(seed: bytes, chance: random.Random, other: bytes) -> bytes:
    """A mutation of a file: one to six changes."""
    body = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(body) + 1)
        kind = chance.randrange(8)
        if kind == 0:
            del body[at:]
        elif kind == 1 and body:
            body[at % len(body)] ^= 1 << chance.randrange(8)
        elif kind == 2:
            body[at:at] = chance.choice(STRANGE)
        elif kind == 3:
            del body[at : at + chance.randint(1, 50)]
        elif kind == 4:
            start = chance.randrange(len(other) + 1)
            body[at:at] = other[start : start + chance.randint(1, 400)]
        elif kind == 5:
            part = bytes(body[at : at + chance.randint(1, 60)])
            body[at:at] = part * chance.randint(1, 40)
        elif kind == 6 and body:
            body[at % len(body)] = chance.randrange(256)
        else:
            body[at:at] = str(chance.choice((2**63, -(2**63), 2**31, 10**40))).encode()
    return bytes(body)


def spoiled_inside(seed: bytes, chance: random.Random) -> bytes:
    """A package whose parts are spoiled and packed again: what lies behind the archive's own checks."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(seed)) as told, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        names = told.namelist()
        chosen = set(chance.sample(names, chance.randint(1, 2)))
        for name in names:
            content = told.read(name)
            kept.writestr(name, spoiled(content, chance, content) if name in chosen else content)
    return out.getvalue()


def holds(arrivals: list[Arrival]) -> None:
    """Nothing is lost count of: each piece was taken or refused, each refusal says why in both languages."""
    for one in arrivals:
        for refused in one.refusals:
            assert refused.reason
            assert refused.message_vi
            assert refused.message_en


@pytest.mark.slow
@pytest.mark.parametrize("which", SEEDS)
def test_spoiled_files_are_taken_or_refused(which: str) -> None:
    name, seed = SEEDS[which]
    others = [body for _, body in SEEDS.values()]
    for number in range(ROUNDS):
        chance = random.Random(f"{which} {number}")
        inside = which == "xlsx" and number % 2
        body = spoiled_inside(seed, chance) if inside else spoiled(seed, chance, chance.choice(others))
        recognise(name, body[:65_536])
        holds(list(read_file(io.BytesIO(body), context(), name=name)))
        holds([read_body(body, None, context())])
