"""What the national portal publishes: its evaluation answers, its overall list, and tables of results.

Six answers, one a group, tell a province and its units; which one it is shows in their fields.  Indicator
numbers and field names: the scoring facts, section 2.  Anomalies that are real and kept as they are:
schemas of a province and of its units differ, absent numbers are null, 0 or missing, and no answer says
its period.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from chiso.instants import BadInstantError, Period, iso, parse_period
from chiso.intake import captures, scalars
from chiso.intake.captures import Choice
from chiso.intake.context import Context
from chiso.intake.objects import Fields, Reader, encoded
from chiso.intake.records import Arrival, Item, PublishedFigure
from chiso.intake.refusals import RefusedError
from chiso.registry.codes import unit_code

METRICS: Final = {
    "PUBLISH_ON_TIME": "1.1",
    "PUBLIC_UPDATE_ON_TIME": "1.2",
    "PUBLIC_CONTENT_FULL": "1.3",
    "DOSSIER_SYNC": "1.4",
    "ORIGINAL_RESULT_AVAILABLE": "4.1",
    "SO_HOA_GIAY_TO_GIAI_QUYET": "4.2",
    "REUSED_DIGITIZED_DATA": "4.3",
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": "4.4",
    "CITIZEN_DATA_CONNECTED_FORMALITY": "4.5a",
    "CITIZEN_DATA_CONNECTED_DOSSIER": "4.5b",
    "ELECTRONIC_CERTIFIED_COPY": "4.6",
    "PETITION_PROCESSING_ON_TIME": "5.2",
    "PETITION_HANDLING_SATISFACTION": "5.3",
    "DOSSIER_RECEIVING_SATISFACTION": "5.4",
}
"""PETITION_CLASSIFICATION_TTHC and _STAFF (5.1) carry no points and are two shares of one count: left out."""

_GROUP_OF_METRIC: Final = {"1": "transparency", "4": "digitisation", "5": "satisfaction"}

FIELDS: Final[dict[str, dict[str, tuple[tuple[str, ...], str]]]] = {
    "processing": {"2.1": (("totalOnTime",), "totalReceived")},
    "online_services": {
        "3.1": (("partialCount", "fullCount"), "authorityCount"),
        "3.2": (("onlineDossierCount",), "onlineServiceTotal"),
        "3.3": (("channelOnlineSum",), "channelTotalSum"),
    },
    "online_payment": {
        "3.5": (("totalFeeDossierFormality",), "totalFeeFormality"),
        "3.5b": (("totalDossierOnlineFormalityPaymentSuccess",), "totalFeeDossierFormalityDistinct"),
        "3.6": (("totalDossierOnlinePaymentSuccess",), "totalDossierFinancialObligation"),
    },
}

GROUPS: Final = {
    "CKMB": "transparency",
    "TRANSPARENCY": "transparency",
    "TDGQ": "processing",
    "PROGRESS": "processing",
    "DVC_PROGRESS": "processing",
    "CLGQ": "online_services",
    "ONLINESERVICE": "online_services",
    "PROVIDE_ONLINE": "online_services",
    "TTTT": "online_payment",
    "PAYMENT": "online_payment",
    "ONLINE_PAYMENT": "online_payment",
    "MDHL": "satisfaction",
    "SATISFACTION": "satisfaction",
    "MDSH": "digitisation",
    "DIGITIZED": "digitisation",
    "DIGITIZATION": "digitisation",
    **{
        name: name
        for name in (
            "transparency", "processing", "online_services", "online_payment", "satisfaction", "digitisation"
        )
    },
}  # fmt: skip

_KINDS: Final = {
    "PROVINCE": "province",
    "PROVINCIAL_DEPARTMENT": "department",
    "COMMUNE_PEOPLE_COMMITTEE": "commune",
    "DISTRICT_PEOPLE_COMMITTEE": "district",
    "MINISTRY": "ministry",
}
_INHERITED: Final = frozenset({"1.1", "1.2", "1.3"})


def is_answer(value: dict[str, Any]) -> bool:
    """Whether this is an evaluation answer, bare or wrapped with its period and instant."""
    if "answer" in value and isinstance(value["answer"], dict):
        return True
    data = value.get("data", value)
    if not isinstance(data, dict):
        return False
    return ("overview" in data and "evaluation" in data) or ("parent" in data and "children" in data)


def read_answer(
    value: dict[str, Any],
    context: Context,
    *,
    period: str | None = None,
    at: int | None = None,
    raw: bytes = b"",
    door: str = "file",
) -> Arrival:
    """The figures of one answer.  ``period`` and ``at`` (when it was captured) stand in for what it does not
    say; without an instant it counts as captured at the end of its period.

    A capture (:mod:`chiso.intake.captures`) that came by its own door is its own payload, byte for byte."""
    figures: list[Item] = []
    refusals = []
    payload = b"{}"
    answer, choice = value, Choice()
    try:
        if isinstance(value.get("answer"), dict):
            answer, choice = value["answer"], _choice(value)
            told = value.get("captured_at")
            if isinstance(told, str | int):
                at = scalars.instant(told, "captured_at") if isinstance(told, str) else told
            if isinstance(value.get("period"), str):
                period = value["period"]
        when = _period(period)
        at = when.end if at is None else at
        figures.extend(choice.apply(_figures(answer, when.label, at, choice.only)))
        kept = {"answer": answer, "captured_at": iso(at), "period": when.label}
        payload = encoded(kept | msgspec.to_builtins(choice))
        if door == captures.DOOR and raw:
            payload = raw
    except RefusedError as error:
        figures.clear()
        refusals.append(error.at("", raw=raw or encoded(value)))
    return Arrival("published", figures, payload, refusals, context.sender, door, read=1)


def _choice(value: dict[str, Any]) -> Choice:
    try:
        return captures.choice_of(value)
    except msgspec.ValidationError as error:
        raise RefusedError("answer", "", "unknown_answer") from error


def _period(text: str | None) -> Period:
    if not text:
        raise RefusedError("period", "", "period_needed")
    try:
        return parse_period(text)
    except BadInstantError as error:
        raise RefusedError("period", text, "bad_period") from error


def _figures(answer: dict[str, Any], period: str, at: int, only: str = "") -> list[PublishedFigure]:
    data = answer.get("data", answer)
    if not isinstance(data, dict):
        raise RefusedError("data", "", "unknown_answer")
    whole = data.get("overview", data.get("parent"))
    parts = data.get("evaluation", data.get("children"))
    units = [unit for unit in (parts if isinstance(parts, list) else []) if isinstance(unit, dict)]
    whole = whole if isinstance(whole, dict) else None
    whole = whole or None
    if whole is None and not units:
        raise RefusedError("data", "", "unknown_answer")
    if any("groupScores" in unit for unit in units):
        return _overall(whole, units, period, at)
    group = _group_of(whole or units[0])
    figures: list[PublishedFigure] = []
    above = ""
    if whole is not None:
        made = _unit_figures(whole, group, period, at, "", kind="province")
        above = made[0].unit or made[0].department
        if only != "parts":
            figures.extend(made)
    for unit in units if only != "whole" else ():
        figures.extend(_unit_figures(unit, group, period, at, above, kind=_kind_of_child(unit)))
    return figures


def _group_of(unit: dict[str, Any]) -> str:
    metrics = unit.get("metrics")
    if isinstance(metrics, list):
        for metric in metrics:
            number = METRICS.get(str(metric.get("code"))) if isinstance(metric, dict) else None
            if number:
                return _GROUP_OF_METRIC[number[0]]
    if "totalDossierFinancialObligation" in unit:
        return "online_payment"
    if "totalReceived" in unit:
        return "processing"
    if "authorityCount" in unit or "channelTotalSum" in unit:
        return "online_services"
    maximum = unit.get("totalMaxScore", unit.get("maxScore"))
    by_maximum: dict[float, str] = {
        18: "",
        20: "processing",
        12: "online_services",
        10: "online_payment",
        22: "digitisation",
    }
    group = by_maximum.get(maximum, "") if isinstance(maximum, int | float) else ""
    if not group:
        raise RefusedError("data", "", "unknown_answer")
    return group


def _kind_of_child(unit: dict[str, Any]) -> str:
    told = _KINDS.get(str(unit.get("departmentType")))
    if told:
        return told
    # The trees say only the level, which is PROVINCE for a province's departments.
    return {"PROVINCE": "department", "COMMUNE": "commune", "DISTRICT": "district"}.get(
        str(unit.get("level")), ""
    )


def _unit_figures(
    unit: dict[str, Any], group: str, period: str, at: int, parent: str, *, kind: str
) -> list[PublishedFigure]:
    code = unit_code(_text(unit.get("departmentCode"))) or ""
    department = _text(unit.get("departmentId"))
    name = _text(unit.get("departmentName"))

    def figure(
        key: str, points: str | None, numerator: int | None = None, denominator: int | None = None
    ) -> PublishedFigure:
        inherited = bool(parent) and key in _INHERITED
        return PublishedFigure(
            code, department, name, period, at, key, points, numerator, denominator,
            kind=kind, parent=parent, inherited=inherited,
        )  # fmt: skip

    score = unit.get("totalScore", unit.get("score"))
    found = [figure(group, _points(score, "totalScore"))]
    metrics = unit.get("metrics")
    for metric in metrics if isinstance(metrics, list) else []:
        number = METRICS.get(str(metric.get("code"))) if isinstance(metric, dict) else None
        if number:
            found.append(
                figure(
                    number,
                    _points(metric.get("score"), "score"),
                    _count(metric.get("numerator"), "numerator"),
                    _count(metric.get("denominator"), "denominator"),
                )
            )
    for number, (above_names, below_name) in FIELDS.get(group, {}).items():
        if below_name not in unit:
            continue
        counts = [_count(unit.get(part), part) for part in above_names]
        numerator = None if None in counts else sum(count for count in counts if count is not None)
        points = _points(score, "score") if number == "2.1" else None
        found.append(figure(number, points, numerator, _count(unit.get(below_name), below_name)))
    return found


def _overall(
    whole: dict[str, Any] | None, units: list[dict[str, Any]], period: str, at: int
) -> list[PublishedFigure]:
    """The list of all provinces (service-results).  The spelling inside groupScores is inferred: an
    object from group to points, or a list of objects; the combined ONLINE_SERVICE of 22 points is no
    group of ours."""
    figures: list[PublishedFigure] = []
    for unit, kind in [(whole, "nation")] * (whole is not None) + [(unit, "province") for unit in units]:
        assert unit is not None
        code = unit_code(_text(unit.get("departmentCode"))) or ""
        department, name = _text(unit.get("departmentId")), _text(unit.get("departmentName"))
        points: dict[str, str | None] = {"total": _points(unit.get("totalScore"), "totalScore")}
        scores = unit.get("groupScores")
        if isinstance(scores, dict):
            pairs: list[tuple[Any, Any]] = list(scores.items())
        else:
            listed = [item for item in scores if isinstance(item, dict)] if isinstance(scores, list) else []
            pairs = [
                (
                    item.get("code", item.get("groupCode", item.get("group", item.get("name")))),
                    item.get("score", item.get("totalScore")),
                )
                for item in listed
                if item.get("maxScore", item.get("totalMaxScore")) != 22
                or str(item.get("code", item.get("groupCode", ""))).upper() != "ONLINE_SERVICE"
            ]
        for word, score in pairs:
            group = GROUPS.get(str(word)) or GROUPS.get(str(word).upper())
            inner = score.get("score", score.get("totalScore")) if isinstance(score, dict) else score
            if group:
                points[group] = _points(inner, str(word))
        for key, value in points.items():
            figures.append(PublishedFigure(code, department, name, period, at, key, value, kind=kind))
    return figures


def row_reader(period: str | None, at: int | None) -> Reader:
    """Reads one row of a table of results; ``period`` and ``at`` hold where the row says none."""
    return lambda fields: _row(fields, period, at)


def published_row(fields: Fields) -> list[Item]:
    """One row of a table of results that says its own period or instant."""
    return _row(fields, None, None)


ROW_NAMES: Final = {
    "unit": ("unit", "MA_COQUAN", "code", "ma_coquan"),
    "name": ("name", "TEN_COQUAN", "TEN", "province"),
    "department": ("department", "ID_COQUAN", "ID", "departmentId"),
    "period": ("period",),
    "at": ("at", "date"),
    "total": ("total", "TONG_SCORE", "totalScore"),
    "rank": ("rank", "ROW_STT"),
    "kind": ("kind",),
    "law": ("law",),
    "transparency": ("transparency", "CKMB"),
    "processing": ("processing", "TDGQ"),
    "online_services": ("online_services", "CLGQ"),
    "online_payment": ("online_payment", "TTTT"),
    "satisfaction": ("satisfaction", "MDHL"),
    "digitisation": ("digitisation", "MDSH"),
}
"""The names under which a column of a table of results is known; the first is our own."""

_ROW_MAXIMA: Final = {
    "total": 100,
    "transparency": 18,
    "processing": 20,
    "online_services": 12,
    "online_payment": 10,
    "satisfaction": 18,
    "digitisation": 22,
}
"""The most points that a column of a table of results can hold (Decision 766/QĐ-TTg)."""


def _row(fields: Fields, period: str | None, at: int | None) -> list[Item]:
    given = fields.given
    told = {name: value for name, value in given.items() if value is not None and value != ""}
    fields.given = {
        own: next(told[name] for name in names if name in told)
        for own, names in ROW_NAMES.items()
        if not told.keys().isdisjoint(names)
    }
    department = fields.text("department", 60)
    unit = fields.unit("unit", ours=False, required=not department)
    told_at = fields.instant("at")
    at = told_at if told_at is not None else at
    label = fields.text("period", 40) or period
    if not label and at is not None:
        label = iso(at)[:4]  # type: ignore[index]
    when = _period(label)
    at = when.end if at is None else at
    law = fields.text("law", 40) or ("qd766" if when.label[:4] >= "2026" else "qd766-2022")
    rank = fields.whole("rank", 0) or None
    name, kind = fields.text("name", 300), fields.text("kind", 40)
    found: list[PublishedFigure] = []
    for key, maximum in _ROW_MAXIMA.items():
        value = fields.scalar(key)
        points = _points(value, key)
        if points is None:
            continue
        if not 0 <= Decimal(points) <= maximum:
            raise RefusedError(key, value, "points_out_of_range", maximum=maximum)
        fields.kept[key] = points
        own_rank = rank if key == "total" else None
        found.append(
            PublishedFigure(
                unit, department, name, when.label, at, key, points, rank=own_rank, kind=kind, law=law
            )
        )
    if rank is not None and "ROW_STT" not in told and (not found or found[0].key != "total"):
        # a rank alone, as notices often tell it, is kept without a total, which nobody knows; the portal's
        # own ROW_STT beside no points is only a place in a list
        found.insert(
            0,
            PublishedFigure(
                unit, department, name, when.label, at, "total", None, rank=rank, kind=kind, law=law
            ),
        )
    if not found:
        raise RefusedError("total", "", "missing")
    fields.kept.update({"period": when.label, "at": iso(at), "law": law})
    return [*found]


def _points(value: object, field: str) -> str | None:
    """Points as their exact decimal text: 12.97, "12,97"."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    if not isinstance(value, str | int | float) or (isinstance(value, int) and value.bit_length() > 64):
        raise RefusedError(field, "", "bad_number")
    text = repr(value) if isinstance(value, float) else str(value).strip().replace(",", ".")
    if scalars.fold(text) in {"", "-", "–", "null", "nan", "none"}:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise RefusedError(field, value, "bad_number") from error
    if not number.is_finite() or abs(number) > 1_000_000:
        raise RefusedError(field, value, "bad_number")
    return format(number, "f")


def _count(value: object, field: str) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str | int | float):
        return scalars.whole(value, field)
    raise RefusedError(field, "", "bad_number")


def _text(value: object) -> str:
    return value.strip()[:300] if isinstance(value, str) else ""
