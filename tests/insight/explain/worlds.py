"""A province to which everything happens: units merge, the catalogue moves, messages come late."""

from __future__ import annotations

import random
from pathlib import Path

from chiso.folder import DataFolder
from chiso.insight.explain import Change
from chiso.instants import DAY, iso, parse_instant
from tests.support.messages import dossier, tell

START = parse_instant("2026-01-20")
MERGED = parse_instant("2026-06-15")


def change(path: Path) -> None:
    """Makes a copied province move: two units merge on 15/06/2026, another begins, dossiers come late."""
    chance = random.Random(766)
    with DataFolder.open(path) as folder:
        tell(
            folder,
            "units",
            {
                "code": "H01.113", "name": "Phường Long Phú", "kind": "commune", "parent": "H01",
                "valid_from": "2025-07-01", "valid_to": "2026-06-15", "successor": "H01.101",
            },
            {
                "code": "H01.999", "name": "Xã Mới", "kind": "commune", "parent": "H01",
                "valid_from": "2026-06-15", "valid_to": "", "successor": "",
            },
        )  # fmt: skip
        for number in range(120):
            received = START + chance.randrange(250 * DAY)
            ended = received + chance.randrange(20 * DAY)
            code = chance.choice(("H01.113", "H01.101", "H01.06", "H01.999"))
            known = received + chance.randrange(90 * DAY)
            late = dossier(
                f"{code}-260101-9{number:04d}", received, received + chance.choice((1, 5, 30)) * DAY,
                ended if ended < known else None, MaTTHC=chance.choice(("2.000815", "1.001193", "1.013153")),
                TaiKhoanDuocXacThucVoiVNeID=chance.choice("01"), KenhThucHien=chance.choice("12"),
                DuocThanhToanTrucTuyen=chance.choice("012"),
            )  # fmt: skip
            tell(folder, "dossiers", late, known_at=min(known, folder.now()))
            if chance.random() < 0.5:  # told again, with another due time and end
                again = {**late, "NgayHenTra": late["NgayTiepNhan"], "TaiKhoanDuocXacThucVoiVNeID": "1"}
                tell(folder, "dossiers", again, known_at=min(known + 20 * DAY, folder.now()))


def moment(chance: random.Random, folder: DataFolder) -> str:
    """A period, an instant, or a period at an instant, any of them since the year began to be filled."""
    at = START + chance.randrange(folder.now() - START)
    text = iso(at) or ""
    month = chance.randrange(1, 11)
    periods = (
        "2026",
        "2026-H1",
        "2026-H2",
        "2026-Q1",
        "2026-Q2",
        "2026-Q3",
        f"2026-{month:02d}",
        "2026-03-10..2026-07-20",
    )
    kind = chance.random()
    if kind < 0.4:
        return text
    period = chance.choice(periods)
    return period if kind < 0.8 else f"{period}@{text}"


def holds(found: Change) -> None:
    """The promise: the terms sum to the change to the last decimal."""
    assert sum(term.tenths for term in found.terms) == int(found.points * 100) * 10**8
    assert all(term.tenths for term in found.terms)
    rounding = [term for term in found.terms if term.kind == "rounding"]
    assert len(rounding) <= 1
