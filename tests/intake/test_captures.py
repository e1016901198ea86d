"""Captures keep an answer's own bytes, and give the same figures whenever they are read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.instants import parse_instant
from chiso.intake import portal
from chiso.intake.captures import ALL, DOOR, Choice, answer_of, capture, choice_of
from chiso.intake.doors import read_body, read_file
from chiso.intake.records import Arrival, PublishedFigure
from tests.support.portal import answer

from .samples import context

AT = parse_instant("2026-09-26T18:21:00+07:00")
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 53), 1 << 53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def made(body: bytes, choice: Choice = Choice()) -> bytes:  # noqa: B008
    return capture(
        body, captured_at=AT, period="2026-Q3", portal="http://localhost", address="/api/v1/x",
        request={"year": 2026}, status=201, choice=choice,
    )  # fmt: skip


@given(values, st.sampled_from([None, 1]), st.sampled_from([(",", ":"), (" , ", " :\n")]), st.booleans())
def test_the_answer_comes_back_byte_for_byte(
    value: Any, indent: int | None, signs: tuple[str, str], ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, separators=signs, ensure_ascii=ascii_only) + "\r\n "
    body = text.encode("utf-8", "surrogatepass")
    told = made(body)
    assert answer_of(told) == body
    if b"\xed" not in body:
        head = json.loads(told)
        assert head["answer"] == json.loads(text)
        assert (head["captured_at"], head["status"]) == ("2026-09-26T18:21:00+07:00", 201)
        assert head["request"] == {"year": 2026}


def test_an_answer_that_was_touched_is_seen() -> None:
    told = made(b'{"totalScore":17.35}')
    for wrong in (told.replace(b"17.35", b"17.36"), told[:-1], told + b" ", b"{}", b"[", b""):
        with pytest.raises(ValueError, match="capture"):
            answer_of(wrong)


def body_of(group: str) -> bytes:
    return json.dumps(answer("2026-Q3", group), ensure_ascii=False).encode()


def read(told: bytes) -> Arrival:
    return portal.read_answer(json.loads(told), context(), raw=told, door=DOOR)


def keys(arrival: Arrival) -> set[tuple[str, str]]:
    return {
        (one.unit or one.department, one.key) for one in arrival.items if isinstance(one, PublishedFigure)
    }


def test_its_own_door_keeps_it_as_it_is() -> None:
    told = made(body_of("processing"))
    arrival = read(told)
    assert arrival.payload == told
    assert len(arrival.items) == 13 * 2
    assert {one.captured_at for one in arrival.items} == {AT}  # type: ignore[union-attr]
    again = read_body(arrival.payload, "published", context(), door=DOOR)
    assert (again.items, again.payload) == (arrival.items, arrival.payload)


@pytest.mark.parametrize(
    "choice",
    [
        Choice("whole"),
        Choice("parts"),
        Choice("", "2.000815"),
        Choice("whole", "2.000815", {"department-of-H44": ["processing"]}),
        Choice("", "", {"department-of-H44": ["2.1"], "department-of-H44.03": [ALL]}),
    ],
)
def test_a_choice_holds_at_every_door(choice: Choice, tmp_path: Any) -> None:
    told = made(body_of("processing"), choice)
    assert choice_of(json.loads(told)) == choice
    first = keys(read(told))
    whole = keys(read(made(body_of("processing"))))
    wanted = set()
    for unit, key in whole:
        out = choice.left_out.get(f"department-of-{unit}", ())
        if (choice.only == "whole" and unit != "H44") or (choice.only == "parts" and unit == "H44"):
            continue
        if ALL not in out and key not in out:
            wanted.add((unit, f"{key}@{choice.procedure}" if choice.procedure else key))
    assert first == wanted
    path = tmp_path / "capture.json"
    path.write_bytes(told)
    (loaded,) = read_file(path, context())
    assert keys(loaded) == wanted
    assert keys(read_body(loaded.payload, "published", context())) == wanted


def test_units_keep_their_province_though_it_is_told_elsewhere() -> None:
    arrival = read(made(body_of("processing"), Choice("parts")))
    assert {one.parent for one in arrival.items} == {"H44"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "wrong", [{"only": 3}, {"left_out": []}, {"left_out": {"x": "2.1"}}, {"procedure": None}]
)
def test_a_choice_that_cannot_be_read_is_refused(wrong: dict[str, Any]) -> None:
    told = json.loads(made(body_of("processing"))) | wrong
    (refused,) = portal.read_answer(told, context()).refusals
    assert refused.reason == "unknown_answer"
