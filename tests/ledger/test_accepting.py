from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from chiso.instants import NEVER
from chiso.intake.records import (
    Mistake,
    Petition,
    Procedure,
    PublishedFigure,
    Rating,
    ReportingTotal,
    StoreRecord,
)
from chiso.ledger.receipt import Position
from chiso.ledger.recount import differences
from chiso.ledger.rows import ROW
from chiso.ledger.store import Ledger
from tests.ledger.samples import DAY, T0, arrive, dossier, refusal, step

CODE = "H01.113-260701-0001"


def counts(ledger: Ledger, *arrivals: object, now: int = T0) -> list[tuple[int, ...]]:
    receipt = ledger.accept(arrivals, now)  # type: ignore[arg-type]
    return [(one.read, one.new, one.changed, one.same, one.refused) for one in receipt.arrivals]


def all_rows(ledger: Ledger, after: int = 0) -> np.ndarray:
    return np.concatenate([np.empty(0, ROW), *ledger.rows(after)])


def test_new_same_changed(ledger: Ledger) -> None:
    assert counts(ledger, arrive(dossier())) == [(1, 1, 0, 0, 0)]
    assert counts(ledger, arrive(dossier()), now=T0 + 1) == [(1, 0, 0, 1, 0)]
    assert counts(ledger, arrive(dossier(state=9, finished_at=T0)), now=T0 + 2) == [(1, 0, 1, 0, 0)]
    rows = all_rows(ledger)
    assert rows["version"].tolist() == [1, 2]
    assert rows["dossier"].tolist() == [1, 1]
    assert rows["known_at"].tolist() == [T0, T0 + 2]
    assert rows["ended_at"].tolist() == [NEVER, T0]
    assert ledger.position() == Position(3, 2, 0)
    assert list(differences(ledger)) == []


def test_the_receipt_has_the_rows_that_were_written(ledger: Ledger) -> None:
    arrivals = [arrive(*(dossier(f"H01.1-{n}") for n in range(40))), arrive(dossier("H01.1-7", state=5))]
    receipt = ledger.accept(arrivals, T0)
    assert receipt.rows.tolist() == all_rows(ledger).tolist()
    assert receipt.position == ledger.position() == Position(2, 41, 0)
    assert all_rows(ledger, after=40).tolist() == receipt.rows[40:].tolist()
    terms = dict(ledger.terms())
    assert {terms[number] for number in receipt.rows["unit"].tolist()} == {"H01.113"}
    assert ledger.terms(after=len(terms) - 1) == [(len(terms), terms[len(terms)])]


def test_a_code_may_come_several_times_in_one_arrival_and_in_one_commit(ledger: Ledger) -> None:
    receipt = ledger.accept(
        [
            arrive(dossier(state=2), dossier(state=4), step(T0, 2), step(T0, 2), step(T0 + 1, 4)),
            arrive(dossier(state=4), dossier(state=9, finished_at=T0 + 5)),
        ],
        T0 + 9,
    )
    first, second = receipt.arrivals
    assert (first.new, first.changed, first.same) == (3, 1, 1)
    assert (second.new, second.changed, second.same) == (0, 1, 1)
    assert receipt.rows["version"].tolist() == [1, 2]
    assert [len(version.rows) for version in ledger.history(CODE)] == [1, 1]
    facts = ledger.facts([1])[1]
    assert facts.message == dossier(state=9, finished_at=T0 + 5)
    assert [one.state for one in facts.steps] == [2, 4]


def test_steps_may_come_before_their_dossier(ledger: Ledger) -> None:
    assert counts(ledger, arrive(step(T0, 9))) == [(1, 1, 0, 0, 0)]
    (row,) = all_rows(ledger)
    assert row["received_at"] == NEVER
    assert counts(ledger, arrive(dossier())) == [(1, 1, 0, 0, 0)]
    row = all_rows(ledger)[-1]
    assert (row["ended_at"], row["end_state"]) == (T0, 9)


def test_petitions_ratings_and_store_records_reach_their_dossier(ledger: Ledger) -> None:
    ledger.accept([arrive(dossier())], T0)
    said = counts(
        ledger,
        arrive(Rating(CODE, T0 + 30, 0), kind="ratings"),
        arrive(Rating(CODE, T0 + 40, 2), kind="ratings"),
        arrive(Petition("PA1", "H01", "dang_xu_ly", sent_at=T0 + 20, dossier=CODE), kind="petitions"),
        arrive(Petition("PA2", "H01", "dang_xu_ly", sent_at=T0 + 10), kind="petitions"),
        arrive(StoreRecord(CODE, T0 + 50), kind="store_records"),
        arrive(StoreRecord(CODE, T0 + 50), kind="store_records"),
        now=T0 + 60,
    )
    assert said == [(1, 1, 0, 0, 0)] * 5 + [(1, 0, 0, 1, 0)]
    rows = all_rows(ledger)
    assert rows["dissatisfied_at"].tolist() == [NEVER, T0 + 30, T0 + 20, T0 + 20]
    assert rows["stored_at"].tolist() == [NEVER, NEVER, NEVER, T0 + 50]
    assert list(differences(ledger)) == []


def test_records_keep_their_history(ledger: Ledger) -> None:
    old, new = Procedure("1.1", "Cấp giấy"), Procedure("1.1", "Cấp giấy", online="full")
    other = Procedure("1.2", "Đổi giấy")
    ledger.accept([arrive(old, other, kind="procedures")], T0)
    receipt = ledger.accept([arrive(new, other, kind="procedures")], T0 + 10)
    assert receipt.kinds == {"procedure"}
    assert (receipt.arrivals[0].changed, receipt.arrivals[0].same) == (1, 1)
    assert ledger.records("procedure", as_of=T0) == [(T0, old), (T0, other)]
    assert ledger.records("procedure", as_of=T0 - 1) == []
    assert ledger.records("procedure") == [(T0, other), (T0 + 10, new)]
    assert [(number, tag) for number, tag, _, _ in ledger.records_after(2)] == [(3, "procedure")]
    assert ledger.accept([arrive(other, kind="procedures")], T0 + 20).kinds == frozenset()


def test_a_record_loaded_late_does_not_hide_what_was_told_again_since(ledger: Ledger) -> None:
    first, second = ReportingTotal("H01", "2026-08", 10), ReportingTotal("H01", "2026-08", 20)
    ledger.accept([arrive(first, kind="totals")], T0)
    ledger.accept([arrive(first, kind="totals")], T0 + 30)
    ledger.accept([arrive(second, kind="totals", known_at=T0 + 20)], T0 + 40)
    known = {at: ledger.records("total", as_of=T0 + at)[0][1].received for at in (0, 19, 20, 29, 30, 99)}
    assert known == {0: 10, 19: 10, 20: 20, 29: 20, 30: 10, 99: 10}
    assert list(differences(ledger)) == []


def test_departments_are_learned_from_figures_that_carry_both(ledger: Ledger) -> None:
    def figure(unit: str, department: str, key: str) -> PublishedFigure:
        return PublishedFigure(unit, department, "Sở", "2026-08", T0, key, "1.00")

    figures = [figure("", "77", "total"), figure("H01.5", "77", "1.1"), figure("H01.6", "", "1.1")]
    assert counts(ledger, arrive(*figures, kind="published")) == [(3, 3, 0, 0, 0)]
    assert ledger.aliases() == {"77": "H01.5"}
    assert counts(ledger, arrive(*figures, kind="published")) == [(3, 0, 0, 3, 0)]


def test_the_journal_has_what_came(ledger: Ledger) -> None:
    big = arrive(*(dossier(f"H01.1-{n}") for n in range(3)), step(T0, 2), known_at=T0 - 50, timely=False)
    big.payload = b"[1,2]" * 40_000
    ledger.accept([big, arrive(dossier())], T0)
    first, second = ledger.journal()
    assert (first.seq, second.seq) == (1, 2)
    assert (first.received_at, first.known_at, first.timely) == (T0 * 1_000_000, T0 - 50, False)
    assert (first.sender, first.door, first.kind, first.count) == ("mc", "file", "dossiers", 4)
    assert first.payload == big.payload
    assert first.hash == hashlib.sha256(big.payload).digest()
    assert first.items() == big.items
    assert [entry.seq for entry in ledger.journal(after=1)] == [2]


def test_what_is_refused_goes_to_quarantine_beside_what_is_accepted(ledger: Ledger) -> None:
    receipt = ledger.accept(
        [
            arrive(dossier(), refusals=[refusal("H01.113-9")]),
            arrive(refusals=[refusal()], kind="dossiers", read=7),
        ],
        T0,
    )
    first, second = receipt.arrivals
    assert (first.seq, first.read, first.new, first.refused) == (1, 2, 1, 1)
    assert (second.seq, second.read, second.new, second.refused) == (0, 7, 0, 1)
    assert [(number, one.code) for number, one in first.refusals] == [(1, "H01.113-9")]
    assert len(list(ledger.journal())) == 1
    assert [one.id for one in ledger.quarantine.list()] == [2, 1]


def test_a_dossier_of_a_procedure_that_no_catalogue_has_is_flagged_when_it_comes(ledger: Ledger) -> None:
    (strange,) = ledger.accept([arrive(dossier())], T0).arrivals
    assert (strange.new, strange.flagged) == (1, 1)
    procedure = arrive(Procedure("1.001776", "Một"), kind="procedures")
    # the same message again is the same, whatever the catalogue has learned since
    _, (again, changed) = (
        ledger.accept([procedure], T0),
        ledger.accept([arrive(dossier()), arrive(dossier(channel=3))], T0).arrivals,
    )
    assert (again.same, again.flagged) == (1, 0)
    assert (changed.changed, changed.flagged) == (1, 0)
    both = ledger.accept(
        [arrive(Procedure("2.1", "Hai"), kind="procedures"), arrive(dossier("H01.1-9", procedure="2.1"))], T0
    )
    assert both.arrivals[1].flagged == 0
    (late,) = ledger.accept([arrive(dossier("H01.1-9", procedure="3.1"), known_at=T0 - DAY)], T0).arrivals
    assert late.flagged == 1
    assert [(one.bit, one.count) for one in ledger.counters.mistakes()] == [(10, 1), (10, 1)]


def test_nothing_of_a_failed_commit_is_kept(ledger: Ledger) -> None:
    ledger.accept([arrive(dossier(procedure="1.1"))], T0)
    before = (ledger.position(), ledger.terms())
    broken = arrive(dossier("H01.1-3", channel=10_000, procedure="9.9"))
    with pytest.raises(Exception, match="format"):
        ledger.accept([arrive(dossier("H01.1-2", procedure="8.8")), broken], T0)
    assert (ledger.position(), ledger.terms()) == before
    receipt = ledger.accept([arrive(dossier("H01.1-2", procedure="8.8"))], T0)
    assert dict(ledger.terms())[receipt.rows["procedure"][0]] == "8.8"
    assert list(differences(ledger)) == []


def test_mistakes_and_arrivals_are_summed_up_by_day(ledger: Ledger) -> None:
    catalogue = arrive(Procedure("1.001776", "Một"), kind="procedures", known_at=T0 - DAY)
    ledger.accept([catalogue], T0 - DAY)
    flagged = dossier(mistakes=int(Mistake.NO_DUE | Mistake.SENT_LATE), due_at=None)
    ledger.accept([arrive(flagged, dossier("H01.1-2"), refusals=[refusal()])], T0)
    ledger.accept([arrive(flagged)], T0)
    ledger.accept([arrive(dossier(state=1)), arrive(step(T0 - 60, 4), sender="khác")], T0 + DAY)
    mistakes = [
        (one.sender, Mistake(1 << one.bit), one.count) for one in ledger.counters.mistakes(until=T0 + 1)
    ]
    assert mistakes == [("mc", Mistake.NO_DUE, 1), ("mc", Mistake.SENT_LATE, 1)]
    (again,) = ledger.counters.mistakes(since=T0 + DAY)
    assert Mistake(1 << again.bit) == Mistake.REGISTERED_AGAIN
    _, first, *others = ledger.counters.arrivals()
    assert (first.day, first.kind) == ("2026-05-29", "dossiers")
    assert (first.read, first.new, first.same, first.flagged, first.refused) == (4, 2, 1, 1, 1)
    assert (first.lag_count, first.lag_sum, first.lag_max) == (2, 2 * DAY, DAY)
    assert {(one.sender, one.kind, one.new + one.changed) for one in others} == {
        ("khác", "progress", 1),
        ("mc", "dossiers", 1),
    }
    assert [one.kind for one in ledger.counters.arrivals(sender="khác")] == ["progress"]


def test_another_process_goes_on_where_the_first_one_stopped(address: tuple[Path, str | None]) -> None:
    with Ledger.open(*address) as one, Ledger.open(*address) as two:
        one.accept([arrive(dossier(procedure="1.1"), sender="a")], T0)
        two.accept([arrive(dossier("H01.1-2", procedure="2.2"), sender="b")], T0)
        receipt = one.accept([arrive(dossier("H01.1-3", procedure="2.2"), sender="b")], T0)
        assert receipt.position == two.position() == Position(3, 3, 0)
        assert receipt.rows["version"].tolist() == [3]
        assert dict(one.terms())[receipt.rows["procedure"][0]] == "2.2"
        texts = [text for _, text in two.terms()]
        assert len(texts) == len(set(texts))
        assert list(differences(two)) == []


def test_numbers_codes_and_facts_find_each_other(ledger: Ledger) -> None:
    ledger.accept([arrive(dossier("Đ-1"), dossier("Đ-2"), step(T0, 2, "Đ-2"))], T0)
    assert ledger.ids(["Đ-2", "Đ-9"]) == {"Đ-2": 2}
    assert ledger.codes([1, 2, 5]) == {1: "Đ-1", 2: "Đ-2"}
    assert ledger.ids([]) == {}
    assert [(number, code, len(facts.steps)) for number, code, facts in ledger.all_facts()] == [
        (1, "Đ-1", 0),
        (2, "Đ-2", 1),
    ]
    assert ledger.history("Đ-9") == []
    (told,) = ledger.history("Đ-2")
    assert (told.seq, told.sender, told.kind, told.known_at) == (1, "mc", "dossiers", T0)
