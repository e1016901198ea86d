"""Findings are kept while nothing changes, and made anew when something does."""

from __future__ import annotations

from pathlib import Path

from chiso.folder import DataFolder, Settings
from chiso.insight.lateness import findings as module
from chiso.insight.lateness.answer import asked_of
from chiso.insight.lateness.findings import KEPT, findings
from chiso.instants import DAY, parse_instant
from chiso.ledger.clock import Clock
from tests.support.messages import dossier, tell

NOW = parse_instant("2026-10-10T06:00+07:00")


def test_the_same_question_is_answered_once(tmp_path: Path) -> None:
    with DataFolder.open(tmp_path / "data", settings=Settings()) as folder:
        folder.ledger.clock.set(Clock(NOW))
        folder.refresh()
        wanted, _ = asked_of(folder, "H01", {})
        first = findings(folder, wanted)
        assert len(first.verdict) == 0
        other, _ = asked_of(folder, "H01.113", {})
        assert findings(folder, other) is first, "all units at once"
        tell(folder, "dossiers", dossier("H01.113-260901-00001", NOW - 5 * DAY, NOW - DAY))
        wanted, _ = asked_of(folder, "H01", {})
        assert len(findings(folder, wanted).verdict) == 1
        for hour in range(KEPT + 2):
            earlier, _ = asked_of(folder, "H01", {"at": NOW - hour * 3600})
            assert findings(folder, earlier) is findings(folder, earlier)
        assert len(module._held[folder].findings) == KEPT
