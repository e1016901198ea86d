"""Any table of any page as a file: what it shows, filtered and ordered as there, with its page's rights."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from python_calamine import CalamineWorkbook

from chiso.folder import DataFolder
from chiso.web.shown import tables_of
from tests.web.test_pages import PAGES
from tests.web.test_rights import OTHER, OWN, app, client, signed_in

__all__ = ["app", "client"]
Client = TestClient[Litestar]
ROW = re.compile(r'<tr([^>]*data-text[^>]*)>.*?<a class="plain" href="/units/[^"]*">([^<]*)</a>', re.DOTALL)


def links_of(text: str) -> list[str]:
    """Where a page offers its tables."""
    return re.findall(r'href="([^"]*[?&]format=(?:xlsx|csv)[^"]*)"', html.unescape(text))


@pytest.fixture
def pages(served_once: Client) -> Client:
    served_once.cookies.clear()
    return served_once


@pytest.mark.parametrize("address", PAGES)
def test_every_page_with_tables_offers_them_and_gives_them(pages: Client, address: str) -> None:
    text = pages.get(address).text
    tables = tables_of(text, "en" if '<html lang="en"' in text else "vi")
    links = links_of(text)
    assert bool(links) == ("<table" in text)
    if not links:
        return
    answer = pages.get(next(one for one in links if "format=csv" in one))
    assert answer.status_code == 200, address
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["content-disposition"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(pages.get(links[0]).content))
    assert len(book.sheet_names) == len(tables) + 1


def rows_of(client: Client, address: str) -> list[list[str]]:
    text = client.get(address).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))


def test_filters_and_order_are_the_pages(pages: Client) -> None:
    found = rows_of(pages, "/rank?among=communes&q=phu&sort=name&dir=desc&format=csv")
    text = pages.get("/rank?among=communes&q=phu&sort=name&dir=desc").text
    shown = [name for attributes, name in ROW.findall(text) if " hidden" not in attributes]
    assert shown
    assert [row[1] for row in found[1:]] == shown


def test_all_pages_of_a_list_are_in_its_file(pages: Client, folder: DataFolder) -> None:
    found = rows_of(pages, "/units/H01/dossiers?indicator=2.1&part=d&page=2&format=csv")
    total = folder.dossiers("H01", "2.1", part="d")["total"]
    assert total > 50
    text = pages.get("/units/H01/dossiers?indicator=2.1&part=d&page=2").text
    link = next(one for one in links_of(text) if "format=csv" in one)
    assert "page=" not in link
    assert len(rows_of(pages, link)) == total + 1
    assert len(found) < total


def test_one_table_of_several_can_be_had(pages: Client) -> None:
    text = pages.get("/units/H01").text
    tables = tables_of(text, "vi")
    found = rows_of(pages, "/units/H01?format=csv&table=2")
    assert found[0] == list(tables[1].headings)
    assert pages.get("/units/H01?format=csv&table=99").status_code == 404
    assert pages.get("/units?format=csv").status_code == 404


def test_an_export_has_the_rights_of_its_page(app: Litestar, client: Client) -> None:
    signed_in(app, client, f"staff.{OWN}")
    mine = f"/units/{OWN}/dossiers?indicator=2.1&part=d&format=csv"
    assert client.get(mine).status_code == 200
    assert client.get(mine.replace(OWN, OTHER)).status_code == 403
    client.cookies.clear()
    assert client.get(mine, follow_redirects=False).status_code == 303


def test_what_senders_wrote_is_no_formula_in_a_file(pages: Client) -> None:
    for row in rows_of(pages, "/data?format=csv"):
        assert all(not cell.startswith(("=", "@", "\t")) for cell in row)
