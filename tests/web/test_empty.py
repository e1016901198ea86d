"""Pages of which nothing is known say so in words: no tab, period or unit offered leads to an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.web.app import create_app
from tests.folder.test_portal_answers import GROUPS, load
from tests.support import portal

Client = TestClient[Litestar]

TABS = ("", "/lost", "/why", "/todo", "/lateness", "/outlook", "/plan", "/duties", "/history", "/reconcile",
        "/quality", "/dossiers", "/indicators/2.1")  # fmt: skip
PAGES = ("/", "/todo", "/why", "/units", "/rank", "/procedures", *(f"/units/H01{tab}" for tab in TABS))


@pytest.fixture(scope="module")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A folder that knows the portal's own answers of one province, and no dossier."""
    path: Path = tmp_path_factory.mktemp("portals")
    load(path, list(product(portal.PERIODS, GROUPS)))
    with DataFolder.open(path, standing=True) as folder, TestClient(create_app(folder)) as client:
        yield client


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A folder that knows nothing."""
    path: Path = tmp_path_factory.mktemp("bare")
    with DataFolder.open(path, standing=True) as folder, TestClient(create_app(folder)) as client:
        yield client


def told(client: Client, address: str) -> str:
    """A page; fails where it is an error, or shows what only programs say."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert "object at 0x" not in answer.text
    assert "<h1" in answer.text
    return re.sub(r"\s+", " ", answer.text)


@pytest.mark.parametrize("page", PAGES)
def test_a_folder_that_knows_nothing(bare: Client, page: str) -> None:
    if page.endswith("/indicators/2.1"):
        return  # offered by nothing there
    told(bare, page)
    told(bare, f"{page}?lang=en")


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("unit", ["H44", "H44.100"])
@pytest.mark.parametrize("period", ["", "?period=2026-08", "?period=2026-Q3", "?period=2025"])
def test_a_unit_of_which_only_published_figures_are_known(
    portals: Client, unit: str, tab: str, period: str
) -> None:
    told(portals, f"/units/{unit}{tab}{period}")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("query", ["period=2023", "period=2025-Q2", "period=2027", "at=2025-03-01"])
def test_periods_without_dossiers(client: Client, page: str, query: str) -> None:
    told(client, f"{page}?{query}")


@pytest.mark.parametrize("page", PAGES)
def test_a_period_before_any_law_is_an_error_in_words(client: Client, page: str) -> None:
    answer = client.get(f"{page}?period=2021")
    assert answer.status_code in (200, 400)
    assert "object at 0x" not in answer.text


def test_an_unknown_unit_is_named(client: Client) -> None:
    for tab in TABS:
        answer = client.get(f"/units/H99.1{tab}")
        assert answer.status_code == 404
        assert "H99.1" in answer.text
        assert "object at 0x" not in answer.text
