"""The rows that stand otherwise without a mistake: which go, and which come in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chiso.engine.columns import Columns
from chiso.folder.mistakes import STREAM, mistaken
from chiso.insight.lateness.told import Histories
from chiso.insight.lateness.twins import twins_of
from chiso.insight.lateness.undoing import Case
from chiso.insight.lateness.wrong import SHOWN, cases_of
from chiso.insight.quality.undoing import MEANINGS
from chiso.insight.todo.unheard import unheard_rows
from chiso.instants import NEVER
from chiso.intake.records import Mistake
from chiso.law.states import State
from chiso.ledger.facts import Facts, derive
from chiso.ledger.rows import ROW

if TYPE_CHECKING:
    from chiso.engine.columns import Array, Roster, Structured
    from chiso.engine.each import Bools
    from chiso.folder.state import DataFolder
    from chiso.insight.scene import Scene

FINISHED = (State.FINISHED, State.RETURNED)


@dataclass(frozen=True)
class Change:
    """Rows of dossiers exchanged for others."""

    gone: Columns
    come: Columns

    @property
    def numbers(self) -> Array:
        """The dossiers concerned."""
        return np.unique(np.concatenate([self.gone["dossier"], self.come["dossier"]]).astype(np.int64))

    def of(self, chosen: Bools) -> Change:
        """That of some dossiers, told by number."""
        return Change(*(one.take(chosen[one["dossier"]]) for one in (self.gone, self.come)))


class Changes:
    """All that is known of the mistakes in a scene's dossiers, of the whole folder.

    ``stored``: all rows of the ledger; ``version``: the newest version that the scene's roster knows.
    """

    def __init__(
        self, folder: DataFolder, seen: Scene, roster: Roster, stored: Iterable[Structured], version: int
    ) -> None:
        self.folder, self.seen, self.roster = folder, seen, roster
        self.room = roster.top + 1
        self._stored, self._version = stored, version
        self._streams = mistaken(folder)

    # -- who has it -------------------------------------------------------------------------------

    def _among(self, numbers: Iterable[int] | Array) -> Bools:
        """Dossiers as a truth by number."""
        found = np.zeros(self.room, np.bool_)
        some = np.fromiter(numbers, np.int64)
        found[some[some < self.room]] = True
        return found

    @cached_property
    def inside(self) -> Bools:
        """By number: the dossiers of the scene."""
        return self._among(self.seen.rows["dossier"])

    @cached_property
    def flagged(self) -> dict[Mistake, Bools]:
        """Per mistake the dossiers that have it, by number; those of ``SILENT_LOSS`` have no place in it."""
        rows = self.seen.rows
        found = {}
        for mistake, meaning in MEANINGS.items():
            if meaning.kind == "twins":
                found[mistake] = self._among([one for group in self.twins for one in group[1:]])
            elif mistake & STREAM:
                found[mistake] = self._among(self._streams.get(mistake, np.empty(0, np.int64))) & self.inside
            else:
                found[mistake] = self._among(rows["dossier"][(rows["mistakes"] & np.uint32(mistake)) != 0])
        return found

    @cached_property
    def twins(self) -> list[list[int]]:
        """Dossiers told under several codes: the one that stays first, then those that leave."""
        rows = self.seen.rows
        done = self._among(rows["dossier"][~self.seen.open & np.isin(rows["end_state"], FINISHED)])
        groups = []
        for group in twins_of(self.folder, self.roster, rows["dossier"]):
            here = [one for one in group if self.inside[one]]
            if len(here) > 1:
                groups.append(sorted(here, key=lambda one: (not done[one], one)))
        return groups

    # -- what would be ----------------------------------------------------------------------------

    @cached_property
    def _cases(self) -> dict[int, Case]:
        """Dossiers that a function of what is known of them may change."""
        rows = self.seen.rows
        bits = rows["mistakes"] & np.uint32(SHOWN | Mistake.DUE_MOVED_AND_WAITED)
        plain = (rows["requested_at"] >= NEVER) & (rows["judged_from"] <= -NEVER)
        stamped = self.flagged[Mistake.CLOSED_AT_PUSH][rows["dossier"]]
        some = (bits != 0) | ~plain | stamped
        histories = Histories(self._stored, self.seen.ground, rows["dossier"][some], self._version)
        # without a date at all, here and before: nothing could stand in
        promised = self._among(histories.rows["dossier"][histories.rows["due_at"] < NEVER])
        some &= (bits != np.uint32(Mistake.NO_DUE)) | ~plain | stamped | promised[rows["dossier"]]
        ground = self.seen.ground
        return dict(cases_of(self.folder, self.roster, ground, rows.take(some), histories))

    @cached_property
    def _told(self) -> tuple[dict[Mistake, dict[int, Facts]], dict[int, Facts]]:
        """What would be known of dossiers without each mistake, and without all of them."""
        single: dict[Mistake, dict[int, Facts]] = {}
        together: dict[int, Facts] = {}
        undoings = [(mistake, one.told) for mistake, one in MEANINGS.items() if one.told is not None]
        for number, case in self._cases.items():
            rest = case
            for mistake, undo in undoings:
                if (facts := undo(case)) is not None:
                    single.setdefault(mistake, {})[number] = facts
                if (facts := undo(rest)) is not None:
                    rest = replace(rest, facts=facts)
            if rest is not case:
                together[number] = rest.facts
        return single, together

    @cached_property
    def _terms(self) -> dict[str, int]:
        return {text: number for number, text in self.folder.ledger.terms()} | {"": 0}

    def _derived(self, told: Mapping[int, Facts]) -> Columns:
        """The rows that facts make."""
        rules = self.seen.ground.law.life_rules
        packed = b"".join(
            derive(facts, facts.version, number, facts.known_at, self._terms, rules)
            for number, facts in told.items()
        )
        found = Columns.of_rows(np.frombuffer(packed, ROW)) if packed else Columns.empty()
        self.seen.ground.derive(found)
        return found

    @cached_property
    def _unheard(self) -> Columns:
        """Rows of dossiers whose message never came, of those that are missed by now."""
        stored = unheard_rows(self.folder, self.roster)
        lost = self._among(self._streams.get(Mistake.SILENT_LOSS, np.empty(0, np.int64)))
        found = Columns.of_rows(stored[lost[stored["dossier"]]])
        self.seen.ground.derive(found)
        return found

    def _shown(self, mistake: Mistake, rows: Columns) -> Columns:
        """Rows without what a mistake shows in them; those of other dossiers stay."""
        undo = MEANINGS[mistake].shown
        assert undo is not None
        chosen = self.flagged[mistake][rows["dossier"]]
        changed = rows.take(chosen)
        undo(changed)
        found = Columns({name: values.copy() for name, values in rows.arrays.items()}, rows.size)
        for name in ("has", "payment", "databases"):
            found[name][chosen] = changed[name]
        return found

    def of(self, mistake: Mistake) -> Change | None:
        """What one mistake undone changes; ``None`` where that has no meaning."""
        meaning, none = MEANINGS[mistake], Columns.empty()
        if meaning.kind == "told":
            told = self._told[0].get(mistake, {})
            return Change(self._rows(self._among(told)), self._derived(told))
        if meaning.kind == "shown":
            gone = self._rows(self.flagged[mistake])
            come = self._shown(mistake, gone)
            same = [gone[name] == come[name] for name in ("has", "payment")]
            read = self.seen.ground.population_database  # of databases the law reads this alone
            same.append(read[gone["databases"]] == read[come["databases"]])
            moved = self._among(gone["dossier"][~np.logical_and.reduce(same)])
            return Change(gone, come).of(moved)
        if meaning.kind == "twins":
            return Change(self._rows(self.flagged[mistake]), none)
        return Change(none, self._unheard) if meaning.kind == "lost" else None

    def together(self) -> Change:
        """What all mistakes undone at once change."""
        told = self._told[1]
        chosen = self._among(told)
        shown = [mistake for mistake, one in MEANINGS.items() if one.kind == "shown"]
        for mistake in shown:
            chosen |= self.flagged[mistake]
        twins = self.flagged[Mistake.DUPLICATE_DOSSIER]
        gone = self._rows(chosen | twins)
        stays = gone.take((~self._among(told) & ~twins)[gone["dossier"]])
        fresh = self._derived({number: facts for number, facts in told.items() if not twins[number]})
        come = Columns.joined([stays, fresh])
        for mistake in shown:
            come = self._shown(mistake, come)
        return Change(gone, Columns.joined([come, self._unheard]))

    def _rows(self, chosen: Bools) -> Columns:
        return self.roster.rows_of(np.flatnonzero(chosen))

    def senders(self) -> Array:
        """By number: who told the newest message of each dossier, as a term."""
        found = self.roster.column("sender").astype(np.int64)
        found[self._unheard["dossier"]] = self._unheard["sender"]
        return found


def split(change: Change, senders: Array) -> Iterator[tuple[int, Change]]:
    """A change in parts, one a sender."""
    numbers = change.numbers
    for sender in np.unique(senders[numbers]).tolist():
        yield sender, change.of(senders == sender)
