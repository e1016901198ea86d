"""The page of lost points: what it says sums to what is lost, and every number leads on."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.insight.lost import answer
from chiso.web.lost_lines import WAYS
from tests.web.test_pages import Reader

Client = TestClient[Litestar]
PAGES = (
    "/units/H01/lost",
    "/units/H01/lost?by=unit",
    "/units/H01/lost?by=procedure&group=digitisation",
    "/units/H01/lost?by=row&page=2",
    "/units/H01.113/lost?indicator=4.1&by=procedure",
    "/units/H01.113/lost?unit=H01.113&indicator=4.1&by=row&lang=en",
    "/units/H01/lost?period=2026-Q3",
    "/units/H01/lost?as_of=2026-09-01&at=2026-09-01",
    "/units/H44/lost?source=published",
    "/units/H01/lost?law=qd766-document",
    "/units/H01/lost?period=2027&law=qd766",
)


def number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace(".", "").replace(",", "."))


def table(text: str) -> tuple[list[Decimal], list[Decimal]]:
    """The points of the lines, and those of the foot: rounding where there is one, and the sum."""
    body = text[text.index('id="table"') :]
    rows = [number(told) for told in re.findall(r'class="r num loss"><a[^>]*><b>([^<]*)', body)]
    foot = re.findall(r'<td class="r num(?: loss)?">([−+\d.,]+)</td></tr>', body[body.index("<tfoot>") :])
    return rows, [number(told) for told in foot]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_keeps_the_house_rules(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    page = Reader(answer.text)
    assert not [pair for pair in page.attributes if pair[1] == "style" or pair[1].startswith("on")]
    assert len(page.ids) == len(set(page.ids))
    assert page.tags.count("main") == page.tags.count("h1") == 1
    assert page.tags.count("table") == page.tags.count("caption")
    assert "/api/v1/units/" in answer.text


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("unit", ["H01", "H01.113", "H01.06"])
def test_the_lines_sum_to_what_is_lost(client: Client, folder: DataFolder, unit: str, by: str) -> None:
    body = answer(folder, unit)
    rows, foot = table(client.get(f"/units/{unit}/lost?by={by}").text)
    assert foot[-1] == Decimal(body["lost"])
    page, count = 1, len(rows)
    while count == 50:
        page += 1
        more, _ = table(client.get(f"/units/{unit}/lost?by={by}&page={page}").text)
        rows += more
        count = len(more)
    # shown with four decimals each
    assert abs(sum(rows) + foot[0] - foot[-1]) <= Decimal("0.00005") * (len(rows) + 1)


def test_the_first_thing_said_is_what_is_lost(client: Client, folder: DataFolder) -> None:
    lost = answer(folder, "H01")["lost"].replace(".", ",")
    text = client.get("/units/H01/lost").text
    assert f'<b class="loss">{lost}</b>' in text
    assert text.index(lost) < text.index("Mất nhiều nhất ở")


@pytest.mark.slow
def test_every_link_leads_somewhere(client: Client) -> None:
    seen = set()
    for address in PAGES[:6]:
        page = Reader(client.get(address).text)
        for link in page.links:
            path = urlsplit(link)
            key = (path.path, re.sub(r"H01\.\d+|\d\.\d{6}", "", path.query))
            if link.startswith("/") and key not in seen and len(seen) < 160:
                seen.add(key)
                assert client.get(link).status_code == 200, link
    assert len(seen) > 60


def test_a_row_leads_to_just_the_dossiers_that_it_counts(client: Client) -> None:
    text = client.get("/units/H01/lost?by=row&indicator=4.1").text
    found = re.search(r'<td class="r num"><a class="n" href="([^"]*dossiers[^"]*)">([\d.]+)</a>', text)
    assert found
    listed = client.get(html.unescape(found[1])).text
    assert f'<h2 class="num">{found[2]} hồ sơ' in listed


def test_a_sieve_narrows_and_can_be_dropped(client: Client) -> None:
    whole, _ = table(client.get("/units/H01/lost?by=row&group=processing").text)
    some, foot = table(client.get("/units/H01/lost?by=row&group=processing&unit=H01.113").text)
    assert 0 < len(some) <= len(whole)
    assert len(foot) == 1
    text = client.get("/units/H01/lost?unit=H01.113&procedure=2.000815&indicator=2.1").text
    assert text.count('class="chip sieved"') == 3
    nothing = client.get("/units/H01/lost?procedure=9.999999").text
    assert "Không mất điểm nào ở đây" in nothing


def test_what_cannot_be_asked_is_refused_in_words(client: Client) -> None:
    assert client.get("/units/H01/lost?by=colour").status_code == 400
    assert client.get("/units/H01.9999/lost").status_code == 404
    assert "Chưa có số liệu" in client.get("/units/H01/lost?period=2023").text


def test_what_one_dossier_is_worth_stands_for_the_unit_and_above_it(client: Client) -> None:
    text = client.get("/units/H01.113/lost").text
    costs = text[text.index('class="costs"') :]
    head = costs[: costs.index("</thead>")]
    assert head.index("Long Phú") < head.index("An Giang")
    assert "Hồ sơ quá hạn" in costs
    assert 'class="costs"' not in client.get("/units/H44/lost?source=published").text


def test_the_leader_is_led_there(client: Client) -> None:
    text = client.get("/").text
    assert 'href="/units/H01/lost"' in text
    assert 'href="/units/H01/lost?group=' in text
    assert 'href="/units/H01.113/lost"' in client.get("/units/H01.113").text
