"""A province in which the truth of every overdue dossier is known, because it was planted.

Each dossier has a true life (received, due, ended, waited) and is told about in its sender's way: in time,
too late, or wrong.  The truth is worked out from the life and the telling alone.  Lines are a journal,
replayed as known then; files without ``known_at`` are loaded apart.  The same province can be told right and
in time, to see what its scores would have been.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from chiso.commands.loading import opened
from chiso.instants import DAY, iso, midnight, parse_instant
from chiso.ledger.clock import Clock
from tests.support.messages import stamp

PERIOD: Final = "2026-09"
THEN: Final = parse_instant("2026-10-01T00:00+07:00")
"""The judging instant of the period, and the instant as of which it is asked."""
NOW: Final = parse_instant("2026-10-10T06:00+07:00")
LATER: Final = parse_instant("2026-10-02T08:00+07:00")
"""When what came late came."""
UNITS: Final = ("H01.113", "H01.101", "H01.155", "H01.06")
STAMPER: Final = "đẩy đêm"
HOUR: Final = 3600
LIMITED: Final = "2.000815"
"""A procedure with a statutory limit of three working days."""

Item = dict[str, Any]
Telling = tuple[int, str, Item]
"""(known_at, ``dossiers``, ``progress`` or ``file``, record)"""


@dataclass
class Planted:
    """One dossier: its truth, and how it was told, and would have been."""

    code: str
    truth: str
    """a class, or ``on_time``"""
    case: str
    mistakes: tuple[str, ...] = ()
    told: list[Telling] = field(default_factory=list)
    right: list[Telling] | None = None
    """as told right and in time; the same where ``None``"""
    sender: str = ""


class Life:
    """A dossier to be told about.  Due at 17:00 four days after its receipt in the morning."""

    def __init__(self, number: int, first: date = date(2026, 9, 3), days: int = 14) -> None:
        self.number = number
        self.day = first + timedelta(days=number % days)
        self.received = midnight(self.day) + 8 * HOUR + 3 * number
        self.due = midnight(self.day + timedelta(days=4)) + 17 * HOUR
        self.unit = UNITS[number % len(UNITS)]
        self.code = f"{self.unit}-{self.day:%y%m%d}-{number:05d}"
        self.heard = self.received + 600
        self.asked, self.answered = self.due - 3 * DAY, self.due - DAY - 5 * HOUR
        """of a wait of more than one and a half days"""

    def message(self, **more: Any) -> Item:
        """Received, and being handled."""
        return {
            "MaHoSo": self.code, "MaTTHC": LIMITED, "KenhThucHien": "2", "NoiNopHoSo": "2",
            "LoaiDoiTuong": "1",
            "SoGiayToChuHoSo": f"089{self.number:09d}", "TaiKhoanDuocXacThucVoiVNeID": str(self.number % 2),
            "NgayNopHoSo": stamp(self.received - 900), "NgayTiepNhan": stamp(self.received),
            "NgayHenTra": stamp(self.due), "NgayKetThucXuLy": "", "TrangThaiHoSo": "4",
            "TaiLieuNop": [], "DanhSachLePhi": [], "DanhSachGiayToKetQua": [],
            "DanhSachHoSoBoSung": [], **more,
        }  # fmt: skip

    def done(self, ended: int | None, **more: Any) -> Item:
        """Finished, with a result."""
        result = [{"TenGiayTo": "k.pdf", "DuongDanTepTinKetQua": f"https://dvc.example.vn/tep/{self.number}"}]
        told = {"TrangThaiHoSo": "9", "DanhSachGiayToKetQua": result}
        return self.message(NgayKetThucXuLy=stamp(ended) if ended else "", **told | more)

    def step(self, at: int, state: int) -> Item:
        return {
            "MaHoSo": self.code,
            "ThoiDiemXuLy": stamp(at),
            "TrangThai": str(state),
            "NoiDungXuLy": f"b{state}",
        }

    def request(self, asked: int | None, answered: int | None, number: int = 1, **more: Any) -> Item:
        dates = {"NgayBoSung": asked, "NgayTiepNhanBoSung": answered}
        return {"HoSoBoSungId": str(number), **{k: stamp(v) if v else "" for k, v in dates.items()}, **more}

    def open(self) -> Telling:
        return self.heard, "dossiers", self.message()

    def night(self, at: int) -> int:
        """When a nightly sender tells what happened."""
        return (at + 7 * HOUR) // DAY * DAY - 7 * HOUR + DAY + 1800 + self.number % 600

    def tonight(self, at: int, item: Item, kind: str = "dossiers") -> Telling:
        return self.night(at), kind, item

    def plant(
        self, truth: str, case: str, *told: Telling, right: list[Telling] | None = None, **more: Any
    ) -> Planted:
        sender = more.pop("sender", self.unit)
        return Planted(self.code, truth, case, told=list(told), right=right, sender=sender, **more)


Case = Callable[[Life], Planted | list[Planted]]


# -- late data: on time, but told too late ---------------------------------------------------------


def _late(
    life: Life, case: str, first: Telling, then: Item, happened: int, kind: str = "dossiers"
) -> Planted:
    """Something that should have been told in the night after it happened, and was after the period."""
    told = (LATER + life.number, kind, then)
    return life.plant("late_data", case, first, told, right=[first, life.tonight(happened, then, kind)])


def end_late(life: Life) -> Planted:
    ended = life.due - 5 * HOUR
    return _late(life, "end", life.open(), life.done(ended), ended)


def step_late(life: Life) -> Planted:
    ended = life.due - 5 * HOUR
    return _late(life, "step", life.open(), life.step(ended, 9), ended, "progress")


def moved_late(life: Life) -> Planted:
    ended, moved = life.due + DAY, stamp(life.due + 3 * DAY)
    first, then = life.tonight(ended, life.done(ended)), life.done(ended, NgayHenTra=moved)
    told = (LATER + life.number, "dossiers", then)
    right = [life.open(), life.tonight(ended, then)]
    return life.plant("late_data", "due moved", life.open(), first, told, right=right)


def supplement_late(life: Life) -> Planted:
    ended = life.due + DAY
    whole = life.done(ended, DanhSachHoSoBoSung=[life.request(life.asked, life.answered)])
    told = (LATER + life.number, "dossiers", whole)
    right = [life.open(), life.tonight(ended, whole)]
    return life.plant(
        "late_data", "supplement", life.open(), life.tonight(ended, life.done(ended)), told, right=right
    )


def gone(life: Life) -> Planted:
    carried = Life(life.number, date(2026, 8, 10), 12)
    ended = carried.due - 5 * HOUR
    return _late(carried, "gone", carried.open(), carried.done(ended), ended)


def mended(life: Life) -> Planted:
    ended = life.due - 5 * HOUR
    wrong = life.tonight(ended, life.done(None))
    told = (LATER + life.number, "dossiers", life.done(ended))
    right = [life.open(), life.tonight(ended, life.done(ended))]
    return life.plant("late_data", "mended", life.open(), wrong, told, right=right)


# -- wrong data: on time, but for a mistake --------------------------------------------------------


def _wrong(life: Life, mistake: str, case: str, *told: Telling, right: list[Telling]) -> Planted:
    return life.plant("wrong_data", case, *told, right=right, mistakes=tuple(mistake.split("+")))


def due_dropped(life: Life) -> Planted:
    promised, ended = stamp(life.due + 8 * DAY), life.due + 6 * DAY
    first = (life.heard, "dossiers", life.message(NgayHenTra=promised))
    right = [first, life.tonight(ended, life.done(ended, NgayHenTra=promised))]
    return _wrong(
        life, "NO_DUE", "dropped", first, life.tonight(ended, life.done(ended, NgayHenTra="")), right=right
    )


def due_in_supplement(life: Life) -> Planted:
    promised, ended = stamp(life.due + 8 * DAY), life.due + 6 * DAY
    requests = [life.request(life.asked, life.asked + HOUR, NgayHenTraMoi=promised)]
    told = life.tonight(ended, life.done(ended, NgayHenTra="", DanhSachHoSoBoSung=requests))
    right = [life.tonight(ended, life.done(ended, NgayHenTra=promised, DanhSachHoSoBoSung=requests))]
    return _wrong(life, "NO_DUE", "in a supplement", told, right=right)


def registered_again(life: Life) -> Planted:
    ended = life.due + DAY

    def told(state: int) -> list[Telling]:
        steps = [life.step(life.received, 2), life.step(life.asked, state), life.step(life.answered, 4)]
        return [life.open(), *(life.tonight(ended, step, "progress") for step in steps),
                life.tonight(ended, life.done(ended))]  # fmt: skip

    return _wrong(life, "REGISTERED_AGAIN", "steps", *told(1), right=told(5))


def end_by_half_clock(life: Life) -> Planted:
    ended = midnight(life.day) + 14 * HOUR + 1800 + life.number % 1800
    first = life.tonight(ended, life.step(life.received, 2), "progress")
    told = [life.open(), first, life.tonight(ended, life.done(ended - 12 * HOUR))]
    return _wrong(
        life, "BEFORE_RECEIPT", "12-hour end", *told, right=[*told[:2], life.tonight(ended, life.done(ended))]
    )


def due_by_half_clock(life: Life) -> Planted:
    due, ended = midnight(life.day) + 17 * HOUR, midnight(life.day) + 15 * HOUR

    def told(at: int) -> list[Telling]:
        return [life.tonight(ended, life.done(ended, NgayHenTra=stamp(at)))]

    return _wrong(life, "BEFORE_RECEIPT", "12-hour due", *told(due - 12 * HOUR), right=told(due))


def due_of_another_year(life: Life) -> Planted:
    ended = midnight(life.day) + 16 * HOUR  # within three working days, whatever they are

    def told(due: int) -> list[Telling]:
        return [life.tonight(ended, life.done(ended, NgayHenTra=stamp(due)))]

    return _wrong(life, "BEFORE_RECEIPT", "year of due", *told(life.due - 365 * DAY), right=told(life.due))


def end_without_time(life: Life) -> Planted:
    ended = life.due - 2 * DAY
    told = [life.open(), life.tonight(ended, life.done(None))]
    return _wrong(
        life,
        "END_WITHOUT_TIME",
        "told before due",
        *told,
        right=[told[0], life.tonight(ended, life.done(ended))],
    )


def end_without_time_returned(life: Life) -> Planted:
    ended, returned = life.due - 5 * HOUR, life.due - HOUR
    told = [life.open(), life.tonight(ended, life.done(None, NgayTra=stamp(returned)))]
    right = [told[0], life.tonight(ended, life.done(ended, NgayTra=stamp(returned)))]
    return _wrong(life, "END_WITHOUT_TIME", "handed over before due", *told, right=right)


def _supplement(life: Life, case: str, request: Item, *steps: Item, ended: int = 0, **more: Any) -> Planted:
    ended = ended or life.due + DAY

    def told(one: Item) -> list[Telling]:
        asked = (life.night(life.asked), "dossiers", life.message(DanhSachHoSoBoSung=[one]))
        done = life.tonight(ended, life.done(ended, DanhSachHoSoBoSung=[one]))
        return [life.open(), *(life.tonight(ended, step, "progress") for step in steps), asked, done]

    whole = life.request(life.asked, life.answered)
    return _wrong(life, "SUPPLEMENT_WITHOUT_DATE", case, *told(request), right=told(whole), **more)


def supplement_asked_by_step(life: Life) -> Planted:
    steps = (life.step(life.asked, 5), life.step(life.answered, 4))
    return _supplement(life, "asked by a step", life.request(None, life.answered), *steps)


def supplement_asked_when_told(life: Life) -> Planted:
    return _supplement(life, "asked when told", life.request(None, life.answered), ended=life.due + 2 * HOUR)


def supplement_swapped(life: Life) -> Planted:
    return _supplement(life, "swapped", life.request(life.answered, life.asked))


def supplement_taken_up(life: Life) -> Planted:
    return _supplement(life, "taken up", life.request(life.asked, None), life.step(life.answered, 4))


def supplement_new_due(life: Life) -> Planted:
    moved = stamp(life.due + 2 * DAY)
    return _supplement(life, "new due", life.request(life.asked, None, NgayHenTraMoi=moved))


def request_repeated(life: Life) -> Planted:
    ended = life.due + DAY
    one = life.request(life.asked, life.answered)

    def told(requests: list[Item]) -> list[Telling]:
        return [life.open(), life.tonight(ended, life.done(ended, DanhSachHoSoBoSung=requests))]

    again = life.request(life.asked, life.answered, 2)
    return _wrong(life, "REQUEST_REPEATED", "new id", *told([one, again]), right=told([one]))


def duplicate(life: Life) -> list[Planted]:
    ended = life.due - 5 * HOUR
    real = life.plant("on_time", "twin", life.open(), life.tonight(ended, life.done(ended)))
    code = f"{life.unit}-{life.day:%y%m%d}-9{life.number:05d}"
    again = (life.heard + 60, "dossiers", life.message(MaHoSo=code))
    return [real, Planted(code, "wrong_data", "twin", ("DUPLICATE_DOSSIER",), [again], [], life.unit)]


def stamped(life: Life, ended: int, truth: str, due: int, **more: Any) -> Planted:
    """Closed at a working hour, but dated when it was pushed at ten past midnight."""
    pushed = life.night(ended)
    told = life.done(pushed - 120, NgayHenTra=stamp(due))
    first = (life.heard, "dossiers", life.message(NgayHenTra=stamp(due)))
    right = [first, (pushed, "dossiers", life.done(ended, NgayHenTra=stamp(due)))]
    return life.plant(
        truth, "stamped", first, (pushed, "dossiers", told), right=right, sender=STAMPER, **more
    )


def closed_at_push(life: Life) -> Planted:
    while life.day.weekday() > 4:
        life.day += timedelta(days=1)
    ended = midnight(life.day) + 16 * HOUR
    return stamped(life, ended, "wrong_data", midnight(life.day) + 17 * HOUR, mistakes=("CLOSED_AT_PUSH",))


def several(life: Life) -> Planted:
    """Ended without a time, and a supplement request told twice: only both together explain it."""
    ended = life.due + 8 * HOUR
    once, again = (life.request(life.asked, life.answered, number) for number in (1, 2))
    told = [life.open(), life.tonight(ended, life.done(None, DanhSachHoSoBoSung=[once, again]))]
    right = [told[0], life.tonight(ended, life.done(ended, DanhSachHoSoBoSung=[once]))]
    return _wrong(life, "END_WITHOUT_TIME+REQUEST_REPEATED", "several", *told, right=right)


# -- late work -------------------------------------------------------------------------------------


def really_late(life: Life) -> Planted:
    ended = life.due + 2 * DAY
    return life.plant("late_work", "plain", life.open(), life.tonight(ended, life.done(ended)))


def late_with_a_mistake(life: Life) -> Planted:
    ended = life.due + 2 * DAY
    swapped = life.request(life.asked + HOUR, life.asked)
    return life.plant(
        "late_work", "mistake besides", life.tonight(ended, life.done(ended, DanhSachHoSoBoSung=[swapped]))
    )


def late_beyond_the_period(life: Life) -> Planted:
    ended = THEN + DAY
    return life.plant("late_work", "ended later", life.open(), life.tonight(ended, life.done(ended)))


def asked_twice(life: Life) -> Planted:
    ended = life.due - HOUR
    requests = [
        life.request(life.asked, life.asked + HOUR),
        life.request(life.answered, life.answered + HOUR, 2),
    ]
    return life.plant(
        "late_work", "asked twice", life.tonight(ended, life.done(ended, DanhSachHoSoBoSung=requests))
    )


def late_and_stamped(life: Life) -> Planted:
    ended = life.due + 3 * DAY - HOUR
    return stamped(life, ended, "late_work", life.due)


def no_due_told(life: Life) -> Planted:
    ended = life.due + 7 * DAY
    return life.plant("late_work", "no due", life.tonight(ended, life.done(ended, NgayHenTra="")))


# -- undecidable -----------------------------------------------------------------------------------


def still_open(life: Life) -> Planted:
    return life.plant("undecidable", "open", life.open())


def ended_at_some_time(life: Life) -> Planted:
    told = life.tonight(life.due, life.done(None))
    return life.plant("undecidable", "open, said to be done", life.open(), told)


def late_by_a_file(life: Life) -> Planted:
    return life.plant("undecidable", "file", (THEN - HOUR, "file", life.done(life.due + DAY)))


def on_time_by_a_file(life: Life) -> Planted:
    return life.plant("undecidable", "file later", life.open(), (LATER, "file", life.done(life.due - DAY)))


# -- on time ---------------------------------------------------------------------------------------


def on_time(life: Life) -> Planted:
    ended = life.due - 30 * HOUR
    return life.plant("on_time", "plain", life.open(), life.tonight(ended, life.done(ended)))


def shown_for_a_night(life: Life) -> Planted:
    ended = life.due - HOUR
    return life.plant("on_time", "shown", life.open(), life.tonight(ended, life.done(ended)))


def stamped_on_time(life: Life) -> Planted:
    return stamped(life, midnight(life.day) + 15 * HOUR, "on_time", life.due + 5 * DAY)


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "late_data": (end_late, step_late, moved_late, supplement_late, gone, mended),
    "wrong_data": (
        due_dropped, due_in_supplement, registered_again, end_by_half_clock, due_by_half_clock,
        due_of_another_year, end_without_time, end_without_time_returned, supplement_asked_by_step,
        supplement_asked_when_told, supplement_swapped, supplement_taken_up, supplement_new_due,
        request_repeated, duplicate, closed_at_push, several,
    ),
    "late_work": (
        really_late, late_with_a_mistake, late_beyond_the_period, asked_twice, late_and_stamped, no_due_told,
    ),
    "undecidable": (still_open, ended_at_some_time, late_by_a_file, on_time_by_a_file),
    "on_time": (on_time, shown_for_a_night, stamped_on_time),
}  # fmt: skip
SHARES: Final = {"late_data": 38, "wrong_data": 23, "late_work": 29, "undecidable": 10, "on_time": 150}
"""Of a hundred overdue dossiers 61 are late or wrong data."""


def province(hundreds: int) -> list[Planted]:
    """So many hundred overdue dossiers, every class and case by turns, and half as many again on time."""
    found: list[Planted] = []
    number = 0
    for kind, share in SHARES.items():
        cases = CASES[kind]
        for place in range(share * hundreds):
            number += 1
            made = cases[place % len(cases)](Life(number))
            found += made if isinstance(made, list) else [made]
    return found


def tellings(planted: list[Planted], *, late: bool, wrong: bool) -> Iterator[tuple[int, str, str, Item]]:
    """(known_at, kind, sender, record) in order; ``late``, ``wrong``: as it was told, else in time, right."""
    found = []
    for one in planted:
        told = one.told
        if one.right is not None and not {"late_data": late, "wrong_data": wrong}.get(one.truth, True):
            told = one.right
        found += [(at, kind, one.sender, item) for at, kind, item in told]
    return iter(sorted(found, key=lambda each: each[0]))


PROCEDURES: Final = [
    {"code": LIMITED, "name": "Chứng thực", "level": "commune", "online": "full", "limit_days": 3}
]


def build(path: Path, planted: list[Planted], *, late: bool = True, wrong: bool = True) -> Path:
    """A folder in which all of it was told, each piece as known then; files when they were loaded."""
    lines: list[bytes] = [
        json.dumps(
            {"received_at": iso(THEN - 60 * DAY), "kind": "procedures", "message": PROCEDURES}
        ).encode()
    ]
    files: dict[int, list[Item]] = {}
    for at, kind, sender, item in tellings(planted, late=late, wrong=wrong):
        if kind == "file":
            files.setdefault(at, []).append(item)
            continue
        service = "DongBoHoSoMC" if kind == "dossiers" else "CapNhatTienDoHoSoMC"
        message = {"session": "", "madonvi": "H01", "service": service, "data": [item]}
        line = {"received_at": iso(at), "sender": sender, "message": message}
        lines.append(json.dumps(line, ensure_ascii=False).encode())
    with opened(path) as target:
        target.ledger.clock.set(Clock(NOW))
        journal = io.BytesIO(b"\n".join(lines))
        journal.name = "journal.jsonl"
        outcome = target.load([journal])
        assert outcome.counts["refused"] == 0, outcome.refusals
        for at, items in sorted(files.items()):
            target.ledger.clock.set(Clock(at))
            file = io.BytesIO(json.dumps(items).encode())
            file.name = "file.json"
            assert target.load([file], kind="dossiers").counts["refused"] == 0
        target.ledger.clock.set(Clock(NOW))
    return path
