"""The page of what lies ahead: its words are the answer's, its lines sum to it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from chiso.folder import DataFolder
from chiso.insight.outlook.answer import outlook
from chiso.instants import DAY, day_of, iso, midnight, parse_instant
from chiso.law.scoring import decimals
from chiso.web import formatting
from chiso.web.outlook import FINE, end_of, stretch_end, stretches
from tests.web.world import NOW

Client = TestClient[Litestar]
steps = st.lists(
    st.tuples(
        st.integers(1, 40 * DAY), st.integers(-500, 500), st.lists(st.text("AB", min_size=1), max_size=3)
    ),
    max_size=20,
)


@given(steps)
def test_lines_hold_every_step_and_sum_to_the_whole(told: list[tuple[int, int, list[str]]]) -> None:
    at, exact = NOW, Fraction(60)
    answer: list[dict[str, Any]] = [
        {"at": iso(at), "total": "60.00", "exact": decimals(exact), "falling": []}
    ]
    for pause, change, falling in told:
        at, exact = at + pause, exact + Fraction(change, 10_000)
        answer.append(
            {"at": iso(at), "total": f"{float(exact):.2f}", "exact": decimals(exact), "falling": falling}
        )
    rows = stretches(answer)
    assert sum((row.change for row in rows), Fraction(0)) == exact - 60
    assert [code for row in rows for code in row.dossiers] == [code for _, _, one in told for code in one]
    ends = [row.until for row in rows]
    assert ends == sorted(set(ends))
    if rows:
        assert rows[-1].total == Fraction(answer[-1]["total"])


def test_a_dossier_that_is_due_at_five_belongs_to_the_afternoon() -> None:
    due = parse_instant("2026-10-12T17:00+07:00")
    assert stretch_end(due + 1, NOW) == due
    assert stretch_end(due + 2, NOW) == midnight_after(due)
    assert stretch_end(due - 5 * 3600 + 1, NOW) == due - 5 * 3600
    assert stretch_end(due - 5 * 3600 + 2, NOW) == due
    later = due + FINE
    assert stretch_end(later + 1, NOW) == midnight_after(later)


def midnight_after(at: int) -> int:
    return midnight(day_of(at)) + DAY


def test_ends_of_days_are_said_as_such() -> None:
    assert end_of(parse_instant("2027-01-01"), "vi") == "hết ngày 31/12/2026"
    assert end_of(parse_instant("2026-10-12T17:00+07:00"), "vi") == "17:00 12/10/2026"


def test_the_page_says_what_the_answer_says(client: Client, folder: DataFolder) -> None:
    body = outlook(folder, "H01", parse_instant("2026-10-21"))
    text = client.get("/units/H01/outlook?until=2026-10-20").text
    last = body["steps"][-1]
    assert f'<b class="loss">{formatting.points(last["total"])}</b>' in text
    assert f"Bây giờ {formatting.points(body['total'])}" in text
    falling = [code for step in body["steps"] for code in step["falling"]]
    assert f"{len(falling)} hồ sơ đang mở sẽ quá hạn" in text
    assert all(f'href="/dossiers/{code}"' in text for code in falling)
    told = body["forecast"]
    assert f"khoảng {formatting.points(told['rows'][-1]['total'])} điểm" in text
    assert text.count("lần thử nằm trong khoảng") == len(told["trials"])
    assert 'class="chart wide"' in text
    assert "/api/v1/units/H01/outlook?until=2026-10-21T00%3A00%3A00%2B07%3A00" in text
    assert 'data-stream="/api/v1/stream?unit=H01"' in text


def test_a_period_that_is_over_says_so(client: Client) -> None:
    assert "Kỳ này đã kết thúc" in client.get("/units/H01/outlook?period=2026-Q1").text
    assert "Kỳ này đã kết thúc" in client.get("/units/H01/outlook?until=2026-10-01").text


def test_other_periods_are_not_foretold(client: Client) -> None:
    text = client.get("/units/H01/outlook?period=2026-10").text
    assert "Chỉ dự báo cho năm nay" in text


def test_an_instant_that_cannot_be_read_is_refused(client: Client) -> None:
    answer = client.get("/units/H01/outlook?until=mai")
    assert answer.status_code == 400
    assert "Thời điểm không đọc được" in answer.text


def test_units_lead_there(client: Client) -> None:
    assert 'href="/units/H01.113/outlook"' in client.get("/units/H01.113").text
