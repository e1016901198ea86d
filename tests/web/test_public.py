"""The pages for everybody: open where all else is closed, and nothing in them that is nobody's business."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.folder.settings import Settings
from chiso.instants import utc_now
from chiso.people.house import People
from chiso.people.rights import Grant, Role
from chiso.web.app import create_app
from chiso.web.rights import COOKIE
from tests.web.world import GROUPS, accept

ADDRESSES = (
    "/public",
    "/public?lang=en&among=departments",
    "/public?among=provinces&period=2026-09",
    "/public?q=phu+an",
    "/public/units/H01",
    "/public/units/H01.113?lang=en",
    "/public/units/H20",
    "/public/how",
    "/public/data",
    "/public/data/scores.csv",
    "/public/data/scores.json",
    "/public/data/indicators.csv",
    "/public/data/indicators.json?period=2026-Q3",
    "/public/data/history.csv?unit=H01.113",
    "/public/data/history.json",
    "/public/embed?rows=3",
)
CODE = re.compile(r"H01\.[\d.]*\d-\d{6}-\d{3,}")


@pytest.fixture(scope="module")
def closed(
    built: tuple[Path, object], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient[Litestar]]:
    """A folder with an account, so that everybody must sign in."""
    path = Path(shutil.copytree(built[0], tmp_path_factory.mktemp("public") / "data"))
    with DataFolder.open(path, standing=True) as folder:
        folder.year_trail()
        People(folder.ledger).accounts.add("an", "", [Grant(Role.LEADER, "H01")], utc_now(), "lúa vàng đồng")
        with TestClient(create_app(folder)) as client:
            yield client


@pytest.mark.parametrize("address", ADDRESSES)
def test_everybody_may_read_and_nothing_personal_stands_there(
    closed: TestClient[Litestar], address: str
) -> None:
    closed.cookies.clear()
    answer = closed.get(address)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert "<script" not in answer.text
    assert not CODE.search(answer.text)
    for word in ("Nguyễn Văn A", "/dossiers", "/todo", "_csrf_token"):
        assert word not in answer.text
    assert closed.get("/", follow_redirects=False).status_code == 303, "all else is closed"


def test_it_is_the_same_for_everybody(closed: TestClient[Litestar]) -> None:
    closed.cookies.clear()
    stranger = closed.get("/public/units/H01.113").text
    people: People = closed.app.state.house.people
    closed.cookies.set(COOKIE, people.sessions.open(people.accounts.by_login("an"), utc_now()))
    closed.cookies.set("lang", "en")
    closed.cookies.set("theme", "dark")
    assert closed.get("/public/units/H01.113").text == stranger
    closed.cookies.clear()


def test_who_has_the_page_already_is_told_so(client: TestClient[Litestar]) -> None:
    first = client.get("/public", headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    plain = client.get("/public", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == first.text
    again = client.get("/public", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get("/public?lang=en", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_the_table_shows_what_the_league_says(client: TestClient[Litestar], folder: DataFolder) -> None:
    rows = folder.rank(among="communes", under="H01")["rows"]
    text = client.get("/public").text
    for row in rows:
        assert f'href="/public/units/{row["unit"]}">{row["name"]}</a>' in text
        assert f"<b>{row['total'].replace('.', ',')}</b>" in text


def test_units_are_found_without_accents(client: TestClient[Litestar], folder: DataFolder) -> None:
    name = next(one["name"] for one in folder.units() if one["code"] == "H01.113")
    text = client.get("/public?q=long+phu").text
    assert name == "Phường Long Phú"
    assert ">Phường Long Phú</a>" in text
    assert ">Xã Phú An</a>" not in text
    assert "không có" in client.get("/public?q=zzz").text.lower()


def test_only_offered_periods_and_leagues_can_be_asked_for(client: TestClient[Litestar]) -> None:
    for address in (
        "/public?period=2026-01-01..2026-03-05",
        "/public?period=2031",
        "/public?among=ministries",
        "/public/embed?among=x",
    ):
        answer = client.get(address)
        assert answer.status_code == 400
        assert 'href="/todo' not in answer.text, "an error keeps among the public pages"
    for address in ("/public/units/H99", "/public/data/dossiers.csv", "/public/data/scores.xml", "/public/x"):
        assert client.get(address).status_code == 404


def test_open_data_say_what_the_answers_say(client: TestClient[Litestar], folder: DataFolder) -> None:
    answer = client.get("/public/data/scores.csv")
    assert answer.headers["access-control-allow-origin"] == "*"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    told = {row["unit"]: row for row in folder.rank(among="communes", under="H01")["rows"]}
    communes = [row for row in rows if row["kind"] == "commune"]
    assert len(communes) == len(told)
    for row in communes:
        assert Decimal(row["total"]) == Decimal(told[row["unit"]]["total"])
        assert Decimal(row["processing"]) == Decimal(told[row["unit"]]["groups"]["processing"])
    body = client.get("/public/data/indicators.json").json()
    score = folder.score("H01.113")
    told_21 = next(one for one in body["rows"] if (one["unit"], one["indicator"]) == ("H01.113", "2.1"))
    assert (told_21["n"], told_21["d"]) == (score["indicators"]["2.1"]["n"], score["indicators"]["2.1"]["d"])
    assert told_21["points"] == score["indicators"]["2.1"]["points"]
    assert body["licence"] is None
    assert "access-control-allow-origin" not in client.get("/public").headers


def test_the_table_alone_may_stand_in_other_sites_pages(client: TestClient[Litestar]) -> None:
    answer = client.get("/public/embed?rows=2")
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    assert answer.text.count("<tr>") == 3
    for address in ("/public", "/public/units/H01", "/login", "/"):
        headers = client.get(address).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


def test_a_changed_figure_shows_within_seconds(own: DataFolder) -> None:
    with TestClient(create_app(own)) as client:
        door = client.app.state.public
        assert "68,63" not in client.get("/public?among=provinces").text
        row = {"unit": "H20", "period": "2026", "at": "2026-10-10T05:00", **GROUPS}
        accept(own, [{**row, "processing": "19.30", "satisfaction": "17.54", "total": "68.63"}], "published")
        door.keep._seconds = 0
        assert "68,63" in client.get("/public?among=provinces").text


def changed(folder: DataFolder, **settings: object) -> Litestar:
    folder.settings = Settings(**settings)  # type: ignore[arg-type]
    return create_app(folder)


def test_the_operator_may_close_it(own: DataFolder) -> None:
    with TestClient(changed(own, public=False)) as client:
        for address in ADDRESSES:
            assert client.get(address).status_code == 404


def test_figures_may_lie_back(own: DataFolder) -> None:
    own.year_trail()
    with TestClient(changed(own, public_lag=48)) as client:
        text = client.get("/public/units/H01.113").text
        assert "tính đến 06:00 08/10/2026" in text
        then = own.score("H01.113", at=own.now() - 48 * 3600, as_of=own.now() - 48 * 3600)
        assert f"<b>{then['total'].replace('.', ',')}</b> <span>/" in text
        assert "chậm 48 giờ" in client.get("/public").text
        body = client.get("/public/data/scores.json").json()
        assert body["at"] == body["as_of"] == "2026-10-08T06:00:00+07:00"


def test_the_licence_is_the_operators_to_choose(own: DataFolder) -> None:
    with TestClient(
        changed(own, public_licence="CC BY 4.0 https://creativecommons.org/licenses/by/4.0/")
    ) as client:
        assert 'rel="license">CC BY 4.0</a>' in client.get("/public").text
        assert client.get("/public/data/scores.json").json()["licence"] == "CC BY 4.0"
    with TestClient(changed(own, public_embed="https://angiang.gov.vn")) as client:
        headers = client.get("/public/embed").headers
        assert "frame-ancestors https://angiang.gov.vn" in headers["content-security-policy"]
    with TestClient(changed(own, public_embed="")) as client:
        assert client.get("/public/embed").status_code == 404


def test_an_empty_folder_has_pages_that_say_so(tmp_path: Path) -> None:
    with DataFolder.open(tmp_path / "new", standing=True) as folder, TestClient(create_app(folder)) as client:
        for address in (*ADDRESSES, "/units/H01/brief", "/units/H01/message", "/units/H01/scores.xlsx"):
            answer = client.get(address)
            assert answer.status_code in (200, 404), f"{address}: {answer.status_code}"
            assert "Traceback" not in answer.text
        assert client.get("/public/data/scores.csv").status_code == 200
