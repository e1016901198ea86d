"""The record: every change and every look at single dossiers leaves an entry; auditors read it."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyotp
import pytest
from litestar import Litestar
from litestar.testing import TestClient

import chiso
from chiso.cli import run
from chiso.folder import DataFolder
from chiso.people.audit import Wanted
from chiso.people.house import People
from chiso.people.rights import Role
from chiso.web.app import create_app
from chiso.web.messages import catalogue
from chiso.web.rights import NEEDS, OPEN
from chiso.web.witness import shows_dossiers
from tests.web import test_rights as rights
from tests.web.test_rights import (
    HOME,
    IDS,
    OTHER,
    OWN,
    PASSWORD,
    addresses,
    dossier_of,
    filled,
    signed_in,
)
from tests.web.world import NOW

app, client = rights.app, rights.client

KINDS = ("settings_changed", "law_changed", "calendar_changed")
DOCUMENT = {"number": "99/UBND", "date": "2026-10-02", "issuer": "UBND tỉnh", "subject": "Đôn đốc"}
SECRET = pyotp.random_base32()
NOT_NOTED = {
    "/dvcqg", "/dvcqg/login", "/dvcqg/DongBoHoSoMC", "/dvcqg/CapNhatTienDoHoSoMC",
    "/account/strength",
}  # fmt: skip
"""What senders tell is in the journal, each with its sender, door and instant; a rating changes nothing."""

BODIES: dict[str, dict[str, Any]] = {
    "/login": {"login": "nobody", "password": PASSWORD},
    "/account/password": {"old": PASSWORD, "new": PASSWORD + " x", "again": PASSWORD + " x"},
    "/account/mail": {"mail": "an@example.vn", "password": PASSWORD},
    "/account/sessions": {},
    "/account/second-factor": {"secret": SECRET, "password": PASSWORD},
    "/steering/documents": DOCUMENT,
    "/steering/documents/{id}/targets": {"unit": OWN, "what": "total", "threshold": "80", "by": "2026-12-31"},
    "/steering/documents/{id}/tasks": {"unit": OWN, "task": "Rà soát", "due": "2026-10-12", "report": "x"},
    "/steering/withdraw": {"id": "{documents}"},
    "/steering/remind": {},
    "/steering/letters/new": {"kind": "urge", "unit": HOME, "to": "communes", "anyway": "1"},
    "/steering/letters/{number}/number": {"number": "7", "date": "2026-10-10"},
    "/api/v1/letters/new": {
        "kind": "urge",
        "unit": HOME,
        "to": ["departments"],
        "anyway": True,
    },
    "/api/v1/letters/{number}/number": {"number": 8, "date": "2026-10-10"},
    "/steering/alerts/rules/{id}": {"on": "0"},
    "/steering/alerts/rules": {
        "name": "Im lặng",
        "what": "silence",
        "side": "above",
        "threshold": "2",
        "whose": "unit",
        "hold": "60",
        "weight": "digest",
        "to": "both",
        "unit": "",
    },
    "/steering/alerts/contacts": {"unit": OWN, "address": "ba@example.vn"},
    "/steering/alerts/contacts/{number}/test": {},
    "/steering/alerts/again": {},
    "/steering/alerts/contacts/{number}/remove": {},
    "/units/{code}/duties/{id}": {"text": "Đã làm xong."},
    "/units/{code}/todo/marks": {"kind": "{kind}", "subject": "{subject}", "assigned": "An"},
    "/api/v1/senders": {"name": "mc", "unit": OWN},
    "/api/v1/senders/{name}": {"active": True},
    "/api/v1/senders/{name}/keys": {},
    "/api/v1/senders/{name}/keys/{number}/revoke": {},
    "/api/v1/records/{kind}": {},
    "/logout": {},
}
"""What each changing address takes, in an order in which all of them can be done."""
LAST = ("/steering/alerts/contacts/{number}/remove", "/steering/withdraw", "/logout")
WHO = {
    "/account/password": "leader.H01.113", "/account/second-factor": "staff.H01",
    "/account/mail": "staff.H01", "/account/sessions": "staff.H01", "/logout": "auditor.H01",
    "/login": "",
}  # fmt: skip


def newest(people: People) -> int:
    found = people.audit.entries(newest_first=True, limit=1)
    return found[0].number if found else 0


def about_work(app: Litestar) -> dict[str, str]:
    from chiso.insight.todo.answer import todo

    row = todo(app.state.folder, OWN)["rows"][0]
    return {"kind": row["what"], "subject": row.get("dossier") or row.get("petition") or row["procedure"]}


@pytest.mark.slow
def test_every_changing_address_leaves_an_entry(app: Litestar, client: TestClient[Litestar]) -> None:
    people: People = app.state.house.people
    posts = {template for template, method in addresses(app) if method not in ("GET", "HEAD")}
    tried = {one for one in posts - NOT_NOTED if not one.startswith("/admin")}
    assert tried == BODIES.keys(), (
        "each changing address is tried here, those of administration with its pages"
    )
    key = app.state.folder.ledger.senders.add("gửi", HOME, NOW).key
    app.state.folder.settings = replace(app.state.folder.settings, mail="smtp://127.0.0.1:9?from=a@b.vn")
    work = about_work(app)
    ordered = [one for one in BODIES if one not in LAST] + list(LAST)
    for template in ordered:
        people.accounts.drop_second_factor("staff.H01", sessions=False)
        login = WHO.get(template, "administrator.H01" if "/senders" in template else "controller.H01")
        client.cookies.clear()
        if login:
            signed_in(app, client, login)
            client.get("/account")
        else:
            client.get("/login")
        given = {"documents": IDS["documents"], **work}
        body = {
            name: value.format(**given) if isinstance(value, str) else value
            for name, value in BODIES[template].items()
        }
        if "second-factor" in template:
            body["code"] = pyotp.TOTP(SECRET).now()
        headers = {"x-csrftoken": client.cookies["chiso_form"]}
        sent: dict[str, Any] = {"data": body}
        if template.startswith("/api/"):
            sent = {"json": body}
        if template == "/api/v1/records/{kind}":
            headers = {"Authorization": f"Bearer {key}"}
            sent = {
                "json": [{"code": "2.000815", "name": "Chứng thực", "level": "commune", "online": "full"}]
            }
        address = filled(app, template, OWN).replace("petitions", "procedures")
        if template.startswith("/api/v1/senders/"):
            number = app.state.folder.ledger.senders.keys("mc")[0].id
            address = template.replace("{name}", "mc").replace("{number}", str(number))
        before = newest(people)
        answer = client.post(address, headers=headers, follow_redirects=False, **sent)
        assert answer.status_code in (200, 201, 303), (
            f"{template}: {answer.status_code} {answer.text[-2500:]}"
        )
        noted = people.audit.entries(after=before)
        changes = [one for one in noted if not one.what.endswith("_seen")]
        assert changes, f"{template} changed something and noted nothing"
        expected = login.casefold() or "nobody"
        assert {one.who for one in changes} <= {expected, "sender: gửi"}, template
    assert people.audit.broken() is None


@pytest.mark.slow
def test_every_look_at_single_dossiers_leaves_an_entry(app: Litestar, client: TestClient[Litestar]) -> None:
    """Whatever address tells a dossier's code to somebody who has signed in, told the record first."""
    people: People = app.state.house.people
    codes = re.compile(r"H01\.(?:101|113|06|155)-2\d{5}-\d{5}")
    shown = set()
    for template, method in addresses(app):
        if method != "GET" or template in ("/api/v1/stream", "/api/v1/standing") or "/ship/" in template:
            continue
        login = "auditor.H01" if NEEDS[template].right == "audit" else "controller.H01"
        signed_in(app, client, login)
        app.state.looks.__init__()
        before = newest(people)
        answer = client.get(filled(app, template, OWN), follow_redirects=False)
        noted = people.audit.entries(after=before)
        if answer.status_code == 200 and codes.search(answer.text) and NEEDS[template] is not OPEN:
            shown.add(template)
            assert (template.startswith("/a") and "audit" in template) or noted, (
                f"{template} tells codes unseen"
            )
        if answer.status_code == 200 and shows_dossiers(template):
            assert [one.who for one in noted if one.what.endswith("_seen")] == [login.casefold()], template
    assert "/units/{code}/dossiers" in shown
    assert "/api/v1/dossiers/{code}" in shown


def test_the_same_look_is_one_entry_for_a_while(
    app: Litestar,
    client: TestClient[Litestar],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people: People = app.state.house.people
    app.state.looks.__init__()
    signed_in(app, client, f"staff.{OWN}")
    code = dossier_of(app, OWN)
    before = newest(people)
    for _ in range(3):
        client.get(f"/dossiers/{code}?lang=vi")
        client.get(f"/dossiers/{dossier_of(app, OTHER)}")
    (entry,) = people.audit.entries(after=before)
    assert (entry.who, entry.what, entry.about) == (f"staff.{OWN}".casefold(), "dossier_seen", code)
    assert entry.detail == {"address": "/dossiers/{code}", "query": "lang=vi"}
    monkeypatch.setattr("chiso.web.witness.SEEN_FOR", 0.0)
    client.get(f"/dossiers/{code}?lang=vi")
    assert newest(people) == entry.number + 1


# -- what the server was started with ----------------------------------------------------------------------


def test_settings_law_and_calendar_are_noted_when_they_differ(own: DataFolder) -> None:
    people = People(own.ledger)

    def started() -> list[tuple[str, str]]:
        before = newest(people)
        with TestClient(create_app(own)):
            pass
        return [(one.what, one.about) for one in people.audit.entries(after=before)]

    # the folder is a copy of one that may have been served before
    assert started() in ([], [(what, "first start") for what in KINDS])
    assert started() == []
    own.settings = replace(own.settings, target=90, mail="smtp://user:geheim@mail.vn")
    assert started() == [("settings_changed", "mail target")]
    assert "geheim" not in str(people.audit.entries())


# -- reading it --------------------------------------------------------------------------------------------


@pytest.fixture
def held(app: Litestar) -> People:
    people: People = app.state.house.people
    people.audit.note(1_000, "ba", "test_word", "H01.113-1", name="=cmd|'/c calc'!A1")
    people.audit.note(2_000, "=ba", "test_word", "H01.1131")
    return people


def test_auditors_read_filter_and_take_it_away(
    app: Litestar,
    client: TestClient[Litestar],
    held: People,
) -> None:
    signed_in(app, client, f"{Role.AUDITOR}.{HOME}")
    page = client.get("/audit?what=test_word")
    assert page.status_code == 200
    assert "H01.113-1" in page.text
    assert "Chuỗi nguyên vẹn" in client.get("/audit?verify=1").text
    assert "Không có mục nào" in client.get("/audit?who=nobody-at-all").text
    for query, expected in (
        ("what=test_word&about=H01.113", {"H01.113-1"}),
        ("what=test_word&since=1970-01-01T07:30:00", {"H01.1131"}),
        ("what=test_word&until=1970-01-01T07:30:00", {"H01.113-1"}),
        ("who=ba&what=test_word", {"H01.113-1"}),
    ):
        rows = client.get(f"/api/v1/audit?{query}").json()["rows"]
        assert {one["about"] for one in rows} == expected, query
    table = list(csv.reader(io.StringIO(client.get("/audit.csv?what=test_word").text)))
    assert [row[2] for row in table[1:3]] == ["ba", "'=ba"]
    lines = client.get("/audit.jsonl?what=test_word").text.splitlines()
    assert [json.loads(one)["who"] for one in lines][:2] == ["ba", "=ba"]
    assert held.audit.entries(newest_first=True, limit=1)[0].what == "audit_exported"
    assert client.get("/audit?before=x").status_code == 400
    assert client.get("/api/v1/audit?since=soon").status_code == 400


def test_pages_of_the_record_go_on(app: Litestar, client: TestClient[Litestar]) -> None:
    people: People = app.state.house.people
    for number in range(130):
        people.audit.note(number, "an", "many_words")
    signed_in(app, client, f"{Role.ADMINISTRATOR}.{HOME}")
    first = client.get("/audit?what=many_words").text
    older = re.search(r'href="([^"]*before=\d+[^"]*)"', first)
    assert older
    second = client.get(older[1].replace("&amp;", "&")).text
    assert (first.count("<tr>"), second.count("<tr>")) == (101, 31)


def test_the_command_filters_and_exports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ["--data", str(tmp_path / "data")]
    run(["account", "add", "an", "--role", "staff", *folder])
    run(["sender", "add", "mc", "--unit", "H01", *folder])
    capsys.readouterr()
    assert run(["audit", "list", "--who", "!", "--what", "sender_added", "--json", *folder]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["about"] == "mc"
    for name in ("a.csv", "a.jsonl"):
        assert run(["audit", "export", "-o", str(tmp_path / name), *folder]) == 0
    assert len((tmp_path / "a.csv").read_text("utf-8").splitlines()) == 3
    told = [json.loads(one) for one in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    assert [one["what"] for one in told] == ["account_added", "sender_added", "audit_exported"]
    assert run(["audit", "export", "-o", str(tmp_path / "a.txt"), *folder]) == 2
    assert run(["audit", "verify", *folder]) == 0


def test_loading_and_quarantine_are_noted(tmp_path: Path) -> None:
    folder = ["--data", str(tmp_path / "data")]
    file = tmp_path / "a.json"
    file.write_text(
        json.dumps([{"MaHoSo": "H01.113-261009-1", "MaTTHC": "x", "TrangThaiHoSo": "4"}]), "utf-8"
    )
    run(["load", str(file), *folder])
    for words in (["show", "1"], ["release", "1"], ["dismiss", "1"]):
        run(["quarantine", *words, *folder])
    with DataFolder.open(tmp_path / "data") as opened:
        noted = [(one.what, one.about) for one in People(opened.ledger).audit.entries()]
    assert [one for one, _ in noted] == [
        "loaded", "refused_piece_seen", "refused_piece_released", "refused_piece_dismissed",
    ]  # fmt: skip
    with DataFolder.open(tmp_path / "data") as opened:
        assert len(People(opened.ledger).audit.entries(wanted=Wanted(who="!"))) == 4


WORD = re.compile(r"[a-z]+(?:_[a-z]+)+|reported|reminded|withdrawn|loaded")


def _noted() -> set[str]:
    """What the program writes into the record: the words among the arguments of whatever notes something."""
    words = {"day_set", "day_unset", "brought_back", "sso_linked"}  # chosen before the call
    words |= {f"{kind}_entered" for kind in ("targets", "tasks")}
    for path in Path(chiso.__file__).parent.rglob("*.py"):
        if path.parent.name in ("watch", "demo") or path.name == "troubles.py":  # notes of another kind
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in ("note", "_note"):
                told = [one.value for one in call.args if isinstance(one, ast.Constant)]
                words |= {one for one in told if isinstance(one, str) and WORD.fullmatch(one)}
    return words


def test_whatever_is_noted_is_said_in_words() -> None:
    noted = _noted()
    assert {"setting_changed", "account_added", "sign_in_failed", "units_changed", "reported"} <= noted
    for lang in ("vi", "en"):
        assert {word for word in noted if f"audit.what.{word}" not in catalogue(lang)} == set()
