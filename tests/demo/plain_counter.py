"""A plain counter of the province, written from the rules and not from the house: one dictionary, no columns.

It reads journal lines as a stranger would, keeps for each dossier what its newest message says and all its
steps, and then walks over them once.  Slow, and meant to be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction

import msgspec

VN = timezone(timedelta(hours=7))
ENDS = ["9", "10", "8", "3", "7"]  # the one that decides the time first
OFF = [
    "2025-09-01",
    "2025-09-02",
    "2026-01-01",
    "2026-01-02",
    "2026-02-16",
    "2026-02-17",
    "2026-02-18",
    "2026-02-19",
    "2026-02-20",
    "2026-04-27",
    "2026-04-30",
    "2026-05-01",
    "2026-08-31",
    "2026-09-01",
    "2026-09-02",
]
WORKED = ["2026-01-10", "2026-08-22"]
MAX = {
    "1.1": 6,
    "1.2": 4,
    "1.3": 2,
    "1.4": 6,
    "2.1": 20,
    "3.1": 2,
    "3.2": 4,
    "3.3": 6,
    "3.5": 2,
    "3.5b": 2,
    "3.6": 6,
    "4.1": 6,
    "4.2": 4,
    "4.3": 2,
    "4.4": 4,
    "4.5a": 2,
    "4.5b": 2,
    "5.2": 6,
    "5.3": 6,
    "5.4": 6,
}
CAP = {"3.1": 80, "3.3": 50, "3.5": 80, "3.5b": 80, "4.3": 80, "5.4": 90}
GROUPS = {
    "transparency": ["1.1", "1.2", "1.3", "1.4"],
    "processing": ["2.1"],
    "online_services": ["3.1", "3.2", "3.3"],
    "online_payment": ["3.5", "3.5b", "3.6"],
    "satisfaction": ["5.2", "5.3", "5.4"],
    "digitisation": ["4.1", "4.2", "4.3", "4.4", "4.5a", "4.5b"],
}

Pair = tuple[int, int]


def works(day: date) -> bool:
    if day.isoformat() in WORKED:
        return True
    return day.weekday() < 5 and day.isoformat() not in OFF


def add_working_days(day: date, count: int) -> date:
    while count > 0:
        day += timedelta(days=1)
        count -= works(day)
    return day


def working_days_between(first: date, last: date) -> int:
    """Working days after ``first`` up to and with ``last``."""
    total, day = 0, first
    while day < last:
        day += timedelta(days=1)
        total += works(day)
    return total


def stamp(text: str) -> datetime | None:
    """yyyyMMddHHmmss or ISO, in the zone of Vietnam."""
    if not text:
        return None
    if "T" in text:
        return datetime.fromisoformat(text).replace(tzinfo=VN)
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=VN)


def true(value: object) -> bool:
    return str(value).lower() in ("1", "true")


class Told:
    """The newest message of one dossier, reduced to what the rules ask."""

    __slots__ = (
        "code",
        "databases",
        "due",
        "fees",
        "filed",
        "finished",
        "flag",
        "live",
        "online",
        "payment",
        "procedure",
        "received",
        "refused",
        "requests",
        "result",
        "returned",
        "state",
        "unit",
        "vneid",
    )

    def __init__(self, m: dict) -> None:
        self.code = m["MaHoSo"]
        name = m["DonViXuLy"]
        self.unit = name[name.index("(H01") + 1 : -1] if "(H01" in name else self.code.split("-")[0]
        self.procedure = m["MaTTHC"].split(".000.")[0]
        self.online = m["KenhThucHien"] == "2"
        self.filed = m["NoiNopHoSo"]
        self.state = m["TrangThaiHoSo"]
        self.received, self.due = m["NgayTiepNhan"], m["NgayHenTra"]
        self.finished, self.returned, self.refused = m["NgayKetThucXuLy"], m["NgayTra"], m["NgayTuChoi"]
        self.flag = m["HoSoCoThanhPhanSoHoa"] == "1"
        self.vneid = m["TaiKhoanDuocXacThucVoiVNeID"] == "1"
        self.payment = m["DuocThanhToanTrucTuyen"]
        self.fees = tuple(fee["Gia"] for fee in m["DanhSachLePhi"])
        self.live = tuple(
            (bool(c["DuongDanTaiTepTin"]), c["DuocSoHoa"], c["DuocTaiSuDung"], c["DuocLayTuKhoDMQG"])
            for c in m["TaiLieuNop"]
            if not true(c["IsDeleted"])
        )
        self.result = any(r["DuongDanTepTinKetQua"] for r in m["DanhSachGiayToKetQua"])
        self.requests = tuple(
            (r["HoSoBoSungId"], r["NgayBoSung"], r["NgayTiepNhanBoSung"]) for r in m["DanhSachHoSoBoSung"]
        )
        self.databases = len(m["DSKetNoiCSDL"])


def national(entry: dict) -> list[dict]:
    """The items of a journal line that holds a national message; nothing for other records."""
    return [] if "kind" in entry else entry["message"]["data"]


class Book:
    """All that has been read."""

    def __init__(self) -> None:
        self.dossiers: dict[str, Told] = {}
        self.steps: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        self.records: dict[str, dict[str, dict]] = defaultdict(dict)
        self.full_messages = self.step_messages = 0

    def read(self, lines: Iterable[bytes], until: str = "9") -> Book:
        for line in lines:
            entry = msgspec.json.decode(line)
            if entry["received_at"] > until:
                break
            self.take(entry)
        return self

    def take(self, entry: dict) -> None:
        if "kind" in entry:
            key = {"procedures": "code", "petitions": "MaPAKN", "payments": "MaThamChieu"}.get(
                entry["kind"], ""
            )
            held = self.records[entry["kind"]]
            for record in entry["message"]:
                if entry["kind"] == "decisions":
                    held[record["code"] + record["decision"]] = record
                elif entry["kind"] in ("ratings", "store-records", "certified-copies"):
                    held[record["MaHoSo"]] = record
                else:
                    held[record[key] if key else str(len(held))] = record
            return
        message = entry["message"]
        if message["service"] == "DongBoHoSoMC":
            for m in message["data"]:
                self.full_messages += 1
                known = m["MaHoSo"] in self.dossiers
                assert known == (message["isUpdating"] == "True"), m["MaHoSo"]
                self.dossiers[m["MaHoSo"]] = Told(m)
        else:
            for m in message["data"]:
                self.step_messages += 1
                self.steps[m["MaHoSo"]].add((m["ThoiDiemXuLy"], m["TrangThai"], m["NoiDungXuLy"]))


def life(told: Told, steps: set[tuple[str, str, str]], now: str) -> tuple[bool, str]:
    """(counted at all, end of handling or "") at ``now``; instants as yyyyMMddHHmmss, which sort."""
    facts = [(at, state) for at, state, _ in steps if at <= now]
    own = told.finished or (
        told.returned if told.state == "10" else told.refused if told.state == "3" else ""
    )
    dated_by_message = told.state in ENDS and own and own <= now
    if dated_by_message:
        facts.append((own, told.state))
    if not facts:
        if told.state in ENDS and own > now:
            return True, ""
        return told.state != "1", ""
    newest = max(at for at, _ in facts)
    states = [state for at, state in facts if at == newest]
    ended = [s for s in ENDS if s in states]
    if not ended:
        return states != ["1"], ""
    by_steps = [(ENDS.index(state), at) for at, state, _ in steps if at <= now and state in ENDS]
    if by_steps:
        best = min(rank for rank, _ in by_steps)
        return True, max(at for rank, at in by_steps if rank == best)
    return True, newest


def on_time(told: Told, steps: set[tuple[str, str, str]], end: str, now: str, limit: tuple | None) -> bool:
    if told.requests:
        requests = {}
        for identity, asked, given in told.requests:
            if asked:
                requests[identity] = (stamp(asked), stamp(given))
        waits = sorted(requests.values(), key=lambda r: r[0])
    else:
        waits = []
        for at, state, _ in sorted(steps):
            if state == "5":
                opened = [t for t, s, _ in steps if t > at and s != "5" and s not in ENDS]
                waits.append((stamp(at), stamp(min(opened)) if opened else None))
    moment = stamp(now)
    waits = [(a, b if b and b <= moment else None) for a, b in waits if a <= moment]
    if len(waits) > 1:
        return False
    judged = stamp(end or now)
    if waits:
        asked, given = waits[0]
        if given:
            judged -= given - asked
        elif not end:
            judged = asked
    if told.due:
        return judged <= stamp(told.due)
    if limit is None:
        return True
    received = stamp(told.received)
    if limit[1] == "hour":
        return judged <= received + timedelta(hours=limit[0])
    last = add_working_days(received.date(), limit[0]) + timedelta(days=1)
    return judged <= datetime(last.year, last.month, last.day, tzinfo=VN)


def petition_in_time(p: dict, now: str) -> bool:
    """Stages in working days of the calendar; the demo keeps clear of the borders."""

    def days(first: str, last: str) -> int:
        return working_days_between(stamp(first).date(), stamp(last).date())

    start = p["NgayChuyen"] or p["NgayGui"]
    if p["NgayTuChoi"]:
        return days(start, p["NgayTuChoi"]) <= 2
    if p["NgayYeuCauBoSung"] and days(start, p["NgayYeuCauBoSung"]) > 5:
        return False
    if not p["NgayXuLyXong"]:
        return days(start, now) <= 15
    if days(start, p["NgayXuLyXong"]) > 15:
        return False
    return days(p["NgayXuLyXong"], p["NgayCongKhai"] or now) <= 2


def count(book: Book, start: str, now: str, unit: str = "H01") -> dict[str, Pair]:
    """Numerators and denominators of a unit and all below it; ``start`` and ``now`` as yyyyMMddHHmmss."""
    got: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    catalogue = book.records["procedures"]
    today = f"{now[:4]}-{now[4:6]}-{now[6:8]}"
    applying = {
        code: p
        for code, p in catalogue.items()
        if unit == "H01" or p["unit"] == unit or (not p["unit"] and len(unit) == 7)
    }
    sets: dict[str, set[str]] = defaultdict(set)
    unhappy = {r["MaHoSo"] for r in book.records["ratings"].values() if r["DanhGia"] == "KHÔNG HÀI LÒNG"}
    unhappy |= {p["MaHoSo"] for p in book.records["petitions"].values() if p["MaHoSo"]}
    stored = set(book.records["store-records"])

    def add(key: str, good: bool) -> None:
        got[key][0] += good
        got[key][1] += 1

    for told in book.dossiers.values():
        if unit not in ("H01", told.unit) or not told.received or told.received >= now:
            continue
        steps = book.steps.get(told.code, set())
        counted, end = life(told, steps, now)
        if not counted:
            continue
        p = catalogue.get(told.procedure)
        if told.received >= start:
            if told.filed != "1":
                add("1.4", True)
            add("3.3", told.online)
            if told.online and p and p["online"] != "information":
                sets["3.2"].add(told.procedure)
            if p and p["has_fee"]:
                free = bool(told.fees) and all(fee == "0" for fee in told.fees)
                if not free:
                    add("3.6", told.payment in ("1", "2"))
                if any(fee != "0" for fee in told.fees):
                    sets["3.5"].add(told.procedure)
                if told.payment in ("1", "2"):
                    sets["3.5b"].add(told.procedure)
        elif end and end < start:
            continue
        limit = (p["limit_days"], p["limit_unit"]) if p and p["limit_days"] is not None else None
        good = on_time(told, steps, end, now, limit)
        add("2.1", good)
        add("5.4", good and told.code not in unhappy)
        add("4.1", told.result)
        add("4.2", told.result and any(c[0] for c in told.live))
        reused = any(c[2] in ("1", "2") for c in told.live)
        reused |= any(c[1] == "1" for c in told.live) if told.filed == "1" else told.flag
        add("4.3", reused)
        from_store = any(c[3] == "1" for c in told.live)
        add("4.4", from_store or told.code in stored)
        add("4.5b", told.vneid or from_store)
        if (told.vneid or from_store) and p and p["for_person"]:
            sets["4.5a"].add(told.procedure)

    services = {c for c, p in applying.items() if p["online"] != "information" and p["state"] != "closed"}
    fees = {c for c, p in applying.items() if p["has_fee"]}
    persons = {c for c, p in applying.items() if p["for_person"]}
    own = [p for p in catalogue.values() if p["specific"] and p["state"] != "closed"]
    got["3.2"] = [len(sets["3.2"] & services), len(services)]
    got["3.5"], got["3.5b"] = [len(sets["3.5"] & fees), len(fees)], [len(sets["3.5b"] & fees), len(fees)]
    got["4.5a"] = [len(sets["4.5a"] & persons), len(persons)]
    got["1.3"] = [sum(p["complete"] for p in own), len(own)]
    got["3.1"] = [sum(p["online"] != "information" for p in own), len(own)]
    announced: dict[str, bool] = {}
    for d in book.records["decisions"].values():
        if not f"{start[:4]}-01-01" <= d["date"] <= today:
            continue
        last = add_working_days(date.fromisoformat(d["date"]), 5)
        announced[d["code"]] = announced.get(d["code"], True) and last <= date.fromisoformat(
            d["legal_effective_on"]
        )
        published = d["published_on"]
        if published or last < date.fromisoformat(today):
            add("1.2", bool(published) and date.fromisoformat(published) <= last)
    got["1.1"] = [sum(announced.values()), len(announced)]
    for p in book.records["petitions"].values():
        if unit not in ("H01", p["MaDonVi"]):
            continue
        closed = p["NgayCongKhai"] or p["NgayTuChoi"]
        if p["NgayGui"] >= now or (p["NgayGui"] < start and closed and closed < start):
            continue
        good = petition_in_time(p, now)
        add("5.2", good)
        add("5.3", good and not p["LapLai"] and p["SoLuotKhongThich"] <= p["SoLuotThich"])
    return {key: (n, d) for key, (n, d) in got.items()}


def half_even(value: Fraction) -> Fraction:
    return Fraction(round(value * 100), 100)  # round() of a Fraction takes ties to even


def groups(counts: dict[str, Pair], inherited: dict[str, Pair] | None = None) -> dict[str, Fraction]:
    """Points by group and ``total``, as the portal computes them."""
    if inherited is not None:
        counts = {**counts, **{key: inherited[key] for key in ("1.1", "1.2", "1.3")}, "3.1": (0, 0)}
    points = {"4.6": Fraction(2)}
    for key, most in MAX.items():
        n, d = counts.get(key, (0, 0))
        if d == 0:
            points[key] = Fraction(most if key in ("5.2", "5.3") else 0)
        elif key[0] == "1":
            points[key] = half_even(most * half_even(Fraction(100 * n, d)) / 100)
        else:
            points[key] = half_even(
                min(Fraction(most), most * Fraction(n, d) * Fraction(100, CAP.get(key, 100)))
            )
    found = {name: sum((points[key] for key in keys), Fraction(0)) for name, keys in GROUPS.items()}
    found["digitisation"] += points["4.6"]
    found["total"] = sum(found.values(), Fraction(0))
    return found
