"""Single sign-on through the pages, with a real provider: the way there and back, and who tries to cheat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.cli import run
from chiso.folder import DataFolder
from chiso.folder.settings import SettingError, Settings
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.web import sso
from chiso.web.app import create_app
from chiso.web.rights import COOKIE
from tests.support.oidc import ADDRESS, Running, running
from tests.web.test_signin import token_on

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def started() -> Iterator[Running]:
    with running() as found:
        found.user("u-1", email="an@angiang.gov.vn", email_verified=True, name="An", groups=["mot-cua"])
        found.user("u-2", email="xa@angiang.gov.vn", email_verified=True)
        yield found


@pytest.fixture
def real(started: Running) -> Running:
    started.twist()
    return started


@pytest.fixture
def client(own: DataFolder, real: Running) -> Iterator[TestClient[Litestar]]:
    own.settings = replace(
        own.settings, sso_issuer=real.issuer, sso_client=real.client, sso_secret=real.secret,
        sso_name="Cổng <tỉnh>", address=ADDRESS, https=True,
    )  # fmt: skip
    people = People(own.ledger)
    people.federation.add_rule("groups", "mot-cua", Grant(Role.STAFF, "H01.113"))
    with TestClient(create_app(own), base_url=ADDRESS) as opened:
        yield opened


def begun(client: TestClient[Litestar], following: str = "/units/H01.113?period=2026-09") -> str:
    answer = client.get("/login/sso", params={"next": following}, follow_redirects=False)
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    for word in ("HttpOnly", "SameSite=lax", "Secure", "Path=/login/sso", "Max-Age=600"):
        assert word in cookie
    return answer.headers["location"]


def came_back(client: TestClient[Litestar], told: dict[str, str]) -> httpx.Response:
    return client.get("/login/sso/back", params=told, follow_redirects=False)


def test_one_signs_in_and_out_with_the_provinces_directory(
    client: TestClient[Litestar], own: DataFolder, real: Running
) -> None:
    first = client.get("/units/H01.113?period=2026-09", follow_redirects=False)
    page = client.get(first.headers["location"]).text
    assert "Đăng nhập bằng Cổng &lt;tỉnh&gt;" in page
    link = re.search(r'href="(/login/sso\?[^"]+)"', page)
    assert link
    away = client.get(link[1].replace("&amp;", "&"), follow_redirects=False).headers["location"]
    answer = came_back(client, real.agree(away, "u-1"))
    assert answer.headers["location"] == "/units/H01.113?period=2026-09"
    cookies = answer.headers.get_list("set-cookie")
    assert any(
        one.startswith(f"__Host-{COOKIE}=") and "Secure" in one and "HttpOnly" in one for one in cookies
    )
    assert any(one.startswith(f"{sso.COOKIE}=") and "Max-Age=0" in one for one in cookies)
    assert client.get("/units/H01.113").status_code == 200
    people = People(own.ledger)
    (made,) = people.accounts.list()
    assert (made.name, made.by_rule) == ("An", True)
    noted = people.audit.entries()[-1]
    assert (noted.what, noted.who, noted.detail["sso"]) == ("sign_in", made.login, True)
    form = {"_csrf_token": token_on(client.get("/account").text)}
    out = client.post("/logout", data=form, follow_redirects=False)
    assert out.headers["location"] == "/login?out=sso"
    assert f'href="{real.issuer}/oauth2/end_session?client_id=' in client.get("/login?out=sso").text
    assert client.get("/account", follow_redirects=False).status_code == 303


def test_with_a_provider_the_folder_is_closed_before_the_first_account(
    client: TestClient[Litestar],
) -> None:
    assert client.get("/api/v1/units/H01/dossiers").status_code == 401


def test_who_was_not_prepared_is_told_so(
    client: TestClient[Litestar], own: DataFolder, real: Running
) -> None:
    answer = came_back(client, real.agree(begun(client), "u-2"))
    assert answer.status_code == 401
    assert "chưa được cấp quyền" in answer.text
    assert COOKIE not in answer.cookies
    noted = People(own.ledger).audit.entries()[-1]
    assert noted.what == "sign_in_failed"
    assert "xa@" not in str(noted)


def test_a_state_is_used_once_in_the_browser_that_began(
    client: TestClient[Litestar], own: DataFolder, real: Running
) -> None:
    away = begun(client)
    held = client.cookies[sso.COOKIE]
    told = real.agree(away, "u-1")
    client.cookies.clear()
    stolen = came_back(client, told)
    assert stolen.status_code == 401
    assert "không bắt đầu từ trình duyệt này" in stolen.text
    client.cookies.set(sso.COOKIE, held, domain="chiso.example.vn", path=sso.PATH)
    assert came_back(client, told | {"state": "another"}).status_code == 401
    client.cookies.clear()
    client.cookies.set(sso.COOKIE, held, domain="chiso.example.vn", path=sso.PATH)
    assert came_back(client, told).status_code == 303
    client.cookies.clear()
    client.cookies.set(sso.COOKIE, held, domain="chiso.example.vn", path=sso.PATH)
    again = came_back(client, told)
    assert again.status_code == 401
    assert "đã dùng rồi" in again.text


def test_an_attempt_holds_ten_minutes(
    client: TestClient[Litestar], real: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = real.agree(begun(client), "u-1")
    monkeypatch.setattr(sso, "WITHIN", 0)
    assert "đã quá hạn" in came_back(client, told).text


@pytest.mark.parametrize(
    "lie", [{"claims": {"nonce": "x"}}, {"claims": {"exp": 1}}, {"foreign": True}], ids=str
)
def test_a_token_that_does_not_hold_opens_no_session(
    client: TestClient[Litestar], own: DataFolder, real: Running, lie: dict[str, object]
) -> None:
    real.twist(**lie)
    answer = came_back(client, real.agree(begun(client), "u-1"))
    assert answer.status_code == 401
    assert "hãy đăng nhập lại từ đầu" in answer.text
    assert COOKIE not in answer.cookies
    assert People(own.ledger).accounts.list() == []


def test_a_no_of_the_provider_a_foreign_issuer_and_a_forged_cookie(
    client: TestClient[Litestar], real: Running
) -> None:
    told = {name: value for name, value in real.agree(begun(client), "u-1").items() if name != "code"}
    assert "không cho đăng nhập" in came_back(client, told | {"error": "access_denied"}).text
    told = real.agree(begun(client), "u-1")
    assert "không đến từ" in came_back(client, told | {"iss": "https://evil.example.com"}).text
    client.cookies.set(sso.COOKIE, "e30=", domain="chiso.example.vn", path=sso.PATH)
    assert came_back(client, told).status_code == 401


def test_guessing_is_slowed_down_here_too(client: TestClient[Litestar]) -> None:
    for _ in range(10):
        came_back(client, {"state": "x", "code": "y"})
    assert "thử lại sau một phút" in came_back(client, {"state": "x", "code": "y"}).text


def test_nobody_is_led_elsewhere_by_it(client: TestClient[Litestar], real: Running) -> None:
    told = real.agree(begun(client, "//evil.example.com/x"), "u-1")
    assert came_back(client, told).headers["location"] == "/"


def test_a_provider_that_is_down_leaves_passwords(client: TestClient[Litestar]) -> None:
    provider = client.app.state.house.sso
    object.__setattr__(provider, "client", replace(provider.client, issuer="http://127.0.0.1:9"))
    answer = client.get("/login/sso", follow_redirects=False)
    assert answer.status_code == 401
    assert "Không liên lạc được" in answer.text
    assert 'name="password"' in answer.text


def test_without_a_provider_there_is_no_such_address(doors: TestClient[Litestar]) -> None:
    assert doors.get("/login/sso", follow_redirects=False).status_code == 404
    assert doors.get("/login/sso/back", follow_redirects=False).status_code == 404
    assert "/login/sso" not in doors.get("/login").text


def test_the_commands_prepare_it(
    tmp_path: Path, real: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{real.secret}\n", "utf-8")
    folder = ["--data", str(tmp_path / "data")]
    assert run(["account", "add", "an", "--role", "staff", "--unit", "H01.113", *folder]) == 0
    assert run(["sso", "check", *folder]) == 2
    for name, value in (
        ("ISSUER", real.issuer), ("CLIENT", real.client), ("SECRET_FILE", str(secret)),
    ):  # fmt: skip
        monkeypatch.setenv(f"CHISO_SSO_{name}", value)
    with pytest.raises(SettingError, match="needs address"):
        Settings.read(tmp_path)
    monkeypatch.setenv("CHISO_ADDRESS", ADDRESS)
    told = Settings.read(tmp_path)
    assert told.sso_secret == real.secret
    assert real.secret not in repr(told)
    for words in (
        ["check"], ["link", "an", "--email", "an@angiang.gov.vn"],
        ["rule", "groups", "x", "--role", "staff", "--unit", "H01.113"], ["list"], ["unrule", "1"],
        ["unlink", "an"],
    ):  # fmt: skip
        assert run(["sso", *words, *folder]) == 0, words
    said = capsys.readouterr()
    assert real.secret not in said.out + said.err
    assert run(["sso", "unrule", "1", *folder]) == 1
    with DataFolder.open(tmp_path / "data") as opened:
        noted = [one.what for one in People(opened.ledger).audit.entries()]
    assert noted == ["account_added", "sso_linked", "sso_rule_added", "sso_rule_removed", "sso_unlinked"]
