"""The card of what gives most today: kept, looked at anew behind the reader's back, of now alone."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.insight.todo.best import best_of
from chiso.law.scoring import decimals
from chiso.web import best as module
from chiso.web import formatting
from chiso.web.best import ROWS, Keeper
from chiso.web.messages import catalogue
from tests.web.test_pages import Reader

Client = TestClient[Litestar]


def test_the_card_leads_to_the_work_of_each_kind(client: Client, folder: DataFolder) -> None:
    text = client.get("/").text
    told = best_of(folder, "H01")[:ROWS]
    assert 3 <= len(told) <= 5
    links = Reader(text).links
    for one in told:
        assert f"/units/H01/todo?what={one.what}" in links
        assert catalogue("vi")[f"todo.what.{one.what}"] in text
        assert formatting.signed(decimals(one.together)) + " điểm" in text


def test_a_page_of_another_time_has_no_card(client: Client) -> None:
    words = catalogue("vi")["best.title"]
    assert words in client.get("/").text
    for query in ("at=2026-10-09", "period=2026-09", "as_of=2026-10-09"):
        assert words not in client.get(f"/?{query}").text


def test_a_folder_without_anything_says_so(tmp_path: Any) -> None:
    from chiso.web.app import create_app

    with DataFolder.open(tmp_path, standing=True) as empty, TestClient(create_app(empty)) as client:
        assert client.get("/").status_code == 200


def test_who_comes_later_does_not_wait(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    go = threading.Event()

    def look(folder: DataFolder, code: str) -> Any:
        looked.append(threading.current_thread().name)
        if len(looked) > 1:
            assert go.wait(20)
        return best_of(folder, code)

    monkeypatch.setattr(module, "best_of", look)
    keeper = Keeper(folder)
    first = keeper.of("H01")
    assert keeper.of("H01") is first
    monkeypatch.setattr(module, "KEPT_FOR", 0.0)
    # stale: the held answer is given at once, one thread looks again
    assert keeper.of("H01") is first
    assert keeper.of("H01") is first
    go.set()
    for thread in threading.enumerate():
        if thread.name == "best":
            thread.join(20)
    monkeypatch.setattr(module, "KEPT_FOR", 60.0)
    again = keeper.of("H01")
    assert again is not first
    assert again == first
    assert looked == [threading.current_thread().name, "best"]
