"""A commune's people never read another's dossiers: no address tells one of their codes in any form."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.people.rights import Role
from chiso.web.hub import Listener
from chiso.web.rights import NEEDS, OPEN
from tests.web import test_rights as rights
from tests.web.test_rights import HOME, OTHER, OWN, addresses, dossier_of, filled, signed_in
from tests.web.world import UNITS

app, client = rights.app, rights.client
NOT_WALKED = ("/api/v1/stream", "/api/v1/standing")


@pytest.fixture(scope="module")
def foreign(app: Litestar) -> list[bytes]:
    """Codes of all dossiers that are none of OWN's."""
    folder = app.state.folder
    codes = {row["code"] for unit in UNITS for row in folder.dossiers(unit, limit=10_000)["rows"]}
    found = sorted(code for code in codes if OWN not in folder.places_of(code))
    assert len(found) > 200
    return [code.encode() for code in found]


def told_in(body: bytes) -> Iterator[bytes]:
    """What a body says: of packed documents all their parts."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for name in packed.namelist():
                yield from told_in(packed.read(name))
    else:
        yield body


def leaks(body: bytes, foreign: list[bytes], asked: str) -> list[bytes]:
    """Codes that a body tells, beyond the one that was asked for by name."""
    parts = [part for part in told_in(body) if b"-26" in part]
    return [code for code in foreign if code.decode() not in asked and any(code in part for part in parts)]


@pytest.mark.slow
@pytest.mark.parametrize("role", [*Role, "nobody"])
def test_no_address_tells_a_code_of_others(
    app: Litestar, client: TestClient[Litestar], role: str, foreign: list[bytes]
) -> None:
    signed_in(app, client, role if role == "nobody" else f"{role}.{OWN}")
    walked = 0
    for template, method in addresses(app):
        if method != "GET" or template in NOT_WALKED or "/ship/" in template:
            continue
        for place in (OWN, OTHER, HOME):
            if NEEDS[template].unit == "dossier" and place == HOME:
                continue
            for more in ("", "?period=2026-09&limit=1000", "?lang=en&size=1000&all=1&item=x"):
                address = filled(app, template, place)
                answer = client.get(address + more, follow_redirects=False)
                found = leaks(answer.content, foreign, address)
                assert not found, f"{role}: {template} of {place}{more} tells {found[:3]}"
                assert not leaks(str(answer.headers).encode(), foreign, address), template
                walked += 1
    assert walked > 300


@pytest.mark.slow
def test_no_form_tells_one_either(app: Litestar, client: TestClient[Litestar], foreign: list[bytes]) -> None:
    """Also not whether one is there: a dossier of others is answered as one that is nowhere."""
    signed_in(app, client, f"staff.{OWN}")
    client.get("/account")
    headers = {"x-csrftoken": client.cookies["chiso_form"]}
    theirs = dossier_of(app, OTHER)
    answers = {}
    for subject in (theirs, "H01.101-260101-77777"):
        for template, method in addresses(app):
            if method == "GET" or NEEDS[template] is OPEN:
                continue
            for place in (OWN, OTHER):
                address = filled(app, template, place).replace(dossier_of(app, place), subject)
                body = {"kind": "due", "subject": subject, "unit": place, "done": "1", "id": subject}
                sent = {"json": body} if template.startswith("/api/") else {"data": body}
                answer = client.post(address, headers=headers, follow_redirects=False, **sent)
                # the meter of passwords changes nothing, and answers everybody alike
                assert answer.status_code >= 303 or template == "/account/strength", template
                assert not leaks(answer.content, foreign, address + subject), template
                said = answer.text.replace(subject, "CODE")
                said = "" if "_csrf_token" in said else said
                if subject == theirs:
                    answers[template, place] = (answer.status_code, said)
                else:
                    assert answers[template, place] == (answer.status_code, said), template


def test_a_stream_tells_points_alone(
    app: Litestar, client: TestClient[Litestar], foreign: list[bytes]
) -> None:
    hub = app.state.house.hub
    loop = asyncio.new_event_loop()
    try:
        for unit in (OTHER, HOME):
            listener = Listener(loop)
            channel = hub.join(unit, None, listener)
            assert '"total"' in channel.text
            assert not leaks(channel.text.encode(), foreign, "")
            hub.leave(channel, listener)
    finally:
        loop.close()


def test_the_walk_would_see_a_leak(app: Litestar, client: TestClient[Litestar], foreign: list[bytes]) -> None:
    signed_in(app, client, f"leader.{HOME}")
    for address in (
        f"/units/{OTHER}/dossiers", f"/api/v1/units/{OTHER}/dossiers", f"/units/{OTHER}/todo.csv",
        f"/api/v1/units/{OTHER}/reconcile.xlsx",
    ):  # fmt: skip
        answer = client.get(address)
        if "xlsx" in address:
            assert answer.status_code in (200, 400, 404)
        else:
            assert leaks(answer.content, foreign, ""), address
