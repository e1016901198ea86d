"""Measurements beside their reach, as text and JSON; medians and roofs."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from chiso.bench import intake, messages, run, serving, timing
from chiso.bench.report import Line, Report, shown
from chiso.bench.serving import Heard, Posted, delays


@pytest.mark.parametrize(
    ("value", "unit", "reach", "met"),
    [
        (0.9, "ms", 1.0, True),
        (1.1, "ms", 1.0, False),
        (20_000.0, "/s", 20_000.0, True),
        (19_999.0, "/s", 20_000.0, False),
        (999.0, "×", 1_000.0, False),
        (300.0, "B", 300.0, True),
        (None, "s", 5.0, None),
        (3.0, "s", None, None),
    ],
)
def test_more_is_better_of_rates_and_less_of_times(
    value: float | None, unit: str, reach: float | None, met: bool | None
) -> None:
    assert Line("x", value, unit, reach).met is met  # type: ignore[arg-type]


def test_a_report_tells_what_was_reached_and_what_differs() -> None:
    report = Report()
    report.add("Part", Line("fast", 0.5, "ms", 1.0))
    report.add("Part", Line("slow", 5.0, "s", 2.0, "why"))
    report.add("Part", Line("absent", None, "/s", 10.0, "no server"))
    text = "\n".join(report.text())
    assert "not met" in text
    assert "all engines gave the same numbers" in text
    report.differences.append("Part: X in 3 counts")
    assert "differs: Part: X in 3 counts" in report.text()
    told = json.loads(json.dumps(report.as_json()))
    lines = {line["name"]: line for line in told["parts"]["Part"]}
    assert lines["fast"] == {"name": "fast", "value": 0.5, "unit": "ms", "reach": 1.0, "met": True}
    assert lines["slow"]["met"] is False
    assert lines["absent"]["met"] is None


def test_numbers_show_three_digits() -> None:
    assert [shown(value, "ms") for value in (0.12345, 1.2345, 12.345, 1234.5)] == [
        "0.123 ms",
        "1.23 ms",
        "12.3 ms",
        "1,234 ms",
    ]
    assert shown(None, "s") == "– s".removesuffix(" s")


def test_the_median_of_a_few_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0.0, 1.0, 10.0, 15.0, 20.0, 20.5])
    monkeypatch.setattr(timing, "clock", lambda: next(ticks))
    monkeypatch.setattr(timing, "LONG", 1e9)
    assert timing.timed(lambda: "done", 3) == (1.0, "done")


def test_percentiles() -> None:
    assert timing.percentile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert timing.percentile([float(n) for n in range(1000)], 0.99) == 990.0


def test_roofs_are_measured(tmp_path: Path) -> None:
    assert timing.append_rate(tmp_path, repeats=3) > 0
    assert timing.resident() > 1 << 20
    began = timing.clock()
    time.sleep(0.001)
    assert timing.clock() > began


def test_an_answer_waits_for_the_event_that_counts_it() -> None:
    posted = Posted(1.0, [(10.0, 2), (10.5, 1), (11.0, 4)])
    heard = Heard([(9.0, 100), (10.2, 101), (10.3, 102), (11.5, 107)])
    assert delays(posted, heard) == pytest.approx([0.3, 1.0, 0.5])
    assert delays(posted, Heard([(9.0, 100), (10.3, 102)])) == pytest.approx([0.3])
    assert delays(posted, Heard()) == []
    assert delays(Posted(1.0, [(10.0, 1)]), Heard([(9.0, 0), (9.5, 1)])) == [0.0]


def test_messages_are_of_full_length_and_load(tmp_path: Path) -> None:
    told = messages.dossiers(600)
    assert len({one[:40] for one in told}) == 600
    assert 1_200 < sum(map(len, told)) / len(told) < 2_200
    size = messages.write(tmp_path / "full.jsonl", told)
    assert size == (tmp_path / "full.jsonl").stat().st_size
    found = intake.loaded(tmp_path / "full.jsonl", tmp_path / "data")
    assert found.items == 600
    line = found.line("x", "600 messages")
    assert line.value == 600 / found.seconds
    assert "processor time each" in line.note


def test_posts_are_heard() -> None:
    report = Report()
    serving.measure(report, batches=2, singles=12)
    lines = {line.name: line for line in report.parts["HTTP"]}
    assert not report.differences
    assert lines["batches of 100"].note.startswith("200 messages")
    assert lines["single posts"].note.startswith("12 messages")
    assert lines["single posts: accepted to score event, p99"].value is not None


def test_the_whole_run_prints_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = Report()
    report.add("Part", Line("one", 1.0, "s"))
    monkeypatch.setattr(run, "measured", lambda dossiers, *, large: report)
    assert run.run(10, large=False, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["parts"]["Part"][0]["name"] == "one"
    report.differences.append("X")
    assert run.run(10, large=False, as_json=False) == 1
    assert "differs: X" in capsys.readouterr().out
