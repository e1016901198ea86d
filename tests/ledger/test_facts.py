from __future__ import annotations

import random
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chiso.instants import NEVER
from chiso.intake.records import Dossier, Mistake, Petition, Rating, Step, StoreRecord, Supplement
from chiso.law.life import BEGINNING, Told, spans
from chiso.ledger.facts import (
    ENCODER,
    FACTS,
    PACKED,
    Facts,
    derive,
    tell_about,
    tell_message,
    tell_step,
)
from chiso.ledger.rows import ROW
from chiso.ledger.terms import Terms
from tests.ledger.samples import DAY, T0, dossier

instants = st.integers(T0 - 30 * DAY, T0 + 30 * DAY)
maybe = st.none() | instants
states = st.integers(1, 10)
steps = st.builds(Step, instants, states, st.sampled_from(["", "aa", "bb"]), st.sampled_from(["", "An"]))
messages = st.builds(
    Dossier,
    code=st.just("H01.113-1"),
    procedure=st.sampled_from(["", "1.001776", "2.000889"]),
    state=states,
    unit=st.sampled_from(["", "H01", "H01.113"]),
    desk=st.sampled_from(["", "H01.12"]),
    channel=st.integers(1, 3),
    filed=st.integers(0, 2),
    subject=st.integers(0, 4),
    payment=st.integers(0, 3),
    received_at=maybe,
    due_at=maybe,
    finished_at=maybe,
    returned_at=maybe,
    refused_at=maybe,
    has=st.integers(0, 2**10 - 1),
    mistakes=st.integers(0, 2**23 - 1),
    databases=st.sampled_from([(), ("7",), ("12", "7")]),
    supplements=st.lists(st.builds(Supplement, st.sampled_from("ab"), maybe, maybe), max_size=2).map(tuple),
)


def rows_of(facts: Facts, version: int, number: int, known_at: int, terms: Terms) -> np.ndarray[Any, Any]:
    return np.frombuffer(derive(facts, version, number, known_at, terms), dtype=ROW)


def slow_rows(facts: Facts, version: int, number: int, known_at: int, terms: Terms) -> np.ndarray[Any, Any]:
    """The same rows by field names, one assignment at a time."""

    def or_never(at: int | None) -> int:
        return NEVER if at is None else at

    message = facts.message
    lives = []
    if message is not None and message.received_at is not None:
        told = Told(
            message.state, message.finished_at, message.returned_at, message.refused_at,
            [(one.at, one.state) for one in facts.steps],
            [(one.id, one.requested_at, one.completed_at) for one in message.supplements],
        )  # fmt: skip
        lives = spans(told)
    rows = np.zeros(max(1, len(lives)), dtype=ROW)
    rows["version"], rows["dossier"], rows["known_at"] = version, number, known_at
    rows["sender"], rows["timely"] = facts.sender, int(facts.timely)
    for name in ("received_at", "due_at", "ended_at", "requested_at", "completed_at", "second_requested_at"):
        rows[name] = NEVER
    rows["dissatisfied_at"], rows["stored_at"], rows["judged_to"] = NEVER, NEVER, NEVER
    rows["judged_from"] = BEGINNING
    if not lives:
        return rows
    assert message is not None
    for name in ("unit", "desk", "procedure"):
        rows[name] = terms[getattr(message, name)]
    rows["databases"] = terms[";".join(message.databases)]
    for name in ("received_at", "due_at"):
        rows[name] = or_never(getattr(message, name))
    for name in ("dissatisfied_at", "stored_at"):
        rows[name] = or_never(getattr(facts, name))
    for name in ("has", "channel", "filed", "payment", "subject"):
        rows[name] = getattr(message, name)
    early = any(
        one.at < message.received_at and one.state != 1
        for one in facts.steps  # type: ignore[operator]
    )
    rows["mistakes"] = message.mistakes | facts.mistakes | (Mistake.BEFORE_RECEIPT if early else 0)
    for row, life in zip(rows, lives, strict=True):
        for name in life._fields:
            row[name] = getattr(life, name)
    return rows


def test_packing_is_the_row_format() -> None:
    assert PACKED.size == ROW.itemsize
    codes = {"i1": "b", "<i4": "i", "<i8": "q", "<u4": "I"}
    declared = "<" + "".join(codes[ROW[name].str.replace("|", "")] for name in ROW.names or ())
    assert declared == PACKED.format


@given(
    st.none() | messages, st.lists(steps, max_size=6), maybe, maybe, st.integers(0, 2**23 - 1), st.booleans(),
    st.integers(1, 2**40), st.integers(1, 2**31 - 1),
)  # fmt: skip
def test_derive_equals_its_slow_twin(
    message: Dossier | None, told: list[Step], dissatisfied: int | None, stored: int | None, mistakes: int,
    timely: bool, version: int, number: int,
) -> None:  # fmt: skip
    terms = Terms()
    facts = Facts(message, T0, [], dissatisfied, stored, terms["mc"], timely, mistakes)
    for one in told:
        tell_step(facts, one, facts.sender, timely)
    fast = rows_of(facts, version, number, T0, terms)
    assert fast.tolist() == slow_rows(facts, version, number, T0, terms).tolist()


@given(st.lists(steps, max_size=12), st.randoms(use_true_random=False))
def test_steps_add_up_in_any_order_each_once(told: list[Step], chance: random.Random) -> None:
    straight, shuffled = Facts(), Facts()
    news = sum(tell_step(straight, one, 1, True) for one in told)
    again = told * 2
    chance.shuffle(again)
    for one in again:
        tell_step(shuffled, one, 1, True)
    assert straight.steps == shuffled.steps
    assert news == len(set(told)) == len(straight.steps)


@given(st.none() | messages, st.lists(steps, max_size=5), maybe)
def test_facts_survive_being_written_down(message: Dossier | None, told: list[Step], at: int | None) -> None:
    facts = Facts(message, 5, sorted(set(told), key=lambda one: one.at), at, None, 3, False, 4, 9, 7)
    assert FACTS.decode(ENCODER.encode(facts)) == facts


def test_an_exact_repeat_changes_nothing_and_a_return_to_the_past_does() -> None:
    facts = Facts()
    first, second = dossier(), dossier(state=9, finished_at=T0)
    assert tell_message(facts, first, T0, 1, True)
    assert not tell_message(facts, dossier(), T0 + 1, 2, False)
    assert (facts.message_known_at, facts.sender, facts.timely) == (T0, 1, True)
    assert tell_message(facts, second, T0 + 2, 1, True)
    assert tell_message(facts, first, T0 + 3, 1, True)
    assert facts.message == first


def test_registered_again_is_seen_only_in_succession() -> None:
    facts = Facts()
    tell_message(facts, dossier(state=1), T0, 1, True)
    assert facts.mistakes == 0
    tell_message(facts, dossier(state=2), T0, 1, True)
    tell_message(facts, dossier(state=1), T0, 1, True)
    assert facts.mistakes == Mistake.REGISTERED_AGAIN
    tell_message(facts, dossier(state=1, has=1), T0, 1, True)
    assert facts.mistakes == Mistake.REGISTERED_AGAIN
    tell_message(facts, dossier(state=4), T0, 1, True)
    assert facts.mistakes == 0


def test_a_moved_due_time_beside_a_wait_is_marked() -> None:
    facts = Facts()
    wait = (Supplement("1", T0, T0 + 5),)
    tell_message(facts, dossier(), T0, 1, True)
    tell_message(facts, dossier(due_at=T0 + 9 * DAY), T0, 1, True)
    assert facts.mistakes == 0
    tell_message(facts, dossier(due_at=T0 + 10 * DAY, supplements=wait), T0, 1, True)
    assert facts.mistakes == Mistake.DUE_MOVED_AND_WAITED
    tell_message(facts, dossier(due_at=T0 + 10 * DAY, supplements=wait, state=9), T0, 1, True)
    assert facts.mistakes == Mistake.DUE_MOVED_AND_WAITED


def test_the_earliest_dissatisfaction_and_storing_hold() -> None:
    facts = Facts()
    assert tell_about(facts, Rating("a", T0 + 5, 0), T0 + 9)
    assert not tell_about(facts, Petition("p", "H01", "dang_xu_ly", sent_at=T0 + 6), T0 + 9)
    assert tell_about(facts, Petition("p", "H01", "dang_xu_ly", received_at=T0), T0 + 9)
    assert facts.dissatisfied_at == T0
    assert tell_about(facts, StoreRecord("a", None), T0 + 9)
    assert facts.stored_at == T0 + 9


def test_a_dossier_that_counts_nowhere_leaves_one_row_that_supersedes() -> None:
    terms = Terms()
    for message in (None, dossier(received_at=None), dossier(state=1)):
        (row,) = rows_of(Facts(message, T0, [], None, None, 2), 7, 3, T0, terms)
        assert (row["version"], row["dossier"], row["received_at"]) == (7, 3, NEVER)
        assert (row["judged_from"], row["judged_to"], row["sender"]) == (BEGINNING, NEVER, 2)


def test_a_reopened_dossier_has_a_row_for_each_span() -> None:
    facts = Facts(dossier(), T0, [Step(T0, 9), Step(T0 + 10, 4)])
    rows = rows_of(facts, 1, 1, T0, Terms())
    assert len(rows) == 2
    assert rows["judged_to"][0] == rows["judged_from"][1] == T0 + 10
    assert rows["end_state"].tolist() == [9, 0]
