"""Plays the national portal: a real server with its real addresses, quirks and faults, over five real days.

The points of the 34 provinces are those that the portal showed from 6 to 10 October 2026 (on the 7th it had
not refreshed); numerators and denominators are made so that they give these points.  Of Phú Thọ the third
quarter and August of 2026 are the real figures whole.  Faults are planted with :meth:`PlayedPortal.plant`.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chiso.demo.fields import read_table
from tests.support import portal

DAYS = ("2026-10-06", "2026-10-07", "2026-10-08", "2026-10-09", "2026-10-10")
FROZEN = {"2026-10-07": "2026-10-06"}
"""The portal did not refresh on the 7th."""
LINES = ("61.88", "61.88", "62.28", "62.40", "62.59")
"""The nation's points of the five days."""
CODES = {
    "transparency": "CKMB", "processing": "TDGQ", "online_services": "CLGQ", "digitisation": "MDSH",
    "satisfaction": "MDHL", "online_payment": "TTTT",
}  # fmt: skip
MAXIMA = {
    "transparency": 18, "processing": 20, "online_services": 12, "digitisation": 22, "satisfaction": 18,
    "online_payment": 10,
}  # fmt: skip
ENDPOINTS = {
    "transparency": "transparency", "dvc-progress-tree": "processing",
    "provide-online-tree": "online_services", "dossier-digitized": "digitisation",
    "handling-satisfaction": "satisfaction",
    "formality-online-payment-tree": "online_payment",
}  # fmt: skip
METRICS = {
    "transparency": [("DOSSIER_SYNC", 6, "1"), ("PUBLIC_CONTENT_FULL", 2, "1"), ("PUBLISH_ON_TIME", 6, "1"),
                     ("PUBLIC_UPDATE_ON_TIME", 4, "1")],
    "digitisation": [("ORIGINAL_RESULT_AVAILABLE", 6, "1"), ("SO_HOA_GIAY_TO_GIAI_QUYET", 4, "1"),
                     ("REUSED_DIGITIZED_DATA", 2, "0.8"), ("CITIZEN_DATA_CONNECTED_DOSSIER", 2, "1"),
                     ("SYNCED_WITH_DVCQG_PERSONAL_STORAGE", 4, "1"),
                     ("CITIZEN_DATA_CONNECTED_FORMALITY", 2, "1")],
    "satisfaction": [("DOSSIER_RECEIVING_SATISFACTION", 6, "0.9"), ("PETITION_PROCESSING_ON_TIME", 6, "1"),
                     ("PETITION_HANDLING_SATISFACTION", 6, "1")],
}  # fmt: skip
"""Metric, its maximum, and the ratio that gives it whole."""
IDS = {"H01": "019d2be3-6a84-779d-b3e7-e214bdb86482", "H44": "019d2be3-6a88-732b-8b17-b68020c8553a"}
FORMALITIES = {"2.000815": "019d2bfd-8e22-77ef-819f-e49460350904"}
UNITS = (
    ("01", "Văn phòng UBND Tỉnh - {name}", "PROVINCIAL_DEPARTMENT", False),
    ("07", "Sở Công Thương - {name}", "PROVINCIAL_DEPARTMENT", True),
    ("100", "UBND Phường Việt Trì", "COMMUNE_PEOPLE_COMMITTEE", True),
    ("101", "UBND xã Hy Cương", "COMMUNE_PEOPLE_COMMITTEE", True),
)
"""The units that every province has here: code, name, kind, whether it has any dossiers."""


@cache
def table() -> dict[str, dict[str, dict[str, str]]]:
    """Day → province → its row."""
    found: dict[str, dict[str, dict[str, str]]] = {day: {} for day in DAYS}
    for row in read_table("provinces.csv"):
        found[row["date"]][row["unit"]] = row
    return found


def department(code: str) -> str:
    """The portal's id of a unit."""
    if code in IDS:
        return IDS[code]
    digits = "".join(sign for sign in code if sign.isdigit())
    return f"019d2be3-6a84-7000-8000-{int(digits):012d}"


def points(day: str, code: str, group: str) -> Decimal:
    return Decimal(table()[FROZEN.get(day, day)][code][group])


def number(value: Decimal | str) -> int | float:
    """A number as the portal spells it: 8, 17.3, 17.35."""
    exact = Decimal(value)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def shared_out(total: Decimal, parts: list[tuple[str, int, str]]) -> dict[str, Decimal]:
    """Points of a group as points of its indicators, the first ones filled first."""
    found = {}
    for name, most, _ in parts:
        found[name] = min(total, Decimal(most))
        total -= found[name]
    assert total == 0
    return found


def pair(score: Decimal, most: int, cap: str, base: int) -> tuple[int, int]:
    """A numerator and a denominator that give these points."""
    n = score * base * Decimal(cap)
    assert n == int(n)
    return int(n), most * base


@dataclass
class Fault:
    """Something planted: done to the next ``times`` requests that ``where`` fits."""

    kind: str
    where: Callable[[str, dict[str, Any]], bool]
    times: int
    value: Any = None


Edit = Callable[[dict[str, Any]], None]


@dataclass
class PlayedPortal:
    """The portal.  ``day`` is the day that it shows."""

    day: str = DAYS[0]
    address: str = ""
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """(endpoint, body) of everything asked"""
    together: int = 0
    """the most requests under way at one time"""
    provinces: tuple[str, ...] = ()
    """the provinces that it lists; empty: all 34"""
    frozen: dict[str, str] = field(default_factory=dict)
    """group → the day at which it stands still"""
    page: int = 0
    """units on a page of ``evaluation`` at most, whatever the client asks for; 0: all"""
    ignores_pages: bool = False
    """answers every page with the first"""
    scores_as_list: bool = False
    """groupScores as a list instead of an object"""
    faults: list[Fault] = field(default_factory=list)
    slow: float = 1.0
    """seconds for which a slow answer keeps silent"""
    quirk: Edit | None = None
    """done to every answer"""
    lock: threading.Lock = field(default_factory=threading.Lock)
    _under_way: int = 0

    def plant(self, kind: str, endpoint: str = "", code: str = "", times: int = 1, value: Any = None) -> None:
        """``kind``: slow, cut, short, a status as 500, edit (``value`` changes the answer), html, text."""
        wanted = department(code) if code else ""

        def fits(name: str, body: dict[str, Any]) -> bool:
            return endpoint in ("", name) and wanted in ("", body.get("rootDepartmentId"))

        self.faults.append(Fault(kind, fits, times, value))

    def take_fault(self, endpoint: str, body: dict[str, Any]) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.times and fault.where(endpoint, body):
                    fault.times -= 1
                    return fault
        return None

    def asked(self, endpoint: str = "", code: str = "") -> int:
        """How often an address was asked for a province."""
        wanted = department(code) if code else ""
        return sum(
            endpoint in ("", name) and wanted in ("", body.get("rootDepartmentId"))
            for name, body in self.requests
        )

    @contextmanager
    def under_way(self) -> Iterator[None]:
        with self.lock:
            self._under_way += 1
            self.together = max(self.together, self._under_way)
        try:
            yield
        finally:
            with self.lock:
                self._under_way -= 1

    # -- answers --------------------------------------------------------------------------------------

    def shown(self, group: str) -> str:
        """The day that a group shows."""
        return self.frozen.get(group, self.day)

    def answer(self, endpoint: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and answer, as the portal gives them."""
        if endpoint == "formalities":
            return 201, self._formalities(body)
        wrong = self._wrong(endpoint, body)
        if wrong:
            return 400, {"code": "BAD_REQUEST", "message": wrong}
        data = (
            self._overall(_period_of(body)) if endpoint == "service-results" else self._group(endpoint, body)
        )
        answer = {"code": "OK", "data": data, "message": "OK"}
        if self.quirk is not None:
            self.quirk(answer)
        return 201, answer

    def _wrong(self, endpoint: str, body: dict[str, Any]) -> str:
        if endpoint == "service-results":
            wanted = {"timeType", "year", "departmentType"}
            return "" if wanted <= body.keys() <= wanted | {"month", "quarter"} else "bad request"
        wanted = {"rootDepartmentId", "currentPage", "pageSize"}
        span = {"fromDate", "toDate"} if endpoint == "handling-satisfaction" else {"timeType", "year"}
        free = set() if endpoint == "handling-satisfaction" else {"month", "quarter"}
        key = {"dossier-digitized": "formalityID", "handling-satisfaction": ""}.get(endpoint, "formalityId")
        for name in body.keys() - wanted - span - free - {key}:
            return f"property {name} should not exist"
        missing = sorted((wanted | span) - body.keys())
        return f"{missing[0]} should not be empty" if missing else ""

    def _formalities(self, body: dict[str, Any]) -> dict[str, Any]:
        items = [
            {"id": one, "code": code, "name": "…"} for code, one in FORMALITIES.items() if code == body["q"]
        ]
        pages = {"total": len(items), "currentPage": 1, "pageSize": body["pageSize"], "totalPages": 1}
        return {"code": "OK", "data": {"items": items, "pagination": pages}, "message": "OK"}

    def _overall(self, period: str) -> dict[str, Any]:
        evaluation = []
        sums = dict.fromkeys(CODES, Decimal(0))
        rows = table()[FROZEN.get(self.day, self.day)]
        listed = self.provinces or tuple(rows)
        for code in listed if period == "2026" else ("H44",):
            told = {group: points(self.shown(group), code, group) for group in CODES}
            if period != "2026":
                figures = portal.figures()[period]
                told = {group: Decimal(str(figures[group][code]["points"])) for group in CODES}
            for group, value in told.items():
                sums[group] += value
            scores: Any = {CODES[group]: number(value) for group, value in told.items()}
            if self.scores_as_list:
                scores = [
                    {"code": CODES[group], "score": number(value), "maxScore": MAXIMA[group]}
                    for group, value in told.items()
                ]
            total = sum(told.values(), Decimal(0))
            evaluation.append(
                {
                    "departmentId": department(code), "departmentName": f"UBND {rows[code]['name']}",
                    "totalScore": number(total), "totalMaxScore": 100, "ratio": number(total),
                    "scoreDelta": None, "groupScores": scores,
                }
            )  # fmt: skip
        cent = Decimal("0.01")
        nation = sum((sums[group] / len(evaluation)).quantize(cent, ROUND_HALF_EVEN) for group in CODES)
        evaluation.sort(key=lambda one: -one["totalScore"])
        whole = {
            "departmentName": "Cả nước", "totalScore": number(Decimal(nation)), "totalMaxScore": 100,
            "ratio": number(Decimal(nation)), "scoreDelta": None, "growthPercent": None, "radar": [],
        }  # fmt: skip
        return {"overview": whole, "evaluation": evaluation}

    def _group(self, endpoint: str, body: dict[str, Any]) -> dict[str, Any]:
        group = ENDPOINTS[endpoint]
        root = body["rootDepartmentId"]
        code = next(code for code in table()[DAYS[0]] if department(code) == root)
        period = _period_of(body)
        if period != "2026":
            assert code == "H44", "only Phú Thọ's quarter and month are known"
            told = json.dumps(portal.answer(period, group)["data"])
            made: dict[str, Any] = json.loads(told.replace(f'"department-of-{code}"', f'"{root}"'))
            return made
        formality = body.get("formalityId") or body.get("formalityID")
        whole, parts = self._units(group, code, narrowed=bool(formality))
        if group in portal.TREES:
            return {"parent": whole, "children": parts, "monthlyChart": []}
        page, size = int(body["currentPage"]), int(body["pageSize"])
        size = min(size, self.page) if self.page else size
        start = 0 if self.ignores_pages else (page - 1) * size
        pages = {
            "total": len(parts),
            "currentPage": page,
            "pageSize": size,
            "totalPages": -(-len(parts) // size),
        }
        data = {
            "overview": whole,
            "evaluation": parts[start : start + size],
            "pagination": pages,
            "source": "…",
        }
        return data | ({"monthlyChart": []} if group == "transparency" else {})

    def _units(self, group: str, code: str, *, narrowed: bool) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        day = self.shown(group)
        base = 1000 * (11 + DAYS.index(FROZEN.get(day, day)))
        total = Decimal("2.00") if narrowed else points(day, code, group)
        name = table()[DAYS[0]][code]["name"]
        whole = _unit(group, code, f"UBND {name[:1].upper()}{name[1:]}", "PROVINCE", total, base)
        parts = []
        for suffix, words, kind, busy in UNITS:
            share = Decimal(f"{2 + int(suffix) % 7}.{DAYS.index(FROZEN.get(day, day))}") if busy else None
            parts.append(_unit(group, f"{code}.{suffix}", words.format(name=name), kind, share, base))
        for place, part in enumerate(parts if group not in portal.TREES else [], 1):
            part["stt"] = place
        return whole, parts


def _period_of(body: dict[str, Any]) -> str:
    if "fromDate" in body:
        return {"2026-07-01": "2026-Q3", "2026-08-01": "2026-08"}.get(body["fromDate"], "2026")
    if body["timeType"] == "quarter":
        return f"{body['year']}-Q{body['quarter']}"
    return f"{body['year']}-{body['month']:02d}" if body["timeType"] == "month" else f"{body['year']}"


def _unit(group: str, code: str, name: str, kind: str, total: Decimal | None, base: int) -> dict[str, Any]:
    """A unit as the portal tells it; ``total`` ``None``: it has no dossiers, said in one of three ways."""
    above = kind == "PROVINCE"
    most = MAXIMA[group]
    found: dict[str, Any] = {"departmentId": department(code), "departmentName": name}
    if group in portal.WITH_CODE:
        found["departmentCode"] = code
    if group not in portal.TREES:
        found |= {"departmentType": kind, "departmentLevel": "COMMUNE" if "COMMUNE" in kind else "PROVINCE"}
        return found | _measured(group, total, base)
    score = Decimal(0) if total is None else total
    ratio = number((score * 100 / most).quantize(Decimal("0.01")))
    points_of = {"totalScore": number(score), "totalMaxScore": most, "ratio": ratio}
    if not above:
        found |= {"level": "COMMUNE" if "COMMUNE" in kind else "PROVINCE", "scoreDelta": None}
    if group == "processing":
        on_time, received = pair(score, most, "1", base) if total is not None else (0, 0)
        counts = {"totalReceived": received, "totalOnTime": on_time, "avgProcessingDays": 4.69}
        if above:
            return found | counts | {"totalCompleted": on_time} | points_of
        score_keys = {"score": points_of["totalScore"], "maxScore": most, "ratio": ratio}
        return found | counts | {"totalOverdue": received - on_time} | score_keys
    if group == "online_services":
        return found | points_of | (_online(score, base) if above else {})
    return found | points_of | _paid(score, base if total is not None else 0)


def _online(score: Decimal, base: int) -> dict[str, Any]:
    told = shared_out(score, [("3.3", 6, ""), ("3.1", 2, ""), ("3.2", 4, "")])
    channel, offered = pair(told["3.3"], 6, "0.5", base), pair(told["3.1"], 2, "0.8", base)
    used = pair(told["3.2"], 4, "1", base)
    return {
        "authorityCount": offered[1], "partialCount": 0, "fullCount": offered[0],
        "onlineDossierCount": used[0], "onlineServiceTotal": used[1], "channelOnlineSum": channel[0],
        "channelDirectSum": channel[1] - channel[0], "channelPostalSum": 0, "channelTotalSum": channel[1],
        "onlineOnTimeSum": channel[0], "onlineOverdueSum": 0,
    }  # fmt: skip


def _paid(score: Decimal, base: int) -> dict[str, Any]:
    told = shared_out(score, [("3.6", 6, ""), ("3.5b", 2, ""), ("3.5", 2, "")])
    paid, traded = pair(told["3.6"], 6, "1", base), pair(told["3.5b"], 2, "0.8", base)
    joined = pair(told["3.5"], 2, "0.8", base)
    return {
        "totalDossierOnlinePaymentSuccess": paid[0], "totalDossierFinancialObligation": paid[1],
        "totalDossierOnlineFormalityPaymentSuccess": traded[0], "totalFeeDossierFormalityDistinct": traded[1],
        "totalFeeDossierFormality": joined[0], "totalFeeFormality": joined[1],
    }  # fmt: skip


def _measured(group: str, total: Decimal | None, base: int) -> dict[str, Any]:
    """The metrics of a unit, with the constant, the placeholder and the shares that carry no points."""
    constant = Decimal(2) if group == "digitisation" else Decimal(0)
    parts = METRICS[group]
    told = shared_out(total - constant, parts) if total is not None else {}
    metrics = []
    for name, most, cap in parts:
        full = Decimal(most) if group == "satisfaction" and name.startswith("PETITION") else None
        score = told.get(name, full if total is None else None)
        n, d = pair(score, most, cap, base) if total is not None and score is not None else (0, 0)
        one = {
            "code": name, "name": "…", "numerator": n, "denominator": d,
            "ratio": number((Decimal(n * 100) / d).quantize(Decimal("0.01"))) if d else 0 if full else None,
            "score": None if score is None else number(score), "maxScore": most,
        }  # fmt: skip
        if total is None and group == "satisfaction" and full is None:
            one |= {"ratio": 0, "score": 0}
        if name == "DOSSIER_SYNC":
            status = "TEMP_NATIONAL_REPORT_DENOMINATOR" if d else "NO_NATIONAL_REPORT_DATA"
            one |= {"dataQualityStatus": status, "dataQualityMessage": "…"}
        metrics.append(one)
    if group == "digitisation":
        metrics.append(
            {
                "code": "ELECTRONIC_CERTIFIED_COPY", "name": "…", "numerator": None, "denominator": None,
                "ratio": 100, "score": 2, "maxScore": 2,
            }
        )  # fmt: skip
    if group == "satisfaction":
        for name in ("PETITION_CLASSIFICATION_TTHC", "PETITION_CLASSIFICATION_STAFF"):
            share = {"numerator": 1, "denominator": 4, "ratio": 25, "score": None, "maxScore": 0}
            metrics.append({"code": name, "name": "…", **share})
    points_of = sum((Decimal(str(one["score"] or 0)) for one in metrics), Decimal(0))
    most = MAXIMA[group]
    return {
        "stt": 1, "agencyLevel": "level_1", "totalScore": number(points_of), "totalMaxScore": most,
        "ratio": number((points_of * 100 / most).quantize(Decimal("0.01"))), "scoreDelta": None,
        "metrics": metrics,
    }  # fmt: skip


# -- the server ---------------------------------------------------------------------------------------------


def _handler(played: PlayedPortal) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # head and body leave together

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            with played.under_way():
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint = self.path.rsplit("/", 1)[-1]
                played.requests.append((endpoint, body))
                root = "/api/v1/reporting/" + ("" if endpoint == "formalities" else "evaluation/")
                if self.path != root + endpoint:
                    self._send(404, b'{"code":"NOT_FOUND","message":"Cannot POST"}')
                    return
                self._answer(endpoint, body, played.take_fault(endpoint, body))

        def _answer(self, endpoint: str, body: dict[str, Any], fault: Fault | None) -> None:
            kind = fault.kind if fault else ""
            if kind == "slow":
                time.sleep(played.slow)
            if kind.isdigit():
                headers = {"Retry-After": fault.value} if fault and fault.value is not None else {}
                self._send(int(kind), b'{"code":"ERROR","message":"Too many"}', headers)
                return
            if kind == "html":
                self._send(200, b"<html><body>captcha</body></html>", {"Content-Type": "text/html"})
                return
            status, answer = played.answer(endpoint, body)
            if kind == "edit" and fault:
                fault.value(answer)
            raw = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
            if kind == "text" and fault:
                raw = fault.value(raw)
            if kind == "cut":  # the connection breaks before all is sent
                self._send(status, raw[: len(raw) // 2], length=len(raw))
                self.close_connection = True
                return
            if kind == "short":  # a proxy passes on half an answer as if it were whole
                raw = raw[: len(raw) // 2]
            self._send(status, raw)

        def _send(
            self, status: int, raw: bytes, headers: dict[str, str] | None = None, length: int | None = None
        ) -> None:
            told = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
            try:
                self.send_response(status)
                for name, value in told.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw) if length is None else length))
                self.end_headers()
                self.wfile.write(raw)
            except OSError:  # whoever asked has gone
                self.close_connection = True

    return Handler


@contextmanager
def playing(day: str = DAYS[0]) -> Iterator[PlayedPortal]:
    """A portal at a free port of this machine."""
    played = PlayedPortal(day)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(played))
    server.daemon_threads = True
    played.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield played
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
