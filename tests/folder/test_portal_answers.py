"""The portal's own answers, loaded, give the portal's own figures back to the last digit."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chiso.commands.loading import opened
from chiso.folder import DataFolder
from chiso.instants import parse_instant
from chiso.intake.portal import METRICS
from tests.support import portal

GROUPS = (*portal.METRICS, *portal.TREES)
CAPTURED = {
    "2026-Q3": parse_instant("2026-09-26T18:21+07:00"),
    "2026-08": parse_instant("2026-09-27T01:14+07:00"),
}


def load(folder: Path, order: list[tuple[str, str]]) -> None:
    with opened(folder) as target:
        for period, group in order:
            path = folder / "answer.json"
            path.write_text(json.dumps(portal.answer(period, group), ensure_ascii=False), encoding="utf-8")
            outcome = target.load([path], period=period, at=CAPTURED[period])
            assert outcome.counts["refused"] == 0


@pytest.fixture(scope="module", params=["groups in order", "those without codes last"])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    path = tmp_path_factory.mktemp("portal")
    order = list(itertools.product(portal.PERIODS, GROUPS))
    load(path, order if request.param == "groups in order" else order[::-1])
    with DataFolder.open(path) as folder:
        yield folder


@pytest.mark.parametrize(
    ("period", "total", "groups"),
    [
        ("2026-Q3", "61.39", ("7.96", "17.35", "8.41", "6.67", "12.25", "8.75")),
        ("2026-08", "59.91", ("7.96", "15.68", "8.83", "6.25", "12.97", "8.22")),
    ],
)
def test_the_province(loaded: DataFolder, period: str, total: str, groups: tuple[str, ...]) -> None:
    told = loaded.score("H44", period=period)
    assert told["total"] == total
    assert tuple(one["points"] for one in told["groups"].values()) == groups
    assert (told["source"], told["law"]) == ("published", "qd766")
    assert abs(Decimal(told["exact"]) - Decimal(total)) < Decimal("0.05")


@pytest.mark.parametrize("period", portal.PERIODS)
def test_every_group_and_component_of_every_unit(loaded: DataFolder, period: str) -> None:
    compared = 0
    for group, units in portal.figures()[period].items():
        for code, one in units.items():
            told = loaded.score(code, period=period)
            assert Decimal(told["groups"][group]["points"]) == Decimal(str(one["points"])), (code, group)
            compared += 1
            for metric, figure in one.items():
                number = METRICS.get(metric)
                if group not in portal.METRICS or number is None:
                    continue
                n, d, points = figure
                shown = told["indicators"][number]
                assert (shown.get("n"), shown.get("d")) == (n, d), (code, number)
                assert Decimal(shown["points"]) == Decimal(str(points or 0)), (code, number)
                assert shown.get("inherited", False) == (code != "H44" and number in {"1.1", "1.2", "1.3"})
                compared += 1
    units = 13 if period == "2026-Q3" else 7
    assert compared == units * (6 + 14)


def test_totals_are_the_sums_of_what_was_published(loaded: DataFolder) -> None:
    for period in portal.PERIODS:
        told = portal.figures()[period]
        for code in told["processing"]:
            points = sum(Decimal(str(told[group][code]["points"])) for group in GROUPS)
            assert Decimal(loaded.score(code, period=period)["total"]) == points


def test_units_that_only_the_answers_tell_of_are_known_with_kind_and_parent(loaded: DataFolder) -> None:
    known = {one["code"]: one for one in loaded.units()}
    for code, (kind, _) in portal.figures()["units"].items():
        assert known[code]["kind"] == kind
        assert known[code]["parent"] == ("H44" if code != "H44" else "VN")
    league = loaded.rank("communes", "H44", period="2026-Q3")
    assert len(league["rows"]) == 8
    assert {row["source"] for row in league["rows"]} == {"published"}


def test_before_it_was_captured_nothing_was_known(loaded: DataFolder) -> None:
    from chiso.folder import QuestionError

    with pytest.raises(QuestionError):
        loaded.score("H44", period="2026-Q3", at=CAPTURED["2026-Q3"] - 1, source="published")
    assert loaded.score("H44", period="2026-Q3", as_of=CAPTURED["2026-Q3"])["total"] == "61.39"


def test_codes_learned_later_reach_answers_that_came_before(tmp_path: Path) -> None:
    folder: dict[str, Any]
    load(tmp_path, [("2026-Q3", "satisfaction")])
    with DataFolder.open(tmp_path) as opened_folder:
        assert opened_folder.published.periods("H44.03") == []
        load(tmp_path, [("2026-Q3", "digitisation")])
        opened_folder.refresh()
        folder = opened_folder.score("H44.03", period="2026-Q3")
        assert folder["groups"]["satisfaction"]["points"] == "18.00"
        assert folder["incomplete"] == ["transparency", "processing", "online_services", "online_payment"]
        assert folder["total"] == "27.59"
        assert opened_folder.rank("departments", "H44", period="2026-Q3")["rows"] == []
