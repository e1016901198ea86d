"""One run: the overall list, then every province's groups, each answer kept before the next is asked for.

What was answered since the run's beginning is not asked again: a run that was stopped, refused or killed goes
on where it stopped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import msgspec

from chiso.instants import Period, iso
from chiso.intake.captures import ALL
from chiso.intake.records import PublishedFigure
from chiso.registry.codes import unit_code
from chiso.text import fold
from chiso.watch import form, memory
from chiso.watch.asker import Asker, EndError
from chiso.watch.asking import GROUPS, OVERALL, Question
from chiso.watch.client import Client, RefusedByPortalError, StoppedError
from chiso.watch.form import Seen
from chiso.watch.keeping import Keeper, Page, figures_of
from chiso.watch.memory import Asked, Column, Province
from chiso.watch.outcome import Outcome
from chiso.watch.words import GROUP_NAMES, Note, Pair, between, note, when

if TYPE_CHECKING:
    from chiso.intake.context import Context
    from chiso.ledger.store import Ledger
    from chiso.registry.units import Units

PAGES: Final = 50
_ADDRESS_OF: Final = {address.group: address for address in GROUPS}
_KIND_WORDS: Final = re.compile(r"^(?:ubnd |uy ban nhan dan )?(?:tinh |thanh pho |tp\.? ?)?")


@dataclass(frozen=True)
class Plan:
    """What a run asks for."""

    periods: tuple[Period, ...]
    since: int
    """what was answered at this instant or later is not asked again"""
    units: frozenset[str] = frozenset()
    """codes of the provinces of which all units are kept; of the others the province alone"""
    procedures: tuple[str, ...] = ()
    """codes of procedures that are asked for one by one in those provinces"""


class Run:
    """One run.  Use once: :meth:`go`."""

    def __init__(
        self,
        ledger: Ledger,
        units: Units,
        context: Context,
        now: Callable[[], int],
        client: Client,
        plan: Plan,
        tell: Callable[[Note], None] = lambda told: None,
        progress: Callable[[int, int], None] = lambda done, of: None,
    ) -> None:
        """``tell`` hears every sentence of the log, ``progress`` how many questions are done, of how many"""
        self._meta, self._now, self._plan = ledger.meta, now, plan
        self._began = now()
        self.outcome = Outcome(client.portal, [one.label for one in plan.periods], iso(self._began))
        self.keeper = Keeper(ledger, context, now, self.outcome, tell, progress)
        self._memory = self.keeper.memory
        self._asker = Asker(client, self.keeper, now, plan.since)
        self._by_name = {bare_name(one.name): one.code for one in units.league("provinces", at=now())}

    def go(self) -> Outcome:
        """Asks for everything that is missing.  Gives what became of it; LedgerError alone is raised."""
        try:
            state = self._all()
        except EndError as end:
            state = end.state
        except RefusedByPortalError as error:
            state = "refused"
            self._be_silent(error)
        except StoppedError:
            state = "stopped"
            self.keeper.say(note("stopped"))
        return self.keeper.end(state, self._began)

    def _be_silent(self, error: RefusedByPortalError) -> None:
        until: Pair | str = ""
        if error.silence:
            at = self._now() + error.silence
            self._meta.set(memory.SILENCE, str(at))
            until = (f" trước {when(at)[0]}", f" before {when(at)[1]}")
        words = between(" (“", error.words, "”)")
        told = note("refused", status=error.status, question=error.question, words=words, until=until)
        self.keeper.say(told)

    # -- the way through ----------------------------------------------------------------------------------

    def _all(self) -> str:
        until = int(self._meta.get(memory.SILENCE) or 0)
        if until > self._now():
            self.keeper.say(note("silence", until=when(until)))
            return "silent"
        for period in self._plan.periods:
            self._period(period)
        return "incomplete" if self.outcome.failed else "complete"

    def _period(self, period: Period) -> None:
        plan = self._plan
        self._list(Question(OVERALL, period))
        provinces = self._in_order()
        chosen = {department for department in provinces if self._code(department) in plan.units}
        missing = plan.units - {self._code(department) for department in chosen}
        if missing and provinces:
            self.keeper.say(note("not_listed", units=", ".join(sorted(missing))))
        narrowed = [address for address in GROUPS if address.formality]
        each = 1 + len(GROUPS) * len(provinces) + len(narrowed) * len(plan.procedures) * len(chosen)
        self.outcome.of = each * len(plan.periods)
        for department in provinces:
            before = self._counts()
            for address in GROUPS:
                self._group(Question(address, period, department))
            for procedure in plan.procedures if department in chosen else ():
                for address in narrowed:
                    self._group(Question(address, period, department, procedure))
            self._tell_province(department, before)

    def _counts(self) -> tuple[int, int, int]:
        return self.outcome.kept, self.outcome.unrefreshed, self.outcome.failed

    def _tell_province(self, department: str, before: tuple[int, int, int]) -> None:
        kept, unrefreshed, failed = (now - then for now, then in zip(self._counts(), before, strict=True))
        if kept or unrefreshed or failed:
            short = (f", {failed} không lấy được", f", {failed} failed") if failed else ""
            name = f"{self._code(department)} {self._memory.provinces[department].name}".strip()
            told = note("province", name=name, kept=kept, unrefreshed=unrefreshed, failed=short)
            self.keeper.say(told, keep=bool(failed))

    def _in_order(self) -> list[str]:
        """The department ids of all provinces, those first of which everything is wanted."""
        known = self._memory.provinces
        if not known:
            known = self._memory.provinces = {
                department: Province("")
                for department, code in self._memory.codes.items()
                if re.fullmatch(r"H\d\d", code)
            }
        wanted = self._plan.units
        return sorted(known, key=lambda one: (self._code(one) not in wanted, self._code(one) or "~", one))

    def _code(self, department: str) -> str:
        """The code of a province: as an answer told it, else found by its name.  By the name alone it is
        decided what to ask for; figures are never kept by a name."""
        name = self._memory.provinces[department].name
        return self._memory.codes.get(department) or self._by_name.get(bare_name(name), "")

    # -- the overall list ---------------------------------------------------------------------------------

    def _list(self, question: Question) -> None:
        if self._asker.has(question):
            self.keeper.resumed(question)
            return
        page = self._asker.ask(question)
        if page is None:
            self.keeper.missed(question)
            self.keeper.say(note("list_missing", count=len(self._in_order())))
            return
        figures = figures_of(self._asker.checked(page))
        known, period = self._memory.of(question), question.period.label
        columns, fresh = _columns(figures, known, page.at)
        self._tell_list(page, figures)
        also = self._memory.listed(_provinces(page.seen, self._memory.codes))
        if not fresh:
            since = max(one.since for one in columns.values())
            told = note("unrefreshed", group=GROUP_NAMES[""], period=period, since=when(since), share="")
            self.keeper.say(told)
            self.keeper.unrefreshed(question, Asked(page.at, since=since, columns=columns), also)
            return
        same = {key: one.since for key, one in columns.items() if key not in fresh}
        if same:
            self.keeper.say(note("columns_unrefreshed", period=period, groups=_listed(same)))
        for one in figures:
            if one.key not in fresh or self._told_by_itself(question.period, one):
                page.left_out.setdefault(one.department, []).append(one.key)
        self.keeper.keep([page], Asked(page.at, since=page.at, columns=columns), also=also)

    def _told_by_itself(self, period: Period, figure: PublishedFigure) -> bool:
        """Whether the province's own answer of a group told the same points last: then it has the date of
        that answer, not of the list."""
        address = _ADDRESS_OF.get(figure.key)
        if address is None or figure.points is None:
            return False
        own = self._memory.of(Question(address, period, figure.department)).points
        return own is not None and Decimal(own) == Decimal(figure.points)

    def _tell_list(self, page: Page, figures: list[PublishedFigure]) -> None:
        seen, words = page.seen, self.keeper.words(page.question)
        if unread := form.groups_unread(seen, {one.key for one in figures}):
            self.keeper.say(unread)
        told = seen.whole["totalScore"]
        total = "–" if told is None else f"{Decimal(str(told)):.2f}"
        period = page.question.period.label
        self.keeper.say(note("list_read", period=period, count=len(seen.parts), total=total))
        if seen.total is not None and seen.total > len(seen.parts):
            self.keeper.say(note("fewer_units", question=words, total=seen.total, count=len(seen.parts)))

    # -- groups -------------------------------------------------------------------------------------------

    def _group(self, question: Question) -> None:
        only = "" if self._code(question.department) in self._plan.units else "whole"
        if self._asker.has(question, whole=bool(only)):
            self.keeper.resumed(question)
            return
        if question.procedure:
            formality = self._asker.formality(question.procedure)
            if formality == "":
                self.outcome.of -= 1
                return
            question = replace(question, formality=formality or "")
        first = self._asker.ask(question) if question.formality or not question.procedure else None
        if first is None:
            self.keeper.missed(question)
            return
        self._learn_code(question, first.seen)
        only = "" if self._code(question.department) in self._plan.units else "whole"
        pages = [first] if only else self._all_pages(first)
        if pages is None:
            self.keeper.missed(question)
            return
        known, digest = self._memory.of(question), form.digest([first.seen.whole])
        units = [one for page in pages for one in page.seen.parts if one["departmentId"] not in page.left_out]
        parts, parts_at = (known.parts, known.parts_at) if only else (form.digest(units), first.at)
        if (digest, parts) == (known.digest, known.parts):
            asked = msgspec.structs.replace(known, at=first.at, parts_at=parts_at)
            self.keeper.unrefreshed(question, asked)
            return
        points = figures_of(self._asker.checked(first))[0].points
        for page in pages[1:]:
            self._asker.checked(page)
        if digest == known.digest and not known.parts:
            only = "parts"  # of the province all has been said
        asked = Asked(first.at, digest, parts, parts_at, first.at, points)
        self.keeper.keep(pages, asked, only)

    def _all_pages(self, first: Page) -> list[Page] | None:
        """All pages of an answer that has several; ``None`` where one could not be had."""
        pages = [first]
        named = {one["departmentId"] for one in first.seen.parts}
        total = first.seen.total or 0
        words = self.keeper.words(first.question)
        while len(named) < total and len(pages) < PAGES and pages[-1].seen.parts:
            page = self._asker.ask(pages[-1].question.next_page())
            if page is None:
                return None
            told = [one["departmentId"] for one in page.seen.parts]
            page.left_out = {one: [ALL] for one in told if one in named}
            if told and len(page.left_out) == len(told):
                self.keeper.say(note("paging_ignored", question=words))
                break
            named.update(told)
            pages.append(page)
        if len(named) < total:
            self.keeper.say(note("fewer_units", question=words, total=total, count=len(named)))
        return pages

    def _learn_code(self, question: Question, seen: Seen) -> None:
        told = unit_code(str(seen.whole.get("departmentCode") or ""))
        known = self._memory.codes.get(question.department)
        if told and told != known:
            if known:
                words = self.keeper.words(question)
                self.keeper.say(note("other_code", question=words, told=told, known=known))
            self._memory.codes[question.department] = told


def bare_name(name: str) -> str:
    """A province's name as it is compared: UBND tỉnh Phú Thọ, Tỉnh Phú Thọ and phu tho are the same."""
    return _KIND_WORDS.sub("", fold(name))


def _provinces(seen: Seen, codes: dict[str, str]) -> dict[str, Province]:
    """The provinces of a list, by department id; their codes are learned where it tells them."""
    found = {}
    for one in seen.parts:
        found[one["departmentId"]] = Province(str(one.get("departmentName") or ""))
        if code := unit_code(str(one.get("departmentCode") or "")):
            codes[one["departmentId"]] = code
    return found


def _columns(
    figures: list[PublishedFigure], known: Asked, at: int
) -> tuple[dict[str, Column], frozenset[str]]:
    """Each group of the list, and the totals, by themselves, for they do not refresh together; and those that
    say something new."""
    told: dict[str, list[tuple[str, str]]] = {}
    for one in figures:
        told.setdefault(one.key, []).append((one.department, one.points or ""))
    columns, fresh = {}, set()
    for key, points in told.items():
        digest = hashlib.sha256(msgspec.json.encode(sorted(points))).hexdigest()[:32]
        before = known.columns.get(key)
        if before is None or before.digest != digest:
            fresh.add(key)
            before = Column(digest, at)
        columns[key] = before
    return columns, frozenset(fresh)


def _listed(same: dict[str, int]) -> Pair:
    """Groups with the instants since which they are the same."""
    vi = "; ".join(f"{GROUP_NAMES[key][0]} từ {when(since)[0]}" for key, since in same.items())
    en = "; ".join(f"{GROUP_NAMES[key][1]} since {when(since)[1]}" for key, since in same.items())
    return vi, en
