from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa

from chiso.intake.records import Arrival, DirectingDocument, Report
from chiso.ledger.beside import attachment
from chiso.ledger.database import LedgerError
from chiso.ledger.recount import Difference, differences
from chiso.ledger.store import Ledger
from tests.ledger.samples import T0

CONTENT = "Công văn đôn đốc".encode() * 50


def test_contents_are_kept_once_sealed_and_given_back(ledger: Ledger) -> None:
    digest = ledger.attachments.keep(CONTENT, T0)
    assert digest == hashlib.sha256(CONTENT).hexdigest()
    assert ledger.attachments.keep(CONTENT, T0 + 1) == digest
    assert ledger.attachments.get(digest) == CONTENT
    with ledger.database.read() as connection:
        ((size, kept_at, sealed),) = connection.execute(
            sa.select(attachment.c.size, attachment.c.kept_at, attachment.c.sealed)
        ).all()
    assert (size, kept_at) == (len(CONTENT), T0)
    assert CONTENT[:20] not in bytes(sealed)


def test_what_is_not_kept_or_was_touched_is_not_given(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="no content"):
        ledger.attachments.get("0" * 64)
    digest = ledger.attachments.keep(CONTENT, T0)
    other = ledger.keys.seal(b"(\xb5/\xfd \x01\t\x00\x00x")
    with ledger.database.write() as connection:
        connection.execute(sa.update(attachment).values(sealed=other))
    with pytest.raises(LedgerError):
        ledger.attachments.get(digest)


def test_a_recount_misses_a_content_that_a_record_names(ledger: Ledger) -> None:
    kept, lost = ledger.attachments.keep(CONTENT, T0), "f" * 64
    document = DirectingDocument("1/CV", "2026-01-05", "UBND", "x", "a.pdf", kept)
    ledger.accept([Arrival("documents", [document], b"[]")], T0)
    assert list(differences(ledger)) == []
    report = Report("1/CV", "H01.06", "Báo cáo", lost, (kept,))
    ledger.accept([Arrival("reports", [report], b"[]")], T0)
    (missing,) = differences(ledger)
    assert missing == Difference("attachment", f"{lost} 1/CV\x1fH01.06\x1fBáo cáo", None)
