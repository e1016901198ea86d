"""Directing a province in tests: documents, targets and tasks as known at instants of the past."""

from __future__ import annotations

import random
from typing import Any

from chiso.folder import DataFolder
from chiso.instants import DAY, day_of, midnight, parse_instant
from tests.support.messages import tell

FIRST = parse_instant("2026-01-05T08:00")
GOALS = (
    ("total", "50"), ("total", "62.5%"), ("processing", "90%"), ("2.1", "95%"), ("3.6", "40%"),
    ("4.1", "4.5"), ("band", "Trung bình"), ("rank", "40"), ("5.2", "80%"), ("3.2", "20%"),
    ("certified_copies", "1"),
)  # fmt: skip


def direct(
    folder: DataFolder, documents: int, tasks: int, *, seed: int = 7, every: int = 0, until: int | None = None
) -> None:
    """Gives a year of documents with targets and tasks, each known at 08:00 of its day.

    ``every``: deadlines fall on days a multiple of so many days from the first; 0 on any day.
    """
    chance = random.Random(seed)
    units = folder.registry.units
    communes = [one.code for one in units.league("communes")]
    everybody = communes + [one.code for one in units.league("departments")] + ["H01"]
    until = folder.now() if until is None else until
    apart = max(1, (until - FIRST) // DAY // documents)
    for name in ("97 đơn vị", "điểm nóng"):
        rows = [{"list": name, "unit": code} for code in chance.sample(communes, 30)]
        tell(folder, "unit_lists", *rows, known_at=FIRST)

    def deadline(known: int) -> str:
        day = known + chance.randrange(20, 90) * DAY
        if every:
            day = midnight(day_of(FIRST)) + -(-(day - FIRST) // (every * DAY)) * every * DAY
        return day_of(day).isoformat()

    for number in range(documents):
        known = FIRST + number * apart * DAY
        name = f"{number + 1}/UBND-KSTT"
        day = day_of(known).isoformat()
        document = {"number": name, "date": day, "issuer": "UBND tỉnh", "subject": "Đôn đốc"}
        tell(folder, "documents", document, known_at=known)
        what, threshold = chance.choice(GOALS)
        target: dict[str, Any] = {
            "document": name, "what": what, "threshold": threshold, "by": deadline(known),
        }  # fmt: skip
        whose = chance.choice(("among", "list", "unit", "together"))
        if whose == "among":
            target |= {"among": chance.choice(("communes", "departments"))}
        elif whose == "unit":
            target |= {"unit": "H01"}
        else:
            target |= {"list": chance.choice(("97 đơn vị", "điểm nóng"))}
        if whose == "together":
            target |= {"at_least": chance.choice(("5", "50%", "100%"))}
        tell(folder, "targets", target, known_at=known)
        rows = []
        for place in range(tasks // documents + (number < tasks % documents)):
            row = {
                "document": name, "unit": chance.choice(everybody), "task": f"Việc {place}",
                "due": deadline(known),
            }  # fmt: skip
            if chance.random() < 0.7:
                what, threshold = chance.choice(GOALS)
                row |= {"what": what, "threshold": threshold}
                row |= {"report": "kết quả"} if chance.random() < 0.2 else {}
            rows.append(row)
        tell(folder, "tasks", *rows, known_at=known)
        for row in rows:
            if ("what" not in row or "report" in row) and chance.random() < 0.8:
                answer = {**{key: row[key] for key in ("document", "unit", "task")}, "content": "a" * 64}
                came = min(known + chance.randrange(1, 100 * DAY), until - 1)
                tell(folder, "reports", answer, known_at=came)
        if number % 4 == 3:
            gone = {**target, "withdrawn": True}
            tell(folder, "targets", gone, known_at=min(known + 15 * DAY, until - 1))
        if number % 5 == 2:
            harder = {**target, "threshold": {"50": "60"}.get(threshold := target["threshold"], threshold)}
            tell(folder, "targets", harder, known_at=min(known + 9 * DAY, until - 1))
    folder.refresh()
