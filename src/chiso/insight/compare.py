"""Two to six units beside each other, group by group, indicator by indicator: where the gap comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from chiso.folder.answers import QuestionError
from chiso.instants import parse_period

if TYPE_CHECKING:
    from typing import Unpack

    from chiso.folder import DataFolder
    from chiso.folder.answers import QuestionFields
    from chiso.law.model import LawVersion

LEAST: Final = 2
MOST: Final = 6
ROUNDED: Final = Decimal("0.05")
"""By so much at most a group differs from the sum of its indicators through rounding alone."""
SHOWN: Final = ("unit", "name", "kind", "source", "total", "band", "captured_at")

Score = Mapping[str, Any]


def compare(folder: DataFolder, units: Sequence[str], **question: Unpack[QuestionFields]) -> dict[str, Any]:
    """Units beside each other, the first being the one that the others are held against.

    Args:
        folder: whose figures they are.
        units: codes of two to six different units.
        question: ``period``, ``at``, ``as_of``, ``law``, ``source`` as for a score.

    Returns:
        ``units`` (code, name, kind, source, total, band), ``groups`` and ``indicators`` with a list of points
        in the order of the units (``None`` where not known), and ``gaps``: for every unit but the first the
        ``points`` that it is ahead, and ``terms`` that sum to them exactly: of an indicator where both are
        known that far, else of a group; ``rounding`` where a group is not the sum of its indicators, ``rest``
        where a total is not the sum of its groups.

    Raises:
        QuestionError: fewer than two units or more than six, one twice, one of which nothing is known, or
            figures that were made by different laws.
    """
    if not LEAST <= len(units) <= MOST:
        raise QuestionError(
            f"So sánh từ {LEAST} đến {MOST} đơn vị; đã chọn {len(units)}.",
            f"compare takes {LEAST} to {MOST} units, not {len(units)}",
            wrong=True,
        )
    scores = [folder.score(unit, **question) for unit in units]
    if len({score["unit"] for score in scores}) < len(scores):
        raise QuestionError(
            "Mỗi đơn vị chỉ đưa vào so sánh một lần.", "a unit is compared only once", wrong=True
        )
    if len({score["law_version"] for score in scores}) > 1:
        raise QuestionError(
            "Các đơn vị này được chấm theo những cách tính khác nhau nên không so sánh được; "
            "hãy bỏ lựa chọn cách tính.",
            "these units were scored by different laws and cannot be compared; leave out the law",
            wrong=True,
        )
    first = scores[0]
    law = folder.law_of(parse_period(str(first["period"])), str(first["law"]))
    return {
        **{key: first[key] for key in ("period", "at", "as_of", "law", "law_version", "journal")},
        "units": [{key: score[key] for key in SHOWN if key in score} for score in scores],
        "groups": [
            {
                "group": group,
                "max": next((s["groups"][group]["max"] for s in scores if group in s["groups"]), None),
                "points": [_points(score, group) for score in scores],
            }
            for group in law.groups
        ],
        "indicators": [
            _indicator(law, key, scores)
            for key in law.indicators
            if any(_known(law, score, law.indicators[key].group) for score in scores)
        ],
        "gaps": [_gap(law, first, score) for score in scores[1:]],
    }


def _points(score: Score, group: str) -> str | None:
    told = score["groups"].get(group)
    return None if told is None else str(told["points"])


def _members(law: LawVersion, group: str) -> list[str]:
    """Indicators that give a group its points."""
    return [key for key in law.groups[group].indicators if not law.indicators[key].information]


def _known(law: LawVersion, score: Score, group: str) -> bool:
    """Whether a group is known down to its indicators, not by its points alone."""
    told = score["indicators"]
    earned = _points(score, group)
    members = [key for key in _members(law, group) if key in told]
    if not members or earned is None:
        return False
    if score["source"] == "published" and all(told[key].get("no_data") for key in members):
        return False
    whole = sum((Decimal(told[key]["points"]) for key in members), Decimal(0))
    return abs(whole - Decimal(earned)) <= ROUNDED


def _indicator(law: LawVersion, key: str, scores: Sequence[Score]) -> dict[str, Any]:
    group = law.indicators[key].group
    told = [s["indicators"].get(key) if _known(law, s, group) else None for s in scores]
    return {
        "indicator": key,
        "group": group,
        "max": next((one["max"] for one in told if one is not None), None),
        "points": [None if one is None else one["points"] for one in told],
        "n": [None if one is None else one.get("n") for one in told],
        "d": [None if one is None else one.get("d") for one in told],
        "no_data": [bool(one and one.get("no_data")) for one in told],
        "inherited": [bool(one and one.get("inherited")) for one in told],
    }


def _gap(law: LawVersion, first: Score, other: Score) -> dict[str, Any]:
    """By how much another unit is ahead of the first, in terms that sum to it."""
    terms: list[dict[str, Any]] = []
    rest = Decimal(other["total"]) - Decimal(first["total"])
    for group in law.groups:
        ours, theirs = _points(first, group), _points(other, group)
        if ours is None or theirs is None:
            continue
        left = Decimal(theirs) - Decimal(ours)
        rest -= left
        if _known(law, first, group) and _known(law, other, group):
            for key in _members(law, group):
                one, two = (score["indicators"].get(key) for score in (first, other))
                if one is None and two is None:
                    continue
                ahead = _worth(two) - _worth(one)
                left -= ahead
                if ahead:
                    terms.append(_term("indicator", ahead, group, key))
            if left:
                terms.append(_term("rounding", left, group))
        elif left:
            terms.append(_term("group", left, group))
    if rest:
        terms.append(_term("rest", rest))
    return {
        "unit": other["unit"],
        "against": first["unit"],
        "points": f"{Decimal(other['total']) - Decimal(first['total']):.2f}",
        "terms": sorted(terms, key=lambda term: -abs(Decimal(term["points"]))),
    }


def _worth(told: Mapping[str, Any] | None) -> Decimal:
    return Decimal(0) if told is None else Decimal(told["points"])


def _term(
    kind: str, points: Decimal, group: str | None = None, indicator: str | None = None
) -> dict[str, Any]:
    return {"kind": kind, "group": group, "indicator": indicator, "points": f"{points:.2f}"}
