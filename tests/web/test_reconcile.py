"""The reconciliation page says what the answer says, and every number leads to its dossiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from playwright.sync_api import sync_playwright

from chiso.folder import DataFolder
from chiso.insight.reconcile import as_json
from chiso.instants import DAY, parse_instant
from chiso.web.app import create_app
from chiso.web.marks import swing
from chiso.web.server import served
from tests.insight.reconcile.conftest import CAPTURE, HOUR, OTHER, UNIT, Small, everywhere
from tests.support.browser import chromium

Client = TestClient[Litestar]
HERE = f"/units/{UNIT}/reconcile"
SEPTEMBER = parse_instant("2026-09-20")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """Three dossiers known later, one in quarantine, one contradiction and something unexplained."""
    path: Path = tmp_path_factory.mktemp("reconcile")
    with DataFolder.open(path / "data", standing=True) as folder:
        small = Small(folder)
        small.tell(small.one(49, SEPTEMBER, open_=True), known_at=CAPTURE - DAY)
        late = [small.one(number, SEPTEMBER) for number in (49, 50, 51, 52)]
        small.tell(*late, known_at=CAPTURE + HOUR)
        small.refuse(small.one(53, SEPTEMBER, TaiKhoanDuocXacThucVoiVNeID="<b>có lẽ</b>"))
        changes = {key: (-3 * n, -3 * d) for key, (n, d) in everywhere(1, 1).items()}
        for key in ("i2_1", "i5_4", "i4_1", "i4_2"):
            changes[key] = changes[key][0] - 1, changes[key][1]
        small.publish(small.differ(**{**changes, "i5_2": (1, 2)}), {"processing": "19.00"})
        yield small


@pytest.fixture(scope="module")
def client(small: Small) -> Iterator[Client]:
    with TestClient(create_app(small.folder)) as client:
        yield client


def test_the_difference_comes_first(client: Client, small: Small) -> None:
    text = client.get(f"{HERE}?period=2026").text
    told = as_json(small.reconcile())["difference"]
    shown = told["points"].replace(".", ",").replace("-", "\N{MINUS SIGN}")
    assert f"<b>{shown}</b>" in text
    assert "Giải thích được" in text
    assert "chưa giải thích được" in text
    text = text[text.index("<main") :]  # above it the tables are named once more, to be exported
    first, last = text.index("Chênh lệch"), text.index("Chỉ số có chênh lệch")
    assert "Vì sao" in text[first:last]


def test_causes_in_words_lead_to_their_dossiers(client: Client) -> None:
    text = client.get(f"{HERE}?period=2026").text
    assert "Biết sau khi Cổng chốt số: hồ sơ mới biết sau đó" in text
    link = f'href="{HERE}/known_later?period=2026&amp;part=new"'
    assert link in text
    listed = client.get(f"{HERE}/known_later?period=2026&part=new").text
    assert listed.count('href="/dossiers/H01.113-260901-000') == 3
    assert "3 hồ sơ" in listed
    changed = client.get(f"{HERE}/known_later?period=2026&part=changed&indicator=2.1").text
    assert changed.count("<code>H01.113-260901-00049</code>") == 1
    assert "Ngày kết thúc" in changed


def test_every_indicator_shows_both_pairs_and_why(client: Client, small: Small) -> None:
    text = client.get(f"{HERE}?period=2026").text
    for row in as_json(small.reconcile())["rows"]:
        if row["published"] == row["computed"] and not row["why"]:
            continue
        part = text[text.index(f'id="i-{row["indicator"]}"') :]
        part = part[: part.index("</tr>")]
        for pair in (row["published"], row["computed"]):
            assert re.search(rf">{pair[0]}<[^>]*> / </span>{pair[1]}<", part), row["indicator"]
        assert part.count("<li") == len(row["why"])


def test_what_is_possible_and_what_the_figures_show_is_said(client: Client) -> None:
    text = client.get(f"{HERE}?period=2026").text
    assert "Nhóm Tiến độ, kết quả giải quyết: công bố 19,00 điểm" in text
    assert "Đang bị giữ lại vì lỗi" in text
    quarantined = client.get(f"{HERE}/quarantined?period=2026").text
    assert "<code>H01.113-260901-00053</code>" in quarantined
    assert 'href="/dossiers/H01.113-260901-00053"' not in quarantined
    assert "<b>có lẽ" not in quarantined


def test_it_has_its_json_and_its_workbook(client: Client) -> None:
    text = client.get(f"{HERE}?period=2026").text
    for address in (f"/api/v1{HERE}?period=2026", f"/api/v1{HERE}.xlsx?period=2026"):
        assert f'href="{address}"' in text
        assert client.get(address).status_code == 200


def test_nothing_published_is_an_empty_state_in_words(client: Client) -> None:
    for address in (f"/units/{OTHER}/reconcile", f"{HERE}?period=2026-09", f"{HERE}?at=2026-01-01"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "Chưa có gì để đối chiếu" in answer.text
        assert "chiso load" in answer.text
    assert "There is nothing to reconcile yet" in client.get(f"/units/{OTHER}/reconcile?lang=en").text


def test_what_is_not_there_is_not_found(client: Client) -> None:
    for address in (f"{HERE}/duplicate", f"{HERE}/nonsense", f"{HERE}/known_later?indicator=9.9",
                    "/units/H01.999/reconcile"):  # fmt: skip
        assert client.get(address).status_code == 404, address


def test_units_and_the_data_page_lead_there(client: Client) -> None:
    assert f'href="{HERE}"' in client.get(f"/units/{UNIT}").text
    assert 'href="/units/H01/reconcile"' in client.get("/data").text


def test_bars_swing_both_ways() -> None:
    assert 'class="more" x="50%" width="50%"' in swing(3, 3)
    assert 'class="less" x="25%" width="25%"' in swing(-3, 6)
    assert 'width="0%"' in swing(0, 0)


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 390, 800, 1280])
def test_no_page_scrolls_sideways(small: Small, width: int) -> None:
    with served(small.folder) as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
        troubles: list[str] = []
        page.on("console", lambda told: troubles.append(told.text) if told.type == "error" else None)
        for address in (HERE, f"{HERE}/known_later?part=changed", f"{HERE}/quarantined", f"{HERE}?lang=en"):
            page.goto(house.address + address)
            page.evaluate("document.fonts.ready")
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide == 0, address
        assert not troubles
        browser.close()
