"""The records beside the dossiers, as journal lines: catalogue, decisions, petitions, ratings, payments, …"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from chiso.demo import catalogue, hours, people, petitions
from chiso.demo.fields import read_table
from chiso.demo.hours import Instants
from chiso.demo.world import UNTIL
from chiso.instants import DAY, iso, midnight, parse_instant

if TYPE_CHECKING:
    from chiso.demo.stream import Province

Line = tuple[int, bytes]

CATALOGUE_AT: Final = parse_instant("2025-09-01T08:00")
DECISIONS: Final = (
    # decision day, procedures, days to publication (0: not published yet)
    ("2026-01-20", 4, 16),
    ("2026-02-11", 6, 21),
    ("2026-03-17", 7, 14),
    ("2026-04-14", 6, 25),
    ("2026-05-22", 8, 17),
    ("2026-06-19", 7, 13),
    ("2026-07-28", 6, 30),
    ("2026-09-09", 8, 0),
    ("2026-10-06", 3, 0),
)
"""55 procedures, none announced five working days before their legal basis, none made public in time; the
last three are not due for publication by the end"""


def line(at: int, records: str, data: list[Any] | bytes) -> bytes:
    """One journal line of other records; ``data`` may be the inside of the array, encoded already."""
    inside = data if isinstance(data, bytes) else msgspec.json.encode(data)[1:-1]
    head = b'{"received_at":"%b","kind":"%b","message":[' % (str(iso(at)).encode(), records.encode())
    return head + inside + b"]}\n"


def lines(province: Province) -> Iterator[Line]:
    """All of them, in order of instants."""
    yield from heapq.merge(
        _catalogue(province),
        _decisions(province),
        _petitions(province),
        _ratings(province),
        _payments(province),
        _copies(province),
        _store(province),
        _published(),
        key=lambda pair: pair[0],
    )


def _catalogue(province: Province) -> Iterator[Line]:
    """The catalogue first; the abolished procedures once more on the day on which they went."""
    c = province.world.catalogue
    records = [catalogue.record(c, index) for index in range(len(c))]
    closed = np.flatnonzero(c.closed).tolist()
    for index in closed:
        records[index] |= {"state": "public", "valid_to": ""}
    for start in range(0, len(records), 500):
        yield CATALOGUE_AT, line(CATALOGUE_AT, "procedures", records[start : start + 500])
    gone = parse_instant("2026-07-01T08:00")
    yield gone, line(gone, "procedures", [catalogue.record(c, index) for index in closed])


def decided(province: Province) -> list[dict[str, str]]:
    """One entry for each procedure of each announcement decision, as known at the end."""
    c = province.world.catalogue
    own = [c.code[i] for i in np.flatnonzero(c.specific & ~c.closed)]
    closed = [c.code[i] for i in np.flatnonzero(c.closed)]
    kinds = ["new" if i % 3 == 0 else "amended" for i in range(51)]
    queue = [*zip(own[:4], kinds[:4], strict=True), *((code, "abolished") for code in closed)]
    queue += list(zip(own[4:51], kinds[4:], strict=True))
    found = []
    for number, (day, count, wait) in enumerate(DECISIONS):
        announced = date.fromisoformat(day)
        for order in range(count):
            code, kind = queue.pop(0)
            effective = announced - timedelta(days=(order * 7 + number) % 24 - 3)
            published = announced + timedelta(days=wait + order % 4) if wait else None
            found.append(
                {
                    "code": code,
                    "decision": f"{412 + 173 * number}/QĐ-UBND",
                    "date": day,
                    "legal_effective_on": effective.isoformat(),
                    "kind": kind,
                    "published_on": published.isoformat() if published else "",
                }
            )
    assert not queue
    return found


def _decisions(province: Province) -> Iterator[Line]:
    """Each decision two days after its date, and again on every day on which one of it was made public."""
    events: dict[tuple[int, str], list[dict[str, str]]] = {}
    for entry in decided(province):
        known = midnight(date.fromisoformat(entry["date"])) + 2 * DAY + 9 * 3600
        events.setdefault((known, entry["decision"]), []).append(entry | {"published_on": ""})
        if entry["published_on"]:
            at = midnight(date.fromisoformat(entry["published_on"])) + 17 * 3600
            events.setdefault((at, entry["decision"]), []).append(entry)
    for (at, _), entries in sorted(events.items()):
        yield at, line(at, "decisions", entries)


def _petitions(province: Province) -> Iterator[Line]:
    encoder = province.encoder
    events = []
    for petition in province.petitions:
        code = encoder.code(petition.dossier) if petition.dossier >= 0 else ""
        events += [(at + 1200, petition.number, petition, code) for at in petitions.stages(petition)]
    for at, _, petition, code in sorted(events, key=lambda event: event[:2]):
        yield at, line(at, "petitions", [petitions.told(petition, at, code)])


def _batches(kind: str, push: Instants, rows: Instants, write: Any) -> Iterator[Line]:
    """Lines of at most 1,000 records, one push instant each; ``write(rows)`` gives their JSON."""
    order = np.lexsort((rows, push))
    push, rows = push[order], rows[order]
    fresh = np.concatenate([np.ones(min(1, len(push)), bool), push[1:] != push[:-1]])
    begins = np.flatnonzero(fresh).tolist()
    for start, stop in zip(begins, [*begins[1:], len(push)], strict=True):
        for low in range(int(start), int(stop), 1_000):
            at = int(push[low])
            written = write(rows[low : min(low + 1_000, int(stop))])
            yield at, line(at, kind, b",".join(written))


def _night(instants: Instants, hour: int) -> Instants:
    """The next push at ``hour`` in the night after instants, the last ones before the end."""
    return np.minimum(hours.day_start(hours.local_day(instants) + 1) + hour * 3600, UNTIL - 2 * 3600)


def _ratings(province: Province) -> Iterator[Line]:
    lives, flags, encoder = province.lives, province.flags, province.encoder
    rng = province.world.rng("ratings")
    count = len(lives)
    spoken = np.zeros(count, bool)
    spoken[[p.dossier for p in province.petitions if p.dossier >= 0]] = True
    bad = flags.dissatisfied & ~spoken
    good = lives.counted & lives.closed & ~flags.dissatisfied & (rng.random(count) < 0.03)
    rated = np.minimum(lives.ended + rng.integers(1200, 3 * DAY, count), UNTIL - 9 * 3600)
    words = np.where(bad, 2, np.where(rng.random(count) < 0.7, 0, 1))
    texts = [word.encode() for word in ("RẤT HÀI LÒNG", "HÀI LÒNG", "KHÔNG HÀI LÒNG")]
    template = (
        b'{"MaHoSo":"%b","LoaiDanhGia":"CongDan","NguoiDanhGia":"%b","DanhGia":"%b","NoiDungDanhGia":"",'
        b'"ThoiDiemDanhGia":"%d"}'
    )
    stamps = hours.compact(rated)

    def write(rows: Instants) -> list[bytes]:
        return [
            template
            % (encoder.code(row).encode(), people.NAMES[encoder.person[row]], texts[words[row]], stamps[row])
            for row in rows.tolist()
        ]

    rows = np.flatnonzero(bad | good)
    yield from _batches("ratings", _night(rated[rows], 0), rows, write)


def _payments(province: Province) -> Iterator[Line]:
    world, lives, flags, encoder = province.world, province.lives, province.flags, province.encoder
    rng = world.rng("payments")
    count = len(lives)
    lost = world.with_habit("paid-without-record")[lives.unit] & (rng.random(count) < 0.6)
    paid = np.isin(flags.payment, [1, 2]) & ~lost & lives.counted
    first = lives.received - np.where(flags.channel == 2, 240, -300)
    at = np.where(flags.prepaid, first, np.maximum(lives.ended - 120, lives.received))
    stamps = hours.compact(at)
    # One system writes the hour on a clock of twelve.
    half_day = (
        world.with_habit("twelve-hours")[lives.unit]
        & (stamps // 10_000 % 100 > 12)
        & (rng.random(count) < 0.2)
    )
    stamps = np.where(half_day, stamps - 120_000, stamps)
    prices = np.append(world.catalogue.fee, np.full(8, 5_000))[lives.procedure]
    template = (
        b'{"LoaiBanTin":"CONFIRM","PhienBan":"1.0.6","MaLoi":"00","MaDoiTac":"AGG","MaThamChieu":"AGG%012d",'
        b'"SoTien":"%d","MaTienTe":"VND","MaGiaoDich":"%d","MaNganHang":"VCB","ThoiGianGD":"%d",'
        b'"ThongTinGiaoDich":"%b","MaXacThuc":"%064x"}'
    )

    def write(rows: Instants) -> list[bytes]:
        return [
            template
            % (
                row + 1,
                price,
                26 * 10**10 + row * 7,
                stamp,
                encoder.code(row).encode(),
                (row * 2_654_435_761) ** 6 % 2**256,
            )
            for row, price, stamp in zip(
                rows.tolist(), prices[rows].tolist(), stamps[rows].tolist(), strict=True
            )
        ]

    rows = np.flatnonzero(paid)
    yield from _batches("payments", at[rows] // 3600 * 3600 + 3900, rows, write)


def _copies(province: Province) -> Iterator[Line]:
    lives, encoder = province.lives, province.encoder
    rng = province.world.rng("copies")
    certifies = np.array([code == "2.000815" for code in province.world.catalogue.code])
    here = np.append(certifies, np.zeros(8, bool))[lives.procedure] & lives.closed & province.flags.result
    rows = np.flatnonzero(here & (rng.random(len(lives)) < 0.06))
    stamps = hours.compact(lives.ended)

    def write(chosen: Instants) -> list[bytes]:
        return [
            msgspec.json.encode(
                {
                    "MaHoSo": encoder.code(row),
                    "LaHoSoChungThuc": True,
                    "ChungThucDienTu": row % 10 < 7,
                    "So": str(row % 900 + 1),
                    "QuyenSo": "01/2026-SCT/BS",
                    "NgayChungThuc": str(stamps[row]),
                    "DuongDanTep": f"https://dvc.example.vn/tep/r-{row + 1}",
                }
            )
            for row in chosen.tolist()
        ]

    yield from _batches("certified-copies", _night(lives.ended[rows], 1), rows, write)


def _store(province: Province) -> Iterator[Line]:
    """Pushes to the national e-document store, the night after the result."""
    lives, flags, encoder, c = province.lives, province.flags, province.encoder, province.world.catalogue
    rows = np.flatnonzero(flags.store_record)
    push = _night(np.maximum(lives.ended, lives.returned), 2)
    stamps, ended, received = (
        hours.compact(push - 600),
        hours.compact(lives.ended),
        hours.compact(lives.received),
    )

    def write(chosen: Instants) -> list[bytes]:
        return [
            msgspec.json.encode(
                {
                    "MaHoSo": encoder.code(row),
                    "MaTTHC": c.code[lives.procedure[row]] if lives.procedure[row] < len(c) else "",
                    "LoaiDoiTuong": str(flags.subject[row]),
                    "LoaiDinhDanhCHS": "1",
                    "MaChuGiayTo": f"099{encoder.identity[row]:09d}",
                    "NgayTiepNhan": str(received[row]),
                    "TrangThaiHoSo": str(lives.state[row]),
                    "MaGiayToKetQua": "KQ.G15",
                    "TenGiayToKetQua": "Kết quả",
                    "SoKyHieu": f"{row % 5000}/KQ",
                    "NgayCap": str(ended[row]),
                    "NgayLuuKho": str(stamps[row]),
                }
            )
            for row in chosen.tolist()
        ]

    yield from _batches("store-records", push[rows], rows, write)


def _published() -> Iterator[Line]:
    """What the portal published for the 34 provinces on five days, with ranks by total (ties share one)."""
    days: dict[str, list[dict[str, str]]] = {}
    for row in read_table("provinces.csv"):
        days.setdefault(row["date"], []).append(row)
    for day, rows in sorted(days.items()):
        totals = [Decimal(row["total"]) for row in rows]
        at = midnight(date.fromisoformat(day)) + 6 * 3600
        data = [
            {
                "unit": row["unit"],
                "period": "2026",
                "at": iso(at),
                **{key: row[key] for key in row if key not in ("date", "unit", "name")},
                "rank": str(1 + sum(other > total for other in totals)),
            }
            for row, total in zip(rows, totals, strict=True)
        ]
        yield at, line(at, "published", data)
