"""What ``quality`` answers: the form of docs/commands.md."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from chiso.folder.answers import QuestionError, asked, must_have_dossiers, provenance, unit_named
from chiso.folder.drill import MOST, PAGE, subtree_mask
from chiso.insight.exact import Exact
from chiso.insight.quality.findings import Findings, findings
from chiso.insight.quality.signs import patterns
from chiso.insight.quality.undoing import MEANINGS
from chiso.instants import NEVER, iso
from chiso.intake.records import Mistake
from chiso.law.scoring import decimals

if TYPE_CHECKING:
    from typing import Unpack

    from chiso.engine.columns import Array
    from chiso.engine.each import Bools
    from chiso.folder.answers import Asked, QuestionFields
    from chiso.folder.state import DataFolder
    from chiso.registry.units import Unit

SAMPLE: Final = 5
FILES: Final = "-"
"""Stands for files loaded by a command, which no sender sent."""
KINDS: Final = ("points", "nothing", "cannot")
"""Put into points; worth exactly nothing; cannot be put into points."""

NAMES: Final = {str(mistake.name).lower(): mistake for mistake in MEANINGS}
"""Mistakes by their names in answers."""


class Sheet:
    """Findings seen from one unit."""

    def __init__(self, folder: DataFolder, found: Findings, unit: Unit) -> None:
        self.folder, self.found, self.unit = folder, found, unit
        ground = found.ground
        self.inside: Bools = np.append(subtree_mask(ground, unit.index, found.board.judged_at), False)
        """by unit: it or below it; the last place is for nobody's"""
        self.exact = Exact(ground.law, below=not ground.is_province[unit.index])
        self._now = self._figures(found.board.n[unit.index], found.board.d[unit.index])

    def _figures(self, n: Array, d: Array) -> tuple[list[int], list[int]]:
        return n.tolist(), d.tolist()

    @property
    def total(self) -> Fraction:
        return self.exact.total(*self._now)

    def worth(self, mistake: Mistake | None, sender: int | None) -> dict[str, Any]:
        """What mistakes add (or, below 0, take): the exact total less the exact total without them."""
        would = self.found.would.get((mistake, sender))
        points: dict[str, Fraction] = {}
        if would is not None:
            after = self._figures(*would.figures(self.unit.index, self.found.board))
            for place, one in enumerate(self.exact.indicators):
                by = self.exact.points(place, *self._now) - self.exact.points(place, *after)
                if by:
                    points[one.id] = by
        sum_of = sum(points.values(), Fraction(0))
        return {
            "points": decimals(sum_of),
            "without": decimals(self.total - sum_of),
            "indicators": {name: decimals(by) for name, by in points.items()},
        }

    def sender_name(self, sender: int) -> str:
        return self.folder.terms[sender]

    def chosen(self, mistake: Mistake, sender: int | None = None) -> Bools:
        """Which of a mistake's dossiers are the unit's (and a sender's)."""
        one = self.found.concerned[mistake]
        here = self.inside[one.unit]
        return here if sender is None else here & (one.sender == sender)

    def counted(self, mistake: Mistake, sender: int | None, codes: dict[int, str]) -> dict[str, Any]:
        one, here = self.found.concerned[mistake], self.chosen(mistake, sender)
        numbers = one.numbers[here]
        of = (
            sum(int(self.inside[units].sum()) for units in self.found.totals.values())
            if sender is None
            else int(self.inside[self.found.totals.get(sender, np.empty(0, np.int64))].sum())
        )
        return {
            "count": len(numbers),
            "of": max(of, len(numbers)),
            "undone": int(one.undone[here].sum()),
            "sample": [codes[number] for number in sample(numbers) if number in codes],
        }


def sample(numbers: Array) -> list[int]:
    """The newest few."""
    found: list[int] = np.sort(numbers)[::-1][:SAMPLE].tolist()
    return found


def asked_of(folder: DataFolder, unit_code: str, question: QuestionFields) -> tuple[Asked, Unit, Sheet]:
    """A question about what is known now, and the findings seen from its unit."""
    wanted = asked(folder, period=question.get("period"), at=question.get("at"), law=question.get("law"))
    unit = unit_named(folder, unit_code, wanted.judged_at)
    must_have_dossiers(wanted)
    found = findings(folder, wanted, now=question.get("at") is None)
    return wanted, unit, Sheet(folder, found, unit)


def quality(folder: DataFolder, unit_code: str, **question: Unpack[QuestionFields]) -> dict[str, Any]:
    """What each mistake of senders adds to a unit's exact total or takes from it, and patterns beside it.

    Args:
        folder: the data folder.
        unit_code: the unit.
        question: ``period``, ``at``, ``law``.  Mistakes are always those of what is known now.
    """
    wanted, unit, sheet = asked_of(folder, unit_code, question)
    found = sheet.found
    here = [mistake for mistake in MEANINGS if mistake in found.concerned and sheet.chosen(mistake).any()]
    codes = _codes(folder, sheet, here)
    senders = {sender for sender, units in found.totals.items() if sheet.inside[units].any()}
    for mistake in here:
        senders |= set(found.concerned[mistake].sender[sheet.chosen(mistake)].tolist())
    return {
        **provenance(folder, wanted, unit, "computed"),
        "at": iso(found.board.judged_at),
        "total": f"{found.board.score(unit.index).total:.2f}",
        "exact": decimals(sheet.total),
        "together": sheet.worth(None, None),
        "mistakes": _mistakes(sheet, here, codes),
        "senders": _senders(sheet, here, sorted(senders)),
        "signs": _signs(folder, sheet),
    }


def _codes(folder: DataFolder, sheet: Sheet, here: list[Mistake]) -> dict[int, str]:
    numbers: set[int] = set()
    for mistake in here:
        one, chosen = sheet.found.concerned[mistake], sheet.chosen(mistake)
        for sender in np.unique(one.sender[chosen]).tolist():
            numbers.update(sample(one.numbers[chosen & (one.sender == sender)]))
        numbers.update(sample(one.numbers[chosen]))
    return folder.ledger.codes(sorted(numbers))


def _mistakes(sheet: Sheet, here: list[Mistake], codes: dict[int, str]) -> list[dict[str, Any]]:
    """Mistakes with their points, those that add or take the most first; each by sender."""
    rows = []
    for mistake in here:
        meaning, one = MEANINGS[mistake], sheet.found.concerned[mistake]
        kind = meaning.kind if meaning.kind in KINDS else "points"
        row: dict[str, Any] = {
            "mistake": str(mistake.name).lower(),
            "number": mistake.bit_length(),
            "kind": kind,
            "why_vi": meaning.words.vi,
            "why_en": meaning.words.en,
            **({"most": True} if meaning.most else {}),
            **sheet.counted(mistake, None, codes),
        }
        if kind != "cannot":
            row |= sheet.worth(mistake, None)
        row["senders"] = []
        for sender in np.unique(one.sender[sheet.chosen(mistake)]).tolist():
            told = {"sender": sheet.sender_name(sender), **sheet.counted(mistake, sender, codes)}
            row["senders"].append(told | (sheet.worth(mistake, sender) if kind != "cannot" else {}))
        row["senders"].sort(key=_weight)
        rows.append(row)
    return sorted(rows, key=lambda row: (KINDS.index(row["kind"]), *_weight(row)))


def _weight(row: dict[str, Any]) -> tuple[Fraction, int, str]:
    name = row.get("sender") or row.get("mistake") or ""
    return -abs(Fraction(row.get("points", "0"))), -row["count"], name


def _senders(sheet: Sheet, here: list[Mistake], senders: list[int]) -> list[dict[str, Any]]:
    """What all mistakes of a sender together add or take."""
    rows = []
    for sender in senders:
        kinds = [mistake for mistake in here if sheet.chosen(mistake, sender).any()]
        if kinds:
            units = sheet.found.totals.get(sender, np.empty(0, np.int64))
            rows.append(
                {
                    "sender": sheet.sender_name(sender),
                    "count": int(sheet.inside[units].sum()),
                    "mistakes": [str(mistake.name).lower() for mistake in kinds],
                    **sheet.worth(None, sender),
                }
            )
    return sorted(rows, key=_weight)


def _signs(folder: DataFolder, sheet: Sheet) -> list[dict[str, Any]]:
    """Patterns that some dossier shows, each by sender."""
    rows: list[dict[str, Any]] = []
    samples: dict[str, list[int]] = {}
    for sign in sheet.found.signs:
        here = sheet.inside[sign.unit]
        shows = here & sign.shows
        if not shows.any():
            continue
        pattern = sign.pattern
        samples[pattern.id] = sample(sign.numbers[shows])
        senders: list[dict[str, Any]] = []
        for sender in np.unique(sign.sender[shows]).tolist():
            own = sign.sender == sender
            senders.append(
                {
                    "sender": sheet.sender_name(sender),
                    "count": int((shows & own).sum()),
                    "of": int((here & own).sum()),
                }
            )
        senders.sort(key=lambda one: (-one["count"], one["sender"]))
        rows.append(
            {
                "sign": pattern.id,
                "name_vi": pattern.names.vi,
                "name_en": pattern.names.en,
                "words_vi": pattern.words.vi,
                "words_en": pattern.words.en,
                "threshold": dict(pattern.threshold),
                "count": int(shows.sum()),
                "of": int(here.sum()),
                "everywhere": {"count": int(sign.shows.sum()), "of": len(sign.shows)},
                "senders": senders,
            }
        )
    codes = folder.ledger.codes(sorted({one for told in samples.values() for one in told}))
    for row in rows:
        row["sample"] = [codes[one] for one in samples[row["sign"]] if one in codes]
    return rows


def dossiers(
    folder: DataFolder,
    unit_code: str,
    what: str,
    *,
    sender: str | None = None,
    limit: int = PAGE,
    offset: int = 0,
    **question: Unpack[QuestionFields],
) -> dict[str, Any]:
    """The dossiers of a mistake or of a pattern, the newest first.

    Args:
        folder: the data folder.
        unit_code: the unit; those below it are included.
        what: name of a mistake, or of a pattern.
        sender: only those told by this sender; ``-`` for files.
        limit: at most so many.
        offset: how many to leave out before.
        question: ``period``, ``at``, ``law``.
    """
    name = what.lower()
    if name not in NAMES and name not in patterns():
        known = ", ".join([*NAMES, *patterns()])
        raise QuestionError(f"Không có “{what}”; có: {known}.", f"no {what!r}; there are {known}", wrong=True)
    wanted, unit, sheet = asked_of(folder, unit_code, question)
    numbers, senders = np.empty(0, np.int64), np.empty(0, np.int64)
    undone = np.empty(0, np.bool_)
    if name in NAMES:
        if (one := sheet.found.concerned.get(NAMES[name])) is not None:
            here = sheet.inside[one.unit]
            numbers, senders, undone = one.numbers[here], one.sender[here], one.undone[here]
    else:
        (sign,) = (one for one in sheet.found.signs if one.pattern.id == name)
        here = sheet.inside[sign.unit] & sign.shows
        numbers, senders = sign.numbers[here], sign.sender[here]
        undone = np.zeros(len(numbers), np.bool_)
    if sender:
        term = "" if sender == FILES else sender
        chosen = senders == (folder.terms.index(term) if term in folder.terms else NEVER)
        numbers, senders, undone = numbers[chosen], senders[chosen], undone[chosen]
    order = np.argsort(-numbers)
    page = order[max(0, offset) : max(0, offset) + min(max(0, limit), MOST)].tolist()
    codes = folder.ledger.codes([int(numbers[one]) for one in page])
    facts = folder.ledger.facts([int(numbers[one]) for one in page])
    rows = []
    for place in page:
        number = int(numbers[place])
        message = facts[number].message if number in facts else None
        rows.append(
            {
                "code": codes[number],
                "sender": folder.terms[int(senders[place])],
                "undone": bool(undone[place]),
                "procedure": "" if message is None else message.procedure,
                "state": 0 if message is None else message.state,
                "received_at": None if message is None else iso(message.received_at),
                "due_at": None if message is None else iso(message.due_at),
                "ended_at": None if message is None else iso(message.finished_at or message.returned_at),
            }
        )
    return {
        **provenance(folder, wanted, unit, "computed"),
        "what": name,
        "sender": sender,
        "total": len(numbers),
        "rows": rows,
    }
