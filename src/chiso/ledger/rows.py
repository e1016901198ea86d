"""The row: one dossier version in fixed width, as the engine counts it.

A version of a dossier is one row, or several with disjoint ``[judged_from, judged_to)`` where its life was
reopened: exactly one of them is in force at any judging instant.  Instants that have not been told are
``NEVER``; they, and all instants later than the judging instant, have not happened yet.
"""

from __future__ import annotations

from typing import Final

import numpy as np

ROW: Final = np.dtype(
    [
        ("version", "<i8"),  # number of the dossier version in the ledger; grows with every accepted change
        ("dossier", "<i4"),  # number of the dossier in the ledger, from 1
        ("known_at", "<i8"),  # instant since which this version is known
        ("unit", "<i4"),  # term: code in DonViXuLy; 0 none
        ("desk", "<i4"),  # term: prefix of MaHoSo; 0 none
        ("procedure", "<i4"),  # term: procedure code
        ("sender", "<i4"),  # term: who sent it
        ("databases", "<i4"),  # term: "7;12", the databases queried; 0 none
        ("received_at", "<i8"),
        ("due_at", "<i8"),  # NgayHenTra as stated
        ("ended_at", "<i8"),  # end of handling
        ("requested_at", "<i8"),  # first supplement request
        ("completed_at", "<i8"),  # its completion
        ("second_requested_at", "<i8"),  # second supplement request
        ("dissatisfied_at", "<i8"),  # first petition about it, or rating KHÔNG HÀI LÒNG
        ("stored_at", "<i8"),  # recorded in the national e-document store
        ("judged_from", "<i8"),
        ("judged_to", "<i8"),
        ("has", "<u4"),  # bits of records.Has
        ("mistakes", "<u4"),  # bits of records.Mistake
        ("channel", "i1"),
        ("filed", "i1"),
        ("payment", "i1"),
        ("end_state", "i1"),  # state that ended it; 0 while open
        ("subject", "i1"),
        ("timely", "i1"),  # 1 where known_at tells when the province knew
    ]
)
"""Stored packed, little-endian.  A change of this layout is a migration of the ledger."""
