from __future__ import annotations

import numpy as np
import pytest
import sqlalchemy as sa

from chiso.intake.records import ReportingTotal
from chiso.ledger import recount, schema
from chiso.ledger.codec import compress
from chiso.ledger.facts import ENCODER, Facts
from chiso.ledger.recount import Difference, differences
from chiso.ledger.store import Ledger
from tests.ledger.samples import T0, arrive, dossier, step


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    ledger.accept([arrive(dossier("a"), dossier("b"), dossier("c"))], T0)
    ledger.accept([arrive(step(T0, 2, "a")), arrive(ReportingTotal("H01", "2026", 5), kind="totals")], T0 + 1)
    return ledger


def change(ledger: Ledger, statement: sa.Executable) -> None:
    with ledger.database.write() as connection:
        connection.execute(statement)


def test_a_sound_ledger_shows_none_however_it_is_cut(filled: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(differences(filled)) == []
    monkeypatch.setattr(recount, "DOSSIERS_AT_ONCE", 2)
    assert list(differences(filled)) == []


def test_changed_facts_are_found(filled: Ledger) -> None:
    wrong = ENCODER.encode(Facts(dossier("b", 9), T0, known_at=T0, version=2))
    change(filled, sa.update(schema.dossier).where(schema.dossier.c.id == 2).values(facts=wrong))
    assert Difference("facts", "b", None) in list(differences(filled))


def test_changed_rows_are_found(filled: Ledger) -> None:
    rows = np.concatenate(list(filled.rows()))[:3].copy()
    rows["due_at"][2] += 1
    change(
        filled,
        sa.update(schema.segment).where(schema.segment.c.last == 3).values(packed=compress(rows.tobytes())),
    )
    assert list(differences(filled)) == [Difference("rows", "c", T0)]


def test_lost_versions_are_found(filled: Ledger) -> None:
    change(filled, sa.delete(schema.segment).where(schema.segment.c.last == 3))
    lost = [Difference("rows", code, T0) for code in "abc"]
    assert list(differences(filled)) == lost


def test_a_lost_dossier_is_found(filled: Ledger) -> None:
    change(filled, sa.delete(schema.dossier).where(schema.dossier.c.code == "b"))
    assert list(differences(filled)) == [Difference("dossier", "b", None)]


def test_a_lost_record_is_found(filled: Ledger) -> None:
    change(filled, sa.delete(schema.record))
    ((what, _, known_at),) = differences(filled)
    assert (what, known_at) == ("total", T0 + 1)
