"""Every overdue dossier in its class: as planted, and as the slow twin says of random lives."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from chiso.folder import DataFolder, Settings
from chiso.folder.answers import asked
from chiso.insight.lateness.classes import CLASSES, classified, sides
from chiso.insight.lateness.shown import shown_overdue
from chiso.instants import DAY, parse_period
from chiso.intake.records import Arrival
from chiso.ledger.clock import Clock
from tests.insight.lateness.lives import CODES, DAYS, FIRST, GRID, instants, lives, tell
from tests.insight.lateness.slow import Twin

NOW = FIRST + DAYS * DAY + DAY
PERIODS = ("2026-09", "2026-09-03..2026-09-09")


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(lives, instants | st.just(NOW), st.booleans(), st.integers(0, 11), st.sampled_from(PERIODS))
def test_the_slow_twin_agrees_on_random_lives(
    told: list[Arrival], at: int, then: bool, place: int, period: str
) -> None:
    as_of = told[place % len(told)].known_at if then else None
    with (
        tempfile.TemporaryDirectory() as path,
        DataFolder.open(Path(path), settings=Settings()) as folder,
    ):
        folder.ledger.clock.set(Clock(NOW))
        folder.refresh()
        tell(folder, told, NOW)
        question = asked(folder, period=period, at=at, as_of=as_of, source="computed")
        both = sides(folder, question)
        twin = Twin(folder, parse_period(period), question.judged_at, as_of)
        codes = folder.ledger.codes(range(1, len(CODES) + 1))
        verdict = classified(folder, both)
        undone = {number: tuple(str(m.name) for m in one.mistakes) for number, one in verdict.undone.items()}
        found = {
            codes[number]: (CLASSES[kind], undone.get(number, ()))
            for number, kind in zip(verdict.numbers.tolist(), verdict.classes.tolist(), strict=True)
        }
        expected = {code: told for code in codes.values() if (told := twin.classed(code)) is not None}
        assert found == expected
        shown = shown_overdue(both)
        spans = zip(shown.since.tolist(), shown.until.tolist(), shown.seconds.tolist(), strict=True)
        times = dict(zip((codes[number] for number in shown.rows["dossier"].tolist()), spans, strict=True))
        spans_expected = {code: twin.shown(code, GRID) for code in codes.values()}
        assert times == {code: span for code, span in spans_expected.items() if span is not None}
        for kind, mistakes in found.values():
            event(f"{kind} {'+'.join(mistakes)}")
        event(f"shown: {len(times)}")
