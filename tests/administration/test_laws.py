from __future__ import annotations

from datetime import date

import pytest

from chiso.administration import laws
from chiso.folder import DataFolder
from chiso.law.model import LawError

DAY = date(2026, 1, 1)


def test_all_laws_are_named() -> None:
    assert [law.at(max(law.changes)).law for law in laws.laws()] == ["qd766", "qd766-2022", "qd766-document"]


def test_a_law_against_itself_says_and_changes_nothing(folder: DataFolder) -> None:
    one = laws.variant("qd766", DAY)
    assert laws.words(one, one) == []
    rows = laws.points(folder, "H01", folder.standing_year(), one, one)
    assert len(rows) > 100
    assert {row["change"] for row in rows} == {"0.00"}


def test_another_law_gives_the_points_that_it_scores_by(folder: DataFolder) -> None:
    one, other = laws.variant("qd766", DAY), laws.variant("qd766-document", DAY)
    assert laws.words(one, other)
    row = laws.points(folder, "H01.113", folder.standing_year(), one, other)[0]
    assert row["b"] == folder.score("H01.113", law="qd766-document")["total"]


def test_a_law_of_groups_gives_no_points_to_dossiers(folder: DataFolder) -> None:
    with pytest.raises(LawError):
        laws.points(
            folder, "H01", folder.standing_year(), laws.variant("qd766", DAY), laws.variant("qd766-2022", DAY)
        )
    with pytest.raises(LawError):
        laws.variant("qd766", DAY, ["nothing"])
