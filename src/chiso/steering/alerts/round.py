"""One round over all rules: what is seen, how each alert stands after it, and what there is to tell whom."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from chiso.law.goals import plain
from chiso.ledger.beside import alert
from chiso.steering.alerts.hours import Hours
from chiso.steering.alerts.machine import Bounds, Event, Standing, step
from chiso.steering.alerts.outbox import News, above, post
from chiso.steering.alerts.rules import rules
from chiso.steering.alerts.values import Eyes, Seen
from chiso.steering.alerts.words import sentence

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder
    from chiso.intake.records import AlertRule

SEEN_AT: Final = "alerts seen"
"""Key under which the ledger tells when the rules were looked at last."""


@dataclass(frozen=True)
class Look:
    """How a rule stands with a subject after a round."""

    rule: AlertRule
    seen: Seen
    standing: Standing
    event: Event | None = None


def exact(value: Fraction | None) -> str | None:
    """A value as text: a decimal where it is one, else a fraction."""
    if value is None:
        return None
    bottom = value.denominator
    for prime in (2, 5):
        while bottom % prime == 0:
            bottom //= prime
    return plain(value) if bottom == 1 else str(value)


def look(folder: DataFolder, *, keep: bool = True) -> list[Look]:
    """Looks at every rule that is on, once, at the folder's now.

    ``keep``: the states go on from here and what is new is posted; else nothing is written.
    """
    eyes = Eyes(folder)
    on = [rule for rule in rules(folder) if rule.active]
    silent = frozenset(rule.id for rule in on if rule.silent_until > eyes.at)
    seen = [(rule, one) for rule in on if rule.id not in silent for one in eyes.see(rule)]
    if not keep:
        held = _held(folder)
        return [_step(rule, one, held.get((rule.id, one.subject)), eyes.at) for rule, one in seen]
    contacts = folder.ledger.contacts.all()
    with folder.ledger.database.write() as connection:
        held = _read(connection)
        found = [_step(rule, one, held.get((rule.id, one.subject)), eyes.at) for rule, one in seen]
        _write(connection, held, found, silent, eyes.at)
        news = [_news(folder, one, eyes.at) for one in found if one.event is not None]
        post(connection, contacts, news, Hours.of(folder.settings, folder.calendar))
    folder.ledger.meta.set(SEEN_AT, str(eyes.at))
    return found


Held = dict[tuple[str, str], tuple[Standing, str | None]]


def _held(folder: DataFolder) -> Held:
    with folder.ledger.database.read() as connection:
        return _read(connection)


def _read(connection: sa.Connection) -> Held:
    return {
        (row.rule, row.subject): (Standing(row.state, row.since, row.open_since), row.value)
        for row in connection.execute(sa.select(alert))
    }


def _step(rule: AlertRule, seen: Seen, held: tuple[Standing, str | None] | None, at: int) -> Look:
    before = Standing("normal", at) if held is None else held[0]
    after, event = step(Bounds.of(rule), before, seen.value, at)
    return Look(rule, seen, after, event)


def _write(connection: sa.Connection, held: Held, found: list[Look], silent: frozenset[str], at: int) -> None:
    """Writes what changed, and forgets what no rule looks at any more; a silent rule's stays as it is."""
    changed: list[dict[str, Any]] = []
    for one in found:
        value = exact(one.seen.value)
        if held.get((one.rule.id, one.seen.subject)) != (one.standing, value):
            changed.append(
                {
                    "rule": one.rule.id, "subject": one.seen.subject, "state": one.standing.state,
                    "since": one.standing.since, "open_since": one.standing.open_since, "value": value,
                    "seen_at": at,
                }
            )  # fmt: skip
    looked = {(one.rule.id, one.seen.subject) for one in found}
    gone = {key for key in held.keys() - looked if key[0] not in silent}
    keys = [(one["rule"], one["subject"]) for one in changed] + sorted(gone)
    if keys:
        where = (alert.c.rule == sa.bindparam("r")) & (alert.c.subject == sa.bindparam("s"))
        connection.execute(
            sa.delete(alert).where(where), [{"r": rule, "s": subject} for rule, subject in keys]
        )
    if changed:
        connection.execute(sa.insert(alert), changed)


def _news(folder: DataFolder, one: Look, at: int) -> News:
    assert one.event is not None
    home = folder.settings.home
    whose = {"unit": [one.seen.unit], "home": [home], "both": [one.seen.unit, home]}[one.rule.to]
    return News(
        at=at,
        kind=one.event,
        weight=one.rule.weight,
        rule=one.rule.id,
        subject=one.seen.subject,
        unit=one.seen.unit,
        value=exact(one.seen.value),
        words=sentence(folder, one.rule, one.seen, one.event),
        whose=tuple(whose),
        above=above(folder, one.seen.unit),
    )
