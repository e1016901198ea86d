"""Small arrivals for tests."""

from __future__ import annotations

import json
from typing import Any

from chiso.intake.records import Arrival, Dossier, Progress, Refusal, Step

T0 = 1_780_000_000
DAY = 86_400


def dossier(code: str = "H01.113-260701-0001", state: int = 4, **more: Any) -> Dossier:
    given: dict[str, Any] = {
        "procedure": "1.001776",
        "unit": "H01.113",
        "desk": "H01.113",
        "received_at": T0 - DAY,
        "due_at": T0 + 4 * DAY,
    }
    return Dossier(code, state=state, **{**given, **more})


def step(at: int, state: int, code: str = "H01.113-260701-0001", content: str = "") -> Progress:
    return Progress(code, Step(at, state, content))


def arrive(
    *items: Any, kind: str = "", sender: str = "mc", known_at: int | None = None, **more: Any
) -> Arrival:
    if not kind:
        kind = {"Dossier": "dossiers", "Progress": "progress"}.get(type(items[0]).__name__, "others")
    payload = json.dumps([getattr(item, "code", "") for item in items]).encode()
    return Arrival(kind, list(items), payload, sender=sender, known_at=known_at, **more)


def refusal(code: str = "H01.113-1", raw: bytes = b'{"MaHoSo": 1}') -> Refusal:
    return Refusal("data[0]", "NgayTiepNhan", "32/13/2026", "bad_date", "Sai ngày", "bad date", code, raw)
