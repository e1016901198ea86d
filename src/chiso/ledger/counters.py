"""What arrived, from whom, how late, with which typical mistakes: summed up by sender and day."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from chiso.instants import EPOCH_DAY, day_of
from chiso.ledger.database import Database
from chiso.ledger.schema import arrival, mistake


class ArrivalCount(Struct, frozen=True):
    """What one sender sent of one kind, known on one day."""

    sender: str
    day: str
    """ISO day in the product's zone"""
    kind: str
    read: int
    new: int
    changed: int
    same: int
    flagged: int
    refused: int
    lag_count: int
    """items whose lag is known: from the newest instant an item tells to when it became known"""
    lag_sum: int
    """seconds"""
    lag_max: int
    """seconds"""


class MistakeCount(Struct, frozen=True):
    """How often one sender made one typical mistake, known on one day."""

    sender: str
    bit: int
    """number of the bit in :class:`chiso.intake.records.Mistake`, from 0"""
    day: str
    count: int


class Counters:
    """The sums.  ``since`` and ``until`` are instants; a day counts where it overlaps [since, until)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def arrivals(
        self, since: int | None = None, until: int | None = None, sender: str | None = None
    ) -> list[ArrivalCount]:
        """By day, sender and kind."""
        table = arrival.c
        query = sa.select(arrival).order_by(table.day, table.sender, table.kind)
        return [
            ArrivalCount(who, _iso_day(day), *rest)
            for who, day, *rest in self._select(query, arrival, since, until, sender)
        ]

    def mistakes(
        self, since: int | None = None, until: int | None = None, sender: str | None = None
    ) -> list[MistakeCount]:
        """By day, sender and mistake."""
        table = mistake.c
        query = sa.select(mistake).order_by(table.day, table.sender, table.bit)
        return [
            MistakeCount(who, bit, _iso_day(day), count)
            for who, bit, day, count in self._select(query, mistake, since, until, sender)
        ]

    def _select(
        self, query: sa.Select[tuple[object, ...]], table: sa.Table, since: int | None, until: int | None,
        sender: str | None,
    ) -> list[Any]:  # fmt: skip
        if since is not None:
            query = query.where(table.c.day >= day_of(since).toordinal() - EPOCH_DAY)
        if until is not None:
            query = query.where(table.c.day <= day_of(until - 1).toordinal() - EPOCH_DAY)
        if sender is not None:
            query = query.where(table.c.sender == sender)
        with self._database.read() as connection:
            return list(connection.execute(query))


def _iso_day(number: int) -> str:
    return date.fromordinal(EPOCH_DAY + number).isoformat()
