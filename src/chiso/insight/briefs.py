"""Dossiers in brief, by their numbers: what a list says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from chiso.folder.officers import officers_of
from chiso.instants import NEVER, iso, tree_instant
from chiso.registry.codes import dossier_prefix

if TYPE_CHECKING:
    from chiso.engine.columns import Array
    from chiso.folder.state import DataFolder, View


def briefs(
    folder: DataFolder, view: View, numbers: Array, *, named: bool = False
) -> dict[int, dict[str, Any]]:
    """Number → code, procedure, unit, desk, receipt and due time of dossiers, as the view knows them.

    Units are those of the view's judging instant.  ``named``: and the officer whom the newest step names.
    """
    rows = view.roster.rows_of(np.unique(numbers))
    ground = view.ground
    units = ground.units.today_map(tree_instant(view.board.judged_at))
    codes = folder.ledger.codes(np.unique(rows["dossier"]).tolist())
    found: dict[int, dict[str, Any]] = {}
    memory = officers_of(folder)
    officers = memory.of(folder, rows["dossier"].astype(np.int64), rows["version"]) if named else None
    names = memory.names() if named else []
    for place, number in enumerate(rows["dossier"].tolist()):
        term = ground.terms[int(rows["procedure"][place])]
        known = ground.catalogue.get(term)
        code = codes.get(number, "")
        if rows["received_at"][place] < NEVER:
            own = [int(rows[name][place]) for name in ("unit_index", "desk_index")]
        else:  # only steps of it are known: its code alone tells where it belongs
            own = [ground.units.resolve(dossier_prefix(code) or "", view.board.judged_at)] * 2
        unit, desk = (ground.units.all[int(units[one])] for one in own)
        due = int(rows["due_at"][place])
        found[number] = {
            "dossier": code,
            "for_procedure": term,
            "procedure_name": known.name if known is not None else "",
            "unit": unit.code,
            "unit_name": unit.name,
            "desk": desk.code,
            "desk_name": desk.name,
            "received_at": iso(int(rows["received_at"][place])),
            "due_at": iso(due if due < NEVER else int(rows["limit_due_at"][place])),
        }
        if officers is not None:
            found[number]["officer"] = names[int(officers[place])] or None
    return found
