"""The year as one ordered stream of journal lines, with bounded memory.

Each line is ``{"received_at": T, "sender": S, "message": <envelope>}``, or ``{"received_at": T,
"kind": KIND, "message": [...]}`` for the other records.  Lines come in the order of their instants.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from chiso.demo import flags as flags_module
from chiso.demo import lives as lives_module
from chiso.demo import others, petitions, pushes
from chiso.demo import world as world_module
from chiso.demo.envelopes import Encoder
from chiso.demo.flags import Flags
from chiso.demo.petitions import Petition
from chiso.demo.pushes import PROGRESS, UPDATE, Pushes
from chiso.demo.shape import Lives
from chiso.demo.world import FULL, UNTIL, World
from chiso.instants import iso

MOST: Final = 500
"""Items in one envelope"""
SLICE: Final = 16_000
"""Items encoded at a time"""


@dataclass
class Province:
    """Everything drawn, ready to be told."""

    world: World
    lives: Lives
    flags: Flags

    @cached_property
    def encoder(self) -> Encoder:
        return Encoder(self.world, self.lives, self.flags)

    @cached_property
    def petitions(self) -> list[Petition]:
        return petitions.make(self.world, self.lives, self.flags)

    @cached_property
    def pushes(self) -> Pushes:
        return pushes.plan(self.world, self.lives, self.encoder.by_steps)


def make(dossiers: int = FULL, seed: int = 766) -> Province:
    """Draws a province.  The same arguments give the same province, to the last byte of its stream."""
    world = world_module.make(dossiers, seed)
    lives = lives_module.make(world)
    return Province(world, lives, flags_module.make(world, lives))


def _messages(province: Province) -> Iterator[tuple[int, bytes]]:
    """Envelopes in order: each of one sender, one instant and one kind."""
    plan, encoder = province.pushes, province.encoder
    senders = [sender.code.encode() for sender in province.world.senders]
    total = len(plan)
    # A change of instant, sender or kind begins a new envelope; so does every 500th item.
    key = (plan.at * 1_000 + plan.sender) * 4 + plan.kind
    begins = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    lengths = np.diff(np.append(begins, total))
    cuts = np.concatenate(
        [
            np.arange(b, b + n, MOST)
            for b, n in zip(begins[lengths > MOST], lengths[lengths > MOST], strict=True)
        ]
        or [np.zeros(0, np.int64)]
    )
    starts = np.unique(np.concatenate([begins, cuts])).astype(np.int64)
    stops = np.append(starts[1:], total)
    low = 0
    while low < len(starts):
        high = int(np.searchsorted(starts, starts[low] + SLICE, side="left"))
        first, last = int(starts[low]), int(stops[high - 1])
        part = slice(first, last)
        kind, at = plan.kind[part], plan.at[part]
        dossier = plan.dossier[part].astype(np.int64)
        items: list[bytes] = [b""] * (last - first)
        full = np.flatnonzero(kind != PROGRESS)
        for place, item in zip(full.tolist(), encoder.dossiers(dossier[full], at[full]), strict=True):
            items[place] = item
        steps = np.flatnonzero(kind == PROGRESS)
        written = encoder.steps(
            dossier[steps], plan.step_at[part][steps], plan.step_state[part][steps].astype(np.int64)
        )
        for place, item in zip(steps.tolist(), written, strict=True):
            items[place] = item
        for start, stop in zip(starts[low:high].tolist(), stops[low:high].tolist(), strict=True):
            pushed = int(plan.at[start])
            yield (
                pushed,
                envelope(
                    pushed,
                    senders[plan.sender[start]],
                    int(plan.kind[start]),
                    items[start - first : stop - first],
                ),
            )
        low = high


def envelope(at: int, sender: bytes, kind: int, items: list[bytes]) -> bytes:
    """One journal line with one national envelope (variant A)."""
    data = b",".join(items)
    when = str(iso(at)).encode()
    if kind == PROGRESS:
        head = (
            b'{"received_at":"%b","sender":"%b","message":{"session":"","madonvi":"%b",'
            b'"service":"CapNhatTienDoHoSoMC","data":['
        )
        return head % (when, sender, sender) + data + b"]}}\n"
    head = (
        b'{"received_at":"%b","sender":"%b","message":{"session":"","madonvi":"%b",'
        b'"service":"DongBoHoSoMC","isUpdating":"%b","data":['
    )
    return head % (when, sender, sender, b"True" if kind == UPDATE else b"False") + data + b"]}}\n"


def timed_lines(province: Province, until: int = UNTIL) -> Iterator[tuple[int, bytes]]:
    """(instant, line) of the whole stream, in order of instants, records before messages of one instant."""
    streams: list[Iterable[tuple[int, bytes]]] = [others.lines(province), _messages(province)]
    for at, line in heapq.merge(*streams, key=lambda pair: pair[0]):
        if at > until:
            return
        yield at, line


def lines(province: Province, until: int = UNTIL) -> Iterator[bytes]:
    """The stream as JSON lines, each ending in a newline."""
    for _, line in timed_lines(province, until):
        yield line
