"""The days that a forecast learns from: as a server keeps them, and as a command walks them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chiso.folder import DataFolder, QuestionError
from chiso.insight.outlook import past
from chiso.insight.outlook.answer import outlook
from chiso.instants import DAY, year_of


def test_a_command_walks_what_a_server_keeps(own_path: Path) -> None:
    with DataFolder.open(own_path, standing=True) as server, DataFolder.open(own_path) as command:
        now, year = server.now(), year_of(server.now())
        unit = server.registry.units.home.index
        assert past.days(server, unit, year, now) is None
        assert outlook(server, "H01", now + 5 * DAY)["no_forecast"] == "walking"
        server.walk_days()
        kept, walked = past.days(server, unit, year, now), past.days(command, unit, year, now)
        assert kept is not None
        assert walked is not None
        # a server waits with a morning until nothing more can come in for it
        here = np.isin(walked.at, kept.at)
        there = np.isin(kept.at, walked.at)
        assert past.LOOKED_BACK - 1 <= here.sum() == there.sum() == len(kept) <= len(walked)
        for name in ("at", "n", "d", "totals"):
            assert np.array_equal(getattr(kept, name)[there], getattr(walked, name)[here])
        at = int(walked.at[3])
        view = command.view(year, at, at)
        assert walked.n[3].tolist() == view.board.n[unit].tolist()
        assert walked.d[3].tolist() == view.board.d[unit].tolist()


def test_a_unit_without_dossiers_has_no_days(own: DataFolder) -> None:
    own.walk_days()
    nation = own.registry.units.find("H44")
    assert nation is not None
    found = past.days(own, nation.index, year_of(own.now()), own.now())
    assert found is not None
    assert len(found) == 0
    with pytest.raises(QuestionError, match="only dossiers of H01"):
        outlook(own, "H44", own.now() + DAY)
