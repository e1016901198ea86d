"""What a data folder answers when it is asked for scores and ranks: the JSON forms of docs/commands.md."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, Unpack

from chiso.folder.fairness import chances
from chiso.folder.published import PublishedScore, published_json
from chiso.instants import Period, iso, parse_period, tree_instant, year_of
from chiso.law.model import LawError, LawVersion
from chiso.registry.units import Unit

if TYPE_CHECKING:
    from chiso.engine.board import Board
    from chiso.engine.cells import Cells
    from chiso.folder.state import DataFolder, View

SOURCES: Final = ("computed", "published")
Source = Literal["computed", "published"]


class QuestionError(ValueError):
    """A question that cannot be answered, with what to do about it, for people (vi) and engineers (en).

    ``unknown``: about something that is not known here.  ``wrong``: in words that are not offered.
    ``empty``: understood, but nothing is known to answer it with.
    """

    def __init__(
        self,
        message_vi: str,
        message_en: str,
        *,
        unknown: bool = False,
        wrong: bool = False,
        empty: bool = False,
    ) -> None:
        self.message_vi, self.message_en, self.unknown = message_vi, message_en, unknown
        self.wrong, self.empty = wrong, empty
        super().__init__(message_en)


@dataclass(frozen=True)
class Asked:
    """A question about one period: everything that it leaves open has been decided."""

    period: Period
    at: int
    as_of: int | None
    law: LawVersion
    source: Source | None
    restated: bool = False
    """counted at the units of now's tree; otherwise at those of the judging instant's ("as was")"""

    @property
    def judged_at(self) -> int:
        return self.period.judged_at(self.at)


class QuestionFields(TypedDict, total=False):
    """What may be said of a question beside the unit; what is left out is decided by :func:`asked`."""

    period: str | None
    """``2026-09``, ``2026-Q3`` and the like; else the year of now"""
    at: int | None
    """judged at this instant (Unix seconds); else now"""
    as_of: int | None
    """as known at this instant; else as known now"""
    law: str | None
    """id of a law version; else the one in force"""
    source: str | None
    """``computed`` or ``published``; else what there is"""
    restated: bool
    """at the units of now's tree; else as they were then"""


def asked(folder: DataFolder, **question: Unpack[QuestionFields]) -> Asked:
    """Decides what a question leaves open: the year of now, judged now, as known now, by the portal's law."""
    at, law, source = question.get("at"), question.get("law"), question.get("source")
    at = folder.moment() if at is None else at
    period = question.get("period")
    span = parse_period(period) if period else year_of(at)
    if source not in (None, "", *SOURCES):
        raise QuestionError(
            f"Nguồn “{source}” không có; chọn computed (hệ thống tính) hoặc published (đã công bố).",
            f"no source {source!r}; choose computed or published",
            wrong=True,
        )
    try:
        version = folder.law_of(span, law or None)
        own = folder.law_of(span)
    except (LookupError, LawError) as error:
        raise QuestionError(
            f"Không có bộ quy tắc “{law}”; có: qd766, qd766-document, qd766-2022.",
            f"no law {law!r}: {error}",
            wrong=True,
        ) from error
    if version.groups_only and version.law != own.law:
        raise QuestionError(
            f"Kỳ {span.label} không được Cổng chấm theo {version.law}, mà cách đó chỉ biết điểm nhóm đã "
            f"công bố. Bỏ law, hoặc chọn {own.law}.",
            f"{span.label} was not scored by {version.law}, of which only published group points are known; "
            f"leave --law out, or ask with --law {own.law}",
            wrong=True,
        )
    found: Source | None = "published" if source == "published" else "computed" if source else None
    return Asked(span, at, question.get("as_of"), version, found, question.get("restated", False))


def view_of(folder: DataFolder, question: Asked) -> View:
    """The board that a question is answered from, with the dossiers behind it."""
    return folder.view(question.period, question.at, question.as_of, question.law, restated=question.restated)


def board_of(folder: DataFolder, question: Asked) -> Board:
    """The board alone: what is not kept up is counted beside those who take in and read."""
    return folder.board(
        question.period, question.at, question.as_of, question.law, restated=question.restated
    )


def counted(folder: DataFolder, question: Asked) -> tuple[View, Cells]:
    """The view of a question, and the counts by unit and procedure that sum to its board."""
    if question.as_of is not None:
        view = view_of(folder, question)  # what was known does not move; reading it needs the lock itself
        return view, folder.cells(view)
    with folder.lock:
        view = view_of(folder, question)
        return view, folder.cells(view)


def tree_at(folder: DataFolder, question: Asked) -> int:
    """The instant whose tree of units a question is about."""
    return folder.now() if question.restated else tree_instant(question.judged_at)


def unit_named(folder: DataFolder, code: str, at: int) -> Unit:
    """The unit of a code, in any spelling.  An unknown one is refused by name."""
    unit = folder.registry.units.find(code, at) or folder.registry.units.find(code)
    if unit is None:
        raise QuestionError(
            f"Không có đơn vị mang mã “{code}”. Tìm đơn vị ở trang Đơn vị.",
            f"no unit has the code {code!r}",
            unknown=True,
        )
    return unit


def _published(folder: DataFolder, question: Asked, unit: Unit) -> PublishedScore | None:
    known = question.at if question.as_of is None else min(question.at, question.as_of)
    law = as_published(folder, question).law
    return folder.published.scores(law, {unit.code: unit.kind}, question.period.label, known).get(unit.code)


def as_published(folder: DataFolder, question: Asked) -> Asked:
    """The question under the portal's own law of the period: by no other were its results published."""
    return replace(question, law=folder.law_of(question.period))


def computable(folder: DataFolder, question: Asked) -> bool:
    """Whether dossiers can be counted by the law of a question."""
    return not question.law.groups_only


def must_have_dossiers(question: Asked) -> None:
    """Refuses a question about dossiers under a law that knows published group points alone."""
    if not question.law.groups_only:
        return
    raise QuestionError(
        "Kỳ này chỉ có điểm từng nhóm đã công bố, không có hồ sơ để xem.",
        "only published group points are known for this period; there are no dossiers to look at",
        empty=True,
    )


def pick_source(folder: DataFolder, question: Asked, unit: Unit) -> Source:
    """Computed where the ledger holds the unit's dossiers or nothing else is known, else published."""
    if question.source:
        return question.source
    if not computable(folder, question):
        return "published"
    if folder.holds(unit.index):
        return "computed"
    if _published(folder, question, unit) is not None:
        return "published"
    return "computed"


def provenance(folder: DataFolder, question: Asked, unit: Unit, source: Source) -> dict[str, Any]:
    """Where a figure came from: it stands at the head of every answer."""
    as_of = question.as_of if question.as_of is not None else max(folder.now(), question.at)
    return {
        "unit": unit.code,
        "name": folder.registry.units.name(unit.index, tree_at(folder, question)),
        "kind": unit.kind,
        "period": question.period.label,
        "at": iso(question.judged_at),
        "as_of": iso(as_of),
        "law": question.law.law,
        "law_version": question.law.version,
        "units_version": folder.registry.units.version,
        "calendar_version": folder.registry.calendar.version,
        "journal": folder.journal,
        "source": source,
        **({"restated": True} if question.restated else {}),
    }


def _refuse_old(question: Asked) -> QuestionError:
    label = question.period.label
    return QuestionError(
        f"Kỳ {label} thuộc cách tính của Cổng giai đoạn 2022–2025, chỉ biết điểm từng nhóm: không tính được "
        "từ hồ sơ. Chọn law=qd766 để tính theo cách của năm 2026, hoặc nạp kết quả đã công bố.",
        f"{label} falls under qd766-2022, of which only group points are known: it cannot be computed from "
        "dossiers. Ask with --law qd766, or load published results.",
        empty=True,
    )


@dataclass(frozen=True)
class Settled:
    """A question about one unit that can be answered, and from what."""

    question: Asked
    unit: Unit
    source: Source
    published: PublishedScore | None
    """the published result, where the answer is made of it"""


def settled(folder: DataFolder, unit_code: str, **fields: Unpack[QuestionFields]) -> Settled:
    """Decides whether a question about a unit is answered from dossiers or from published figures.

    :class:`QuestionError` where it can be answered from neither.
    """
    question = asked(folder, **fields)
    unit = unit_named(folder, unit_code, tree_at(folder, question))
    chosen = pick_source(folder, question, unit)
    if chosen == "published":
        found = _published(folder, question, unit)
        if found is None:
            if not computable(folder, question) and question.source is None:
                raise _refuse_old(question)
            raise _nothing_known(question, unit)
        return Settled(as_published(folder, question), unit, chosen, found)
    if not computable(folder, question):
        raise _refuse_old(question)
    home = int(folder.ground.province_of[unit.index]) == folder.registry.units.home.index
    if question.source is None and not home and not folder.holds(unit.index):
        raise _nothing_known(question, unit)
    return Settled(question, unit, chosen, None)


def score(folder: DataFolder, unit_code: str, **question: Unpack[QuestionFields]) -> dict[str, Any]:
    """A unit's index (contract: "What `score --json` prints")."""
    found = settled(folder, unit_code, **question)
    head = provenance(folder, found.question, found.unit, found.source)
    if found.published is not None:
        return {**head, **published_json(found.published, found.question.law, found.question.period)}
    board = board_of(folder, found.question)
    body = board.score(found.unit.index).as_json()
    open_to = chances(board)
    for name, told in open_to.indicators(found.unit.index).items():
        body["indicators"][name] |= told
    body["interval"] = open_to.total(found.unit.index, int(board.table.totals[found.unit.index]))
    return {**head, **body, "dossiers": int(board.dossiers[found.unit.index])}


def _nothing_known(question: Asked, unit: Unit) -> QuestionError:
    return QuestionError(
        f"Chưa có kết quả công bố của {unit.name} cho kỳ {question.period.label}. "
        "Nạp câu trả lời của Cổng bằng lệnh chiso load.",
        f"no published result of {unit.code} for {question.period.label}; "
        "load the portal's answers with chiso load",
        empty=True,
    )


def score_of_hundredths(value: int) -> str:
    return f"{Decimal(int(value)) / 100:.2f}"


def changes_of(folder: DataFolder, unit: Unit, at: int) -> dict[str, Any]:
    """The total and groups of a unit a day, a week and a month before an instant, as known then."""
    found: dict[str, Any] = {}
    for name, days in (("day", 1), ("week", 7), ("month", 30)):
        sample = folder.sample_at(at - days * 86_400)
        if sample is not None:
            law = folder.ground.law
            found[name] = {
                "at": iso(sample.at),
                "total": score_of_hundredths(sample.totals[unit.index]),
                "groups": {
                    group: score_of_hundredths(sample.groups[unit.index, place])
                    for place, group in enumerate(law.groups)
                },
            }
    return found
