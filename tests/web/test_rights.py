"""Every address with every role: nothing is reached that the table does not name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.instants import utc_now
from chiso.people.house import People
from chiso.people.rights import ROLES, Grant, Right, Role
from chiso.steering import now
from chiso.steering.alerts.answers import add_contact
from chiso.steering.entering import by_command, enter_document
from chiso.steering.letters.make import make
from chiso.steering.letters.register import entered
from chiso.steering.letters.request import Request
from chiso.steering.reports import answer, read
from chiso.web.app import create_app
from chiso.web.rights import COOKIE, NEEDS, OPEN
from tests.support.messages import tell
from tests.support.people import with_factor
from tests.web.world import NOW, message

HOME, OWN, OTHER = "H01", "H01.113", "H01.101"
PASSWORD = "lúa vàng đồng xa"
FILLED = {
    "{unit}": "{place}", "{indicator}": "2.1", "{mark}": "x", "{name}": "app.css", "{path}": "openapi.json",
    "{kind}": "petitions", "{id}": "{id}", "{number}": "1", "{digest}": "{digest}",
}  # fmt: skip
IDS: dict[str, str] = {}
"""What stands for ``{id}`` by the address's part before it, and ``digest``: filled by :func:`directed`."""


@pytest.fixture(scope="module")
def app(built: tuple[Path, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Litestar]:
    import shutil

    path = Path(shutil.copytree(built[0], tmp_path_factory.mktemp("rights") / "data"))
    with DataFolder.open(path, standing=True) as folder:
        people = People(folder.ledger)
        for role in Role:
            for unit in (HOME, OWN):
                people.accounts.add(f"{role}.{unit}", "", [Grant(role, unit)], utc_now(), PASSWORD)
                if role is Role.ADMINISTRATOR:
                    with_factor(people, f"{role}.{unit}")
        people.accounts.add("nobody", "", (), utc_now(), PASSWORD)
        directed(folder)
        yield create_app(folder)


def directed(folder: DataFolder) -> None:
    """Gives the folder one of everything that addresses of steering are about."""
    given = {"number": "31/UBND-TH", "date": "2026-10-01", "issuer": "UBND tỉnh", "subject": "Đôn đốc"}
    hand = by_command(folder)
    document = enter_document(folder, given, hand, ("31.pdf", b"%PDF-1.7"))
    row = {"document": "31/UBND-TH", "unit": OWN, "task": "Báo cáo", "due": "2026-10-20", "report": "kết quả"}
    tell(folder, "tasks", row, {**row, "unit": OTHER})
    register = now.register(folder)
    for task in register.duties.values():
        answer(folder, task, task.record.unit, "xong", [("a.pdf", b"%PDF-1.7")], {}, hand)
        if task.record.unit == OWN:
            IDS["duties"] = task.id
            known = now.register(folder).answers[task.id, OWN].record
            IDS["digest"] = read(folder, known).files[0].digest
    IDS["documents"], IDS["rules"] = document.id, "im-lang"
    add_contact(folder, OWN, "", "an@example.vn", hand)
    made = make(folder, Request("urge", HOME, to=("departments",), appendices=()), anyway=True)
    entered(folder, made)


@pytest.fixture(scope="module")
def client(app: Litestar) -> Iterator[TestClient[Litestar]]:
    with TestClient(app) as opened:
        yield opened


def signed_in(app: Litestar, client: TestClient[Litestar], login: str) -> None:
    people: People = app.state.house.people
    client.cookies.clear()
    client.cookies.set(COOKIE, people.sessions.open(people.accounts.by_login(login), utc_now()))


def dossier_of(app: Litestar, unit: str) -> str:
    rows = app.state.folder.dossiers(unit)["rows"]
    return str(next(one["code"] for one in rows if one["unit"] == one["desk"] == unit))


def addresses(app: Litestar) -> list[tuple[str, str]]:
    """(template, method) of every address, as the application itself has them."""
    found = []
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            found += [(route.path_format, method) for method in sorted(route.methods - {"OPTIONS"})]
    return sorted(found)


def filled(app: Litestar, template: str, place: str) -> str:
    """The address with its fields about a unit, or a dossier of it."""
    need = NEEDS[template]
    code = dossier_of(app, place) if need.unit == "dossier" else place
    address = template.replace("{code}", code)
    part = template.partition("/{id}")[0].rpartition("/")[2]
    for field, value in FILLED.items():
        told = value.format(place=place, id=IDS.get(part, "1"), digest=IDS.get("digest", "0"))
        address = address.replace(field, told)
    return address


def test_the_table_names_every_address_and_no_other(app: Litestar) -> None:
    assert {template for template, _ in addresses(app)} == set(NEEDS)


def test_nobody_reaches_anything_without_signing_in(app: Litestar, client: TestClient[Litestar]) -> None:
    client.cookies.clear()
    for template, method in addresses(app):
        need = NEEDS[template]
        if need is OPEN or method != "GET":
            continue
        answer = client.get(filled(app, template, OWN), follow_redirects=False)
        if template.startswith("/api/"):
            assert answer.status_code == 401, template
        else:
            assert answer.status_code == 303, template
            assert answer.headers["location"].startswith("/login?next=%2F"), template


def allowed(role: Role, at: str, template: str, place: str) -> bool:
    """What ought to be, told once more in other words than the guard's."""
    need = NEEDS[template]
    if need.right in (None, Right.POINTS):
        return True
    if need.right not in ROLES[role]:
        return False
    return at == HOME or (bool(need.unit) and place == OWN)


@pytest.mark.slow
@pytest.mark.parametrize("at", [HOME, OWN])
@pytest.mark.parametrize("role", Role)
def test_every_address_with_every_role(
    app: Litestar, client: TestClient[Litestar], role: Role, at: str
) -> None:
    signed_in(app, client, f"{role}.{at}")
    for template, method in addresses(app):
        if method != "GET" or template in ("/api/v1/stream", "/api/v1/standing") or "/ship/" in template:
            continue
        for place in (OWN, OTHER, HOME) if NEEDS[template].unit else (OWN,):
            if NEEDS[template].unit == "dossier" and place == HOME:
                continue
            answer = client.get(filled(app, template, place), follow_redirects=False)
            told = f"{role} at {at}: {template} of {place} → {answer.status_code}"
            if allowed(role, at, template, place):
                assert answer.status_code not in (401, 403, 500), told
            else:
                assert answer.status_code == (404 if NEEDS[template].unit == "dossier" else 403), told


def may_send(role: Role, at: str, template: str, place: str) -> bool:
    """Who may change what: whoever works for a unit its own work, whoever steers the province the rest."""
    right = Right.WORK if template in WORK else Right.STEER
    if not allowed(role, at, template, place) or right not in ROLES[role]:
        return False
    return at == HOME or (template in WORK and place == OWN)


WORK = ("/units/{code}/duties/{id}", "/units/{code}/todo/marks")


def steers(template: str) -> bool:
    return template.startswith(("/steering", "/api/v1/letters")) or template in WORK


@pytest.mark.slow
@pytest.mark.parametrize("at", [HOME, OWN])
@pytest.mark.parametrize("role", Role)
def test_every_form_of_steering_with_every_role(
    app: Litestar, client: TestClient[Litestar], role: Role, at: str
) -> None:
    """Sent with its token and an unknown unit: who may is told what is wrong, who may not is refused."""
    signed_in(app, client, f"{role}.{at}")
    client.get("/account")
    headers = {"x-csrftoken": client.cookies["chiso_form"]}
    posts = [template for template, method in addresses(app) if method == "POST" and steers(template)]
    assert len(posts) >= 14
    for template in posts:
        for place in (OWN, OTHER) if NEEDS[template].unit else (OWN,):
            body = {"unit": "H99", "number": "0"}
            sent = {"json": body} if template.startswith("/api/") else {"data": body}
            answer = client.post(
                filled(app, template, place), headers=headers, follow_redirects=False, **sent
            )
            told = f"{role} at {at}: {template} of {place} → {answer.status_code}"
            if may_send(role, at, template, place):
                assert answer.status_code in (303, 400, 404), told
            else:
                # the task is OWN's: of another unit it is not there
                assert answer.status_code in ((403, 404) if place == OTHER else (403,)), told
            if at == HOME and role is Role.CONTROLLER:
                bare = client.post(filled(app, template, place), follow_redirects=False, **sent)
                assert bare.status_code == 403, f"without its token: {told}"


def test_another_units_dossier_is_as_if_it_were_not_there(
    app: Litestar, client: TestClient[Litestar]
) -> None:
    signed_in(app, client, f"staff.{OWN}")
    other = dossier_of(app, OTHER)
    for address in (f"/api/v1/dossiers/{other}", f"/dossiers/{other}"):
        there = client.get(address)
        nowhere = client.get(address.replace(other, "H01.101-260101-77777"))
        assert there.status_code == nowhere.status_code == 404
        assert other not in there.text.replace(f"/dossiers/{other}", "")
    assert client.get(f"/api/v1/dossiers/{dossier_of(app, OWN)}").status_code == 200


def test_who_has_no_role_sees_nothing_but_points(app: Litestar, client: TestClient[Litestar]) -> None:
    signed_in(app, client, "nobody")
    assert client.get(f"/api/v1/units/{OWN}/score").status_code == 403
    assert client.get("/help").status_code == 200


def test_an_address_without_a_right_stays_closed(
    app: Litestar, client: TestClient[Litestar], monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(app, client, f"controller.{HOME}")
    assert client.get("/api/v1/rank").status_code == 200
    monkeypatch.delitem(NEEDS, "/api/v1/rank")
    assert client.get("/api/v1/rank").status_code == 403


def test_a_folder_without_accounts_is_open(doors: TestClient[Litestar]) -> None:
    assert doors.get("/data").status_code == 200
    assert doors.get(f"/api/v1/units/{OWN}/dossiers").status_code == 200
    assert doors.get("/account", follow_redirects=False).status_code == 303


def test_senders_need_their_key_and_nothing_else(app: Litestar, client: TestClient[Litestar]) -> None:
    client.cookies.clear()
    sent = [message("H01.113-261010-00001", NOW - 3600, NOW)]
    assert client.post("/dvcqg/DongBoHoSoMC", json=sent).status_code == 401
    key = app.state.folder.ledger.senders.add("hệ thống", HOME, NOW).key
    answer = client.post("/dvcqg/DongBoHoSoMC", json=sent, headers={"Authorization": f"Bearer {key}"})
    assert answer.json()["error_code"] == "0"
