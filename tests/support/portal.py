"""Real figures of the portal (tests/fixtures/portal) in the shapes in which the portal answers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FIXTURE = Path(__file__).parents[1] / "fixtures" / "portal" / "phu_tho.yaml"
HOME = "H44"
PERIODS = ("2026-Q3", "2026-08")
TREES = {"processing": 20, "online_services": 12, "online_payment": 10}
METRICS = {"transparency": 18, "satisfaction": 18, "digitisation": 22}
MAXIMA = {
    "PUBLISH_ON_TIME": 6, "PUBLIC_UPDATE_ON_TIME": 4, "PUBLIC_CONTENT_FULL": 2, "DOSSIER_SYNC": 6,
    "ORIGINAL_RESULT_AVAILABLE": 6, "SO_HOA_GIAY_TO_GIAI_QUYET": 4, "REUSED_DIGITIZED_DATA": 2,
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": 4, "CITIZEN_DATA_CONNECTED_DOSSIER": 2,
    "CITIZEN_DATA_CONNECTED_FORMALITY": 2, "ELECTRONIC_CERTIFIED_COPY": 2, "PETITION_PROCESSING_ON_TIME": 6,
    "PETITION_HANDLING_SATISFACTION": 6, "DOSSIER_RECEIVING_SATISFACTION": 6,
}  # fmt: skip
"""Points of a metric at most; those without points have 0."""
_TYPES = {
    "province": "PROVINCE",
    "department": "PROVINCIAL_DEPARTMENT",
    "commune": "COMMUNE_PEOPLE_COMMITTEE",
}
WITH_CODE = ("digitisation", *TREES)
"""Only these answers tell the code of a unit; the others tell its department id alone."""


@cache
def figures() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FIXTURE.read_text(encoding="utf-8"))
    return found


def answer(period: str, group: str) -> dict[str, Any]:
    """The portal's answer of a group in a period."""
    told = figures()[period][group]
    units = [_unit(group, code, dict(one)) for code, one in told.items()]
    whole, parts = units[0], units[1:]
    if group in TREES:
        data = {"parent": whole, "children": parts}
    else:
        pages = {"total": 163, "currentPage": 1, "pageSize": 200, "totalPages": 1}
        data = {"overview": whole, "evaluation": parts, "pagination": pages, "source": "…"}
    return {"code": "OK", "data": data, "message": "OK"}


def _unit(group: str, code: str, told: dict[str, Any]) -> dict[str, Any]:
    kind, name = figures()["units"][code]
    points = told.pop("points")
    found: dict[str, Any] = {"departmentId": f"department-of-{code}", "departmentName": name}
    if group in WITH_CODE:
        found["departmentCode"] = code
    if group in METRICS:
        metrics = [
            {
                "code": metric, "name": "…", "numerator": n, "denominator": d, "ratio": None, "score": score,
                "maxScore": MAXIMA.get(metric, 0),
            }
            for metric, (n, d, score) in told.items()
        ]  # fmt: skip
        level = "COMMUNE" if kind == "commune" else "PROVINCE"
        return {
            **found, "departmentType": _TYPES[kind], "departmentLevel": level, "totalScore": points,
            "totalMaxScore": METRICS[group], "scoreDelta": None, "metrics": metrics,
        }  # fmt: skip
    if code == HOME or group == "online_payment":
        found |= {"totalScore": points, "totalMaxScore": TREES[group]}
    elif group == "processing":
        found |= {"score": points, "maxScore": 20}
    else:
        found |= {"totalScore": points, "totalMaxScore": 12}
    if code != HOME:
        found["level"] = "COMMUNE" if kind == "commune" else "PROVINCE"
    return found | told
