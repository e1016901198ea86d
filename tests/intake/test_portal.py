"""Answers in the portal's own shapes, with its public figures for Phú Thọ, third quarter of 2026."""

from __future__ import annotations

from typing import Any

import pytest

from chiso.instants import parse_instant, parse_period
from chiso.intake.doors import read_body
from chiso.intake.records import Arrival, PublishedFigure

from .samples import context, encode

PROVINCE = "019d2be3-6a88-732b-8b17-b68020c8553a"
BOARD = "019d2be3-6a88-732b-8b17-bcfe78dd3f07"
NAME = "UBND tỉnh Phú Thọ"
AT = parse_instant("2026-09-26T18:21:00+07:00")


def metric(
    code: str, numerator: int | None, denominator: int | None, score: float | None, top: int
) -> dict[str, Any]:
    ratio = None if score is None else 1.0
    return {
        "code": code, "name": "…", "numerator": numerator, "denominator": denominator, "ratio": ratio,
        "score": score, "maxScore": top,
    }  # fmt: skip


def unit(department: str, kind: str, score: float, metrics: list[Any], **more: Any) -> dict[str, Any]:
    return {
        "stt": 1, "departmentId": department, "departmentName": NAME, "departmentType": kind,
        "departmentLevel": "PROVINCE", "agencyLevel": "level_1", "totalScore": score, "scoreDelta": None,
        "metrics": metrics, **more,
    }  # fmt: skip


def ok(data: dict[str, Any]) -> dict[str, Any]:
    return {"code": "OK", "data": data, "message": "OK"}


TRANSPARENCY = ok(
    {
        "overview": unit(
            PROVINCE, "PROVINCE", 7.96,
            [metric("PUBLISH_ON_TIME", 0, 54, 0, 6), metric("PUBLIC_UPDATE_ON_TIME", None, None, None, 4),
             metric("DOSSIER_SYNC", 339457, 339457, 6, 6)],
            averageScore=7.92,
        ),
        "monthlyChart": [],
        "evaluation": [
            unit(BOARD, "PROVINCIAL_DEPARTMENT", 7.96,
                 [metric("PUBLISH_ON_TIME", 0, 54, 0, 6), metric("DOSSIER_SYNC", 900, 900, 6, 6)])
        ],
        "pagination": {"total": 163},
        "source": "…",
    }
)  # fmt: skip
DIGITISED = ok(
    {
        "overview": unit(
            PROVINCE, "PROVINCE", 8.75,
            [metric("ORIGINAL_RESULT_AVAILABLE", 334358, 464494, 4.32, 6),
             metric("CITIZEN_DATA_CONNECTED_FORMALITY", 300, 1300, 0.46, 2),
             metric("ELECTRONIC_CERTIFIED_COPY", None, None, 2, 2)],
            departmentCode="H44",
        ),
        "evaluation": [
            unit(BOARD, "PROVINCIAL_DEPARTMENT", 9.59, [metric("SO_HOA_GIAY_TO_GIAI_QUYET", 498, 1484,
            1.34, 4)],
                 departmentCode="H44.03"),
            unit("x", "COMMUNE_PEOPLE_COMMITTEE", 2, [], departmentCode="H44.113"),
        ],
    }
)  # fmt: skip
SATISFACTION = ok(
    {
        "overview": unit(
            PROVINCE, "PROVINCE", 12.25,
            [metric("PETITION_CLASSIFICATION_TTHC", 373, 499, None, 0),
             metric("DOSSIER_RECEIVING_SATISFACTION", 402886, 464494, 5.78, 6),
             metric("PETITION_PROCESSING_ON_TIME", 0, 0, 6, 6)],
            totalPetitions=499,
        ),
        "evaluation": [],
    }
)  # fmt: skip
PROGRESS = ok(
    {
        "parent": {
            "departmentId": PROVINCE, "departmentName": NAME, "departmentCode": "H44",
            "totalReceived": 464494,
            "totalOnTime": 403016, "totalCompleted": 375592, "avgProcessingDays": 4.69, "ratio": 86.76,
            "totalScore": 17.35, "totalMaxScore": 20,
        },
        "children": [
            {"departmentId": BOARD, "departmentName": "Ban", "departmentCode": "H44.03", "level": "PROVINCE",
             "totalReceived": 1484, "totalOnTime": 1353, "totalOverdue": 131, "score": 18.23, "maxScore": 20},
            {"departmentId": "c", "departmentName": "Xã", "departmentCode": "H44.113", "level": "COMMUNE",
             "totalReceived": 0, "totalOnTime": 0, "totalOverdue": 0, "score": 0, "maxScore": 20},
        ],
        "monthlyChart": [],
    }
)  # fmt: skip
ONLINE = ok(
    {
        "parent": {
            "departmentId": PROVINCE, "departmentName": NAME, "departmentCode": "H44", "totalScore": 8.41,
            "totalMaxScore": 12, "authorityCount": 89, "partialCount": 31, "fullCount": 21,
            "onlineDossierCount": 449, "onlineServiceTotal": 1884, "channelOnlineSum": 435258,
            "channelTotalSum": 440558,
        },
        "children": [{"departmentId": BOARD, "departmentName": "Ban", "departmentCode": "H44.03",
                      "level": "PROVINCE", "totalScore": 7.26, "totalMaxScore": 12, "ratio": 60.5}],
    }
)  # fmt: skip
PAYMENT = ok(
    {
        "parent": {
            "departmentId": PROVINCE, "departmentName": NAME, "departmentCode": "H44", "totalMaxScore": 10,
            "totalScore": 6.67, "totalDossierOnlinePaymentSuccess": 233203,
            "totalDossierFinancialObligation": 268066, "totalDossierOnlineFormalityPaymentSuccess": 115,
            "totalFeeDossierFormalityDistinct": 311, "totalFeeDossierFormality": 66, "totalFeeFormality": 311,
        },
        "children": [],
    }
)  # fmt: skip


def read(answer: Any, period: str | None = "2026-Q3", at: int | None = AT) -> Arrival:
    return read_body(encode(answer), None, context(), period=period, at=at)


def figures(answer: Any) -> dict[tuple[str, str], tuple[str | None, int | None, int | None]]:
    arrival = read(answer)
    assert arrival.kind == "published"
    assert arrival.refusals == []
    found = {}
    for one in arrival.items:
        assert isinstance(one, PublishedFigure)
        assert (one.period, one.captured_at, one.law) == ("2026-Q3", AT, "qd766")
        found[one.unit or one.department, one.key] = (one.points, one.numerator, one.denominator)
    return found


def test_transparency_has_no_codes_and_hands_down_the_province_s_figures() -> None:
    assert figures(TRANSPARENCY) == {
        (PROVINCE, "transparency"): ("7.96", None, None),
        (PROVINCE, "1.1"): ("0", 0, 54),
        (PROVINCE, "1.2"): (None, None, None),
        (PROVINCE, "1.4"): ("6", 339457, 339457),
        (BOARD, "transparency"): ("7.96", None, None),
        (BOARD, "1.1"): ("0", 0, 54),
        (BOARD, "1.4"): ("6", 900, 900),
    }
    found = [one for one in read(TRANSPARENCY).items if isinstance(one, PublishedFigure)]
    assert [(one.key, one.inherited) for one in found if one.inherited] == [("1.1", True)]
    assert {one.parent for one in found if one.department == BOARD} == {PROVINCE}


def test_digitisation_has_codes() -> None:
    assert figures(DIGITISED) == {
        ("H44", "digitisation"): ("8.75", None, None),
        ("H44", "4.1"): ("4.32", 334358, 464494),
        ("H44", "4.5a"): ("0.46", 300, 1300),
        ("H44", "4.6"): ("2", None, None),
        ("H44.03", "digitisation"): ("9.59", None, None),
        ("H44.03", "4.2"): ("1.34", 498, 1484),
        ("H44.113", "digitisation"): ("2", None, None),
    }
    kinds = {
        one.unit: (one.kind, one.parent) for one in read(DIGITISED).items if isinstance(one, PublishedFigure)
    }
    assert kinds == {"H44": ("province", ""), "H44.03": ("department", "H44"), "H44.113": ("commune", "H44")}


def test_satisfaction_leaves_the_classification_out() -> None:
    assert figures(SATISFACTION) == {
        (PROVINCE, "satisfaction"): ("12.25", None, None),
        (PROVINCE, "5.4"): ("5.78", 402886, 464494),
        (PROVINCE, "5.2"): ("6", 0, 0),
    }


def test_the_trees() -> None:
    assert figures(PROGRESS) == {
        ("H44", "processing"): ("17.35", None, None),
        ("H44", "2.1"): ("17.35", 403016, 464494),
        ("H44.03", "processing"): ("18.23", None, None),
        ("H44.03", "2.1"): ("18.23", 1353, 1484),
        ("H44.113", "processing"): ("0", None, None),
        ("H44.113", "2.1"): ("0", 0, 0),
    }
    assert figures(ONLINE) == {
        ("H44", "online_services"): ("8.41", None, None),
        ("H44", "3.1"): (None, 52, 89),
        ("H44", "3.2"): (None, 449, 1884),
        ("H44", "3.3"): (None, 435258, 440558),
        ("H44.03", "online_services"): ("7.26", None, None),
    }
    assert figures(PAYMENT) == {
        ("H44", "online_payment"): ("6.67", None, None),
        ("H44", "3.5"): (None, 66, 311),
        ("H44", "3.5b"): (None, 115, 311),
        ("H44", "3.6"): (None, 233203, 268066),
    }
    kinds = {one.unit: one.kind for one in read(PROGRESS).items if isinstance(one, PublishedFigure)}
    assert kinds == {"H44": "province", "H44.03": "department", "H44.113": "commune"}


@pytest.mark.parametrize("scores", [
    {"CKMB": 11.46, "TDGQ": 17.67, "CLGQ": 8.88, "TTTT": 6.36},
    [{"code": "CKMB", "score": 11.46}, {"code": "TDGQ", "score": 17.67}, {"code": "CLGQ", "score": 8.88},
     {"code": "TTTT", "score": 6.36}, {"code": "ONLINE_SERVICE", "score": 15.24, "maxScore": 22}],
])  # fmt: skip
def test_the_overall_list(scores: Any) -> None:
    whole = {"departmentName": "Cả nước", "totalScore": 62.59, "totalMaxScore": 100, "radar": []}
    row = {
        "departmentId": "d",
        "departmentName": "UBND tỉnh Đồng Tháp",
        "totalScore": 68.26,
        "groupScores": scores,
    }
    found = figures(ok({"overview": whole, "evaluation": [row]}))
    assert found["", "total"] == ("62.59", None, None)
    assert found["d", "total"] == ("68.26", None, None)
    assert found["d", "transparency"] == ("11.46", None, None)
    assert found["d", "online_services"] == ("8.88", None, None)
    assert found["d", "online_payment"] == ("6.36", None, None)
    assert len(found) == 6


@pytest.mark.parametrize("answer", [TRANSPARENCY, DIGITISED, SATISFACTION, PROGRESS, ONLINE, PAYMENT])
def test_a_payload_knows_its_period_and_instant(answer: Any) -> None:
    first = read(answer)
    again = read_body(first.payload, "published", context())
    assert again.items == first.items
    assert again.payload == first.payload


def test_without_a_period_it_is_refused_and_without_an_instant_it_is_of_the_period_s_end() -> None:
    (refused,) = read(PROGRESS, period=None).refusals
    assert refused.reason == "period_needed"
    (bad,) = read(PROGRESS, period="2026-Q5").refusals
    assert bad.reason == "bad_period"
    (first, *_) = read(PROGRESS, at=None).items
    assert isinstance(first, PublishedFigure)
    assert first.captured_at == parse_period("2026-Q3").end


def test_an_unknown_answer_is_refused() -> None:
    for data in ({"overview": {}, "evaluation": []}, {"parent": None, "children": [{"totalMaxScore": 7}]}):
        (refused,) = read(ok(data)).refusals
        assert refused.reason == "unknown_answer"


def test_numbers_that_are_none_are_refused() -> None:
    (refused,) = read(ok({"parent": {"totalReceived": "nhiều", "totalOnTime": 1}, "children": []})).refusals
    assert (refused.field, refused.reason) == ("totalReceived", "bad_number")


ROW = {
    "unit": "H20", "period": "2026", "at": "2026-10-06", "transparency": "11,46", "processing": 17.67,
    "online_services": 8.88, "online_payment": 6.36, "satisfaction": "14.25", "digitisation": "",
    "total": 68.26,
    "rank": 1,
}  # fmt: skip


def test_rows_of_results() -> None:
    arrival = read([ROW], period=None, at=None)
    found = {one.key: one for one in arrival.items if isinstance(one, PublishedFigure)}
    assert {key: one.points for key, one in found.items()} == {
        "total": "68.26", "transparency": "11.46", "processing": "17.67", "online_services": "8.88",
        "online_payment": "6.36", "satisfaction": "14.25",
    }  # fmt: skip
    assert found["total"].rank == 1
    assert found["processing"].rank is None
    assert found["total"].captured_at == parse_instant("2026-10-06")
    assert read_body(arrival.payload, "published", context()).items == arrival.items


def test_the_portal_s_own_column_names() -> None:
    row = {
        "MA_COQUAN": "000.00.13.H01",
        "TEN_COQUAN": "Ban",
        "ID": 398313,
        "TONG_SCORE": 93.75,
        "CLGQ": 10,
        "ROW_STT": 1,
    }
    (total, online) = read([row], period="2025", at=None).items
    assert isinstance(total, PublishedFigure)
    assert isinstance(online, PublishedFigure)
    assert (total.unit, total.name, total.department, total.rank) == ("H01.13", "Ban", "398313", 1)
    assert (online.key, online.points, online.law) == ("online_services", "10", "qd766-2022")


def test_a_rank_alone_is_kept_without_a_total() -> None:
    arrival = read([{"unit": "H01", "period": "2023", "at": "2023-03-07", "rank": 8, "total": ""}])
    (only,) = arrival.items
    assert isinstance(only, PublishedFigure)
    assert (only.key, only.points, only.rank, only.law) == ("total", None, 8, "qd766-2022")
    assert read_body(arrival.payload, "published", context()).items == arrival.items


def test_a_rank_beside_groups_alone_is_kept_too() -> None:
    items = read([ROW | {"total": None}]).items
    assert [one.key for one in items if isinstance(one, PublishedFigure)][:2] == ["total", "transparency"]
    assert isinstance(items[0], PublishedFigure)
    assert (items[0].points, items[0].rank) == (None, 1)


def test_a_place_in_the_portal_s_list_without_points_is_no_rank() -> None:
    (refused,) = read(
        [{"MA_COQUAN": "000.00.13.H01", "TONG_SCORE": None, "ROW_STT": 7}], period="2025"
    ).refusals
    assert refused.reason == "missing"


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"unit": ""}, "unit", "missing"),
        ({"unit": "Đồng Tháp"}, "unit", "bad_unit_code"),
        ({"total": "cao"}, "total", "bad_number"),
        ({"transparency": "99"}, "transparency", "points_out_of_range"),
        ({"processing": "20,01"}, "processing", "points_out_of_range"),
        ({"total": -1}, "total", "points_out_of_range"),
        ({"rank": "nhất"}, "rank", "bad_number"),
        ({"period": "quý 3"}, "period", "bad_period"),
    ],
)
def test_rows_that_are_refused(changes: dict[str, Any], field: str, reason: str) -> None:
    (refused,) = read([ROW | changes]).refusals
    assert (refused.field, refused.reason) == (field, reason)
