"""Did it work: the totals of the units addressed before and after a letter, against units that got none."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from chiso.folder import DataFolder, league
from chiso.folder.answers import asked
from chiso.instants import iso, midnight, parse_period
from chiso.ledger.letters import Entry
from chiso.registry.units import LEAGUES
from chiso.steering.comparing import compared, row
from chiso.steering.letters.facts import Facts


def effect(folder: DataFolder, entry: Entry, facts: Facts, until: int | None = None) -> dict[str, Any]:
    """What became of the units that a letter went to (docs/letters.md, "Did it work").

    ``until``: the instant up to which is looked (else now), at most the end of the letter's period.  Totals
    are as known then.  ``{"from", "until", "leagues": [...]}``; a league not known at both is absent.
    """
    period = parse_period(facts.standing.origin.period)
    since = sent_at(entry)
    end = min(folder.now() if until is None else until, period.end - 1)
    body: dict[str, Any] = {"letter": entry.id, "period": period.label, "from": iso(since), "until": iso(end)}
    body["leagues"] = [] if end <= since else _leagues(folder, entry, facts, since, end)
    return body


def sent_at(entry: Entry) -> int:
    """When a letter went out: the end of its day, else the instant at which it was made."""
    if entry.signed_on:
        return midnight(date.fromisoformat(entry.signed_on) + timedelta(days=1))
    return entry.made_at


def _leagues(folder: DataFolder, entry: Entry, facts: Facts, since: int, end: int) -> list[dict[str, Any]]:
    origin = facts.standing.origin
    source = origin.source if origin.source in ("computed", "published") else None
    question = asked(folder, period=origin.period, at=end, law=origin.law, source=source)
    units = folder.registry.units
    addressed = set(entry.addressees)
    found = []
    for among in ("departments", "districts", "communes"):
        kind = LEAGUES[among]
        listed = league.units_of(folder, among, units.home, since)
        if not any(unit.code in addressed and unit.kind == kind for unit in listed):
            continue
        members = league.ranked(folder, question, listed)
        before = league.totals_then(folder, question, members, since)
        after = league.totals_then(folder, question, members, end)
        rows = [
            row(
                one.unit.code,
                one.name,
                before[one.unit.code],
                after[one.unit.code],
                addressed=one.unit.code in addressed,
            )
            for one in members
            if one.unit.code in before and one.unit.code in after
        ]
        if any(one["addressed"] for one in rows):
            found.append(compared(among, rows))
    return found
