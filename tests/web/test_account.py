"""The own account: the second factor, who needs one, and what a session left open cannot do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from chiso.cli import run
from chiso.folder import DataFolder
from chiso.instants import utc_now
from chiso.ledger.schema import account, account_notice
from chiso.people.accounts import LOCK_AFTER, LOCK_SECONDS
from chiso.people.factor import STEP
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.steering.alerts.personal import tell_people
from chiso.web.app import create_app
from chiso.web.rights import COOKIE
from tests.support.mailbox import mailbox
from tests.web.test_signin import NEW, PASSWORD, sign_in, token_on

Client = TestClient[Litestar]


class Hand:
    """A clock that a test moves, where the pages of signing in look at it."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    made = Hand()
    for module in ("signin", "account", "house"):
        monkeypatch.setattr(f"chiso.web.{module}.utc_now", made)
    return made


def of(own: DataFolder, role: Role) -> Iterator[Client]:
    People(own.ledger).accounts.add("an", "Nguyễn Văn An", [Grant(role, "H01")], utc_now(), PASSWORD)
    with TestClient(create_app(own)) as opened:
        yield opened


@pytest.fixture
def client(own: DataFolder, hand: Hand) -> Iterator[Client]:
    yield from of(own, Role.LEADER)


@pytest.fixture
def administrator(own: DataFolder, hand: Hand) -> Iterator[Client]:
    yield from of(own, Role.ADMINISTRATOR)


def led(client: Client, **more: str) -> Any:
    """The answer to a form of signing in."""
    return sign_in(client, **more)


def enrolled(client: Client, hand: Hand) -> tuple[pyotp.TOTP, dict[str, str]]:
    """Switches the second factor on.  Gives the device, and the form that did it."""
    text = client.get("/account").text
    secret = re.search(r'name="secret" value="([A-Z2-7]+)"', text)
    assert secret
    assert "".join(re.findall(r"[A-Z2-7]{4}", text.partition('class="secret">')[2])[:8]) == secret[1]
    assert '<path stroke="#000"' in text
    device = pyotp.TOTP(secret[1])
    form = {"_csrf_token": token_on(text), "secret": secret[1], "password": PASSWORD}
    right = device.at(hand.now)
    for wrong in ({"code": "000000"}, {"code": right, "secret": "AAAA"}, {"code": right, "secret": ""}):
        assert client.post("/account/second-factor", data=form | wrong).status_code == 400
    form["code"] = right
    assert "Đã lưu" in client.post("/account/second-factor", data=form).text
    return device, form


def test_the_second_factor_is_switched_on_asked_for_and_switched_off(
    client: Client, own: DataFolder, hand: Hand
) -> None:
    sign_in(client)
    device, form = enrolled(client, hand)
    assert client.post("/account/second-factor", data=form).status_code == 400
    client.cookies.delete(COOKIE)
    asked = led(client)
    assert asked.status_code == 401
    assert 'name="code"' in asked.text
    assert led(client, code=form["code"]).status_code == 401
    hand.now += STEP
    spent = device.at(hand.now)
    assert led(client, code=spent).status_code == 303
    off = {"_csrf_token": token_on(client.get("/account").text), "password": PASSWORD}
    hand.now += STEP
    code = device.at(hand.now)
    for wrong in ({"code": ""}, {"code": "000000"}, {"code": spent}, {"code": code, "password": "wrong"}):
        assert client.post("/account/second-factor", data=off | wrong).status_code == 400
    assert People(own.ledger).accounts.by_login("an").two_factor
    assert "Đã tắt" in client.post("/account/second-factor", data=off | {"code": code}).text
    assert not People(own.ledger).accounts.by_login("an").two_factor
    noted = [one.what for one in People(own.ledger).audit.entries() if one.who == "an"]
    assert (noted.count("second_factor_on"), noted.count("second_factor_off")) == (1, 1)
    assert noted.count("sign_in_failed") == 5


def test_a_password_is_rated_as_the_form_would_say(client: Client) -> None:
    sign_in(client)
    token = token_on(client.get("/account").text)
    told = {}
    for password in ("", "matkhau123456", NEW):
        answer = client.post("/account/strength", data={"_csrf_token": token, "new": password})
        assert answer.headers["cache-control"] == "no-store"
        told[password] = answer.json()
        sent = {"_csrf_token": token, "old": PASSWORD, "new": password, "again": password}
        changed = client.post("/account/password", data=sent)
        if changed.status_code == 400:
            assert told[password]["words"] in changed.text
    assert told[""]["score"] == 0
    assert told["matkhau123456"]["score"] <= 2
    assert "nhiều người dùng" in told["matkhau123456"]["words"]
    assert told[NEW] == {"score": 4, "words": "Mật khẩu khó đoán."}
    english = client.post("/account/strength?lang=en", data={"_csrf_token": token, "new": "matkhau123456"})
    assert "many use" in english.json()["words"]
    assert client.post("/account/strength", data={"new": NEW}).status_code == 403


def nearly_closed(own: DataFolder) -> None:
    """Two wrong attempts more, and the account is closed."""
    with own.ledger.database.write() as connection:
        connection.execute(sa.update(account).values(failures=LOCK_AFTER - 2))


def test_a_session_left_open_is_no_way_to_guess(client: Client, own: DataFolder, hand: Hand) -> None:
    sign_in(client)
    nearly_closed(own)
    form = {"_csrf_token": token_on(client.get("/account").text), "new": NEW, "again": NEW}
    for number in range(2):
        answer = client.post("/account/password", data=form | {"old": f"wrong {number}"})
        assert "không đúng" in answer.text
    assert "thử lại sau 15 phút" in client.post("/account/password", data=form | {"old": PASSWORD}).text
    assert People(own.ledger).accounts.verify("an", PASSWORD, "", hand.now).waits > 0
    hand.now += LOCK_SECONDS
    assert client.post("/account/password", data=form | {"old": PASSWORD}).status_code == 200


def test_a_closed_account_looks_like_none(client: Client, own: DataFolder, hand: Hand) -> None:
    nearly_closed(own)
    for _ in range(2):
        People(own.ledger).accounts.verify("an", "wrong", "", hand.now)
    closed, none = (re.sub(r'value="[^"]*"', "", led(client, login=login).text) for login in ("an", "nobody"))
    assert closed == none


def test_people_see_their_sessions_and_end_them(client: Client, own: DataFolder, hand: Hand) -> None:
    people = People(own.ledger)
    client.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
    sign_in(client)
    elsewhere = people.sessions.open(people.accounts.by_login("an"), hand.now, browser="Chrome, Android")
    people.accounts.add("ba", "", (), hand.now, PASSWORD)
    other = people.sessions.open(people.accounts.by_login("ba"), hand.now)
    text = client.get("/account").text
    assert "Firefox, Linux" in text
    assert "Chrome, Android" in text
    assert text.count('name="key"') == 1
    form = {"_csrf_token": token_on(text)}
    key = re.findall(r'name="key" value="([0-9a-f]+)"', text)[0]
    theirs = people.sessions.of(people.accounts.by_login("ba").id, "", hand.now)[0].key
    client.post("/account/sessions", data=form | {"key": theirs})
    assert people.sessions.find(other, hand.now) is not None
    assert client.post("/account/sessions", data={"key": key}, follow_redirects=False).status_code == 403
    assert people.sessions.find(elsewhere, hand.now) is not None
    assert "Đã kết thúc" in client.post("/account/sessions", data=form | {"key": key}).text
    assert people.sessions.find(elsewhere, hand.now) is None
    more = people.sessions.open(people.accounts.by_login("an"), hand.now)
    assert client.get("/account").text.count('name="key"') == 1
    client.post("/account/sessions", data=form)
    assert people.sessions.find(more, hand.now) is None
    assert client.get("/account").status_code == 200
    noted = [one.detail["ended"] for one in people.audit.entries() if one.what == "sessions_ended"]
    assert noted == [0, 1, 1]


def test_a_session_that_was_ended_reads_no_longer(client: Client, own: DataFolder, hand: Hand) -> None:
    sign_in(client)
    people, mine = People(own.ledger), client.cookies[COOKIE]
    other = people.sessions.open(people.accounts.by_login("an"), hand.now)
    form = {"_csrf_token": token_on(client.get("/account").text)}
    for token, end, status in ((other, False, 200), (mine, True, 200), (other, False, 303)):
        client.cookies.delete(COOKIE)
        client.cookies.set(COOKIE, token)
        assert client.get("/account", follow_redirects=False).status_code == status
        if end:
            client.post("/account/sessions", data=form)


def test_what_changed_is_told_on_the_page_and_by_mail(client: Client, own: DataFolder, hand: Hand) -> None:
    sign_in(client)
    assert "Chưa có thay đổi nào" in client.get("/account").text
    form = {"_csrf_token": token_on(client.get("/account").text), "mail": "an@example.vn"}
    assert client.post("/account/mail", data=form | {"password": "wrong"}).status_code == 400
    assert client.post("/account/mail", data=form | {"password": PASSWORD, "mail": "an"}).status_code == 400
    assert "Đã lưu địa chỉ thư" in client.post("/account/mail", data=form | {"password": PASSWORD}).text
    assert 'value="an@example.vn"' in client.get("/account").text
    sent = {"_csrf_token": form["_csrf_token"], "old": PASSWORD, "new": NEW, "again": NEW}
    assert "Mật khẩu đã đổi." in client.post("/account/password", data=sent).text
    with mailbox() as box:
        own.settings = replace(own.settings, mail=box.address, address="https://chiso.example.vn/")
        box.busy = True
        assert tell_people(own) == 0
        box.busy = False
        assert tell_people(own) == 0
        with own.ledger.database.write() as connection:
            connection.execute(sa.update(account_notice).values(due=0).where(account_notice.c.due > 0))
        assert tell_people(own) == 1
        assert tell_people(own) == 0
    ((recipients, message),) = box.mails
    assert recipients == ["an@example.vn"]
    assert message["Subject"] == "[Chỉ số 766] Tài khoản của bạn"
    assert "https://chiso.example.vn/account" in message.get_content()
    assert "Mật khẩu đã đổi. (Tài khoản: an.)" in message.get_content()
    assert b"an@example.vn" not in (own.path / "chiso.sqlite").read_bytes()


def test_an_address_that_breaks_stops_nobody_elses_mail(client: Client, own: DataFolder, hand: Hand) -> None:
    people = People(own.ledger)
    for login, address in (("ba", "ế@example.vn"), ("tu", "tu@example.vn"), ("chi", "chi@example.vn")):
        people.accounts.add(login, "", (), hand.now, PASSWORD, address)
        people.federation.link(login, "https://sso.example.vn", "sub", login)
    number = people.accounts.by_login("tu").id
    with own.ledger.database.write() as connection:
        spoiled = sa.update(account_notice).where(account_notice.c.account == number)
        connection.execute(spoiled.values(mail=b"spoiled"))
    with mailbox() as box:
        own.settings = replace(own.settings, mail=box.address)
        tell_people(own)
    assert ["chi@example.vn"] in [recipients for recipients, _ in box.mails]
    assert ["tu@example.vn"] not in [recipients for recipients, _ in box.mails]


def test_a_first_password_that_is_too_old_says_so(client: Client, own: DataFolder, hand: Hand) -> None:
    _, made = People(own.ledger).accounts.add("ba", "", (), hand.now)
    hand.now += 7 * 86_400
    late = led(client, password=made, login="ba")
    assert late.status_code == 401
    assert "quá hạn" in late.text
    assert "quá hạn" not in led(client, password="wrong one", login="ba").text
    own.settings = replace(own.settings, first_password_days=0)
    assert led(client, password=made, login="ba").headers["location"] == "/account"


# -- who needs a second factor -------------------------------------------------------------------------


def test_administrators_set_up_a_second_factor_before_anything_else_opens(
    administrator: Client, hand: Hand
) -> None:
    assert led(administrator, next="/admin").headers["location"] == "/account"
    for address in ("/", "/admin", "/audit", "/units/H01"):
        assert administrator.get(address, follow_redirects=False).headers["location"] == "/account"
    assert administrator.get("/api/v1/senders").status_code == 403
    assert "Vai trò của bạn cần xác nhận hai bước" in administrator.get("/account").text
    device, _ = enrolled(administrator, hand)
    assert administrator.get("/admin").status_code == 200
    hand.now += STEP
    off = {
        "_csrf_token": token_on(administrator.get("/account").text),
        "password": PASSWORD,
        "code": device.at(hand.now),
    }
    administrator.post("/account/second-factor", data=off)
    assert administrator.get("/admin", follow_redirects=False).headers["location"] == "/account"


def test_the_setting_says_of_whom_it_is_asked(administrator: Client, own: DataFolder) -> None:
    people = People(own.ledger)
    people.accounts.add("ba", "", [Grant(Role.STAFF, "H01.113")], utc_now(), PASSWORD)
    wanted: dict[str, set[str]] = {
        "": {"an", "ba"}, "staff, auditor": {"an"}, "all": set(), "administrator": {"ba"},
    }  # fmt: skip
    for setting, opens in wanted.items():
        own.settings = replace(own.settings, second_factor=setting)
        reached = set()
        for login in ("an", "ba"):
            administrator.cookies.clear()
            token = people.sessions.open(people.accounts.by_login(login), utc_now())
            administrator.cookies.set(COOKIE, token)
            if administrator.get("/units/H01", follow_redirects=False).status_code == 200:
                reached.add(login)
        assert reached == opens, setting


def test_who_comes_by_single_sign_on_has_the_factor_of_its_provider(
    administrator: Client, own: DataFolder, hand: Hand
) -> None:
    people = People(own.ledger)
    token = people.sessions.open(people.accounts.by_login("an"), hand.now, "https://sso.example.vn")
    administrator.cookies.set(COOKIE, token)
    assert administrator.get("/admin").status_code == 200


def test_a_lost_device_is_taken_off_and_its_sessions_end(
    administrator: Client, own: DataFolder, hand: Hand
) -> None:
    sign_in(administrator)
    enrolled(administrator, hand)
    assert run(["account", "change", "an", "--no-second-factor", "--data", str(own.path)]) == 0
    assert People(own.ledger).sessions.find(administrator.cookies[COOKIE], hand.now) is None
    administrator.cookies.delete(COOKIE)
    hand.now += 10
    assert led(administrator).headers["location"] == "/account"
