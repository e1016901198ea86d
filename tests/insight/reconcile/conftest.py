"""A handful of dossiers of one commune, and what a portal publishes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chiso.folder import DataFolder
from chiso.insight.reconcile import Reconciliation, as_json, reconcile
from chiso.instants import DAY, parse_instant
from chiso.intake.context import Context
from chiso.intake.doors import read_body
from chiso.intake.records import Arrival, PublishedFigure
from chiso.ledger.clock import Clock
from tests.support.messages import dossier, tell

UNIT, OTHER = "H01.113", "H01.101"
NOW = parse_instant("2026-10-10T06:00+07:00")
CAPTURE = parse_instant("2026-10-08T06:00+07:00")
HOUR = 3600
PAPER, BARE = "2.000815", "1.001193"
PROCEDURES = [
    {"code": PAPER, "name": "Chứng thực bản sao", "level": "commune", "online": "full", "has_fee": True,
     "returns_paper": True, "for_person": True},
    {"code": BARE, "name": "Đăng ký khai sinh", "level": "commune", "online": "partial", "has_fee": False,
     "returns_paper": False, "for_person": True},
]  # fmt: skip
TREES = ("2.1", "3.2", "3.3", "3.5", "3.5b", "3.6")


class Small:
    """A folder with ten plain dossiers, and ways to add to it."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        folder.ledger.clock.set(Clock(NOW))
        folder.refresh()
        tell(folder, "procedures", *PROCEDURES, known_at=parse_instant("2026-01-01"))
        self.plain = [self.one(number, at=parse_instant("2026-09-01") + number * DAY) for number in range(10)]
        self.tell(*self.plain, known_at=parse_instant("2026-09-15"))

    def one(
        self, number: int, at: int, *, desk: str = UNIT, late: bool = False, open_: bool = False, **more: Any
    ) -> dict[str, Any]:
        """A dossier received at eight, finished at ten, with everything digitised."""
        received = at + 8 * HOUR
        ended = None if open_ else received + (5 * DAY if late else 2 * HOUR)
        code = f"{desk}-260901-{number:05d}"
        link = f"https://dvc.example.vn/{code}"
        full = {
            "SoGiayToChuHoSo": f"0890000{number:05d}",
            "TaiLieuNop": [{"IsDeleted": "False", "DuocSoHoa": "1", "DuongDanTaiTepTin": link}],
            "DanhSachGiayToKetQua": [] if open_ else [{"DuongDanTepTinKetQua": f"{link}/kq"}],
            "DanhSachLePhi": [{"Gia": "5000"}],
            "DuocThanhToanTrucTuyen": "1",
            "TaiKhoanDuocXacThucVoiVNeID": "1",
        }
        return dossier(code, received, received + 2 * DAY, ended, **full | more)

    def tell(self, *dossiers: dict[str, Any], known_at: int | None = None) -> None:
        tell(self.folder, "dossiers", *dossiers, known_at=known_at)

    def refuse(self, *dossiers: dict[str, Any], kind: str = "dossiers") -> None:
        """Hands in what is refused."""
        context = Context(
            home="H01", is_foreign=self.folder.registry.units.foreign, key=self.folder.ledger.keys.hashing
        )
        arrival = read_body(json.dumps(dossiers).encode(), kind, context)
        assert len(arrival.refusals) == len(dossiers)
        self.folder.take(self.folder.ledger.accept([arrival], self.folder.now()))

    def computed(self, at: int = CAPTURE, unit: str = UNIT) -> dict[str, tuple[int, int]]:
        """n and d as the engine counts them, known now and judged at a capture."""
        told = self.folder.score(unit, period="2026", at=at, source="computed")["indicators"]
        return {name: (one["n"], one["d"]) for name, one in told.items() if "n" in one and name != "2.2"}

    def publish(
        self,
        pairs: dict[str, tuple[int, int]],
        points: dict[str, str] | None = None,
        *,
        at: int = CAPTURE,
        unit: str = UNIT,
        period: str = "2026",
    ) -> None:
        """Publishes numerators and denominators of indicators, and points of whatever is named."""
        known = points or {}
        figures = [
            PublishedFigure(unit, "", "", period, at, name, known.get(name), *pairs.get(name, (None, None)))
            for name in {**pairs, **known}
        ]
        payload = json.dumps([unit, at, sorted(pairs), known]).encode()
        self.folder.take(self.folder.ledger.accept([Arrival("published", list(figures), payload)], NOW))

    def differ(self, **changes: tuple[int, int]) -> dict[str, tuple[int, int]]:
        """The computed numbers with some of them changed: ``i2_1=(-1, 0)``."""
        pairs = self.computed()
        for key, (n, d) in changes.items():
            name = key[1:].replace("_", ".")
            pairs[name] = pairs[name][0] + n, pairs[name][1] + d
        return pairs

    def reconcile(self, unit: str = UNIT, **asked: Any) -> Reconciliation:
        return reconcile(self.folder, unit, **{"period": "2026", **asked})

    def answer(self, unit: str = UNIT, **asked: Any) -> dict[str, Any]:
        return as_json(self.reconcile(unit, **asked))


def everywhere(n: int, d: int) -> dict[str, tuple[int, int]]:
    """What one whole dossier of :meth:`Small.one`, received in the year, changes."""
    told = dict.fromkeys(("i1_4", "i2_1", "i3_3", "i3_6", "i4_1", "i4_2", "i4_5b", "i5_4"), (n, d))
    return {
        **told,
        "i1_4": (d, d),
        "i3_3": (d, d),
        "i3_6": (d, d),
        "i4_5b": (d, d),
        "i4_3": (0, d),
        "i4_4": (0, d),
    }


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    with DataFolder.open(tmp_path / "data") as folder:
        yield Small(folder)


def causes(body: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The causes that are the reason, by name and form."""
    return {(one["cause"], one.get("part", "")): one for one in body["causes"] if "changes" in one}


def unexplained(body: dict[str, Any]) -> dict[str, list[int]]:
    return {
        row["indicator"]: row["unexplained"]
        for row in body["rows"]
        if row["unexplained"] not in ([0, 0], None)
    }
