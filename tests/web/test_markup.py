"""Markup in whatever can come from outside stays text on every page, in files and in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.instants import utc_now
from chiso.ledger.clock import Clock
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.steering import now
from chiso.steering.alerts.answers import add_contact
from chiso.steering.entering import by_command, enter_document
from chiso.steering.reports import answer
from chiso.web.app import create_app
from chiso.web.rights import COOKIE
from tests.support.messages import tell
from tests.support.people import with_factor
from tests.web.test_rights import PASSWORD, addresses
from tests.web.world import NOW, accept, message, procedures

SCRIPT = "<script>alert(1)</script>"
BREAK = "\"'><img src=x onerror=alert(2)>"
EVIL = f"Xã {SCRIPT}{BREAK}{{{{7*7}}}}${{7*7}}"
UNIT, CODE = "H01.113", "H01.113-261009-00001"
LIVE = re.compile(r"<script>alert|<img src=x|alert\(2\)(?:>|&gt;)49")
"""What would be there if it were taken for markup or for a template."""


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Litestar]:
    with DataFolder.open(tmp_path_factory.mktemp("evil") / "data", standing=True) as folder:
        folder.ledger.clock.set(Clock(NOW))
        folder.refresh()
        told = [{**one, "name": EVIL, "field": EVIL} for one in procedures()]
        accept(folder, told, "procedures", NOW - 100 * 86_400)
        units = [{"code": UNIT, "name": EVIL, "kind": "commune", "parent": "H01", "valid_from": "2025-07-01"}]
        accept(folder, units, "units", NOW - 90 * 86_400)
        sent = [
            message(CODE, NOW - 9 * 86_400, NOW - 5 * 86_400, ChuHoSo=EVIL, TenTTHC=EVIL, NguoiXuLy=EVIL),
            message(
                "H01.113-261009-00002", NOW - 9 * 86_400, NOW - 86_400, NOW - 2 * 86_400, TrichYeuHoSo=EVIL
            ),
            message(f"H01.113-261009-{SCRIPT}", NOW - 9 * 86_400, NOW - 86_400),
            message("H01.113-261009-00003", NOW - 86_400, NOW, MaTTHC=SCRIPT),
        ]
        accept(folder, sent, "dossiers", NOW - 3_600)
        folder.ledger.senders.add(EVIL, "H01", NOW)
        published = [{"unit": "H44", "period": "2026", "at": "2026-10-10", "total": "61.39", "name": EVIL}]
        accept(folder, published, "published")
        people = People(folder.ledger)
        grants = [Grant(role, "H01") for role in Role]
        people.accounts.add("<b>an</b>", EVIL, grants, utc_now(), PASSWORD)
        with_factor(people, "<b>an</b>")
        hand = by_command(folder)
        given = {"number": "31/UBND", "date": "2026-10-01", "issuer": EVIL, "subject": EVIL}
        enter_document(folder, given, hand, (f"{BREAK}.pdf", b"%PDF-1.7"))
        task = {"document": "31/UBND", "unit": UNIT, "task": EVIL, "due": "2026-10-20", "report": EVIL}
        tell(folder, "tasks", task)
        for duty in now.register(folder).duties.values():
            answer(folder, duty, duty.record.unit, EVIL, [(f"{SCRIPT}.pdf", b"%PDF-1.7")], {}, hand)
        add_contact(folder, UNIT, EVIL, "an@example.vn", hand)
        people.audit.note(1, EVIL, SCRIPT, EVIL, told=EVIL)
        yield create_app(folder)


@pytest.fixture(scope="module")
def reader(evil: Litestar) -> Iterator[TestClient[Litestar]]:
    with TestClient(evil) as opened:
        people: People = evil.state.house.people
        token = people.sessions.open(people.accounts.by_login("<b>an</b>"), utc_now())
        opened.cookies.set(COOKIE, token)
        yield opened


def places(app: Litestar) -> list[str]:
    register = now.register(app.state.folder)
    duty = next(iter(register.duties.values()))
    document = next(iter(register.documents.values()))
    found = []
    for template, method in addresses(app):
        if method != "GET" or "stream" in template or "standing" in template or "/ship/" in template:
            continue
        address = template.replace("/dossiers/{code}", f"/dossiers/{CODE}").replace("{code}", UNIT)
        address = address.replace("{unit}", UNIT).replace("{indicator}", "2.1").replace("{number}", "1")
        address = address.replace("/documents/{id}", f"/documents/{document.id}").replace("{id}", duty.id)
        found.append(re.sub(r"\{\w+\}", "x", address))
    return found


@pytest.mark.slow
def test_no_page_takes_a_name_for_markup(evil: Litestar, reader: TestClient[Litestar]) -> None:
    shown = 0
    for address in places(evil):
        for more in ("", "?lang=en"):
            answer = reader.get(address + more)
            assert answer.status_code < 500, address
            media = answer.headers.get("content-type", "")
            if "html" in media or "svg" in media or "xml" in media:
                found = LIVE.search(answer.text)
                assert not found, (
                    f"{address}{more}: …{answer.text[max(0, found.start() - 200) : found.end()]}"
                )
                shown += "&lt;script&gt;alert(1)" in answer.text
            elif "json" in media:
                plain = ("application/json", "application/x-ndjson", "application/vnd.oai")
                assert media.startswith(plain), address
    assert shown > 20


@pytest.mark.parametrize(
    "address",
    [
        "/units?q={}", "/rank?q={}", "/rank?sort={}", "/units/{}", "/dossiers/{}", "/?at={}",
        "/?period={}", "/?law={}",
        "/compare?unit={}", "/login?next={}", "/audit?who={}&about={}", "/units/H01.113/todo?procedure={}",
        "/nothing/{}", "/units/H01.113/indicators/{}", "/procedures?what={}", "/units/H01/why?a={}&b={}",
        "/public?q={}", "/public/units/{}", "/steering/reports?report={}", "/units/H01.113/plan?target={}",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "what", [SCRIPT, BREAK, "{{7*7}}", "javascript:alert(1)", "\u202e\u0000x", "'; DROP TABLE"]
)
def test_nor_does_one_take_what_is_asked(reader: TestClient[Litestar], address: str, what: str) -> None:
    from urllib.parse import quote

    answer = reader.get(address.replace("{}", quote(what, safe="")), follow_redirects=False)
    assert answer.status_code < 500
    assert not re.search(r"<script>alert|<img src=x|href=\"javascript:|>49<", answer.text)
    assert "\n" not in answer.headers.get("location", "")


def test_tables_to_take_away_run_nothing(evil: Litestar, tmp_path: Path) -> None:
    from chiso.insight.exports.cells import neutral

    for text in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =cmd|'/c calc'!A1"):
        assert neutral(text).startswith("'")
