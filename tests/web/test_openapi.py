"""Schemathesis sends what the description allows, and what it does not, to every address it names."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from litestar import Litestar
from litestar.testing import TestClient

from chiso.instants import utc_now
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.web.rights import COOKIE, NEEDS
from tests.support.people import with_factor
from tests.web import test_rights as rights

app, client = rights.app, rights.client
pytestmark = pytest.mark.slow
PLAIN = settings(
    max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)

LEFT_OUT = ("/api/v1/stream", "/api/v1/ship/")
"""A stream never ends; the standby's addresses carry journals, and have tests of their own."""


def test_no_request_breaks_the_server(app: Litestar, client: TestClient[Litestar]) -> None:
    """As somebody with every role, whose forms carry their token."""
    people: People = app.state.house.people
    people.accounts.add("all", "", [Grant(role, "H01") for role in Role], utc_now(), rights.PASSWORD)
    with_factor(people, "all")
    token = people.sessions.open(people.accounts.by_login("all"), utc_now())
    client.cookies.clear()
    client.cookies.set(COOKIE, token)
    described = schemathesis.openapi.from_dict(client.get("/schema/openapi.json").json())
    broken: list[str] = []
    tried = 0

    def send(case: schemathesis.Case) -> None:
        nonlocal tried
        tried += 1
        client.cookies.clear()
        client.cookies.set(COOKIE, token)
        client.get("/account")
        told = case.as_transport_kwargs(base_url="http://testserver.local")
        told.pop("cookies", None)
        headers = dict(told.pop("headers", None) or {}) | {"x-csrftoken": client.cookies["chiso_form"]}
        answer = client.request(**told, headers=headers, follow_redirects=False)
        if answer.status_code >= 500:
            broken.append(f"{case.method} {case.path} {told}: {answer.text[:300]}")
        elif answer.status_code >= 400 and answer.headers["content-type"].startswith("application/json"):
            assert answer.json()["message"], "an error says what is wrong"

    for found in described.get_all_operations():
        operation = found.ok()
        if operation.path.startswith(LEFT_OUT):
            continue

        @settings(PLAIN)
        @given(case=operation.as_strategy())
        def try_it(case: schemathesis.Case) -> None:
            send(case)

        try_it()
    assert tried > 200
    assert not broken, broken[:5]


def test_the_description_names_every_address_of_programs(client: TestClient[Litestar]) -> None:
    told = set(client.get("/schema/openapi.json").json()["paths"])
    api = {one for one in NEEDS if one.startswith(("/api/", "/dvcqg"))}
    left_out = {"/api/v1/standing"} | {one for one in api if "/ship/" in one}
    assert api - told <= left_out
