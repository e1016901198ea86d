"""Measures: what is documented is what is told, and what the dashboard and the rules name exists."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
import yaml
from litestar import Litestar
from litestar.testing import TestClient
from prometheus_client.parser import text_string_to_metric_families

from chiso.commands.following import Follower, watched
from chiso.folder import DataFolder
from chiso.ledger.database import LedgerBusyError
from chiso.web.measures import KINDS, kind_of
from chiso.web.server import served

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "metrics.md"
ROW = re.compile(r"^\| `(\w+)` \| (gauge|counter|histogram) \|", re.MULTILINE)


def documented() -> dict[str, str]:
    return dict(ROW.findall(DOCUMENT.read_text(encoding="utf-8")))


def told(text: str) -> dict[str, str]:
    """Names as one asks for them, and kinds."""
    return {
        f"{one.name}_total" if one.type == "counter" else one.name: one.type
        for one in text_string_to_metric_families(text)
        if not one.name.endswith("_created")
    }


def value(text: str, name: str, **labels: str) -> float:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return sample.value
    raise KeyError(name)


def test_the_list_is_what_is_told(own: DataFolder) -> None:
    with served(own) as running:
        text = httpx.get(f"{running.address}/metrics", timeout=30, trust_env=False).text
    server = told(text)
    follower = Follower(own.ledger, "http://127.0.0.1:9", "x", lambda _: True)
    health = watched(follower, "127.0.0.1", 0)
    try:
        address = f"http://127.0.0.1:{health.server_port}"
        standby = told(httpx.get(f"{address}/metrics", timeout=30, trust_env=False).text)
        answer = httpx.get(f"{address}/healthz", timeout=30, trust_env=False)
        assert answer.status_code == 503
        assert "cut off" in answer.text
        assert httpx.get(f"{address}/", timeout=30, trust_env=False).status_code == 404
    finally:
        health.shutdown()
        health.server_close()
        follower.close()
    assert documented() == {**server, **standby}


NAME = re.compile(r"\b(?:chiso|process)_\w+")


def asked_for(expression: str) -> set[str]:
    return {re.sub(r"_bucket$", "", name) for name in NAME.findall(expression)}


def test_the_dashboard_asks_for_what_there_is() -> None:
    board = json.loads((ROOT / "deploy" / "grafana.json").read_text(encoding="utf-8"))
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len(expressions) > 20
    assert set().union(*map(asked_for, expressions)) <= documented().keys()
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(set(numbers)) == len(numbers)


def test_the_rules_ask_for_what_there_is() -> None:
    path = ROOT / "deploy" / "prometheus-rules.yml"
    rules = [rule for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]
    named = set().union(*(asked_for(rule["expr"]) for rule in rules))
    assert named <= documented().keys()
    assert all(rule["annotations"]["summary"] for rule in rules)
    if (promtool := shutil.which("promtool")) is not None:
        subprocess.run([promtool, "check", "rules", str(path)], check=True, capture_output=True)
        config = ROOT / "deploy" / "prometheus.yml"
        subprocess.run([promtool, "check", "config", str(config)], check=True, capture_output=True)


def test_requests_are_counted_by_what_they_are(own: DataFolder) -> None:
    with (
        served(own) as running,
        httpx.Client(base_url=running.address, trust_env=False, timeout=30) as client,
    ):
        for path in ("/", "/units/nowhere", "/api/v1/units/H01/score", "/healthz", "/static/x/y"):
            client.get(path)
        client.post("/dvcqg/DongBoHoSoMC", json=[])
        text = client.get("/metrics").text
    for kind, status, times in (
        ("page", "2xx", 1), ("page", "4xx", 1), ("api", "2xx", 1), ("static", "4xx", 1),
        ("sender", "4xx", 1), ("watch", "2xx", 1),
    ):  # fmt: skip
        assert value(text, "chiso_requests_total", kind=kind, status=status) == times
    assert value(text, "chiso_request_seconds_count", kind="page") == 2
    assert value(text, "chiso_ready") == 1
    assert value(text, "chiso_behind") == 0
    assert {kind_of(path) for path, _ in KINDS} == {kind for _, kind in KINDS}
    assert kind_of("/units/H01") == "page"


def test_what_cannot_be_read_is_no_number(
    doors: TestClient[Litestar], own: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise LedgerBusyError("gone")

    monkeypatch.setattr(own.ledger, "position", gone)
    text = doors.get("/metrics").text
    assert value(text, "chiso_behind") != value(text, "chiso_behind")
    assert value(text, "chiso_dossiers") > 0
    answer = doors.get("/readyz")
    assert answer.status_code == 503
    assert answer.text.startswith("not ready: the ledger cannot be read")
