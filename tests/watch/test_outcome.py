"""What became of a run, in counts, sentences and days."""

from __future__ import annotations

import json

from chiso.instants import parse_instant
from chiso.watch.outcome import DAYS_KEPT, NOTES, Outcome, days_told, with_day
from chiso.watch.words import note


def made(**values: object) -> Outcome:
    return Outcome("http://localhost", ["2026"], "2026-10-10T06:00:00+07:00", **values)  # type: ignore[arg-type]


def test_lines_are_made_as_they_are_asked_for() -> None:
    outcome = made()
    outcome.tally("2026", "processing").kept += 1
    outcome.tally("2026", "processing").kept += 1
    outcome.tally("2026-Q3", "processing").unrefreshed += 1
    outcome.placeholder("2026", "1.4", "TEMP").units += 3
    outcome.placeholder("2026", "1.4", "TEMP").units += 1
    assert [(one.period, one.kept, one.unrefreshed) for one in outcome.groups] == [
        ("2026", 2, 0),
        ("2026-Q3", 0, 1),
    ]
    assert [one.units for one in outcome.placeholders] == [4]


def test_the_last_sentences_stay() -> None:
    outcome = made()
    for number in range(NOTES + 5):
        outcome.say(note("incomplete", failed=number))
    assert len(outcome.notes) == NOTES
    assert outcome.notes[-1].en.startswith(f"Incomplete: {NOTES + 4} ")


def test_how_it_closes() -> None:
    def closing(outcome: Outcome) -> list[str]:
        return [one.code for one in outcome.closing()]

    assert closing(made(state="complete")) == ["nothing_left"]
    assert closing(made(state="complete", resumed=19)) == ["resumed", "nothing_left"]
    assert closing(made(state="complete", requests=19)) == ["complete"]
    assert closing(made(state="incomplete", requests=19, failed=1)) == ["incomplete"]
    assert closing(made(state="refused", requests=19)) == []
    outcome = made(state="complete", requests=4)
    tally = outcome.tally("2026", "processing")
    tally.unrefreshed, tally.kept, tally.since = 3, 1, "2026-10-06T06:00:00+07:00"
    assert outcome.closing()[0].en == (
        "processing of 2026: unrefreshed since 06:00, 6 Oct 2026 (3/4); nothing is kept twice."
    )
    assert outcome.closing()[0].vi == (
        "Tiến độ, kết quả giải quyết kỳ 2026: Cổng chưa cập nhật từ 06:00 06/10/2026 (3/4); không ghi lại."
    )


def test_good_and_bad() -> None:
    assert made(state="complete").good
    assert not any(
        made(state=one).good for one in ("incomplete", "failed", "refused", "changed", "stopped", "silent")
    )


def test_a_day_adds_up_its_runs() -> None:
    at = parse_instant("2026-10-10T06:00")
    held = with_day(None, at, made(state="refused", kept=5))
    held = with_day(held, at + 3600, made(state="complete", kept=14, unrefreshed=2))
    held = with_day(held, at + 86_400, made(state="complete", kept=1))
    assert [(one.day, one.state, one.kept, one.unrefreshed) for one in days_told(held)] == [
        ("2026-10-10", "complete", 19, 2), ("2026-10-11", "complete", 1, 0),
    ]  # fmt: skip
    for day in range(DAYS_KEPT + 9):
        held = with_day(held, at + day * 86_400, made())
    assert len(days_told(held)) == DAYS_KEPT
    assert days_told(None) == []
    assert json.loads(held)[0].keys() == {"day", "state", "kept", "unrefreshed", "failed"}
