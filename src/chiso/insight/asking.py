"""Questions of insight as they are asked: about one unit, judged and known when it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chiso.folder.answers import Asked, QuestionError, asked, must_have_dossiers, unit_named
from chiso.instants import DAY, parse_instant

if TYPE_CHECKING:
    from chiso.folder.answers import QuestionFields
    from chiso.folder.state import DataFolder, View
    from chiso.registry.units import Unit


def computed(folder: DataFolder, unit_code: str, question: QuestionFields) -> tuple[Asked, View, Unit]:
    """A question about dossiers of a unit, decided where it leaves things open, its view and the unit."""
    wanted = asked(folder, **question)
    if wanted.source == "published":
        raise QuestionError(
            "Câu hỏi này trả lời từ hồ sơ, không trả lời được từ số liệu đã công bố.",
            "this is answered from dossiers; published figures cannot tell",
            wrong=True,
        )
    unit = unit_named(folder, unit_code, wanted.judged_at)
    must_have_dossiers(wanted)
    home = folder.registry.units.home
    if int(folder.ground.province_of[unit.index]) != home.index:
        raise QuestionError(
            f"Ở đây chỉ có hồ sơ của {home.name}; {unit.name} chỉ có số liệu đã công bố.",
            f"only dossiers of {home.code} are held here; of {unit.code} nothing but published figures",
            empty=True,
        )
    view = folder.view(wanted.period, question.get("at"), wanted.as_of, wanted.law)
    return wanted, view, unit


def last_instant(text: str) -> int:
    """An instant up to which something is asked; a date alone means the whole of that day."""
    found = parse_instant(text)
    return found + DAY if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()) else found


def must_lie_ahead(until: int, at: int) -> None:
    """Refuses what has passed already."""
    if until <= at:
        raise QuestionError(
            "Thời điểm muốn xem phải ở sau thời điểm tính.",
            "the instant must lie after the one from which one looks",
            wrong=True,
        )
