"""Pages as answered: what they say, where their numbers lead, and what they never contain."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.instants import parse_instant
from chiso.web import formatting
from chiso.web.app import create_app
from tests.web.world import NOW

Client = TestClient[Litestar]
PAGES = (
    "/",
    "/units",
    "/units?q=long+phu",
    "/units/H01",
    "/units/H01.113",
    "/units/H44?source=published",
    "/procedures",
    "/units/H01/quality",
    "/units/H01.113/quality/dossiers?what=vneid_never",
    "/procedures?what=fee&unit=H01.113",
    "/units/H01/indicators/2.1",
    "/units/H01/indicators/2.2",
    "/units/H01/indicators/3.2?all=1",
    "/units/H01/indicators/4.6",
    "/units/H01/dossiers?indicator=2.1&part=missed",
    "/units/H01/dossiers?indicator=2.1&part=open",
    "/units/H01/lateness",
    "/units/H01.113/lateness?lang=en",
    "/units/H01/lateness?at=2026-08-20T06:00%2B07:00&as_of=2026-08-20T06:00%2B07:00&all=1",
    "/units/H01/lateness/dossiers",
    "/units/H01/lateness/dossiers?class=late_work&sender=-",
    "/units/H01/lateness/dossiers?class=shown&page=2",
    "/units/H01/lateness/dossiers?indicator=5.2",
    "/units/H01.113/dossiers?indicator=4.1&part=d&procedure=2.000815&page=2",
    "/units/H01/outlook",
    "/units/H01/todo",
    "/units/H01.113/todo?what=result&what=due&marked=open&lang=en",
    "/units/H01.113/outlook?until=end",
    "/units/H01/outlook?until=2026-10-20&lang=en",
    "/units/H01/outlook?period=2026-Q1",
    "/units/H01/plan",
    "/units/H01.113/plan?target=rank:2&in=hours&h_due=2.5&inflow=1&spread=even&s_due=50&lang=en",
    "/units/H01/plan?period=2026-Q1",
    "/rank",
    "/rank?among=provinces",
    "/rank?among=departments",
    "/rank?among=communes&sort=total&dir=asc&q=long",
    "/rank/race?among=communes",
    "/rank/map",
    "/rank/map?by=processing&lang=en",
    "/compare",
    "/compare?unit=H01.113,H01.101",
    "/compare?unit=H44&unit=H20&source=published&lang=en",
    "/story/2023",
    "/units/H44/history",
    "/units/H01.113/history",
    "/data",
    "/help",
    "/help?law=qd766-2022",
    "/help?law=qd766-document&lang=en",
    "/?at=2026-09-01T06:00%2B07:00&as_of=2026-09-01T06:00%2B07:00",
    "/?at=2026-12-01",
    "/?as_of=2026-09-01",
    "/?period=2026-Q3",
    "/?period=2026-01-01..2026-03-27",
    "/units/H01?lang=en",
)

EMPTY = (
    "/", "/units", "/units/H01", "/units/H01/history", "/units/H01/indicators/2.1", "/units/H01/outlook",
    "/units/H01/plan",
    "/units/H01/lateness", "/units/H01/lateness/dossiers",
    "/rank", "/rank/race", "/rank/map", "/compare", "/story/2023", "/data", "/help",
)  # fmt: skip


class Reader(HTMLParser):
    """What checks need of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.scripts: list[dict[str, str | None]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append(tag)
        self.attributes += [(tag, name) for name in told]
        if tag == "a" and told.get("href"):
            self.links.append(told["href"] or "")
        if told.get("id"):
            self.ids.append(told["id"] or "")
        if tag == "script":
            self.scripts.append(told)


def live(text: str, key: str) -> str:
    found = re.search(rf'data-live="{re.escape(key)}"[^>]*>\s*(?:<b>)?([^<]*)', text)
    assert found, key
    return found[1].strip()


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_whole_and_keeps_the_content_policy(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    page = Reader(answer.text)
    assert not [pair for pair in page.attributes if pair[1] == "style" or pair[1].startswith("on")]
    assert all(script.get("src", "").startswith("/static/") for script in page.scripts)  # type: ignore[union-attr]
    assert len(page.ids) == len(set(page.ids))
    assert page.tags.count("main") == page.tags.count("h1") == 1
    assert {"header", "nav", "footer"} <= set(page.tags)
    assert page.tags.count("table") == page.tags.count("caption")
    assert '<a class="skip" href="#main">' in answer.text
    assert not re.search(r"https?://(?!www\.w3\.org)", answer.text)


def test_the_leaders_page_says_what_the_score_says(client: Client, folder: DataFolder) -> None:
    score = folder.score("H01")
    text = client.get("/").text
    assert live(text, "total") == formatting.points(score["total"])
    for name, group in score["groups"].items():
        assert live(text, f"g.{name}.points") == formatting.points(group["points"])
        lost = formatting.exact(str(group["max"])) - formatting.exact(group["points"])
        assert live(text, f"g.{name}.lost") == formatting.points(lost)
    assert score["band"] in text
    assert "Mục tiêu 80" in text
    assert 'data-stream="/api/v1/stream?unit=H01"' in text
    assert f"Sổ nhận số {folder.journal}" in text


def test_every_link_of_the_leaders_page_leads_somewhere(client: Client) -> None:
    text = client.get("/").text
    page = Reader(text)
    inside = [link for link in page.links if link.startswith("/")]
    assert len(inside) > 60
    seen = set()
    for link in inside:
        parts = urlsplit(link)
        if "at=" in parts.query and parts.path == "/":
            continue  # a link for each day; one of them is followed below
        address = parts.path + ("?" + parts.query if parts.query else "")
        if address not in seen:
            seen.add(address)
            answer = client.get(address, follow_redirects=False)
            assert answer.status_code == 200, link
        if parts.fragment:
            ids = Reader(client.get(address).text).ids
            assert parts.fragment in ids, link


def test_numbers_lead_down_to_their_dossiers(client: Client, folder: DataFolder) -> None:
    text = client.get("/units/H01.113").text
    score = folder.score("H01.113")["indicators"]["2.1"]
    found = re.search(r'href="([^"]*dossiers[^"]*part=d[^"]*)"[^>]*data-live="i\.2\.1\.d">([^<]*)<', text)
    assert found
    assert found[2] == str(score["d"])
    listed = client.get(found[1].replace("&amp;", "&")).text
    assert f"{score['d']} hồ sơ" in listed
    code = re.search(r"/dossiers/(H01\.113-[\d-]+)", listed)
    assert code
    one = client.get(f"/dossiers/{code[1]}").text
    assert "Diễn biến" in one
    assert "Tiếp nhận" in one
    assert "Tính vào chỉ số nào" in one


def test_few_cases_are_no_trend(client: Client, folder: DataFolder) -> None:
    score = folder.score("H01.113", period="2026-10")["indicators"]
    found = {name: one for name, one in score.items() if "interval" in one}
    few = [name for name, one in found.items() if one.get("few")]
    assert few
    unit = client.get("/units/H01.113?period=2026-10").text
    assert unit.count("mẫu số nhỏ</a>") == len(few)
    for name, one in found.items():
        page = client.get(f"/units/H01.113/indicators/{name}?period=2026-10").text
        low, high = (formatting.points(one["interval"][end]) for end in ("low", "high"))
        assert f"{low} đến {high} điểm" in page
        assert ('id="few"' in page) == (name in few)
    one = client.get(f"/units/H01.113/indicators/{few[0]}", params={"lang": "en", "period": "2026-10"}).text
    assert "Few cases, not enough to speak of a trend." in one


def test_the_past_is_shown_as_known_then(client: Client, folder: DataFolder) -> None:
    then = parse_instant("2026-08-20T06:00+07:00")
    score = folder.score("H01", at=then, as_of=then)
    answer = client.get("/", params={"at": "2026-08-20T06:00+07:00", "as_of": "2026-08-20T06:00+07:00"})
    assert live(answer.text, "total") == formatting.points(score["total"])
    assert "Đang xem số liệu tại 06:00 20/08/2026" in answer.text
    assert "Về hiện tại" in answer.text
    assert "data-stream" not in answer.text
    onward = [link for link in Reader(answer.text).links if link.startswith("/units/H01")]
    assert onward
    assert all("as_of=2026-08-20" in link for link in onward)


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/?at=2026-09-01T06:00&known=then", "/?at=2026-09-01T06%3A00&as_of=2026-09-01T06%3A00"),
        ("/?at=2026-09-01T06:00&as_of=2026-01-01&known=now", "/?at=2026-09-01T06%3A00"),
        (
            "/rank?among=communes&from=2026-01-01&to=2026-03-27",
            "/rank?among=communes&period=2026-01-01..2026-03-27",
        ),
    ],
)
def test_the_choosers_plain_forms(client: Client, asked: str, led: str) -> None:
    answer = client.get(asked, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, led)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/khong-co", 404, "Không có trang này"),
        ("/units/H99", 404, "Không có đơn vị hoặc hồ sơ này"),
        ("/units/H01/indicators/9.9", 404, "Không có đơn vị hoặc hồ sơ này"),
        ("/dossiers/H01.113-260101-1", 404, "Không có đơn vị hoặc hồ sơ này"),
        ("/?at=hom-qua", 400, "Thời điểm không đọc được"),
        ("/?period=2026-13", 400, "Kỳ không đọc được"),
        ("/data?page=x", 400, "Số trang không đọc được"),
        ("/rank?among=ghosts", 400, "Chưa hiểu yêu cầu"),
        ("/?period=2024", 200, "giai đoạn 2022–2025"),  # understood, and nothing is known of it
        ("/?law=qd9", 400, "Chưa hiểu yêu cầu"),
        ("/units/H01/dossiers?part=all", 400, "Chưa hiểu yêu cầu"),
        ("/units/H01/lateness/dossiers?class=late", 400, "Chưa hiểu yêu cầu"),
        ("/units/H01/lateness/dossiers?indicator=9.9", 404, "Không có đơn vị hoặc hồ sơ này"),
        ("/units/H99/lateness", 404, "Không có đơn vị hoặc hồ sơ này"),
    ],
)
def test_errors_say_what_happened_and_what_to_do(
    client: Client, address: str, status: int, words: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert words in answer.text
    assert "Về trang Tổng quan" in answer.text
    assert "Traceback" not in answer.text


def test_what_comes_from_outside_is_escaped(client: Client) -> None:
    assert "<script>alert" not in client.get("/units", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in client.get("/", params={"at": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in client.get("/units/<script>alert(1)</script>").text
    text = client.get("/data").text
    assert "<b>x</b>" not in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "&lt;từ bản chính&gt;" in client.get("/units/H01/indicators/2.1").text


def test_the_language_is_switched_and_remembered(folder: DataFolder) -> None:
    with TestClient(create_app(folder)) as client:
        assert 'lang="vi"' in client.get("/").text
        answer = client.get("/?lang=en")
        assert "Total points over time" in answer.text
        assert "lang=en" in answer.headers["set-cookie"]
        assert 'lang="en"' in client.get("/help").text
        assert "set-cookie" not in client.get("/?lang=xx").headers


def test_units_are_found_without_accents(client: Client) -> None:
    text = client.get("/units?q=LONG phu").text
    assert "Phường Long Phú" in text
    assert "Phường Rạch Giá" not in text
    assert "Không tìm thấy đơn vị nào" in client.get("/units?q=zzz").text


def test_dossiers_are_paged(client: Client) -> None:
    first = client.get("/units/H01/dossiers?indicator=2.1&part=d").text
    second = client.get("/units/H01/dossiers?indicator=2.1&part=d&page=2").text
    codes = [set(re.findall(r"/dossiers/(H01[\w.-]+)", text)) for text in (first, second)]
    assert len(codes[0]) == len(codes[1]) == 50
    assert not codes[0] & codes[1]


def test_an_empty_folder_has_pages_too(tmp_path: Path) -> None:
    with DataFolder.open(tmp_path / "empty", standing=True) as empty, TestClient(create_app(empty)) as client:
        for address in EMPTY:
            answer = client.get(address)
            assert answer.status_code == 200, address
        assert "Chưa nhận dữ liệu nào" in client.get("/").text
        assert "Chưa có nơi gửi nào" in client.get("/data").text


def test_files_of_pages_may_be_kept_for_ever(client: Client) -> None:
    text = client.get("/").text
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', text))
    fonts = re.findall(r'url\("([^"]+)"\)', client.get(next(a for a in addresses if "fonts.css" in a)).text)
    assert len(fonts) == 6
    for address in (*addresses, *fonts):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/x/secret.key").status_code == 404
    assert client.get("/static/x/..%2fapp.py").status_code == 404
    assert client.get("/static/x/face-900.ttf").status_code == 404


def test_published_figures_say_so(client: Client) -> None:
    text = client.get("/units/H44?source=published").text
    assert "số liệu công bố" in text
    assert "61,39" in text
    assert "Chỉ biết điểm của nhóm" in text


def test_freshness_is_told_in_words(client: Client, folder: DataFolder) -> None:
    newest = formatting.instant(int(folder.standing.roster.column("known_at").max()))
    assert folder.now() == NOW
    assert f"Chưa nhận dữ liệu mới từ {newest}" in client.get("/").text
