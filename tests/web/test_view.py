from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.folder import DataFolder
from chiso.instants import midnight, parse_instant
from chiso.web import sight
from chiso.web.view import AskedWrongError, View, whole
from tests.web.world import NOW


def read(query: dict[str, str], cookies: dict[str, str] | None = None) -> View:
    return View.of("/units/H01", query, cookies or {}, NOW)


def test_without_anything_it_is_now_in_vietnamese() -> None:
    view = read({})
    assert (view.lang, view.theme, view.live, view.travelling) == ("vi", "auto", True, False)
    assert view.asked_period.label == "2026"
    assert view.here() == "/units/H01"


def test_language_and_theme_are_remembered_and_checked() -> None:
    assert read({}, {"lang": "en", "theme": "dark"}).lang == "en"
    assert read({"lang": "vi"}, {"lang": "en"}).lang == "vi"
    assert read({}, {"lang": "xx", "theme": "'><script>"}) == read({})


def test_a_past_period_is_not_live() -> None:
    assert not read({"period": "2026-09"}).live
    assert read({"period": "2026-09"}).judged_at == parse_instant("2026-10-01")
    assert read({"period": "2026-10"}).live
    assert read({"at": "2025-03-01"}).asked_period.label == "2025"


@pytest.mark.parametrize("field", ["at", "as_of", "period"])
def test_what_cannot_be_read_names_its_field(field: str) -> None:
    with pytest.raises(AskedWrongError) as caught:
        read({field: "hôm qua"})
    assert (caught.value.field, caught.value.value) == (field, "hôm qua")


def test_numbers_stay_within_bounds() -> None:
    assert whole({}, "page", 1, 1, 9) == 1
    assert whole({"page": "99999999999999999999"}, "page", 1, 1, 9) == 9
    for bad in ("-1", "1.5", "x", "²"):
        with pytest.raises(AskedWrongError):
            whole({"page": bad}, "page", 1, 1, 9)


@given(
    at=st.none() | st.integers(0, 4_000_000_000),
    as_of=st.none() | st.integers(0, 4_000_000_000),
    period=st.none() | st.sampled_from(["2026-09", "2026-Q3", "2026-H1", "2025", "2023-01-01..2023-03-27"]),
    source=st.sampled_from(["", "published"]),
)
def test_links_keep_the_reader_where_they_are(
    at: int | None, as_of: int | None, period: str | None, source: str
) -> None:
    told = {"source": source} | ({"period": period} if period else {})
    view = read(told)
    view = View(**{**{k: getattr(view, k) for k in View.__slots__}, "at": at, "as_of": as_of})
    parts = urlsplit(view.link("/rank", anchor="x", among="communes"))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    again = View.of("/rank", query, {}, NOW)
    assert again.question() == view.question()
    assert query["among"] == "communes"
    assert parts.fragment == "x"


def test_a_field_of_none_is_dropped() -> None:
    view = read({"at": "2026-09-01", "period": "2026"})
    assert view.here(at=None) == "/units/H01?period=2026"
    assert (
        view.link("/units/H01.113/<>")
        == "/units/H01.113/%3C%3E?period=2026&at=2026-09-01T00%3A00%3A00%2B07%3A00"
    )


@pytest.mark.parametrize("at", [date(2023, 3, 1), date(2025, 6, 30), date(2025, 7, 1), date(2026, 10, 10)])
def test_a_unit_alone_is_what_the_list_of_all_says(folder: DataFolder, at: date) -> None:
    view = View(path="/", now=folder.now(), at=midnight(at), as_of=None)
    known = {one["code"]: one for one in folder.units(view.judged_at)}
    for one in list(known.values())[::5]:
        assert sight.unit_of(folder, view, one["code"]) == one
        above, code = [], one["parent"]
        while code and known[code]["kind"] != "nation":
            above.append(known[code]["name"])
            code = known[code]["parent"]
        assert [name for name, _ in sight.trail(folder, view, one)[1:]] == above[::-1]
