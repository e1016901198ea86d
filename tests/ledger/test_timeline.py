from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.intake.records import Arrival, Petition, Rating, ReportingTotal, StoreRecord
from chiso.ledger.database import Database
from chiso.ledger.recount import differences
from chiso.ledger.rows import ROW
from chiso.ledger.store import Ledger
from tests.ledger.samples import DAY, T0, arrive, dossier, step

CODES = ("H01.1-1", "H01.1-2", "H01.1-3")
ONE = "H01.113-260701-0001"


def newest_rows(ledger: Ledger, at: int) -> dict[str, list[Any]]:
    """What the engine would take: of each dossier the version with the greatest (known_at, version)."""
    rows = np.concatenate([np.empty(0, ROW), *ledger.rows()])
    rows = rows[rows["known_at"] <= at]
    codes = ledger.codes(sorted(set(rows["dossier"].tolist())))
    texts = {0: "", **dict(ledger.terms())}
    found: dict[str, list[Any]] = {}
    for number, code in codes.items():
        own = rows[rows["dossier"] == number]
        _, version = max(zip(own["known_at"].tolist(), own["version"].tolist(), strict=True))
        told = own[own["version"] == version].copy()
        # What says nothing of the dossier itself, or is numbered by the order of loading.
        for name in ("version", "dossier", "known_at"):
            told[name] = 0
        listed = [list(row) for row in told.tolist()]
        for row in listed:
            for name in ("unit", "desk", "procedure", "sender", "databases"):
                place = (ROW.names or ()).index(name)
                row[place] = texts[row[place]]
        found[code] = listed
    return found


def newest_facts(ledger: Ledger) -> dict[str, Any]:
    texts = {0: "", **dict(ledger.terms())}
    return {
        code: (facts.message, facts.steps, facts.dissatisfied_at, facts.stored_at, texts[facts.sender],
               facts.mistakes, facts.timely)
        for _, code, facts in ledger.all_facts()
    }  # fmt: skip


codes = st.sampled_from(CODES)
instants = st.integers(T0 - 3, T0 + 3)
messages = st.builds(
    lambda code, state, due, procedure: dossier(
        code, state, due_at=T0 + due, finished_at=T0 + due if state > 8 else None, procedure=procedure
    ),
    codes, st.sampled_from([1, 2, 4, 9]), st.integers(0, 2), st.sampled_from(["1.1", "1.2"]),
)  # fmt: skip
items = st.one_of(
    messages,
    messages,
    st.builds(step, instants, st.sampled_from([2, 4, 9]), codes),
    st.builds(Rating, codes, instants, st.integers(0, 1)),
    st.builds(lambda code, at, about: Petition(code, "H01", "x", sent_at=at, dossier=about),
              st.sampled_from("pq"), instants, st.sampled_from(["", *CODES])),
    st.builds(StoreRecord, codes, instants),
    st.builds(lambda n: ReportingTotal("H01", "2026", n), st.integers(0, 2)),
)  # fmt: skip
arrivals = st.lists(
    st.builds(
        lambda told, known, sender, timely: arrive(
            *told, kind="mixed", known_at=T0 + known, sender=sender, timely=timely
        ),
        st.lists(items, min_size=1, max_size=4), st.integers(0, 5), st.sampled_from("ab"), st.booleans(),
    ),
    min_size=1, max_size=9,
)  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger to copy: making one anew for each example would take most of the time."""
    folder = tmp_path_factory.mktemp("template")
    Ledger.open(folder).close()
    with Database(f"sqlite:///{folder / 'chiso.sqlite'}").engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
        connection.exec_driver_sql("BEGIN")
    return folder


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals, st.randoms(use_true_random=False), st.data())
def test_backfills_in_any_order_end_as_if_told_in_order(
    template: Path, told: list[Arrival], chance: random.Random, data: st.DataObject
) -> None:
    ordered = sorted(told, key=lambda one: one.known_at or 0)
    # Those of one instant keep their order, the others may come in any.
    groups: dict[int, list[Arrival]] = {}
    for one in ordered:
        groups.setdefault(one.known_at or 0, []).append(one)
    keys = [one.known_at or 0 for one in ordered]
    chance.shuffle(keys)
    queues = {key: iter(group) for key, group in groups.items()}
    shuffled = [next(queues[key]) for key in keys]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("straight", "mixed"):
            shutil.copytree(template, Path(folder) / name)
        with Ledger.open(Path(folder) / "straight") as straight, Ledger.open(Path(folder) / "mixed") as mixed:
            for one in ordered:
                straight.accept([one], T0 + DAY)
            while shuffled:
                size = data.draw(st.integers(1, 4))
                mixed.accept(shuffled[:size], T0 + DAY)
                shuffled = shuffled[size:]
            assert list(differences(straight)) == []
            assert list(differences(mixed)) == []
            assert newest_facts(mixed) == newest_facts(straight)
            for at in range(T0, T0 + 6):
                assert newest_rows(mixed, at) == newest_rows(straight, at)
                told_totals = [
                    [one for _, one in ledger.records("total", at)] for ledger in (straight, mixed)
                ]
                assert told_totals[0] == told_totals[1]


def test_a_backfill_tells_later_versions_anew(ledger: Ledger) -> None:
    ledger.accept([arrive(dossier(state=2), known_at=T0)], T0)
    ledger.accept([arrive(dossier(state=4), known_at=T0 + 20)], T0 + 20)
    ledger.accept([arrive(dossier(state=9, finished_at=T0), known_at=T0 + 30)], T0 + 30)
    receipt = ledger.accept([arrive(step(T0 + 5, 3), step(T0 + 6, 4), known_at=T0 + 10)], T0 + 40)
    (taken,) = receipt.arrivals
    assert (taken.new, taken.changed, taken.same) == (2, 0, 0)
    # At T0+10 for itself, at T0+20 and T0+30 because they know the steps now.
    assert sorted({(row["version"], row["known_at"]) for row in receipt.rows}) == [
        (4, T0 + 10),
        (5, T0 + 20),
        (6, T0 + 30),
    ]
    history = [(told.version, told.known_at, told.seq) for told in ledger.history(ONE)]
    assert history == [
        (1, T0, 1), (4, T0 + 10, 4), (2, T0 + 20, 2), (5, T0 + 20, 2), (3, T0 + 30, 3), (6, T0 + 30, 3),
    ]  # fmt: skip
    facts = ledger.facts([1])[1]
    assert facts.message is not None
    assert (facts.message.state, len(facts.steps), facts.known_at) == (9, 2, T0 + 30)
    assert list(differences(ledger)) == []


def test_what_was_repeated_later_holds_against_a_backfill(ledger: Ledger) -> None:
    first, second = dossier(), dossier(due_at=T0)
    ledger.accept([arrive(first, known_at=T0)], T0)
    assert ledger.accept([arrive(first, known_at=T0 + 30)], T0).arrivals[0].same == 1
    ledger.accept([arrive(second, known_at=T0 + 20)], T0 + 40)
    assert [ledger.facts([1])[1].message, ledger.facts([1])[1].known_at] == [first, T0 + 30]
    assert [told.known_at for told in ledger.history(ONE)] == [T0, T0 + 20, T0 + 30]
    assert list(differences(ledger)) == []


def test_a_backfill_that_says_nothing_new_makes_no_version(ledger: Ledger) -> None:
    ledger.accept([arrive(dossier(), known_at=T0)], T0)
    ledger.accept([arrive(dossier(), known_at=T0 + 50)], T0)
    receipt = ledger.accept([arrive(dossier(), known_at=T0 + 20)], T0)
    assert receipt.arrivals[0].same == 1
    assert len(receipt.rows) == 0
    assert list(differences(ledger)) == []


def test_a_backfill_within_one_commit(ledger: Ledger) -> None:
    told = [arrive(dossier(due_at=T0 + at), known_at=T0 + at) for at in (30, 10, 20)]
    ledger.accept(told, T0)
    due = [told.rows["due_at"][0] for told in ledger.history(ONE)]
    assert due == [T0 + 10, T0 + 20, T0 + 30]
    assert ledger.facts([1])[1].message == dossier(due_at=T0 + 30)
    assert list(differences(ledger)) == []
