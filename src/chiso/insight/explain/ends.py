"""What the two ends of a change ask: a period, an instant, or a period at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chiso.folder.answers import QuestionError, Settled, settled
from chiso.instants import BadInstantError, Period, parse_instant, parse_period, year_of

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder


@dataclass(frozen=True)
class End:
    """One end as asked.  ``as_of`` is ``None`` where it is known as now."""

    text: str
    period: Period
    at: int
    as_of: int | None


def end(folder: DataFolder, text: str) -> End:
    """Reads one end.

    ``2026-09`` is that period, judged and known now.  ``2026-10-09T06:00+07:00`` (or a day, which means its
    first instant) is the year to date, judged and known then.  ``2026-09@2026-10-05`` is that period, judged
    and known then.
    """
    now = folder.now()
    text = text.strip()
    named, sign, moment = text.partition("@")
    try:
        if sign:
            at = parse_instant(moment)
            return End(text, parse_period(named), at, at if at < now else None)
        try:
            return End(text, parse_period(text), now, None)
        except BadInstantError:
            at = parse_instant(text)
    except BadInstantError:
        raise QuestionError(
            f"Không đọc được “{text}”: cần một kỳ (2026-09, 2026-Q3, 2026) hoặc một thời điểm "
            "(2026-10-09, 2026-10-09T06:00).",
            f"not a period or an instant: {text!r} (write 2026-09, 2026-Q3, 2026, 2026-10-09T06:00+07:00)",
            wrong=True,
        ) from None
    return End(text, year_of(at), at, at if at < now else None)


def ends(
    folder: DataFolder,
    unit: str,
    first: str,
    last: str,
    law: str | None = None,
    to_law: str | None = None,
    source: str | None = None,
) -> tuple[Settled, Settled]:
    """Both ends, answered from one source and by one measure; :class:`QuestionError` where that cannot be."""
    asked = [end(folder, text) for text in (first, last)]
    laws = [law, to_law or law]

    def found(of: str | None) -> list[Settled]:
        return [_settled(folder, unit, one, by, of) for one, by in zip(asked, laws, strict=True)]

    both = found(source)
    _one_measure(*both)
    if both[0].source != both[1].source:
        try:
            both = found("published")
        except QuestionError as error:
            raise QuestionError(
                f"Một đầu là số hệ thống tính từ hồ sơ, đầu kia là số đã công bố ({error.message_vi}) "
                "Hai loại số không so với nhau được.",
                f"one end is computed from dossiers, the other published ({error.message_en}); they do not "
                "compare",
            ) from error
        _one_measure(*both)
    return both[0], both[1]


def _settled(folder: DataFolder, unit: str, one: End, law: str | None, source: str | None) -> Settled:
    try:
        return settled(
            folder, unit, period=one.period.label, at=one.at, as_of=one.as_of, law=law, source=source
        )
    except QuestionError as error:
        if error.unknown or error.wrong:
            raise
        raise QuestionError(
            f"“{one.text}”: {error.message_vi}", f"{one.text!r}: {error.message_en}", empty=error.empty
        ) from error


def _one_measure(first: Settled, last: Settled) -> None:
    """The portal of 2022 to 2025 and the one of 2026 measure different things: nothing joins them."""
    old = [one.question.law.groups_only for one in (first, last)]
    if old[0] != old[1] or (
        first.published and last.published and first.question.law.law != last.question.law.law
    ):
        periods = [one.question.period.label for one in (first, last)]
        raise QuestionError(
            f"Kỳ {periods[0]} và kỳ {periods[1]} chấm theo hai bộ đo khác nhau (Cổng giai đoạn 2022–2025 và "
            "Cổng năm 2026): không so sánh, không giải thích thay đổi giữa hai bộ đo.",
            f"{periods[0]} and {periods[1]} are scored by two different measures (the portal of 2022 to 2025 "
            "and that of 2026): no change between them can be explained",
        )
