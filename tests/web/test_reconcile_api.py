"""The reconciliation as JSON and as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.insight.reconcile import as_json
from chiso.instants import parse_instant
from chiso.web.app import create_app
from tests.insight.reconcile.conftest import CAPTURE, HOUR, UNIT, Small, everywhere

LATE = [f"{UNIT}-260901-{number:05d}" for number in (50, 51, 52)]
HERE = f"/api/v1/units/{UNIT}/reconcile"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    path: Path = tmp_path_factory.mktemp("api")
    with DataFolder.open(path / "data", standing=True) as folder:
        small = Small(folder)
        late = [small.one(number, parse_instant("2026-09-20")) for number in (50, 51, 52)]
        small.tell(*late, known_at=CAPTURE + HOUR)
        small.publish(small.differ(**{key: (3 * n, 3 * d) for key, (n, d) in everywhere(-1, -1).items()}))
        yield small


@pytest.fixture(scope="module")
def client(small: Small) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(small.folder)) as client:
        yield client


def told(client: TestClient[Litestar], address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_it_answers_as_the_command_prints(client: TestClient[Litestar], small: Small) -> None:
    wanted = msgspec.json.decode(msgspec.json.encode(as_json(small.reconcile())))
    assert told(client, f"{HERE}?period=2026") == wanted
    short = told(client, f"{HERE}?period=2026&named=1")
    cause = next(one for one in short["causes"] if one["cause"] == "known_later")
    assert (cause["count"], len(cause["dossiers"]), cause["more"]) == (3, 1, 2)


def test_dossiers_of_a_cause_by_pages(client: TestClient[Litestar]) -> None:
    address = f"{HERE}/dossiers?period=2026&cause=known_later&part=new"
    body = told(client, address)
    assert (body["total"], [row["code"] for row in body["rows"]]) == (3, LATE)
    assert body["rows"][0]["facts"][0]["name"] == "known_at"
    rest = told(client, f"{address}&limit=2&offset=2")
    assert [row["code"] for row in rest["rows"]] == LATE[2:]
    assert client.get(f"{HERE}/dossiers?period=2026&cause=duplicate").status_code == 404


def test_the_workbook_is_handed_out_with_a_name(client: TestClient[Litestar]) -> None:
    answer = client.get(f"{HERE}.xlsx?period=2026&asked_by=S%E1%BB%9F+N%E1%BB%99i+v%E1%BB%A5")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
    assert 'filename="doi-chieu-H01.113-2026.xlsx"' in answer.headers["content-disposition"]


def test_nothing_published_is_said(client: TestClient[Litestar]) -> None:
    answer = client.get(f"{HERE}?period=2026-09")
    assert answer.status_code == 400
    assert "Chưa có kết quả công bố" in answer.json()["message"]
    assert client.get("/api/v1/units/H01.999/reconcile").status_code == 404
