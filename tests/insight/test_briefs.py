"""Dossiers in brief are what their own pages say."""

from __future__ import annotations

import numpy as np

from chiso.folder import DataFolder
from chiso.insight.briefs import briefs
from chiso.instants import year_of


def test_briefs_are_the_facts(work_at_hand: DataFolder) -> None:
    view = work_at_hand.view(year_of(work_at_hand.now()))
    codes = [row["code"] for row in work_at_hand.dossiers("H01", "2.1", part="d", limit=60)["rows"]]
    numbers = work_at_hand.ledger.ids(codes)
    found = briefs(work_at_hand, view, np.array(sorted(numbers.values())))
    assert {told["dossier"] for told in found.values()} == set(codes)
    for code in codes:
        told, facts = found[numbers[code]], work_at_hand.dossier(code)
        assert told["for_procedure"] == facts["procedure"]
        assert told["procedure_name"] == facts["procedure_name"]
        assert told["unit"] == facts["unit"]
        assert told["received_at"] == facts["received_at"]
        assert facts["due_at"] in (told["due_at"], None)
        assert "officer" not in told


def test_a_dossier_of_which_only_steps_are_known_belongs_where_its_code_says(
    work_at_hand: DataFolder,
) -> None:
    view = work_at_hand.view(year_of(work_at_hand.now()))
    (number,) = work_at_hand.ledger.ids(["H01.113-260915-80000"]).values()
    for named in (False, True):
        (told,) = briefs(work_at_hand, view, np.array([number]), named=named).values()
        assert (told["unit"], told["desk"], told["for_procedure"]) == ("H01.113", "H01.113", "")
        assert told.get("officer") == ("A" if named else None)


def test_unknown_numbers_have_none(work_at_hand: DataFolder) -> None:
    view = work_at_hand.view(year_of(work_at_hand.now()))
    assert briefs(work_at_hand, view, np.array([10**6, 10**7])) == {}
    assert briefs(work_at_hand, view, np.empty(0, np.int64)) == {}
