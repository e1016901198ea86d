"""The form of the portal's answers: what must be there, what is known besides, what is a placeholder.

An answer is read only if it has the form that the portal's answers had in 2026.  What is missing from a unit
as a rule (a province and its units have different fields, absent numbers are null or 0 or not there at all)
is no fault; a field that every such answer had and that is gone means that another one may have taken its
place, and is.  Numbers are numbers, maxima are those of the index, no score lies outside them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from chiso.intake.portal import FIELDS, METRICS
from chiso.watch.asking import GROUPS, Address, Question
from chiso.watch.client import FormError, NoAnswerError
from chiso.watch.words import WANTED, Note, note

CONSTANT: Final = "ELECTRONIC_CERTIFIED_COPY"
"""Numerator and denominator are null and the ratio is 100, for every unit: the same points for all."""
SHARES: Final = frozenset({"PETITION_CLASSIFICATION_TTHC", "PETITION_CLASSIFICATION_STAFF"})
"""Metrics without points."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UNIT: Final = _names(
    "stt departmentId departmentName departmentCode departmentType departmentLevel agencyLevel level "
    "totalScore totalMaxScore ratio scoreDelta averageScore metrics"
)
_MORE: Final = {
    "service-results": _names("groupScores growthPercent radar"),
    "handling-satisfaction": _names("totalPetitions classifiedPetitions totalDossiers"),
    "dvc-progress-tree": _names("totalOverdue totalCompleted avgProcessingDays score maxScore"),
    "provide-online-tree": _names("channelDirectSum channelPostalSum onlineOnTimeSum onlineOverdueSum"),
}
_METRIC: Final = _names(
    "code name numerator denominator ratio score maxScore dataQualityStatus dataQualityMessage"
)
_METRIC_NEEDS: Final = ("code", "numerator", "denominator", "score", "maxScore")
_DATA: Final = _names("overview evaluation parent children monthlyChart pagination source")


@dataclass
class Values:
    """What is to be said of the values of units."""

    placeholders: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(indicator, the portal's word for it) → units whose points are a placeholder of the portal"""
    without: int = 0
    """points without a value"""


@dataclass
class Seen:
    """An answer whose form is right."""

    whole: dict[str, Any]
    """the province (in the overall list: the nation)"""
    parts: list[dict[str, Any]]
    total: int | None
    """how many units there are, where the answer says it"""
    unknown: list[str] = field(default_factory=list)
    """keys and metrics that were not there before"""
    above: Values = field(default_factory=Values)
    """of the whole"""
    below: Values = field(default_factory=Values)
    """of its parts"""


def read_form(question: Question, document: Any) -> Seen:
    """Checks an answer.  FormError says what is missing, unknown or impossible, and where; NoAnswerError what
    the portal says where it says that it has none."""
    address = question.address
    data = _opened(document)
    whole_name, parts_name = ("parent", "children") if address.tree else ("overview", "evaluation")
    _need(data, (whole_name, parts_name), _DATA, "data")
    whole, parts = data[whole_name], data[parts_name]
    if not isinstance(whole, dict):
        raise _wrong(whole_name, "data", "object")
    if not isinstance(parts, list):
        raise _wrong(parts_name, "data", "list")
    pages = data.get("pagination")
    total = pages.get("total") if isinstance(pages, dict) else None
    seen = Seen(whole, [], total if isinstance(total, int) and total >= 0 else None)
    seen.unknown += sorted(data.keys() - _DATA)
    _unit(address, whole, whole_name, seen, above=True)
    asked, told = question.department, str(whole.get("departmentId") or "")
    if asked and told != asked:
        raise FormError(note("form.other", found=told, asked=asked))
    named: set[str] = set()
    for place, part in enumerate(parts):
        where = f"{parts_name}[{place}]"
        if not isinstance(part, dict):
            raise _wrong(where, "data", "object")
        _unit(address, part, where, seen, above=False)
        department = part["departmentId"]
        if department in named:
            raise FormError(note("form.twice", department=department))
        named.add(department)
        seen.parts.append(part)
    if not address.group and not parts:
        raise FormError(note("form.empty"))
    seen.unknown = list(dict.fromkeys(seen.unknown))
    return seen


def read_formality(document: Any, code: str) -> str | None:
    """The portal's id of a procedure, from its catalogue's answer; ``None`` where it is not in it."""
    data = _opened(document)
    _need(data, ("items",), frozenset({"items", "pagination"}), "data")
    if not isinstance(data["items"], list):
        raise _wrong("items", "data", "list")
    for place, one in enumerate(data["items"]):
        where = f"items[{place}]"
        if not isinstance(one, dict):
            raise _wrong(where, "data", "object")
        _need(one, ("id", "code"), frozenset(one), where)
        if one["code"] == code and isinstance(one["id"], str):
            return one["id"]
    return None


def _opened(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise _wrong("{}", ".", "object")
    code = document.get("code", "OK")
    if code != "OK":
        message = str(document.get("message") or "")[:200]
        raise NoAnswerError(note("why.said", code=str(code)[:40], message=message), 1)
    _need(document, ("data",), frozenset({"code", "data", "message"}), ".")
    data = document["data"]
    if not isinstance(data, dict):
        raise _wrong("data", ".", "object")
    return data


def _wrong(key: str, place: str, wanted: str) -> FormError:
    return FormError(note("form.type", key=key, place=place, wanted=WANTED[wanted]))


def _need(found: Mapping[str, Any], needed: Iterable[str], known: frozenset[str], place: str) -> None:
    for key in needed:
        if key not in found:
            raise FormError(note("form.missing", key=key, place=place, unknown=_listed(found.keys() - known)))


def _listed(keys: Iterable[str]) -> tuple[str, str]:
    names = ", ".join(sorted(str(key)[:60] for key in keys)[:8])
    return note("form.unknown", keys=names).pair if names else ("", "")


def counts_of(address: Address, *, above: bool) -> tuple[str, ...]:
    """The fields of counts that such a unit has."""
    if address.name == "provide-online-tree" and not above:
        return ()  # its children carry points alone
    fields = FIELDS.get(address.group, {}).values()
    return tuple(dict.fromkeys(name for above_names, below in fields for name in (*above_names, below)))


def _unit(address: Address, unit: dict[str, Any], place: str, seen: Seen, *, above: bool) -> None:
    counts = counts_of(address, above=above)
    score, most = (
        ("score", "maxScore")
        if address.name == "dvc-progress-tree" and not above
        else ("totalScore", "totalMaxScore")
    )
    needed = [score, *counts]
    if address.group:
        needed.append(most)
    elif not above:
        needed.append("groupScores")
    if address.group or not above:
        needed.append("departmentId")
    if address.group and not address.tree:
        needed.append("metrics")
    known = _UNIT | _MORE.get(address.name, frozenset()) | frozenset(counts)
    _need(unit, needed, known, place)
    seen.unknown += sorted(unit.keys() - known)
    if "departmentId" in needed and not (
        isinstance(unit["departmentId"], str) and unit["departmentId"].strip()
    ):
        raise _wrong("departmentId", place, "text")
    for name in counts:
        _count(unit[name], name, place)
    maximum = unit.get(most)
    if maximum is not None and maximum != address.maximum:
        raise FormError(note("form.maximum", place=place, found=maximum, known=address.maximum))
    _points(unit[score], score, place, address.maximum, seen.above if above else seen.below)
    if address.group and not address.tree:
        _metrics(address, unit["metrics"], place, seen, above=above)


def _metrics(address: Address, metrics: Any, place: str, seen: Seen, *, above: bool) -> None:
    if not isinstance(metrics, list):
        raise _wrong("metrics", place, "list")
    codes = set()
    values = seen.above if above else seen.below
    for number, metric in enumerate(metrics):
        where = f"{place}.metrics[{number}]"
        if not isinstance(metric, dict):
            raise _wrong(where, place, "object")
        _need(metric, _METRIC_NEEDS, _METRIC, where)
        seen.unknown += sorted(metric.keys() - _METRIC)
        code = str(metric["code"])
        codes.add(code)
        if code not in METRICS:
            if code not in SHARES:
                seen.unknown.append(code)
            continue
        _count(metric["numerator"], "numerator", where)
        _count(metric["denominator"], "denominator", where)
        _points(metric["score"], "score", where, metric["maxScore"], values)
        if metric.get("dataQualityStatus"):
            values.placeholders[METRICS[code], str(metric["dataQualityStatus"])[:60]] += 1
        elif code == CONSTANT and metric["numerator"] is None and metric["score"] is not None:
            values.placeholders[METRICS[code], "constant"] += 1
    if above:
        prefix = {"transparency": "1", "digitisation": "4", "satisfaction": "5"}[address.group]
        gone = sorted(code for code, own in METRICS.items() if own[0] == prefix and code not in codes)
        if gone:
            strange = _listed(codes - METRICS.keys() - SHARES)
            raise FormError(note("form.metric", code=gone[0], place=place, unknown=strange))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _count(value: Any, key: str, place: str) -> None:
    if value is not None and not (_number(value) and value >= 0 and value == int(value)):
        raise _wrong(key, place, "count")


def _points(value: Any, key: str, place: str, most: Any, values: Values) -> None:
    if value is None:
        values.without += 1
        return
    if not _number(value):
        raise _wrong(key, place, "number")
    if not (_number(most) and 0 <= value <= most):
        raise FormError(note("form.range", score=value, place=f"{place}.{key}", most=most))


def groups_unread(seen: Seen, keys: Iterable[str]) -> Note | None:
    """Says so where not all groups of the overall list could be read; ``keys`` are of its figures."""
    if {address.group for address in GROUPS} <= set(keys):
        return None
    scores = seen.parts[0]["groupScores"]
    told = scores if isinstance(scores, dict) else [_name(one) for one in scores or []]
    return note("groups_unread", keys=", ".join(str(one)[:40] for one in told)[:200])


def _name(value: Any) -> str:
    return str(value.get("code", value)) if isinstance(value, dict) else str(value)


def digest(units: Iterable[Mapping[str, Any]]) -> str:
    """A fingerprint of all figures of units: names, words and the order do not matter, every number does."""
    figures = {str(unit.get("departmentId") or ""): _figures(unit) for unit in units}
    encoded = msgspec.json.encode(figures, order="sorted")
    return hashlib.sha256(encoded).hexdigest()[:32]


def _figures(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _figures(one) for key, one in value.items() if key != "stt" and not isinstance(one, str)}
    if isinstance(value, list):
        named = {_name(one): _figures(one) for one in value if isinstance(one, Mapping) and "code" in one}
        return named if len(named) == len(value) else [_figures(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
