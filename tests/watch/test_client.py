"""The client against a real server: slowly, a few times, and not after a refusal."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest

from chiso.instants import parse_period
from chiso.watch.asking import OVERALL, Question
from chiso.watch.client import (
    LONGEST_SILENCE,
    LONGEST_WAIT,
    Answer,
    Client,
    FormError,
    NoAnswerError,
    RefusedByPortalError,
    StoppedError,
    retry_after,
)
from tests.support.portal_server import PlayedPortal

LIST = Question(OVERALL, parse_period("2026"))


class Asking:
    """A client whose waits are noted, not waited for."""

    def __init__(self, client: Client, waits: list[float]) -> None:
        self.client, self.waits = client, waits
        self.told: list[tuple[str, int, float]] = []

    def ask(self) -> Answer:
        return self.client.ask(
            OVERALL.path, LIST.body(), lambda why, attempt, wait: self.told.append((why.en, attempt, wait))
        )


@pytest.fixture
def asking(played: PlayedPortal) -> Iterator[Asking]:
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return False

    client = Client(played.address + "/", pause=2.0, timeout=0.3, wait=wait, chance=random.Random(766))
    with client:
        yield Asking(client, waits)


def test_an_answer_comes_with_its_own_bytes_and_status_201(asking: Asking) -> None:
    answer = asking.ask()
    assert answer.status == 201
    assert answer.body.startswith('{"code":"OK","data":{"overview":{"departmentName":"Cả nước"'.encode())
    assert len(answer.document["data"]["evaluation"]) == 34


def test_between_requests_there_are_uneven_pauses(asking: Asking, played: PlayedPortal) -> None:
    for _ in range(20):
        asking.ask()
    assert len(asking.waits) == 19  # none before the first
    assert all(1.0 <= one <= 3.0 for one in asking.waits)
    assert len(set(asking.waits)) == 19
    assert played.together == 1


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("slow", "no answer within 0.3 s"),
        ("cut", "the answer was cut off"),
        ("short", "the answer was cut off"),
        ("500", "server error 500"),
        ("502", "server error 502"),
        ("408", "server error 408"),
    ],
)
def test_what_may_pass_is_asked_again_with_growing_waits(
    asking: Asking, played: PlayedPortal, fault: str, why: str
) -> None:
    played.plant(fault, times=3)
    assert asking.ask().status == 201
    assert [one[:2] for one in asking.told] == [(why, 1), (why, 2), (why, 3)]
    waits = [one[2] for one in asking.told]
    assert asking.waits == waits
    for attempt, wait in enumerate(waits, 1):
        assert 2 * 2**attempt * 0.5 <= wait <= 2 * 2**attempt * 1.5
    assert len(played.requests) == 4


def test_not_for_ever(asking: Asking, played: PlayedPortal) -> None:
    played.plant("500", times=99)
    with pytest.raises(NoAnswerError) as caught:
        asking.ask()
    assert (caught.value.why.en, caught.value.attempts) == ("server error 500", 4)
    assert len(played.requests) == 4


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_refusal_is_final(asking: Asking, played: PlayedPortal, status: int) -> None:
    played.plant(str(status))
    with pytest.raises(RefusedByPortalError) as caught:
        asking.ask()
    assert (caught.value.status, caught.value.words, caught.value.silence) == (status, "Too many", 0)
    assert len(played.requests) == 1


def test_retry_after_is_honoured_within_bounds(asking: Asking, played: PlayedPortal) -> None:
    played.plant("503", value="90")
    assert asking.ask().status == 201
    assert asking.waits == [90.0]
    assert LONGEST_WAIT >= 90
    played.plant("503", value="3600")  # longer than is waited for: then the portal wants its rest
    with pytest.raises(RefusedByPortalError) as caught:
        asking.ask()
    assert (caught.value.status, caught.value.silence) == (503, 3600)
    played.plant("429", value="99999999")
    with pytest.raises(RefusedByPortalError) as caught:
        asking.ask()
    assert caught.value.silence == LONGEST_SILENCE


def test_retry_after_is_a_number_or_a_date() -> None:
    assert [retry_after(one) for one in (None, "", "12", " 0 ", "soon", "-3", "1.5")] == [
        0,
        0,
        12,
        0,
        0,
        0,
        0,
    ]
    assert retry_after("9" * 40) == 10**9 - 1
    assert 7000 <= retry_after(formatdate(time.time() + 7200, usegmt=True)) <= 7200
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0


def damaged(raw: bytes) -> bytes:
    return raw.replace(b'"evaluation":[', b'"evaluation":[,')


@pytest.mark.parametrize(
    ("fault", "value", "words"),
    [
        ("html", None, "it is no JSON (text/html)"),
        ("404", None, "status 404: Too many"),
        ("302", None, "status 302: Too many"),
        ("text", damaged, "it is no JSON (application/json; charset=utf-8)"),
        ("text", lambda raw: b"\xef\xbb\xbf" + raw, "it is no JSON (application/json; charset=utf-8)"),
        (
            "text",
            lambda raw: raw[:50] + b"\xff" + raw[50:],
            "it is no JSON (application/json; charset=utf-8)",
        ),
    ],
)
def test_what_is_no_answer_is_not_asked_again(
    asking: Asking, played: PlayedPortal, fault: str, value: Any, words: str
) -> None:
    played.plant(fault, value=value)
    with pytest.raises(FormError) as caught:
        asking.ask()
    assert caught.value.what.en == words
    assert caught.value.raw
    assert len(played.requests) == 1


def test_nobody_there(asking: Asking) -> None:
    with Client("http://127.0.0.1:9", pause=0, wait=lambda seconds: False) as client:
        with pytest.raises(NoAnswerError) as caught:
            client.ask(OVERALL.path, LIST.body())
        assert client.requests == 4
    assert caught.value.why.en.startswith("cannot connect (ConnectError: ")


def test_whoever_waits_can_stop_it(played: PlayedPortal) -> None:
    with Client(played.address, wait=lambda seconds: True) as client:
        client.ask(OVERALL.path, LIST.body())
        with pytest.raises(StoppedError):
            client.ask(OVERALL.path, LIST.body())
    assert len(played.requests) == 1
