"""Sessions that somebody fixed, stole or kept; and what is refused is told to the log."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import structlog
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.instants import utc_now
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.web.app import create_app
from chiso.web.rights import COOKIE
from tests.web.test_rights import OTHER, OWN, PASSWORD
from tests.web.test_signin import token_on


@pytest.fixture
def client(own: DataFolder) -> Iterator[TestClient[Litestar]]:
    people = People(own.ledger)
    for login in ("an", "ba"):
        people.accounts.add(login, "", [Grant(Role.STAFF, OWN)], utc_now(), PASSWORD)
    with TestClient(create_app(own)) as opened:
        yield opened


def sign_in(client: TestClient[Litestar], login: str) -> str:
    form = {"login": login, "password": PASSWORD, "_csrf_token": token_on(client.get("/login").text)}
    answer = client.post("/login", data=form, follow_redirects=False)
    found = re.search(rf"{COOKIE}=([^;]+)", answer.headers["set-cookie"])
    assert found
    return found[1]


def test_a_session_that_was_put_there_is_not_taken_over(
    client: TestClient[Litestar], own: DataFolder
) -> None:
    people = People(own.ledger)
    fixed = "A" * 43
    client.cookies.set(COOKIE, fixed)
    made = sign_in(client, "an")
    assert made != fixed
    assert people.sessions.find(fixed, utc_now()) is None


def test_the_session_that_a_browser_had_ends_when_somebody_signs_in_anew(
    client: TestClient[Litestar], own: DataFolder
) -> None:
    people = People(own.ledger)
    first = people.sessions.open(people.accounts.by_login("ba"), utc_now())
    client.get("/login")
    client.cookies.set(COOKIE, first)
    form = {"login": "an", "password": PASSWORD, "_csrf_token": token_on(client.get("/account").text)}
    assert client.post("/login", data=form, follow_redirects=False).status_code == 303
    assert people.sessions.find(first, utc_now()) is None


def test_tokens_are_long_random_and_kept_as_hashes(client: TestClient[Litestar], own: DataFolder) -> None:
    tokens = set()
    for _ in range(5):
        client.cookies.clear()
        tokens.add(sign_in(client, "an"))
    assert len(tokens) == 5
    assert min(map(len, tokens)) >= 43
    for path in own.path.iterdir():
        if path.is_file():
            content = path.read_bytes()
            assert not any(one.encode() in content for one in tokens), path.name


def test_a_session_stands_in_no_address(client: TestClient[Litestar]) -> None:
    token = sign_in(client, "an")
    client.cookies.clear()
    for query in (f"?{COOKIE}={token}", f";{COOKIE}={token}", f"?session={token}"):
        assert client.get(f"/account{query}", follow_redirects=False).status_code in (303, 404)
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/account", headers=bearer, follow_redirects=False).status_code == 303


def test_what_is_refused_is_told_to_the_log(client: TestClient[Litestar]) -> None:
    sign_in(client, "an")
    with structlog.testing.capture_logs() as told:
        client.get(f"/api/v1/units/{OTHER}/dossiers")
        client.get(f"/api/v1/units/{OWN}/dossiers")
    refused = [one for one in told if one["event"] == "access_refused"]
    assert refused == [
        {
            "event": "access_refused", "log_level": "warning", "login": "an",
            "address": "/api/v1/units/{unit}/dossiers",
        }
    ]  # fmt: skip
