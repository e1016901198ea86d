"""The forms of administration, found on its pages, filled with whatever: answered in words, never a fault."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.instants import utc_now
from chiso.people.audit import Audit
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.web.app import create_app
from chiso.web.rights import COOKIE
from tests.support.people import with_factor
from tests.web.test_admin import PAGES, PASSWORD
from tests.web.world import NOW, accept

SCRIPT = "<script>alert(1)</script>\"'><img src=x>{{7*7}}"
PLAIN = (
    "",
    " ",
    "0",
    "1",
    "-1",
    "9" * 30,
    "1e9",
    "true",
    "2026-10-31",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
)
CODES = (
    "H01",
    "H01.113",
    "H01.06",
    "H01.113 Phường Long Phú",
    "H99",
    "1.000001",
    "2.000815",
    "administrator@H01",
)
ODD = (
    SCRIPT,
    "\x00",
    "\u202ea\u2066",
    "a\r\nb",
    "=1+1",
    "../../x",
    "é" * 5_000,
    "🙂",
    "%00",
    "NaN",
)
LEFT = ("https", "second_factor", "/admin/accounts/quan-tri")
"""Forms by which the test would shut itself out."""


class Form(NamedTuple):
    action: str
    names: tuple[str, ...]
    given: dict[str, tuple[str, ...]]
    """fields with the values that the page offers"""


@pytest.fixture
def client(own: DataFolder) -> Iterator[TestClient[Litestar]]:
    people = People(own.ledger)
    people.accounts.add("quan-tri", "Quản Trị", [Grant(Role.ADMINISTRATOR, "H01")], utc_now(), PASSWORD)
    people.accounts.add("can-bo", "Cán Bộ", [Grant(Role.STAFF, "H01.113")], utc_now(), PASSWORD)
    with_factor(people, "quan-tri")
    accept(own, [{"MaHoSo": "H01.113-261009-7", "TrangThaiHoSo": SCRIPT}], "dossiers", NOW)
    with TestClient(create_app(own), raise_server_exceptions=False) as opened:
        opened.cookies.set(COOKIE, people.sessions.open(people.accounts.by_login("quan-tri"), utc_now()))
        yield opened


def forms(client: TestClient[Litestar]) -> list[Form]:
    found = []
    for address in (*PAGES, "/admin/accounts/can-bo", "/admin/refused/1"):
        text = client.get(address).text
        for attributes, inside in re.findall(r"<form([^>]*)>(.*?)</form>", text, re.DOTALL):
            action = re.search(r'action="([^"]*)"', attributes)
            if action is None or not action[1].startswith("/admin") or action[1].endswith(LEFT):
                continue
            given: dict[str, tuple[str, ...]] = {}
            for tag in re.findall(r"<(?:input|textarea|select|button)[^>]*>", inside):
                if name := re.search(r'name="([^"]*)"', tag):
                    value = re.search(r'value="([^"]*)"', tag)
                    given[name[1]] = (*given.get(name[1], ()), unescape(value[1]) if value else "")
            found.append(Form(unescape(action[1]), tuple(given), given))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_form_holds_is_answered_in_words(
    client: TestClient[Litestar], own: DataFolder, seed: int
) -> None:
    chance = random.Random(seed)
    known = forms(client)
    assert {one.action.split("?")[0] for one in known} >= {
        "/admin/accounts", "/admin/senders", "/admin/units/change", "/admin/days", "/admin/channels"
    }  # fmt: skip
    token = re.search(r'name="_csrf_token" value="([^"]+)"', client.get("/admin/settings").text)
    assert token is not None
    told = set()
    for _ in range(150):
        form = chance.choice(known)
        fields = {
            name: chance.choice((*form.given[name], chance.choice(chance.choice((PLAIN, CODES, ODD)))))
            for name in form.names
            if chance.random() < 0.9
        }
        if chance.random() < 0.2:  # some are looked at first
            shown = client.get(form.action, params=fields)
            assert shown.status_code < 500, (form.action, fields)
            assert "<script>alert" not in shown.text, (form.action, fields)
        answer = client.post(form.action, data={**fields, "_csrf_token": token[1]}, follow_redirects=False)
        assert answer.status_code < 500, (form.action, fields)
        assert "\n" not in answer.headers.get("location", "")
        assert "<script>alert" not in answer.text, (form.action, fields)
        assert "<img src=x" not in answer.text, (form.action, fields)
        told.add(answer.status_code)
        if answer.headers.get("location", "").startswith("/login"):
            pytest.fail(f"{form.action} with {fields} signed the administrator out")
    assert told & {200, 303}
    assert told & {400, 404, 409}
    assert Audit(own.ledger.database).broken() is None
    for address in PAGES[:2]:
        assert client.get(address).status_code == 200
    own.refresh()
    assert own.score("H01")["total"]
