"""Documents, tasks, lists and certified copies of the ledger, as a letter tells of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from chiso.instants import NEVER
from chiso.intake.records import DirectingDocument, ListedUnit, Report, Task
from chiso.registry.units import LEAGUES, Unit
from chiso.steering import now
from chiso.steering.copies import Copies
from chiso.steering.letters import phrases
from chiso.steering.letters.asked import Scene, wrong
from chiso.steering.letters.facts import Coverage, CoveredUnit, Document, GivenTask, Order, Origin, Tasks
from chiso.steering.register import asks_report
from chiso.steering.reports import task_of
from chiso.text import collation_key

_NAMES: Final = {kind: name for name, kind in LEAGUES.items()}


class Told:
    """The records that a letter may speak of, as known when it is asked for."""

    def __init__(self, scene: Scene) -> None:
        self._folder, self._ledger = scene.folder, scene.folder.ledger
        self._as_of = scene.question.as_of
        self._units, self._at = scene.units, scene.at
        self._judged = scene.question.judged_at
        self._known_at = NEVER - 1 if self._as_of is None else self._as_of
        self._first = scene.question.period.first_day.isoformat()

    def _records(self, kind: str) -> list[object]:
        return [record for _, record in self._ledger.records(kind, self._as_of)]

    def _unit(self, code: str) -> Unit | None:
        return self._units.find(code, self._at) or self._units.find(code)

    def _name(self, unit: Unit) -> str:
        return self._units.name(unit.index, self._at)

    # -- documents and tasks ----------------------------------------------------------------------------

    def documents(self, asked: Sequence[str], used: Iterable[str]) -> list[Document]:
        """The documents that gave the tasks, and those asked for by number, in order of their dates."""
        known: dict[str, DirectingDocument] = {
            one.number: one
            for one in self._records("document")
            if isinstance(one, DirectingDocument) and not one.withdrawn
        }
        for number in asked:
            if number not in known:
                there = ", ".join(sorted(known)) or "–"
                raise wrong(
                    f"Chưa có văn bản số {number} trong sổ; đang có: {there}. Nạp bằng lệnh chiso load.",
                    f"no document {number!r} is known; there are {there}",
                )
        wanted = {*asked, *used}
        found = [one for number, one in known.items() if number in wanted]
        found.sort(key=lambda one: (one.date, one.number))
        return [Document(one.number, one.date, one.issuer, one.subject) for one in found]

    def _tasks(self, units: Iterable[str]) -> list[tuple[Task, Unit]]:
        """Tasks of these units that fall due in the period or have no day, in the order of loading."""
        addressed = {unit.index for code in units if (unit := self._unit(code)) is not None}
        told = [one for one in self._records("document") if isinstance(one, DirectingDocument)]
        gone = {one.number for one in told if one.withdrawn} - {
            one.number for one in told if not one.withdrawn
        }
        found = []
        for one in self._records("task"):
            if not isinstance(one, Task) or one.withdrawn or (one.due and one.due < self._first):
                continue
            if one.document in gone:
                continue
            unit = self._unit(one.unit)
            if unit is not None and unit.index in addressed:
                found.append((one, unit))
        return found

    def orders(self, units: Iterable[str], deadline: str) -> list[Order]:
        """Tasks put together by kind of unit: the same words from the same document are one order.

        A day is told where all units have the same, and it is not the letter's own deadline.  A unit that has
        reported, or reached what its task is measured by, is asked no more; where not all of a kind are asked
        those that are have their names told.
        """
        units = list(units)
        done = self._reported() | self._met()
        grouped: dict[tuple[str, str, str], list[tuple[Task, Unit]]] = {}
        for task, unit in self._tasks(units):
            if (task.document, task.unit, task.task) not in done:
                kind = _NAMES.get(unit.kind, "departments")
                grouped.setdefault((kind, task.document, task.task), []).append((task, unit))
        of_kind = Counter(_NAMES.get(one.kind, "departments") for code in units if (one := self._unit(code)))
        found = []
        for (kind, document, words), those in grouped.items():
            days = {task.due for task, _ in those}
            due = days.pop() if len(days) == 1 else ""
            codes = tuple(unit.code for _, unit in those)
            some = len(set(codes)) < of_kind[kind]
            names = tuple(phrases.council(self._name(unit), unit.kind) for _, unit in those) if some else ()
            found.append(Order(kind, words, document, codes, "" if due == deadline else due, names))
        return found

    def _met(self) -> set[tuple[str, str, str]]:
        """(document, unit, task) of what is measured by figures alone and was reached at its deadline."""
        duties = now.register(self._folder, self._as_of).duties.values()
        measured = [one for one in duties if one.kind == "task" and one.goal is not None and not one.report]
        if not measured:
            return set()
        return {
            (line.duty.document, line.duty.record.unit, task_of(line.duty))
            for line in now.states(self._folder, self._as_of, measured).lines
            if line.state == "met"
        }

    def _reported(self) -> set[tuple[str, str, str]]:
        """(document, unit, task) of what was reported on."""
        return {
            (one.document, one.unit, one.task) for one in self._records("report") if isinstance(one, Report)
        }

    def tasks(self, units: Iterable[str], origin: Origin) -> Tasks:
        """The tasks of which these units have not reported, unit by unit."""
        reported = self._reported()
        rows = [
            GivenTask(
                task.document, unit.code, phrases.council(self._name(unit), unit.kind), task.task, task.due
            )
            for task, unit in self._tasks(units)
            if asks_report(task) and (task.document, task.unit, task.task) not in reported
        ]
        order = {code: place for place, code in enumerate(units)}
        rows.sort(key=lambda row: (order.get(row.unit, len(order)), row.due, row.document))
        return Tasks(tuple(rows), origin)

    # -- lists ------------------------------------------------------------------------------------------

    def coverage(self, name: str, by: str, origin: Origin) -> Coverage:
        """Which units of a list have a certified e-copy at the judging instant."""
        lists: dict[str, list[str]] = {}
        for one in self._records("listed_unit"):
            if isinstance(one, ListedUnit):
                lists.setdefault(one.list, []).append(one.unit)
        if name not in lists:
            there = "; ".join(sorted(lists, key=collation_key)) or "–"
            raise wrong(
                f"Chưa có danh sách “{name}”; đang có: {there}. Nạp bằng lệnh chiso load.",
                f"no list {name!r} is known; there are {there}",
            )
        copies = Copies(self._ledger, self._units)
        counts = copies.counts(0, self._judged, self._known_at)
        firsts = copies.firsts(self._judged, self._known_at)
        now_at = self._units.today_map(self._judged - 1)
        rows = []
        for code in dict.fromkeys(lists[name]):
            unit = self._unit(code)
            if unit is None:
                raise wrong(
                    f"Danh sách “{name}” có mã {code} không thuộc đơn vị nào.",
                    f"the list {name!r} has the code {code!r}, which is no unit",
                )
            place = int(now_at[unit.index])
            first = int(firsts[place])
            rows.append(
                CoveredUnit(
                    unit.code, self._certifying(unit), int(counts[place]), None if first >= NEVER else first
                )
            )
        return Coverage(name, by, tuple(rows), origin)

    def _certifying(self, unit: Unit) -> str:
        """Who certifies copies: of a district its office of justice, of a commune its council."""
        name = self._name(unit)
        if unit.kind == "district":
            return f"Phòng Tư pháp {phrases.lowered(name)}"
        return phrases.council(name, unit.kind)
