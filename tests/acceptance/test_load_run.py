"""Under load nothing is lost, and pages answer meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from chiso.commands.recounting import recount
from tests.acceptance.conftest import Place

ROOT = Path(__file__).parents[2]


def taken(place: Place) -> int:
    lines = place.folder.ledger.counters.arrivals()
    return sum(one.new + one.changed + one.same for one in lines if one.sender == "một cửa")


@pytest.mark.parametrize(("seconds", "rate"), [(3, 200), pytest.param(10, 500, marks=pytest.mark.slow)])
def test_messages_at_a_steady_pace_are_all_kept(place: Place, seconds: int, rate: int) -> None:
    before = taken(place)
    command = [sys.executable, "-m", "tests.acceptance.poster", place.address, place.credentials.key]
    with subprocess.Popen([*command, str(seconds), str(rate)], stdout=subprocess.PIPE, cwd=ROOT) as poster:
        looked = 0
        while poster.poll() is None:
            for path in (
                "/",
                "/units/H01.113",
                "/api/v1/units/H01/score",
                "/api/v1/rank?among=communes",
                "/data",
            ):
                assert place.client.get(path).status_code == 200
                looked += 1
        assert poster.stdout is not None
        told = json.loads(poster.stdout.read())
    assert looked > 0
    assert told["failed"] == 0
    assert told["accepted"] == seconds * rate
    assert taken(place) - before == told["accepted"]
    place.folder.refresh()
    said: list[str] = []
    found = recount(place.folder.path, deep=True, say=said.append)
    assert found.agrees, found.differences[:3]
