"""What a data folder answers when it is asked for scores and ranks: the JSON forms of docs/commands.md."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal

from chiso.folder.published import PublishedScore, published_json
from chiso.instants import Period, iso, parse_period, tree_instant, year_of
from chiso.law.model import LawError, LawVersion
from chiso.law.ranks import line, ranks
from chiso.registry.units import LEAGUES, Unit

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder, View

SOURCES: Final = ("computed", "published")
Source = Literal["computed", "published"]


class QuestionError(ValueError):
    """A question that cannot be answered, with what to do about it, for people (vi) and engineers (en).

    ``unknown``: about something that is not known here.  ``wrong``: in words that are not offered.
    """

    def __init__(
        self, message_vi: str, message_en: str, *, unknown: bool = False, wrong: bool = False
    ) -> None:
        self.message_vi, self.message_en, self.unknown = message_vi, message_en, unknown
        self.wrong = wrong
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


def asked(
    folder: DataFolder,
    period: str | None,
    at: int | None,
    as_of: int | None,
    law: str | None,
    source: str | None,
    restated: bool = False,
) -> Asked:
    """Decides what a question leaves open: the year of now, judged now, as known now, by the portal's law."""
    now = folder.now()
    span = parse_period(period) if period else year_of(now if at is None else at)
    if source not in (None, "", *SOURCES):
        raise QuestionError(
            f"Nguồn “{source}” không có; chọn computed (hệ thống tính) hoặc published (đã công bố).",
            f"no source {source!r}; choose computed or published",
            wrong=True,
        )
    try:
        version = folder.law_of(span, law or None)
    except (LookupError, LawError) as error:
        raise QuestionError(
            f"Không có bộ quy tắc “{law}”; có: qd766, qd766-document, qd766-2022.",
            f"no law {law!r}: {error}",
            wrong=True,
        ) from error
    found: Source | None = "published" if source == "published" else "computed" if source else None
    return Asked(span, now if at is None else at, as_of, version, found, restated)


def _view(folder: DataFolder, question: Asked) -> View:
    return folder.view(question.period, question.at, question.as_of, question.law, restated=question.restated)


def _tree_at(folder: DataFolder, question: Asked) -> int:
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
    law = _as_published(folder, question).law
    return folder.published.scores(law, {unit.code: unit.kind}, question.period.label, known).get(unit.code)


def _as_published(folder: DataFolder, question: Asked) -> Asked:
    """The question under the portal's own law of the period: by no other were its results published."""
    return replace(question, law=folder.law_of(question.period))


def _computable(folder: DataFolder, question: Asked) -> bool:
    return not question.law.groups_only


def pick_source(folder: DataFolder, question: Asked, unit: Unit) -> Source:
    """Computed where the ledger holds the unit's dossiers or nothing else is known, else published."""
    if question.source:
        return question.source
    if not _computable(folder, question):
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
        "name": folder.registry.units.name(unit.index, _tree_at(folder, question)),
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
    )


def score(
    folder: DataFolder,
    unit_code: str,
    period: str | None = None,
    at: int | None = None,
    as_of: int | None = None,
    law: str | None = None,
    source: str | None = None,
    restated: bool = False,
) -> dict[str, Any]:
    """A unit's index (contract: "What `score --json` prints")."""
    question = asked(folder, period, at, as_of, law, source, restated)
    unit = unit_named(folder, unit_code, _tree_at(folder, question))
    chosen = pick_source(folder, question, unit)
    if chosen == "published":
        found = _published(folder, question, unit)
        if found is None:
            if not _computable(folder, question) and question.source is None:
                raise _refuse_old(question)
            raise _nothing_known(question, unit)
        told = _as_published(folder, question)
        body = published_json(found, told.law, told.period)
        return {**provenance(folder, told, unit, chosen), **body}
    if not _computable(folder, question):
        raise _refuse_old(question)
    home = int(folder.ground.province_of[unit.index]) == folder.registry.units.home.index
    if question.source is None and not home and not folder.holds(unit.index):
        raise _nothing_known(question, unit)
    view = _view(folder, question)
    body = view.board.score(unit.index).as_json()
    head = provenance(folder, question, unit, chosen)
    return {**head, **body, "dossiers": int(view.board.dossiers[unit.index])}


def _nothing_known(question: Asked, unit: Unit) -> QuestionError:
    return QuestionError(
        f"Chưa có kết quả công bố của {unit.name} cho kỳ {question.period.label}. "
        "Nạp câu trả lời của Cổng bằng lệnh chiso load.",
        f"no published result of {unit.code} for {question.period.label}; "
        "load the portal's answers with chiso load",
    )


def score_of_hundredths(value: int) -> str:
    return f"{Decimal(int(value)) / 100:.2f}"


def rank(
    folder: DataFolder,
    among: str | None = None,
    under: str | None = None,
    period: str | None = None,
    at: int | None = None,
    as_of: int | None = None,
    law: str | None = None,
    source: str | None = None,
    restated: bool = False,
) -> dict[str, Any]:
    """The league (contract: "What `rank --json` prints")."""
    question = asked(folder, period, at, as_of, law, source, restated)
    among = among or "provinces"
    if among not in LEAGUES:
        raise QuestionError(
            f"Không có bảng xếp hạng “{among}”; có: {', '.join(LEAGUES)}.",
            f"no league {among!r}; there are {', '.join(LEAGUES)}",
            wrong=True,
        )
    above = unit_named(folder, under, _tree_at(folder, question)) if under else None
    units = folder.registry.units
    members = units.league(among, above.index if above else None, _tree_at(folder, question))
    rows: list[dict[str, Any]] = []
    for unit in members:
        row = _league_row(folder, question, unit)
        if row is not None:
            rows.append(row)
    places = ranks([Decimal(row["total"]) for row in rows])
    for row, place in zip(rows, places, strict=True):
        # a rank that was published holds: the league here may not be whole
        row["rank"] = place if row["stated_rank"] is None else row["stated_rank"]
    rows.sort(key=lambda row: (row["rank"], row["unit"]))
    _changes(folder, question, rows)
    shape = ("rank", "unit", "name", "total", "band", "groups", "source", "change", "captured_at")
    ordered = [{name: row[name] for name in shape if name in row} for row in rows]
    body: dict[str, Any] = {
        "period": question.period.label,
        "among": among,
        "under": above.code if above else None,
        "at": iso(question.judged_at),
        "law": question.law.law,
        "law_version": question.law.version,
        "journal": folder.journal,
        "rows": ordered,
    }
    body["line"] = _line(question.law, rows)
    return body


def _league_row(folder: DataFolder, question: Asked, unit: Unit) -> dict[str, Any] | None:
    chosen = pick_source(folder, question, unit)
    name = folder.registry.units.name(unit.index, _tree_at(folder, question))
    if chosen == "published":
        found = _published(folder, question, unit)
        if found is None or not found.complete:
            return None
        groups = {group: f"{points:.2f}" for group, points in found.groups.items()}
        total, captured = found.total, {"captured_at": iso(found.captured_at)}
        stated = found.rank
    else:
        stated = None
        if not _computable(folder, question):
            return None
        if not folder.holds(unit.index) and not _at_home(folder, unit):
            return None
        board = _view(folder, question).board
        points = board.table.groups[unit.index]
        groups = {
            group: score_of_hundredths(points[place]) for place, group in enumerate(question.law.groups)
        }
        total, captured = Decimal(score_of_hundredths(board.table.totals[unit.index])), {}
    return {
        "member": unit,
        "stated_rank": stated,
        "unit": unit.code,
        "name": name,
        "total": f"{total:.2f}",
        "band": question.law.band(total).names.vi,
        "groups": groups,
        "source": chosen,
        **captured,
    }


def _at_home(folder: DataFolder, unit: Unit) -> bool:
    """Whether it is a unit of the home province, of which dossiers are held."""
    home = folder.registry.units.home.index
    return int(folder.ground.province_of[unit.index]) == home and folder.holds(home)


def _line(law: LawVersion, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The league's own line: the six rounded group means and their sum, as the portal computes it."""
    whole = [row for row in rows if set(law.groups) <= set(row["groups"])]
    if not whole:
        return {"total": None, "groups": {}}
    found = line([{group: Decimal(row["groups"][group]) for group in law.groups} for row in whole])
    groups = {group: f"{points:.2f}" for group, points in found.groups.items()}
    return {"total": f"{found.total:.2f}", "groups": groups}


def _changes(folder: DataFolder, question: Asked, rows: list[dict[str, Any]]) -> None:
    """Places moved since a day and a week ago, where those days are known for the whole league."""
    for row in rows:
        row["change"] = {}
    for name, days in (("day", 1), ("week", 7)):
        then = question.judged_at - days * 86_400
        before = {
            row["unit"]: folder.total_then(row["member"], question.period, row["source"], then)
            for row in rows
        }
        known = {code: total for code, total in before.items() if total is not None}
        if not known:
            continue
        places = dict(zip(known, ranks(list(known.values())), strict=True))
        now = {
            row["unit"]: place
            for row, place in zip(
                [row for row in rows if row["unit"] in known],
                ranks([Decimal(row["total"]) for row in rows if row["unit"] in known]),
                strict=True,
            )
        }
        for row in rows:
            if row["unit"] in places:
                row["change"][name] = places[row["unit"]] - now[row["unit"]]


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
