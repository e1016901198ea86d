"""Life after the stream: an endless trickle of messages that carries the open dossiers on.

Facts are dated seconds before they are pushed, whatever the hour: somebody is watching.  The dossiers of the
demonstrated commune are left alone until their planned end, so that some fall due with no message.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from chiso.demo import hours, lives, others, people
from chiso.demo import petitions as petitions_module
from chiso.demo.envelopes import Encoder
from chiso.demo.petitions import Petition
from chiso.demo.pushes import CREATE, PROGRESS, UPDATE
from chiso.demo.shape import STRANGERS, Kind
from chiso.demo.stream import Province, envelope
from chiso.demo.world import DEMONSTRATED, UNTIL
from chiso.law.states import State

Line = tuple[int, bytes]

OPEN: Final = 1 << 40
"""No end planned"""
CHUNK: Final = 256
ACTIONS: Final = (
    ("receive", 0.36),
    ("finish", 0.36),
    ("pass_on", 0.15),
    ("rate", 0.07),
    ("petition", 0.02),
    ("pay", 0.04),
)


@dataclass
class _Open:
    """One open dossier: a row of the encoder that knows it."""

    encoder: Encoder
    row: int
    due: int
    held_until: int = 0


def _due(one: _Open) -> int:
    return one.due


@dataclass
class _Trickle:
    province: Province
    rng: np.random.Generator
    open: list[_Open] = field(default_factory=list)
    done: list[_Open] = field(default_factory=list)
    serials: dict[tuple[int, int], int] = field(default_factory=dict)
    asking: list[Petition] = field(default_factory=list)
    fresh: Encoder | None = None
    used: int = 0
    born: int = 0
    asked: int = petitions_module.TOTAL

    def start(self) -> None:
        """Takes over what the stream left open."""
        table, encoder = self.province.lives, self.province.encoder
        rows = np.flatnonzero(table.counted & (table.ended > UNTIL))
        some = encoder.take(rows)
        demonstrated = self.province.world.codes.index(DEMONSTRATED)
        held = np.where(some.lives.unit == demonstrated, some.lives.ended, 0).tolist()
        some.lives.ended[:] = OPEN
        some.lives.returned[:] = 0
        due = np.minimum(some.lives.judged_due, OPEN).tolist()
        self.open = [_Open(some, row, due[row], held[row]) for row in range(len(rows))]
        self.open.sort(key=_due)

    def send(self, at: int, encoder: Encoder, row: int, kind: int, item: bytes) -> Line:
        world = self.province.world
        sender = world.senders[int(world.sender_of[encoder.lives.unit[row]])].code
        return at, envelope(at, sender.encode(), kind, [item])

    def receive(self, at: int) -> Line:
        """A new dossier, drawn after the manner of an old one."""
        if self.fresh is None or self.used == CHUNK:
            table = self.province.lives
            able = np.flatnonzero(
                (table.kind == Kind.PLAIN)
                & table.within
                & ~self.province.world.with_habit("no-due")[table.unit]
            )
            self.fresh, self.used = self.province.encoder.take(self.rng.choice(able, CHUNK)), 0
        encoder, row = self.fresh, self.used
        self.used += 1
        self.born += 1
        new, received = encoder.lives, at - int(self.rng.integers(3, 20))
        when = np.array([received])
        c = self.province.world.catalogue
        limit = np.append(c.limit, np.full(STRANGERS, -1))[new.procedure[row]]
        due, _ = lives.promise(when, np.array([limit]), self.rng, np.zeros(1, np.int64))
        new.received[row] = received
        new.due[row] = new.first_due[row] = new.judged_due[row] = due[0]
        new.ended[row], new.returned[row] = OPEN, 0
        day = int(hours.compact(when)[0]) // 1_000_000 % 1_000_000
        key = (int(new.desk[row]), day)
        self.serials[key] = new.serial[row] = self.serials.get(key, 0) + 1
        encoder.day[row] = day
        encoder.received[row] = hours.compact(when)[0]
        encoder.submitted[row] = hours.compact(when - int(self.rng.integers(60, 3000)))[0]
        encoder.identity[row] = self.rng.integers(0, 10**9)
        encoder.number[row] = len(self.province.lives) + self.born
        bisect.insort(self.open, _Open(encoder, row, int(due[0])), key=_due)
        return self.send(at, encoder, row, CREATE, encoder.dossiers(np.array([row]), np.array([at]))[0])

    def finish(self, at: int) -> Line | None:
        """The end of one of those that are due soonest."""
        next_due = bisect.bisect_left(self.open, at, key=_due)
        overdue = self.rng.random() < 0.2
        some = range(max(0, next_due - 80), next_due) if overdue else range(next_due, len(self.open))
        free = list(itertools.islice((i for i in some if self.open[i].held_until <= at), 60))
        if not free:
            return None
        one = self.open.pop(free[int(self.rng.integers(0, len(free)))])
        encoder, row = one.encoder, one.row
        table, ended = (
            encoder.lives,
            max(at - int(self.rng.integers(2, 9)), int(one.encoder.lives.received[one.row]) + 1),
        )
        waiting = table.kind[row] == Kind.WAITING
        if waiting:  # the citizen brought the paper in the meantime
            table.completed[row] = ended - 1
        handed = self.rng.random() < 0.4
        table.ended[row], table.returned[row] = ended, ended if handed else 0
        if table.state[row] in (State.FINISHED, State.RETURNED):
            table.state[row] = State.RETURNED if handed else State.FINISHED
            encoder.flags.result[row] = self.rng.random() < 0.8
        self.done = [*self.done[-200:], one]
        return self.send(at, encoder, row, UPDATE, encoder.dossiers(np.array([row]), np.array([at]))[0])

    def pass_on(self, at: int) -> Line | None:
        """A step of one that is in work."""
        for _ in range(8):
            one = self.open[int(self.rng.integers(0, len(self.open)))] if self.open else None
            if (
                one is None
                or one.encoder.lives.kind[one.row] != Kind.PLAIN
                or one.encoder.lives.received[one.row] >= at - 5
            ):
                continue
            when, state = np.array([at - 3]), np.array([int(State.PROCESSING)])
            item = one.encoder.steps(np.array([one.row]), when, state)[0]
            return self.send(at, one.encoder, one.row, PROGRESS, item)
        return None

    def rate(self, at: int) -> Line | None:
        """What the owner of a finished dossier says."""
        if not self.done:
            return None
        one = self.done.pop(int(self.rng.integers(0, len(self.done))))
        word = ("RẤT HÀI LÒNG", "HÀI LÒNG", "KHÔNG HÀI LÒNG")[
            int(np.searchsorted([0.7, 0.97], self.rng.random()))
        ]
        record = {
            "MaHoSo": one.encoder.code(one.row), "LoaiDanhGia": "CongDan",
            "NguoiDanhGia": people.NAMES[int(one.encoder.person[one.row])].decode(), "DanhGia": word,
            "NoiDungDanhGia": "", "ThoiDiemDanhGia": _stamp(at - 1),
        }  # fmt: skip
        return at, others.line(at, "ratings", [record])

    def pay(self, at: int) -> Line | None:
        """A payment made for an open dossier, and only its record: the flag comes with the next message."""
        if not self.open:
            return None
        one = self.open[int(self.rng.integers(0, len(self.open)))]
        self.born += 1
        record = {
            "LoaiBanTin": "CONFIRM", "PhienBan": "1.0.6", "MaLoi": "00", "MaDoiTac": "AGG",
            "MaThamChieu": f"AGG9{self.born:011d}", "SoTien": "8000", "MaTienTe": "VND", "MaNganHang": "VCB",
            "ThoiGianGD": _stamp(at - 2), "ThongTinGiaoDich": one.encoder.code(one.row),
        }  # fmt: skip
        return at, others.line(at, "payments", [record])

    def petition(self, at: int) -> Line:
        """A new petition, or the answer to an earlier one."""
        world = self.province.world
        if len(self.asking) > 3 and self.rng.random() < 0.5:
            one = self.asking.pop(0)
            one.resolved = one.published = at - 1
        else:
            self.asked += 1
            weights = world.volume / world.volume.sum()
            unit = world.codes[int(self.rng.choice(len(world.codes), p=weights))]
            one = Petition(self.asked, unit, "open", at - 5, 0, 0, 0, 0, 0, 0, 1, 0, False, "TTHC")
            self.asking.append(one)
        return at, others.line(at, "petitions", [petitions_module.told(one, at, "")])


def _stamp(at: int) -> str:
    return str(int(hours.compact(np.array([at]))[0]))


def trickle(
    province: Province, *, start: int = UNTIL, rate: float = 2.0, seed: int | None = None
) -> Iterator[Line]:
    """(instant, journal line) after ``start``, endlessly; on average ``rate`` lines a second of its clock.

    The instants never fall.  The province is not changed; the same arguments give the same trickle, so that
    one that was stopped goes on by leaving out what came up to then.
    """
    if rate <= 0:
        raise ValueError("rate must be positive")
    own = province.world.seed if seed is None else seed
    state = _Trickle(province, np.random.default_rng([own, *b"trickle"]))
    state.start()
    acts: dict[str, Callable[[int], Any]] = {name: getattr(state, name) for name, _ in ACTIONS}
    names = [name for name, _ in ACTIONS]
    bounds = np.cumsum([share for _, share in ACTIONS])
    clock = float(start)
    while True:
        clock += float(state.rng.exponential(1 / rate))
        act = names[min(int(np.searchsorted(bounds, state.rng.random())), len(names) - 1)]
        line: Line | None = acts[act](int(clock) + 1)
        if line is not None:
            yield line
