"""Every answer of every address carries the headers that keep browsers from doing harm, errors too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.instants import utc_now
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.web.app import create_app
from chiso.web.headers import ALWAYS
from chiso.web.rights import COOKIE
from tests.web.test_rights import OWN, PASSWORD, addresses
from tests.web.test_signin import token_on

HTTPS = "https://chiso.example.vn"
ANSWERS = (
    ("/", 200), ("/nothing/here", 404), ("/units/H99", 404), ("/?at=never", 400),
    ("/api/v1/units/H01/score", 200), ("/api/v1/units/H99/score", 404), ("/api/v1/nothing", 404),
    ("/static/x/app.css", 200), ("/static/x/..", 404),
    ("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/schema/openapi.json", 200), ("/login", 200),
    ("/account", 303), ("/public", 200), ("/dvcqg", 405), ("/help", 200),
)  # fmt: skip


@pytest.mark.parametrize(("address", "status"), ANSWERS)
def test_every_answer_carries_them(client: TestClient[Litestar], address: str, status: int) -> None:
    answer = client.get(address, follow_redirects=False)
    assert answer.status_code == status
    for name, value in ALWAYS.items():
        assert answer.headers.get_list(name) == [value], name
    assert "server" not in answer.headers
    assert "x-powered-by" not in answer.headers
    assert "strict-transport-security" not in answer.headers
    if status not in (303, 304):
        assert answer.headers["content-type"]


def test_only_the_table_to_embed_may_be_framed(client: TestClient[Litestar]) -> None:
    for template, method in addresses(client.app):
        if (
            method == "GET"
            and template != "/public/embed"
            and "{" not in template
            and "stream" not in template
        ):
            policy = client.get(template, follow_redirects=False).headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy, template
            assert "unsafe" not in policy


def test_the_table_to_embed_may_be_framed_by_whom_the_setting_names(own: DataFolder) -> None:
    own.settings = replace(own.settings, public_embed="https://angiang.gov.vn")
    with TestClient(create_app(own)) as client:
        may = client.get("/public/embed").headers
        assert "frame-ancestors https://angiang.gov.vn" in may["content-security-policy"]
        assert "x-frame-options" not in may


def test_methods_that_are_not_in_use_are_refused(client: TestClient[Litestar]) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT"):
        for address in ("/", "/api/v1/units/H01/score", "/login", "/api/v1/records/petitions"):
            answer = client.request(method, address)
            assert answer.status_code in (403, 404, 405), (method, address)
            assert "frame-ancestors" in answer.headers["content-security-policy"]


def secure(own: DataFolder) -> TestClient[Litestar]:
    own.settings = replace(own.settings, https=True, address=HTTPS)
    grant = Grant(Role.STAFF, OWN)
    People(own.ledger).accounts.add("an", "", [grant], utc_now(), PASSWORD)
    return TestClient(create_app(own), base_url=HTTPS)


def test_behind_tls_browsers_stay_there_and_cookies_go_nowhere_else(own: DataFolder) -> None:
    with secure(own) as client:
        page = client.get("/login?lang=vi")
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert client.get("/nothing").headers["strict-transport-security"]
        form = {"login": "an", "password": PASSWORD, "_csrf_token": token_on(page.text)}
        answer = client.post("/login", data=form, follow_redirects=False)
        cookies = [*page.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")]
        told = {one.partition("=")[0]: one for one in cookies}
        assert {f"__Host-{COOKIE}", "chiso_form", "lang"} <= told.keys()
        for name, cookie in told.items():
            assert "Secure" in cookie, name
            assert "HttpOnly" in cookie, name
            assert "samesite=" in cookie.lower(), name
        session = told[f"__Host-{COOKIE}"]
        assert "Path=/" in session
        assert "Domain=" not in session
        value = client.cookies[f"__Host-{COOKIE}"]
        client.cookies.clear()
        client.cookies.set(COOKIE, value, domain="chiso.example.vn")
        assert client.get("/account", follow_redirects=False).status_code == 303, "a name that others may set"


def test_what_is_of_somebody_is_kept_nowhere(own: DataFolder) -> None:
    with secure(own) as client:
        people = People(own.ledger)
        client.cookies.set(
            f"__Host-{COOKIE}", people.sessions.open(people.accounts.by_login("an"), utc_now())
        )
        for address in (f"/units/{OWN}/dossiers", f"/api/v1/units/{OWN}/dossiers", f"/units/{OWN}/todo.csv"):
            assert client.get(address).headers["cache-control"] == "no-store", address
        assert client.get("/").headers["cache-control"] == "no-store"
        for address in ("/help", "/rank", "/account"):
            assert client.get(address).headers["cache-control"] in ("private, no-cache", "no-store"), address


@pytest.mark.parametrize(
    "host", ["evil.example.com", "chiso.example.vn@evil.example.com", "localhost:1/x", "a b", "x:99999999"]
)
def test_a_forged_host_stands_in_no_answer(client: TestClient[Litestar], host: str) -> None:
    for address in ("/", "/login", "/account", "/nothing", "/units/h01", "/schema/openapi.json", "/public"):
        answer = client.get(
            address, headers={"Host": host, "X-Forwarded-Host": host, "Forwarded": f"host={host}"},
            follow_redirects=False,
        )  # fmt: skip
        assert "evil" not in answer.text, address
        assert "evil" not in str(answer.headers), address
