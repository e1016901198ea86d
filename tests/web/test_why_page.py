"""The page of why: a sentence first, a way that ends where it should, terms that sum, refusals in words."""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.insight.explain import answer
from chiso.instants import DAY, iso, parse_instant, parse_period
from chiso.web import why_ends
from chiso.web.view import View
from chiso.web.why_lines import WAYS
from tests.support.messages import tell
from tests.web.test_lost_page import number
from tests.web.test_pages import Reader
from tests.web.world import NOW

Client = TestClient[Litestar]
WEEK = "a=2026-10-03T06:00%2B07:00&b=2026-10-10T06:00%2B07:00"
PAGES = (
    "/why",
    "/why?lang=en",
    f"/units/H01/why?{WEEK}",
    f"/units/H01/why?{WEEK}&by=unit",
    f"/units/H01/why?{WEEK}&by=procedure&indicator=2.1",
    f"/units/H01.113/why?{WEEK}&by=term",
    "/units/H01/why?a=2026-08&b=2026-09",
    "/units/H01/why?a=2026-08@2026-09-01&b=2026-08&by=term&kind=late_data",
    "/units/H01.06/why?period=2026-Q3",
    "/units/H01/why?at=2026-09-10T06:00%2B07:00&as_of=2026-09-10T06:00%2B07:00",
    "/units/H44/why?a=2026-10-09&b=2026-10-11&source=published",
)


def foot(text: str) -> list[Decimal]:
    told = re.findall(r'<td class="r num">([−+\d.,]+)</td></tr>', text[text.rindex("<tfoot>") :])
    return [number(one) for one in told]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_keeps_the_house_rules(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    page = Reader(answer.text)
    assert not [pair for pair in page.attributes if pair[1] == "style" or pair[1].startswith("on")]
    assert len(page.ids) == len(set(page.ids))
    assert page.tags.count("main") == page.tags.count("h1") == 1
    assert page.tags.count("table") == page.tags.count("caption")


@pytest.mark.parametrize("by", WAYS)
def test_the_table_sums_to_the_change(client: Client, folder: DataFolder, by: str) -> None:
    body = answer(folder, "H01", "2026-08", "2026-09")
    text = client.get(f"/units/H01/why?a=2026-08&b=2026-09&by={by}").text
    assert foot(text)[-1] == Decimal(body["change"]) != 0


def test_the_sentence_says_what_the_scores_say(client: Client, folder: DataFolder) -> None:
    body = answer(folder, "H01", "2026-08", "2026-09")
    text = client.get("/units/H01/why?a=2026-08&b=2026-09").text
    first = re.search(r'<p class="first">(.*?)</p>', text, re.DOTALL)
    assert first
    words = re.sub(r"<[^>]*>", "", first[1])
    by = body["change"].lstrip("-").replace(".", ",")
    way = "thấp hơn" if body["change"].startswith("-") else "cao hơn"
    before, after = (body[end]["total"].replace(".", ",") for end in ("from", "to"))
    assert words.startswith(f"Tổng điểm tháng 9/2026 của Tỉnh An Giang {way} tháng 8/2026 {by} điểm")
    assert before in words
    assert after in words
    assert len(re.findall(r"<a ", first[1])) == 3


def test_the_way_leads_from_the_first_total_to_the_last(client: Client, folder: DataFolder) -> None:
    body = answer(folder, "H01", "2026-08", "2026-09")
    text = client.get("/units/H01/why?a=2026-08&b=2026-09").text
    way = text[text.index('class="way"') : text.index('id="table"')]
    totals = re.findall(r"<b>([\d,]+)</b>", way)
    assert totals == [body[end]["total"].replace(".", ",") for end in ("from", "to")]
    steps = [number(told) for told in re.findall(r"</i>([−+][\d,]+)</span>|\+0,0000", way) if told]
    assert abs(sum(steps) - Decimal(body["change"])) < Decimal("0.001")


@pytest.mark.slow
def test_every_link_leads_somewhere(client: Client) -> None:
    seen = set()
    for address in (PAGES[0], PAGES[2], PAGES[4], PAGES[5], PAGES[6]):
        for link in Reader(client.get(address).text).links:
            path = urlsplit(link)
            key = (path.path, re.sub(r"H01\.\d+|\d\.\d{6}", "", path.query))
            if link.startswith("/") and key not in seen and len(seen) < 120:
                seen.add(key)
                assert client.get(link).status_code == 200, link
    assert len(seen) > 50


def test_the_choosers_plain_forms_lead_to_the_two_ends(client: Client) -> None:
    moved = client.get("/why?day_a=2026-09-01&day_b=2026-10-10", follow_redirects=False)
    assert moved.status_code == 303
    assert moved.headers["location"] == (
        "/why?a=2026-09-02T00%3A00%3A00%2B07%3A00&b=2026-10-10T06%3A00%3A00%2B07%3A00"
    )
    moved = client.get("/units/H01/why?period_a=2026-08&period_b=2026-09&law=qd766", follow_redirects=False)
    assert moved.headers["location"] == "/units/H01/why?law=qd766&a=2026-08&b=2026-09"
    assert client.get("/why?day_a=x&day_b=y").status_code == 400


def test_two_measures_are_refused_on_the_page_with_its_choosers(client: Client) -> None:
    answer = client.get("/why?a=2023&b=2026")
    assert answer.status_code == 400
    assert "Hai đầu này không so sánh được" in answer.text
    assert "“2023”" in answer.text
    assert 'name="period_a"' in answer.text
    assert client.get("/why?a=sometime&b=2026").status_code == 400
    assert client.get("/why?by=colour").status_code == 400
    assert client.get("/units/H01.9999/why").status_code == 404


def test_the_same_twice_says_that_nothing_changed(client: Client) -> None:
    text = client.get("/why?a=2026-08&b=2026-08").text
    assert "không đổi" in text or "bằng tháng 8/2026" in text
    assert "Không có gì thay đổi" in text


def test_the_navigation_leads_to_homes_own(client: Client) -> None:
    text = client.get("/").text
    assert 'href="/why"' in text
    assert 'href="/units/H01/why?a=' in text
    assert 'href="/units/H01.113/why"' in client.get("/units/H01.113").text


def view(**fields: object) -> View:
    return View(path="/why", now=NOW, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("label", "earlier"),
    [
        ("2026-01", "2025-12"),
        ("2026-10", "2026-09"),
        ("2026-Q1", "2025-Q4"),
        ("2026-H2", "2026-H1"),
        ("2026-H1", "2025-H2"),
        ("2026", "2025"),
        ("2026-03-11..2026-03-20", "2026-03-01..2026-03-10"),
    ],
)
def test_the_period_before(label: str, earlier: str) -> None:
    assert why_ends.before(parse_period(label)).label == earlier


def test_usual_ends(folder: DataFolder) -> None:
    def usual(query: dict[str, str] | None = None, **fields: object) -> tuple[str, str]:
        return why_ends.asked_ends(folder, view(**fields), "H01", query or {})

    assert usual() == ("2026-10-09T06:00:00+07:00", iso(NOW))
    assert usual({"a": "2026-10-01T06:00 07:00"}) == ("2026-10-01T06:00+07:00", iso(NOW))
    at = parse_instant("2026-09-10T13:30+07:00")
    assert usual(at=at, as_of=at) == ("2026-09-09T06:00:00+07:00", iso(at))
    quarter = parse_period("2026-Q3")
    assert usual(period=quarter) == ("2026-Q2", "2026-Q3")
    assert usual(period=quarter, at=at, as_of=at) == (f"2026-Q2@{iso(at)}", f"2026-Q3@{iso(at)}")
    # the portal of 2025 measured otherwise
    assert usual(period=parse_period("2026-H1")) == ("2026-H1@2026-04-01T06:00:00+07:00", "2026-H1")


def test_a_published_year_is_looked_at_from_its_first_capture(own: DataFolder) -> None:
    names = (
        "transparency",
        "processing",
        "online_services",
        "online_payment",
        "satisfaction",
        "digitisation",
    )
    for day, points, place in (
        ("2024-08-19", ("13.2", "18.4", "7.7", "7.6", "17.6", "15.6"), 21),
        ("2024-10-28", ("13.6", "18.5", "7.7", "9.6", "17.6", "15.8"), 13),
    ):
        total = str(sum(map(Decimal, points)))
        row = {"unit": "H47", "period": "2024", "at": day, "total": total, "rank": place}
        tell(own, "published", {**row, **dict(zip(names, points, strict=True))})
    year = view(period=parse_period("2024"))
    ends = why_ends.asked_ends(own, year, "H47", {})
    assert ends == ("2024@2024-08-19T00:00:00+07:00", "2024")
    told = answer(own, "H47", *ends)
    assert (told["from"]["total"], told["to"]["total"], told["change"]) == ("80.10", "82.80", "2.70")
    assert {one["indicator"]: one["points"][:4] for one in told["terms"]} == {
        "online_payment": "2.00", "transparency": "0.40", "digitisation": "0.20", "processing": "0.10",
    }  # fmt: skip
    assert why_ends.asked_ends(own, year, "H44", {}) == ("2023", "2024")


def test_samples_are_those_of_the_years_course() -> None:
    assert iso(why_ends.sampled(NOW)) == iso(NOW)
    assert iso(why_ends.sampled(NOW - 1)) == iso(NOW - DAY // 2)
    assert iso(why_ends.sampled(parse_instant("2026-10-10T03:00+07:00"))) == "2026-10-09T18:00:00+07:00"
