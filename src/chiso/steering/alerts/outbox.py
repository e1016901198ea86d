"""What there is to tell, to whom, and whether it arrived."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from chiso.ledger.beside import delivery, notice

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.ledger.contacts import Contact
    from chiso.ledger.database import Database
    from chiso.steering.alerts.hours import Hours

BACKOFF: Final = (60, 300, 900, 3600, 3600, 7200, 14400)
"""Seconds after which a delivery that failed is tried again; then it has failed for good."""
CLAIMED_FOR: Final = 600
"""Seconds after which a delivery that somebody began is taken up by another."""


@dataclass(frozen=True)
class News:
    """Something to tell the people of some units."""

    at: int
    kind: str
    """``alert``, ``over``, ``reminder``, ``test``"""
    weight: str
    rule: str
    subject: str
    unit: str
    value: str | None
    words: str
    whose: tuple[str, ...]
    """units whose contacts are told"""
    above: tuple[str, ...] = ()
    """units above, nearest first: the first with contacts is told where ``whose`` has none"""


@dataclass(frozen=True)
class Waiting:
    """A delivery that is due."""

    id: int
    notice: int
    contact: int
    tries: int
    kind: str
    at: int
    words: str
    weight: str


def post(
    connection: sa.Connection, contacts: Sequence[Contact], news: Sequence[News], hours: Hours
) -> list[tuple[int, int]]:
    """Notes what there is to tell and whom, in the transaction of whoever noticed it.

    Gives the number of each notice, and how many contacts are told of it.

    What is over before anybody was told of it is told to nobody, unless it is urgent.
    """
    if not news:
        return []
    by_unit: defaultdict[str, list[Contact]] = defaultdict(list)
    for contact in contacts:
        by_unit[contact.unit].append(contact)
    number = _last(connection, notice)
    letter = _last(connection, delivery)
    notices: list[dict[str, Any]] = []
    deliveries: list[dict[str, Any]] = []
    for one in news:
        number += 1
        notices.append(
            {
                "id": number, "at": one.at, "kind": one.kind, "weight": one.weight, "rule": one.rule,
                "subject": one.subject, "unit": one.unit, "value": one.value, "words": one.words,
            }
        )  # fmt: skip
        untold = _take_back(connection, one) if one.kind == "over" else set()
        for contact in _recipients(one, by_unit):
            if contact.id in untold:
                continue
            letter += 1
            deliveries.append(
                {
                    "id": letter, "notice": number, "contact": contact.id,
                    "not_before": hours.not_before(one.weight, one.at), "state": "waiting", "tries": 0,
                    "changed_at": one.at, "error": "",
                }
            )  # fmt: skip
    connection.execute(sa.insert(notice), notices)
    if deliveries:
        connection.execute(sa.insert(delivery), deliveries)
    told = Counter(one["notice"] for one in deliveries)
    return [(one["id"], told[one["id"]]) for one in notices]


def reminded(connection: sa.Connection, since: int) -> dict[tuple[str, str], int]:
    """Who was reminded of what after an instant: (task, unit) → how many contacts are told of it."""
    asked = (
        sa.select(notice.c.rule, notice.c.subject, sa.func.count(delivery.c.id))
        .outerjoin(delivery, delivery.c.notice == notice.c.id)
        .where(notice.c.kind == "reminder", notice.c.at > since)
        .group_by(notice.c.rule, notice.c.subject)
    )
    return {(rule, subject): int(count) for rule, subject, count in connection.execute(asked)}


def above(folder: DataFolder, code: str) -> tuple[str, ...]:
    """Codes of the units above one, nearest first."""
    units = folder.registry.units
    unit = units.find(code, folder.now()) or units.find(code)
    found = []
    while unit is not None and unit.parent >= 0:
        unit = units.all[unit.parent]
        found.append(unit.code)
    return tuple(found)


def _recipients(news: News, by_unit: dict[str, list[Contact]]) -> list[Contact]:
    found = [one for unit in dict.fromkeys(news.whose) for one in by_unit.get(unit, ())]
    if not found:
        found = next((by_unit[unit] for unit in news.above if by_unit.get(unit)), [])
    return list({one.address: one for one in found}.values())


def _take_back(connection: sa.Connection, over: News) -> set[int]:
    """Drops what still waits of the alert that is over.  Gives the contacts who never heard of it."""
    told = (
        sa.select(notice.c.id)
        .where(notice.c.rule == over.rule, notice.c.subject == over.subject, notice.c.kind == "alert")
        .order_by(notice.c.id.desc())
        .limit(1)
    )
    last = connection.execute(told).scalar()
    if last is None:
        return set()
    waiting = (delivery.c.notice == last) & (delivery.c.state == "waiting") & (delivery.c.tries == 0)
    found = {row.contact for row in connection.execute(sa.select(delivery.c.contact).where(waiting))}
    connection.execute(sa.update(delivery).where(waiting).values(state="dropped", changed_at=over.at))
    return found


def _last(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0)


def claim(database: Database, now: int) -> list[Waiting]:
    """Takes all deliveries that are due, so that nobody else does.

    One that was begun long ago and never ended is taken again: its mail carries the same identity as before.
    """
    due = (delivery.c.state == "waiting") & (delivery.c.not_before <= now)
    lost = (delivery.c.state == "sending") & (delivery.c.changed_at <= now - CLAIMED_FOR)
    with database.read() as connection:
        if connection.execute(sa.select(delivery.c.id).where(due | lost).limit(1)).scalar() is None:
            return []
    with database.write() as connection:
        rows = connection.execute(
            sa.select(
                delivery.c.id, delivery.c.notice, delivery.c.contact, delivery.c.tries, notice.c.kind,
                notice.c.at, notice.c.words, notice.c.weight,
            )
            .join(notice, notice.c.id == delivery.c.notice)
            .where(due | lost)
            .order_by(delivery.c.id)
        ).all()  # fmt: skip
        numbers = [row.id for row in rows]
        connection.execute(
            sa.update(delivery).where(delivery.c.id.in_(numbers)).values(state="sending", changed_at=now)
        )
    return [Waiting(*row) for row in rows]


def settle(
    database: Database, waiting: Sequence[Waiting], now: int, error: str | None, *, final: bool = False
) -> None:
    """Notes how deliveries ended: with ``None`` they arrived, else they are tried again.

    After the last try, or where it is ``final``, they have failed for good.
    """
    with database.write() as connection:
        for one in waiting:
            if error is None:
                values: dict[str, Any] = {"state": "sent", "error": ""}
            elif final or one.tries >= len(BACKOFF):
                values = {"state": "failed", "error": error[:500]}
            else:
                wait = now + BACKOFF[one.tries]
                values = {"state": "waiting", "error": error[:500], "not_before": wait}
            connection.execute(
                sa.update(delivery)
                .where(delivery.c.id == one.id)
                .values(changed_at=now, tries=one.tries + 1, **values)
            )


def again(database: Database, now: int) -> int:
    """Takes up once more what failed for good: the server is back.  Gives how many deliveries wait again."""
    with database.write() as connection:
        found = connection.execute(
            sa.update(delivery)
            .where(delivery.c.state == "failed")
            .values(state="waiting", tries=0, not_before=now, changed_at=now)
        )
    return int(found.rowcount)
