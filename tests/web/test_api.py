from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.insight import explain, lost
from chiso.insight import lateness as late
from chiso.insight.outlook.answer import outlook
from chiso.insight.plan.answer import plan, what_if
from chiso.insight.todo.answer import todo
from chiso.instants import parse_instant
from chiso.web.app import create_app
from chiso.web.house import House

Client = TestClient[Litestar]
THEN = "2026-08-20T06:00:00+07:00"
END = parse_instant("2027-01-01")


def test_score_is_the_folders_own(client: Client, folder: DataFolder) -> None:
    assert client.get("/api/v1/units/H01.113/score").json() == folder.score("H01.113")
    then = parse_instant(THEN)
    answer = client.get("/api/v1/units/H01/score", params={"at": THEN, "as_of": THEN, "period": "2026-Q3"})
    assert answer.json() == folder.score("H01", period="2026-Q3", at=then, as_of=then)
    assert client.get("/api/v1/units/H01/score?at=2026-08-20T06:00+07:00").json()["at"] == THEN
    assert client.get("/api/v1/units/H44/score?source=published").json()["total"] == "61.39"


@pytest.mark.parametrize(
    ("address", "question"),
    [
        ("/api/v1/rank?among=departments&under=H01", lambda f: f.rank("departments", "H01")),
        ("/api/v1/units/H01/history", lambda f: f.history("H01")),
        ("/api/v1/units/H01/procedures?indicator=4.1", lambda f: f.procedures("H01", "4.1")),
        (
            "/api/v1/units/H01/dossiers?indicator=2.1&part=missed&limit=7&offset=7",
            lambda f: f.dossiers("H01", "2.1", "missed", None, 7, 7),
        ),
        (
            "/api/v1/units/H01/explain?from=2026-08&to=2026-09-01T06:00+07:00",
            lambda f: explain.answer(f, "H01", "2026-08", "2026-09-01T06:00+07:00"),
        ),
        ("/api/v1/units/H01/lost?period=2026-Q3", lambda f: lost.answer(f, "H01", period="2026-Q3")),
        (
            "/api/v1/units/H01/lateness?period=2026-08&as_of=2026-08-20",
            lambda f: late.lateness(f, "H01", period="2026-08", as_of=parse_instant("2026-08-20")),
        ),
        (
            "/api/v1/units/H01/lateness/dossiers?class=late_work&limit=3&offset=2",
            lambda f: late.dossiers(f, "H01", "late_work", limit=3, offset=2),
        ),
        ("/api/v1/units", lambda f: {"rows": f.units()}),
        (
            "/api/v1/units/H01/plan?target=60&hours=due=2&spread=even&limit=5",
            lambda f: plan(f, "H01", "60", END, hours={"due": Fraction(2)}, spread="even", limit=5),
        ),
        (
            "/api/v1/units/H01.113/what-if?shares=due=100,digitise=50&by=2026-12-01&inflow=true",
            lambda f: what_if(
                f, "H01.113", parse_instant("2026-12-02"), {"due": 100, "digitise": 50}, inflow=True
            ),
        ),
        (
            "/api/v1/units/H01/todo?what=result&what=due&limit=3&offset=1&until=2026-10-20",
            lambda f: todo(
                f, "H01", what=("result", "due"), limit=3, offset=1, until=parse_instant("2026-10-21")
            ),
        ),
        (
            "/api/v1/units/H01.113/outlook?until=2026-10-20",
            lambda f: outlook(f, "H01.113", parse_instant("2026-10-21")),
        ),
        (
            "/api/v1/units/H01/outlook?period=2026-10&forecast=false",
            lambda f: outlook(f, "H01", parse_instant("2026-11-01"), period="2026-10", foretell=False),
        ),
        ("/api/v1/arrivals", lambda f: f.arrivals()),
        ("/api/v1/quarantine?limit=5", lambda f: f.quarantine(5)),
    ],
)
def test_answers_are_the_folders_own(client: Client, folder: DataFolder, address: str, question: Any) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == question(folder)


def test_a_dossier(client: Client, folder: DataFolder) -> None:
    code = folder.dossiers("H01")["rows"][0]["code"]
    assert client.get(f"/api/v1/dossiers/{code}").json() == folder.dossier(code)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/units/H99/score", 404),
        ("/api/v1/units/H01/score?at=x", 400),
        ("/api/v1/units/H01/score?period=2026-13", 400),
        ("/api/v1/units/H01/score?law=qd9", 400),
        ("/api/v1/units/H01/score?source=rumour", 400),
        ("/api/v1/units/H01/dossiers?part=x", 400),
        ("/api/v1/units/H01/dossiers?limit=x", 400),
        ("/api/v1/units/H01/procedures?indicator=9.9", 404),
        ("/api/v1/rank?among=ghosts", 400),
        ("/api/v1/dossiers/none", 404),
        ("/api/v1/none", 404),
        ("/api/v1/stream?unit=H99", 404),
        ("/api/v1/stream", 400),
    ],
)
def test_errors_are_json(client: Client, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert answer.json()["error"]


def test_watching(client: Client, folder: DataFolder) -> None:
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").text == "ready"
    measures = client.get("/metrics").text
    assert f"chiso_dossiers {float(len(folder.standing.roster))}" in measures
    assert "chiso_waiting 0.0" in measures


def test_not_ready_once_the_writer_has_stopped(own: DataFolder) -> None:
    house = House(own)
    with TestClient(create_app(own, house)) as client:
        house.stop()
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200


def test_the_addresses_are_described(client: Client) -> None:
    told = client.get("/schema/openapi.json").json()
    for address in (
        "/dvcqg",
        "/dvcqg/login",
        "/dvcqg/DongBoHoSoMC",
        "/dvcqg/CapNhatTienDoHoSoMC",
        "/api/v1/records/{kind}",
        "/api/v1/units/{unit}/score",
        "/api/v1/rank",
        "/api/v1/stream",
    ):
        assert address in told["paths"], address
    assert "/" not in told["paths"]


def test_an_explanation_needs_both_ends_and_says_what_it_cannot_read(client: Client) -> None:
    assert client.get("/api/v1/units/H01/explain?from=2026-08").status_code == 400
    answer = client.get("/api/v1/units/H01/explain?from=2026-08&to=sometime")
    assert answer.status_code == 400
    assert "sometime" in answer.json()["message"]
    assert client.get("/api/v1/units/H01.9999/explain?from=2026-08&to=2026-09").status_code == 404
