"""Administration in the browser: every change shown first, made, and noted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.administration import refused
from chiso.folder import DataFolder
from chiso.folder.registers import own_days
from chiso.instants import DAY, utc_now
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.web.app import create_app
from chiso.web.rights import COOKIE
from tests.support.people import with_factor
from tests.web.world import NOW, accept, message

PASSWORD = "lúa vàng đồng xa"
PAGES = (
    "/admin", "/admin/accounts", "/admin/accounts/quan-tri", "/admin/units", "/admin/units?q=long",
    "/admin/units/change?what=merge", "/admin/units/change?what=split", "/admin/units/change?what=rename",
    "/admin/units/change?what=move", "/admin/units/change?what=open", "/admin/units/change?what=close",
    "/admin/units/change?what=reopen", "/admin/procedures", "/admin/procedures/new",
    "/admin/procedures/2.000815", "/admin/days", "/admin/days?year=2027", "/admin/laws",
    "/admin/laws?a=qd766&b=qd766-2022", "/admin/refused", "/admin/settings", "/admin/senders",
    "/admin/senders/m%E1%BB%99t%20c%E1%BB%ADa",
)  # fmt: skip


@pytest.fixture
def people(own: DataFolder) -> People:
    found = People(own.ledger)
    found.accounts.add("quan-tri", "Quản Trị", [Grant(Role.ADMINISTRATOR, "H01")], utc_now(), PASSWORD)
    with_factor(found, "quan-tri")
    found.accounts.add("can-bo", "Cán Bộ", [Grant(Role.STAFF, "H01.113")], utc_now(), PASSWORD)
    return found


@pytest.fixture
def client(own: DataFolder, people: People) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(own)) as opened:
        opened.cookies.set(COOKIE, people.sessions.open(people.accounts.by_login("quan-tri"), utc_now()))
        yield opened


def post(client: TestClient[Litestar], address: str, **fields: str) -> Any:
    page = client.get("/admin/settings").text
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    assert token is not None
    return client.post(address, data={"_csrf_token": token[1], **fields}, follow_redirects=False)


def last(people: People) -> tuple[str, str, str]:
    entry = people.audit.entries(newest_first=True, limit=1)[0]
    return entry.who, entry.what, entry.about


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_is_there_in_both_languages_and_kept_nowhere(
    client: TestClient[Litestar], lang: str
) -> None:
    for address in PAGES:
        fields = {"lang": lang} | dict(re.findall(r"[?&]([^=]+)=([^&]+)", address))
        answer = client.get(address, params=fields)
        assert answer.status_code == 200, address
        assert answer.headers["cache-control"] == "no-store"
        assert "aria-current" in answer.text


def test_a_merger_is_shown_made_and_noted(
    client: TestClient[Litestar], own: DataFolder, people: People
) -> None:
    fields = {"what": "merge", "codes": "H01.113 H01.101", "into": "H01.900", "name": "Phường Mới",
              "day": "2026-10-01"}  # fmt: skip
    shown = client.get("/admin/units/change", params={**fields, "show": "1"})
    assert "Phường Mới" in shown.text
    assert own.registry.units.find("H01.900") is None
    assert post(client, "/admin/units/change", **fields).status_code == 303
    assert own.score("H01.900")["name"] == "Phường Mới"
    assert last(people) == ("quan-tri", "units_changed", "H01.113 H01.101 H01.900")
    again = post(client, "/admin/units/change", **fields)
    assert again.status_code == 400
    assert "thôi hoạt động" in again.text


def test_a_change_that_cannot_be_keeps_what_was_typed(client: TestClient[Litestar]) -> None:
    answer = client.get(
        "/admin/units/change", params={"what": "rename", "code": "H01.113", "name": "x" * 300, "show": "1"}
    )
    assert answer.status_code == 400
    assert "x" * 300 in answer.text
    assert 'role="alert"' in answer.text


def test_a_day_off_is_shown_made_and_taken_back(
    client: TestClient[Litestar], own: DataFolder, people: People
) -> None:
    fields = {"day": "2026-09-07", "working": "0", "name": "Bão số 3", "source": "Công điện 15", "unit": ""}
    assert "Bão số 3" in client.get("/admin/days", params={**fields, "show": "1"}).text
    assert not own_days(own.path)
    assert post(client, "/admin/days", **fields).status_code == 303
    assert [one.name for one in own_days(own.path)] == ["Bão số 3"]
    assert last(people)[1] == "day_set"
    assert post(client, "/admin/days", day="2026-09-07", unit="", remove="1").status_code == 303
    assert not own_days(own.path)
    assert post(client, "/admin/days", day="nay", unit="", remove="1").status_code == 400


def test_a_procedure_is_changed(client: TestClient[Litestar], own: DataFolder, people: People) -> None:
    fields = {"name": "Chứng thực", "level.commune": "1", "online": "partial", "state": "public",
              "limit_unit": "working_day"}  # fmt: skip
    shown = client.get("/admin/procedures/2.000815", params={**fields, "show": "1"})
    assert "Toàn trình" in shown.text or "full" in shown.text
    assert post(client, "/admin/procedures/2.000815", **fields).status_code == 303
    held = own.registry.catalogue.get("2.000815")
    assert held is not None
    assert held.online == "partial"
    assert last(people) == ("quan-tri", "procedure_changed", "2.000815")
    assert post(client, "/admin/procedures/2.000815", **{**fields, "level.commune": ""}).status_code == 400
    assert client.get("/admin/procedures/9.9").status_code == 404


def test_a_setting_holds_at_once_and_a_secret_is_never_shown(
    client: TestClient[Litestar], own: DataFolder
) -> None:
    assert post(client, "/admin/settings/target", value="85").headers["location"].endswith("done=once")
    assert own.settings.target == 85
    post(client, "/admin/settings/mail", value="smtp://a:bi-mat@thu.example.vn?from=c@example.vn")
    assert "bi-mat" not in client.get("/admin/settings").text
    assert post(client, "/admin/settings/home", value="H44").status_code == 400
    post(client, "/admin/settings/target", do="default")
    assert own.settings.target == 80


def test_accounts_are_made_changed_and_never_all_lost(client: TestClient[Litestar], people: People) -> None:
    made = post(
        client, "/admin/accounts", login="Lan", name="Lan", **{"role.0": "leader", "unit.0": "H01.113"}
    )
    secret = re.search(r'class="secret">([^<]+)<', made.text)
    assert secret is not None
    assert people.accounts.verify("lan", secret[1], "", utc_now()).account is not None
    assert people.accounts.by_login("lan").must_change
    roles = {"do": "roles", "name": "Lan", "role.0": "auditor", "unit.0": "", "role.1": "staff",
             "unit.1": "H01.101"}  # fmt: skip
    assert post(client, "/admin/accounts/lan", **roles).status_code == 303
    assert {(one.role, one.unit) for one in people.accounts.by_login("lan").grants} == {
        (Role.AUDITOR, "H01"), (Role.STAFF, "H01.101"),
    }  # fmt: skip
    assert last(people) == ("quan-tri", "account_changed", "lan")
    post(client, "/admin/accounts/lan", do="off")
    assert not people.accounts.by_login("lan").active
    for fields in ({"do": "off"}, {"do": "roles", "name": "", "role.0": "staff", "unit.0": ""}):
        answer = post(client, "/admin/accounts/quan-tri", **fields)
        assert answer.status_code == 400
        assert "ít nhất một tài khoản quản trị" in answer.text
    assert post(client, "/admin/accounts", login="x y", **{"role.0": "staff"}).status_code == 400
    assert post(client, "/admin/accounts", login="z", **{"role.0": "king"}).status_code == 400
    assert client.get("/admin/accounts/nobody").status_code == 404


def test_senders_are_made_and_their_keys_changed(
    client: TestClient[Litestar], own: DataFolder, people: People
) -> None:
    made = post(client, "/admin/senders", name="Sở Tư pháp", unit="H01.06", units="H01.06 H01.113")
    secrets = re.findall(r'class="secret">([^<]+)<', made.text)
    assert len(secrets) == 3
    held = own.ledger.senders.by_key(secrets[2], utc_now())
    assert held is not None
    assert (held.unit, held.units) == ("H01.06", ("H01.06", "H01.113"))
    address = "/admin/senders/S%E1%BB%9F%20T%C6%B0%20ph%C3%A1p"
    post(client, address, do="scope", units="H01.06", **{"kind.petitions": "1"})
    held = own.ledger.senders.find("Sở Tư pháp")
    assert (held.kinds, held.units) == (("petitions",), ("H01.06",))
    rotated = post(client, address, do="rotate", overlap="0")
    fresh = re.findall(r'class="secret">([^<]+)<', rotated.text)[0]
    assert own.ledger.senders.by_key(secrets[2], utc_now() + 1) is None
    assert own.ledger.senders.by_key(fresh, utc_now()) is not None
    assert last(people) == ("quan-tri", "sender_key_made", "Sở Tư pháp")
    number = str(own.ledger.senders.keys("Sở Tư pháp")[-1].id)
    assert post(client, address, do="revoke", key=number).status_code == 303
    assert own.ledger.senders.by_key(fresh, utc_now()) is None
    post(client, address, do="off")
    assert not own.ledger.senders.find("Sở Tư pháp").active
    for fields in ({"do": "rotate", "overlap": "mãi"}, {"do": "revoke", "key": "x"}, {"do": ""}):
        assert post(client, address, **fields).status_code == 400
    assert post(client, "/admin/senders", name="Sở Tư pháp", unit="H01").status_code == 400
    assert post(client, "/admin/senders", name="Khác", unit="H01.9999").status_code == 400
    assert client.get("/admin/senders/ai%20đó").status_code == 404


def test_refused_pieces_are_corrected_in_bulk_and_by_hand(
    client: TestClient[Litestar], own: DataFolder, people: People
) -> None:
    told = [
        message(f"H01.113-261009-{number:05d}", NOW - 2 * DAY, NOW + DAY) | {"NgayTiepNhan": "31/02/2026"}
        for number in range(3)
    ]
    accept(own, told, "dossiers", NOW - 3600)
    group = next(one for one in refused.groups(own) if one["field"] == "NgayTiepNhan")
    fields = {key: group[key] for key in ("reason", "field", "sender", "kind")}
    assert "31/02/2026" in client.get("/admin/refused").text
    correction = {**fields, "do": "set", "value": "20261008080000", "only": "31/02/2026"}
    assert client.get("/admin/refused/alike", params={**correction, "show": "1"}).status_code == 200
    pieces = refused.alike(own, *fields.values())
    seen = client.get(f"/admin/refused/{pieces[0].id}")
    assert "NgayTiepNhan" in seen.text
    assert last(people) == ("quan-tri", "refused_seen", str(pieces[0].id))
    text = own.ledger.quarantine.raw(pieces[0].id)
    wrong = post(client, f"/admin/refused/{pieces[0].id}", do="take", text=text.decode())
    assert wrong.status_code == 400
    right = msgspec.json.decode(text) | {"NgayTiepNhan": "20261008080000"}
    done = post(client, f"/admin/refused/{pieces[0].id}", do="take", text=msgspec.json.encode(right).decode())
    assert done.headers["location"] == "/admin/refused?done=1"
    done = post(client, "/admin/refused/alike", **correction)
    assert done.headers["location"] == "/admin/refused?done=2"
    assert own.dossier("H01.113-261009-00002")["code"] == "H01.113-261009-00002"
    for number in (999999, 1 << 63, -(1 << 80)):
        assert client.get(f"/admin/refused/{number}").status_code == 404


def test_others_may_not_even_look(own: DataFolder, people: People) -> None:
    with TestClient(create_app(own)) as client:
        client.cookies.set(COOKIE, people.sessions.open(people.accounts.by_login("can-bo"), utc_now()))
        for address in PAGES:
            assert client.get(address).status_code == 403


def test_without_accounts_only_this_machine_administers(own: DataFolder) -> None:
    app = create_app(own)
    with TestClient(app) as elsewhere:
        assert elsewhere.get("/admin").status_code == 403
        assert elsewhere.get("/admin/refused/1").status_code == 403
    with TestClient(app, base_url="http://127.0.0.1") as client:
        client.headers["x-forwarded-for"] = "127.0.0.1"
        assert client.get("/admin").status_code == 403


def test_the_first_page_reminds_of_a_senders_last_key(client: TestClient[Litestar], own: DataFolder) -> None:
    assert "Khóa cuối cùng" not in client.get("/admin").text
    soon = utc_now() + 7 * 86_400
    own.ledger.senders.add("<b>mc</b>", "H01", utc_now(), expires_at=soon)
    text = client.get("/admin").text
    assert "Khóa cuối cùng của “&lt;b&gt;mc&lt;/b&gt;” hết hạn lúc" in text
    assert 'href="/admin/senders/%3Cb%3Emc%3C/b%3E"' in text
    assert "chiso_sender_keys_ending 1.0" in client.get("/metrics").text


def test_people_are_told_at_an_address_that_administrators_enter(
    client: TestClient[Litestar], people: People
) -> None:
    role = {"role.0": "staff", "unit.0": "H01.113"}
    post(client, "/admin/accounts", login="ba", mail="ba@example.vn", **role)
    assert people.accounts.by_login("ba").mail == "ba@example.vn"
    assert 'value="ba@example.vn"' in client.get("/admin/accounts/ba").text
    post(client, "/admin/accounts/ba", do="roles", name="Ba", mail="", **role)
    assert people.accounts.by_login("ba").mail == ""
    assert last(people) == ("quan-tri", "account_changed", "ba")
    assert post(client, "/admin/accounts", login="tu", mail="tu", **role).status_code == 400
    assert [one.what for one in people.notices.of(people.accounts.by_login("ba").id)] == ["mail_changed"]


def test_nobody_changes_their_own_sign_in_without_their_password(
    client: TestClient[Litestar], people: People
) -> None:
    assert 'value="password"' not in client.get("/admin/accounts/quan-tri").text
    for do in ("password", "factor"):
        refused = post(client, "/admin/accounts/quan-tri", do=do)
        assert refused.status_code == 400
        assert "trang Tài khoản" in refused.text
    assert people.accounts.by_login("quan-tri").two_factor
    assert people.accounts.verify("quan-tri", PASSWORD, "", utc_now()).needs_code
