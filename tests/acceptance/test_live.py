"""Live: one message changes the stream; so does a due time that passes with no message."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from chiso.demo.world import UNTIL
from chiso.instants import utc_now
from chiso.ledger.clock import Clock
from tests.acceptance.conftest import Place
from tests.support.messages import dossier

UNIT = "H01.113"


@contextmanager
def listening(
    place: Place, unit: str = UNIT
) -> Iterator[Callable[[Callable[[dict[str, Any]], bool]], dict[str, Any]]]:
    """An open stream; what it gives waits for the first score event of which a condition holds."""
    with place.client.stream("GET", "/api/v1/stream", params={"unit": unit}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()

        def until(wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
            event = ""
            for line in lines:
                name, _, value = line.partition(":")
                if name == "event":
                    event = value.strip()
                elif name == "data" and event == "score":
                    told: dict[str, Any] = json.loads(value)
                    if wanted(told):
                        return told
            raise AssertionError("the stream has ended")

        yield until


def on_time(told: dict[str, Any]) -> tuple[int, int]:
    return told["indicators"]["2.1"]["n"], told["indicators"]["2.1"]["d"]


def test_one_posted_message_is_told_to_whoever_listens(place: Place) -> None:
    with listening(place) as until, listening(place, "H01") as above:
        n, d = on_time(until(lambda told: True))
        whole = on_time(above(lambda told: True))
        one = dossier(f"{UNIT}-261010-50001", UNTIL - 7200, UNTIL + 86_400, UNTIL - 3600)
        answer = place.post("/dvcqg/DongBoHoSoMC?MaDinhDanhDV=H01.113&isUpdating=False", [one])
        assert answer.json()["error_code"] == "0"
        told = until(lambda told: on_time(told) != (n, d))
        assert on_time(told) == (n + 1, d + 1)
        assert told["unit"] == UNIT
        assert on_time(above(lambda told: on_time(told) != whole)) == (whole[0] + 1, whole[1] + 1)
    assert on_time(place.score(UNIT)) == (n + 1, d + 1)


def test_a_due_time_that_passes_is_told_without_any_message(place: Place) -> None:
    clock = place.folder.ledger.clock
    due = UNTIL + 600
    one = dossier(f"{UNIT}-261010-50002", UNTIL - 7200, due)
    assert place.post("/dvcqg/DongBoHoSoMC", [one]).status_code == 200
    journal = place.score(UNIT)["journal"]
    try:
        with listening(place) as until:
            n, d = on_time(until(lambda told: True))
            clock.set(Clock(UNTIL, utc_now(), 300))  # the folder's time runs: five minutes a second
            told = until(lambda told: on_time(told)[0] < n)
            assert on_time(told)[1] == d
            assert told["at"] > "2026-10-10T06:10:00+07:00"
            assert told["journal"] == journal
        codes = place.folder.dossiers(UNIT, "2.1", "missed", limit=10_000)["rows"]
        assert f"{UNIT}-261010-50002" in {row["code"] for row in codes}
    finally:
        clock.set(Clock(UNTIL))
        place.folder.refresh()


def test_a_reader_that_comes_back_is_told_nothing_twice(place: Place) -> None:
    def first_events(headers: dict[str, str]) -> list[tuple[str, str]]:
        found = []
        with place.client.stream("GET", "/api/v1/stream", params={"unit": UNIT}, headers=headers) as response:
            identity = ""
            for line in response.iter_lines():
                name, _, value = line.partition(":")
                if name == "id":
                    identity = value.strip()
                elif name == "event":
                    found.append((value.strip(), identity))
                    if value.strip() == "fresh":
                        break
        return found

    (score, identity), *_ = first_events({})
    assert score == "score"
    again = first_events({"Last-Event-ID": identity})
    assert [name for name, _ in again] == ["fresh"]


def test_an_unknown_unit_has_no_stream(place: Place) -> None:
    answer = place.client.get("/api/v1/stream", params={"unit": "X99"})
    assert answer.status_code == 404
    assert "X99" in answer.json()["error"]
    assert isinstance(answer, httpx.Response)
