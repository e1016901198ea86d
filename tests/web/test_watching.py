"""The watch of the portal in a server: on schedule where it is switched on, and shown on /data."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from chiso.folder import DataFolder, Settings
from chiso.folder.settings import SettingError
from chiso.instants import parse_instant, utc_now
from chiso.ledger.clock import Clock
from chiso.web.app import create_app
from chiso.web.house import House
from chiso.web.messages import catalogue
from tests.support.portal_server import PlayedPortal, playing, table

ALL = 1 + 3 * 6


@pytest.fixture
def played() -> Iterator[PlayedPortal]:
    with playing("2026-10-08") as portal:
        portal.provinces = ("H01", "H20", "H44")
        yield portal


def opened(path: Path, day: str = "2026-10-08", **settings: Any) -> DataFolder:
    folder = DataFolder.open(path, standing=True, settings=Settings(**settings))
    folder.ledger.clock.set(Clock(parse_instant(f"{day}T06:00"), utc_now()))
    folder.refresh()
    return folder


def run(folder: DataFolder, played: PlayedPortal, **how: Any) -> None:
    """One run beside the server, as the command does it."""
    from chiso.commands.loading import context_of
    from chiso.watch.service import Watch, wanted

    units = folder.registry.units
    want = wanted(folder.settings, units, portal=played.address, pause=0.0, **how)
    context = context_of(folder.ledger, units, folder.settings)
    Watch(folder.path, folder.ledger, units, context, folder.now, want, lambda seconds: False).once()
    folder.refresh()


def test_it_is_off_by_default(tmp_path: Path) -> None:
    with opened(tmp_path) as folder, TestClient(create_app(folder)) as client:
        told = client.get("/api/v1/watch").json()
        nothing = {"portal": None, "next": None, "silent_until": None, "run": None, "days": []}
        assert told == nothing | {"scheduled": False, "working": False}
        page = client.get("/data").text
        assert catalogue("vi")["watch.none"] in page
        assert "chiso watch" in page
        assert not [one for one in threading.enumerate() if one.name == "portal-watch"]


@pytest.mark.slow
def test_a_server_asks_on_schedule_and_shows_what_came(tmp_path: Path, played: PlayedPortal) -> None:
    with opened(tmp_path, portal=played.address, watch="06:00", watch_units="H44") as folder:
        house = House(folder)
        assert house.watching._wanted is not None
        object.__setattr__(house.watching._wanted, "pause", 0.0)
        with TestClient(create_app(folder, house)) as client:
            for _ in range(600):
                told = client.get("/api/v1/watch").json()
                if told["run"] and told["run"]["state"] == "complete" and told["next"]:
                    break
                threading.Event().wait(0.05)
            assert (told["run"]["kept"], told["scheduled"], told["next"][:13]) == (ALL, True, "2026-10-09T06")
            for _ in range(100):
                rows = client.get("/api/v1/rank", params={"source": "published"}).json()["rows"]
                if len(rows) == 3:
                    break
                threading.Event().wait(0.05)
            assert [(row["unit"], row["total"]) for row in rows] == [
                (code, table()["2026-10-08"][code]["total"]) for code in ("H20", "H44", "H01")
            ]
        assert not [one for one in threading.enumerate() if one.name == "portal-watch"]
        assert len(played.requests) == ALL


@pytest.mark.parametrize("wrong", [{"watch": "06:00"}, {"watch": "sáng", "portal": "http://127.0.0.1:9"}])
def test_a_setting_that_is_wrong_is_told_at_once(tmp_path: Path, wrong: dict[str, str]) -> None:
    with opened(tmp_path, **wrong) as folder, pytest.raises(SettingError):
        House(folder)


def test_the_page_tells_what_came_and_what_did_not_refresh(tmp_path: Path, played: PlayedPortal) -> None:
    with opened(tmp_path) as folder:
        run(folder, played)
        folder.ledger.clock.set(Clock(parse_instant("2026-10-09T06:00"), utc_now()))
        folder.refresh()
        played.day, played.frozen = "2026-10-09", {"processing": "2026-10-08"}
        run(folder, played)
        with TestClient(create_app(folder)) as client:
            page = client.get("/data").text
            part = page[page.index('id="watch"') : page.index('id="mistakes-title"')]
            assert '<span class="badge fine">Đủ</span>' in part
            row = part[part.index("Tiến độ, kết quả giải quyết") :][:400]
            assert "06:00 08/10/2026" in row
            assert part.count("<tr>") == 1 + 7 + 1 + 2
            assert "Chỉ số 4.6: số tạm của Cổng (constant)" in part
            assert "Complete" in client.get("/data?lang=en").text
            assert client.get("/api/v1/watch").json()["days"][0]["unrefreshed"] == 3


def test_the_page_tells_of_trouble(tmp_path: Path, played: PlayedPortal) -> None:
    with opened(tmp_path) as folder:
        played.plant("429", "transparency", "H01", value="7200")
        run(folder, played)
        with TestClient(create_app(folder)) as client:
            page = client.get("/data").text
            assert '<span class="badge late">Cổng từ chối</span>' in page
            assert "Cổng từ chối, mã 429, ở câu hỏi Công khai, minh bạch H01 kỳ 2026 (“Too many”)" in page
            assert "Đã dừng, không hỏi gì thêm trước 08:00 08/10/2026." in page
            assert client.get("/api/v1/watch").json()["silent_until"][:16] == "2026-10-08T08:00"


def test_what_the_portal_says_is_shown_as_text(tmp_path: Path, played: PlayedPortal) -> None:
    def markup(answer: dict[str, Any]) -> None:
        answer["code"], answer["message"] = "ERROR", "<script>alert(1)</script>"

    with opened(tmp_path) as folder:
        played.plant("edit", "transparency", "H01", value=markup)
        run(folder, played)
        with TestClient(create_app(folder)) as client:
            page = client.get("/data").text
    assert "Cổng báo lỗi ERROR: &lt;script&gt;" in page
    assert "<script>alert" not in page
