"""Dossiers behind each procedure that counts: the same as a scene has, and the board."""

from __future__ import annotations

import numpy as np
import pytest

from chiso.folder import DataFolder
from chiso.insight.references import procedures_of
from chiso.insight.scene import scene
from chiso.instants import year_of


@pytest.mark.parametrize("code", ["H01", "H01.113", "H01.06", "H20"])
def test_they_are_those_of_the_scene(work_at_hand: DataFolder, code: str) -> None:
    view = work_at_hand.view(year_of(work_at_hand.now()))
    unit = work_at_hand.registry.units.find(code)
    assert unit is not None
    told = scene(view, unit.index)
    found = procedures_of(view, unit.index)
    assert len(found) == len(view.ground.plan.procedures)
    for counter, times in enumerate(told.references):
        assert found[counter] == {int(term): int(times[term]) for term in np.flatnonzero(times)}
    assert any(found) is (code != "H20")
