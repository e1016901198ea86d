"""Refused pieces: the newest of each dossier, unless something better has come since."""

from __future__ import annotations

from chiso.insight.reconcile.pieces import read_pieces
from chiso.instants import parse_instant
from chiso.law.life import PORTAL_RULES
from chiso.ledger.clock import Clock
from tests.insight.reconcile.conftest import NOW, UNIT, Small

SEPTEMBER = parse_instant("2026-09-20")
BAD = {"TaiKhoanDuocXacThucVoiVNeID": "có lẽ"}


def test_known_and_unknown_codes(small: Small) -> None:
    small.refuse(small.one(40, SEPTEMBER, **BAD), small.one(3, SEPTEMBER, **BAD))
    folder = small.folder
    top = folder.standing.roster.top
    terms = list(folder.terms)
    found = read_pieces(folder, terms, top, PORTAL_RULES)
    known = folder.ledger.ids([f"{UNIT}-260901-00003"])[f"{UNIT}-260901-00003"]
    assert set(found.refused) == {known, top + 1}
    assert found.codes == {top + 1: f"{UNIT}-260901-00040"}
    assert sorted(found.rows["dossier"].tolist()) == [known, top + 1]
    assert found.unread == 0


def test_terms_that_only_refused_pieces_tell_get_numbers(small: Small) -> None:
    small.refuse(small.one(41, SEPTEMBER, MaTTHC="3.000123", **BAD))
    terms = list(small.folder.terms)
    before = len(terms)
    found = read_pieces(small.folder, terms, 100, PORTAL_RULES)
    assert "3.000123" in terms[before:]
    assert terms[int(found.rows["procedure"][0])] == "3.000123"


def test_the_newest_piece_counts_and_none_that_was_sent_again(small: Small) -> None:
    small.refuse(small.one(42, SEPTEMBER, **BAD))
    small.folder.ledger.clock.set(Clock(NOW + 60))
    small.folder.refresh()
    small.refuse(small.one(42, SEPTEMBER, open_=True, **BAD))
    found = read_pieces(small.folder, list(small.folder.terms), 100, PORTAL_RULES)
    assert len(found.rows) == 1
    assert found.rows["end_state"].tolist() == [0]
    small.folder.ledger.clock.set(Clock(NOW + 120))
    small.folder.refresh()
    small.tell(small.one(42, SEPTEMBER), known_at=NOW + 120)
    assert read_pieces(small.folder, list(small.folder.terms), 100, PORTAL_RULES).refused == {}
