"""Petitions of the year: 298, of them 115 in time and 91 handled to satisfaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from chiso.demo import hours
from chiso.demo.flags import Flags
from chiso.demo.hours import WORK_DAY
from chiso.demo.shape import Lives
from chiso.demo.world import START, UNTIL, World

TOTAL: Final = 298
IN_TIME: Final = 115
SATISFIED: Final = 91
CARRIED: Final = 6
CARRIED_LATE: Final = 26
"""Sent in 2025 and answered in 2026, in time and late"""
LINKED: Final = 60
"""At most so many name a dossier"""

# Ways in which petitions go; the first group is in time, the second is not.
IN_TIME_WAYS: Final = (("resolved", 95), ("refused", 12), ("open", 8))
LATE_WAYS: Final = (("resolved late", 146), ("published late", 16), ("refused late", 7), ("open late", 14))


@dataclass
class Petition:
    """One petition; stage instants are 0 where the stage never comes (or not yet)."""

    number: int
    unit: str
    way: str
    sent: int
    forwarded: int
    requested: int
    supplied: int
    refused: int
    resolved: int
    published: int
    likes: int
    dislikes: int
    repeated: bool
    about: str
    dossier: int = -1
    """row of the dossier it is about; -1 none"""

    @property
    def in_time(self) -> bool:
        return self.way in dict(IN_TIME_WAYS)


def make(world: World, lives: Lives, flags: Flags) -> list[Petition]:
    """Draws the petitions.  Those about a dossier name one whose owner is dissatisfied."""
    rng = world.rng("petitions")
    ways = [way for group in (IN_TIME_WAYS, LATE_WAYS) for way, count in group for _ in range(count)]
    now = int(hours.to_work(np.array([UNTIL]))[0])
    year = int(hours.to_work(np.array([START]))[0])
    weights = np.sqrt(world.volume) * np.exp(0.5 * world.habits["late"])
    units = rng.choice(len(world.codes), TOTAL, p=weights / weights.sum())
    dissatisfied = set(rng.permutation(rng.permutation(np.arange(IN_TIME))[: IN_TIME - SATISFIED]).tolist())
    found = []
    for number, way in enumerate(ways):
        latest = {
            "open": 1,
            "open late": 24,
            "resolved late": 22,
            "published late": 30,
            "refused late": 15,
        }.get(way, 14)
        earliest = 6 if way == "open" else 60 if way == "open late" else (now - year) // WORK_DAY
        # Handling gets better over the year: those in time lean to its end, the others to its beginning.
        back = rng.beta(1.0, 1.35) if number < IN_TIME else rng.beta(1.25, 1.0)
        sent = now - int((latest + (earliest - latest) * back) * WORK_DAY)
        carried = number < CARRIED or IN_TIME <= number < IN_TIME + CARRIED_LATE
        if carried:
            sent = year - int(rng.uniform(0.3, 2.5 if number < CARRIED else 18) * WORK_DAY)
        forwarded = sent + int(rng.uniform(0.1, 0.8) * WORK_DAY)
        stage = dict.fromkeys(("requested", "supplied", "refused", "resolved", "published"), 0)
        if way.startswith("refused"):
            after = rng.uniform(0.3, 0.9) if way == "refused" else rng.uniform(5, 9)
            stage["refused"] = forwarded + int(after * WORK_DAY)
        elif not way.startswith("open"):
            after = rng.uniform(20, 44) if way == "resolved late" else rng.uniform(3, 9)
            stage["resolved"] = sent + int(after * WORK_DAY)
            pause = rng.uniform(5, 10) if way == "published late" else rng.uniform(0.1, 1.2)
            stage["published"] = stage["resolved"] + int(pause * WORK_DAY)
        if way in ("resolved", "resolved late") and rng.random() < 0.12:
            stage["requested"] = sent + int(rng.uniform(1, 2.5) * WORK_DAY)
            stage["supplied"] = stage["requested"] + int(rng.uniform(0.2, 0.4) * WORK_DAY)
        at = {
            name: int(hours.to_instant(np.array([work]))[0]) if work else 0
            for name, work in {"sent": sent, "forwarded": forwarded, **stage}.items()
        }
        at = {name: instant if instant < UNTIL else 0 for name, instant in at.items()}
        sour = number in dissatisfied or (number >= IN_TIME and rng.random() < 0.3)
        repeated = sour and rng.random() < 0.35
        likes = int(rng.integers(0, 4))
        dislikes = (
            likes + int(rng.integers(1, 4)) if sour and not repeated else int(rng.integers(0, likes + 1))
        )
        about = "TTHC" if rng.random() < 0.76 else "Cán bộ, công chức"
        code = world.codes[units[number]]
        found.append(
            Petition(
                number + 1, code, way, **at, likes=likes, dislikes=dislikes, repeated=repeated, about=about
            )
        )
    _link(found, world, lives, flags, rng)
    return found


def _link(found: list[Petition], world: World, lives: Lives, flags: Flags, rng: np.random.Generator) -> None:
    """Names dissatisfied dossiers in petitions sent after their end."""
    rows = np.flatnonzero(flags.dissatisfied)
    rows = rng.permutation(rows)[: min(LINKED, len(rows) // 3)]
    free = sorted(found, key=lambda p: p.sent)
    for row in rows[np.argsort(lives.ended[rows], kind="stable")].tolist():
        later = next((p for p in free if p.dossier < 0 and p.sent > lives.ended[row] + 3600), None)
        if later is not None:
            later.dossier = row
            later.unit = world.codes[lives.unit[row]]


def told(petition: Petition, at: int, code: str) -> dict[str, Any]:
    """The record as known at an instant."""

    def date(instant: int) -> str:
        return str(int(hours.compact(np.array([instant]))[0])) if 0 < instant <= at else ""

    p = petition
    states = (
        (p.published, "da_cong_khai"), (p.resolved, "cho_cong_khai"), (p.refused, "tu_choi_tiep_nhan"),
        (p.supplied, "da_bo_sung"), (p.requested, "pa_cho_bo_sung"), (p.forwarded, "tiep_nhan_o_dia_phuong"),
    )  # fmt: skip
    state = next((word for instant, word in states if 0 < instant <= at), "moi_tiep_nhan")
    answered = not (p.resolved or p.refused) or (p.resolved or p.refused) <= at
    return {
        "MaPAKN": f"PAKN.2026.{p.number:05d}",
        "MaHoSo": code,
        "MaDonVi": p.unit,
        "NguonTiepNhan": "pakn.dichvucong.gov.vn",
        "PhanLoai": p.about,
        "TrangThai": state,
        "NgayGui": date(p.sent),
        "NgayChuyen": date(p.forwarded),
        "NgayTiepNhan": date(p.sent),
        "NgayYeuCauBoSung": date(p.requested),
        "NgayNhanBoSung": date(p.supplied),
        "NgayTuChoi": date(p.refused),
        "NgayXuLyXong": date(p.resolved),
        "NgayCongKhai": date(p.published),
        "SoLuotThich": p.likes if answered else 0,
        "SoLuotKhongThich": p.dislikes if answered else 0,
        "LapLai": p.repeated,
    }


def stages(petition: Petition) -> Iterator[int]:
    """The instants at which the record changes."""
    p = petition
    for at in (p.sent, p.forwarded, p.requested, p.supplied, p.refused, p.resolved, p.published):
        if at:
            yield at
