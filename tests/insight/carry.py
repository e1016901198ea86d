"""Carries a plan out by the messages that senders would send."""

from __future__ import annotations

from typing import Any

from chiso.folder import DataFolder
from chiso.insight.plan.answer import Plan
from chiso.insight.plan.others import Doing
from chiso.intake.records import Has
from tests.insight.work import do
from tests.support.messages import again, stamp, tell

BITS = {
    "result": Has.RESULT_FILE,
    "digitise": Has.COMPONENT_FILE | Has.COMPONENT_DIGITISED | Has.DIGITISED_FLAG,
    "fee": Has.FEE_LISTED | Has.FEE_NONZERO,
    "sync": Has(0),
    "pay": Has(0),
}


def carry_out(folder: DataFolder, plan: Plan) -> None:
    """Does all steps of a plan now, everything with a dossier at once."""
    acts: dict[str, set[str]] = {}
    for step in plan.steps:
        numbers = [number for some in step.dossiers for number in some.tolist()]
        assert len(numbers) + len(step.others) == step.count
        for code in folder.ledger.codes(numbers).values():
            acts.setdefault(code, set()).update(step.acts)
        for one in step.others:
            _other(folder, one)
    finished = [code for code, kinds in acts.items() if kinds & {"due", "overdue"}]
    at = stamp(folder.now())
    if finished:
        steps = ({"MaHoSo": code, "ThoiDiemXuLy": at, "TrangThai": "9", "NguoiXuLy": "A", "NoiDungXuLy": "x"}
                 for code in finished)  # fmt: skip
        tell(folder, "progress", *steps)
    sent = []
    numbers_of = folder.ledger.ids(list(acts))
    facts = folder.ledger.facts(list(numbers_of.values()))
    for code, kinds in acts.items():
        if shown := kinds - {"due", "overdue"}:
            bits = Has(0)
            for kind in shown:
                bits |= BITS[kind]
            paid = {"payment": 1} if "pay" in shown else {}
            message = facts[numbers_of[code]].message
            assert message is not None
            sent.append(again(message, bits=bits, **paid))
    if sent:
        tell(folder, "dossiers", *sent)


def _other(folder: DataFolder, one: Doing) -> None:
    row: dict[str, Any] = {"what": one.what, "petition": one.code, "procedure": one.code}
    do(folder, row)
    if one.what == "announce":  # and made public
        (told,) = (known for known in folder.ground.records.decisions if known.code == one.code)
        do(folder, {"what": "publish", "procedure": one.code, "decision": told.decision})
