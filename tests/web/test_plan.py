"""The page of the plan: its words and rows are the answer's, and its form asks what it shows."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.insight.plan.answer import plan, what_if
from chiso.instants import parse_instant
from chiso.web import formatting
from tests.web.test_pages import Reader

Client = TestClient[Litestar]
END = parse_instant("2027-01-01")


def halfway(folder: DataFolder, unit: str) -> str:
    most = plan(folder, unit, "100", END)
    return f"{(Decimal(most['start']) + Decimal(most['total'])) / 2:.2f}"


def test_what_can_be_reached_is_said_with_its_work(client: Client, folder: DataFolder) -> None:
    target = halfway(folder, "H01")
    body = plan(folder, "H01", target, END)
    text = client.get("/units/H01/plan", params={"target": target}).text
    assert f"<b>{formatting.points(body['total'])}</b>" in text
    assert f"Cần làm {formatting.number(body['work']['things'])} việc." in text
    assert "Không có cách nào ít việc hơn" in text
    assert f"Bây giờ {formatting.points(body['now'])}" in text
    assert f"Không ai làm gì: {formatting.points(body['start'])}" in text
    assert "hết ngày 31/12/2026" in text
    assert f"/api/v1/units/H01/plan?target={target}&amp;by=2026-12-31" in text
    way = r'<td class="r num"><a class="n" href="/units/H01/todo\?[^"]*">([\d.]+)</a></td><td>'
    counts = re.findall(way, text)
    assert sum(int(one.replace(".", "")) for one in counts) == body["work"]["things"]
    first = body["units"][0]
    assert f">{first['name']}</a>" in text


def test_what_cannot_be_reached_tells_the_most(client: Client, folder: DataFolder) -> None:
    body = plan(folder, "H01.113", "80", END)
    text = client.get("/units/H01.113/plan").text
    assert (
        f"Không thể đạt 80,00 điểm. Làm hết những việc còn làm được ({body['work']['things']} việc)" in text
    )
    missing = Fraction(body["target"]) - Fraction(body["total"])
    assert f"vẫn thiếu {formatting.points(missing)} điểm" in text
    assert "là cao nhất có thể" in text
    assert ">Theo đơn vị<" not in text  # it is alone


def test_what_is_reached_already_needs_nothing(client: Client) -> None:
    text = client.get("/units/H01/plan?target=1").text
    assert "Không cần làm thêm" in text
    assert "Ai làm gì" not in text


def test_hours_inflow_and_spread_are_asked_for(client: Client, folder: DataFolder) -> None:
    target = halfway(folder, "H01.113")
    asked = {
        "target": target,
        "in": "hours",
        "h_due": "2,5",
        "inflow": "1",
        "spread": "even",
        "by": "2026-12-15",
    }
    text = client.get("/units/H01.113/plan", params=asked).text
    hours = {"due": Fraction(5, 2)}
    body = plan(
        folder, "H01.113", target, parse_instant("2026-12-16"), hours=hours, inflow=True, spread="even"
    )
    assert f"{formatting.number(body['work']['hours'], 1)} giờ" in text
    assert f"Tính thêm {body['inflow']} hồ sơ sẽ đến" in text
    assert "là ước tính, không phải cam kết" in text
    assert 'name="h_due" type="number" min="0" max="1000" step="any" inputmode="decimal" value="2.5"' in text
    assert '<option value="even" selected>' in text
    assert "due%3D2.5" in text


def test_sliders_show_what_would_be(client: Client, folder: DataFolder) -> None:
    body = what_if(folder, "H01", END, {"digitise": 50, "result": 100})
    text = client.get("/units/H01/plan?s_digitise=50&s_result=100").text
    outcome = text[text.index('data-part="outcome"') :]
    assert f"<b>{formatting.points(body['total'])}</b>" in outcome
    assert body["band"] in outcome
    assert f"Hạng {body['rank']} trên {body['of']}" in outcome
    for kind, told in body["kinds"].items():
        shown = f"{formatting.number(told['done'])} trên {formatting.number(told['offered'])}"
        assert f'data-done="{kind}">{shown}</span>' in text
    assert 'name="s_digitise" min="0" max="100" step="5" value="50"' in text


def test_what_is_put_in_wrong_is_said(client: Client) -> None:
    text = client.get("/units/H01/plan?target=tuyệt vời").text
    assert "Chưa lập được kế hoạch" in text
    assert "viết số điểm (80)" in text
    assert 'data-part="outcome"' in text
    assert "no percent sign" in client.get("/units/H01/plan?target=80%25&lang=en").text
    for query in ("by=mai", "spread=x", "in=hours&h_due=nhiều", "s_due=x"):
        assert client.get(f"/units/H01/plan?{query}").status_code == 400, query


@pytest.mark.parametrize("query", ["period=2026-Q1", "by=2026-10-01"])
def test_what_is_over_cannot_be_planned(client: Client, query: str) -> None:
    assert "Kỳ này đã kết thúc" in client.get(f"/units/H01/plan?{query}").text


def test_units_lead_there_and_bands_are_offered(client: Client) -> None:
    assert 'href="/units/H01.113/plan"' in client.get("/units/H01.113").text
    links = Reader(client.get("/units/H01/plan?inflow=1").text).links
    assert "/units/H01/plan?target=80&by=2026-12-31&inflow=1" in links
