"""Why points are lost where no dossier, procedure or petition lost them: in words, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chiso.law.model import Text

NOTHING: Final = "nothing"
MISSED: Final = "missed"
CAPPED: Final = "capped"
NO_DATA: Final = "no_data"
INHERITED: Final = "inherited"
CEILING: Final = "ceiling"
TIMES: Final = "times"
GIVEN: Final = "given"
UNKNOWN: Final = "unknown"
CONSTANT: Final = "constant"

BY_NOBODY: Final = frozenset({NO_DATA, CEILING, GIVEN, UNKNOWN, CONSTANT})
"""Reasons under which there is nothing that could have missed."""

WORDS: Final[Mapping[str, Text]] = {
    NOTHING: Text("Không mất điểm", "Nothing is lost"),
    MISSED: Text("Mất theo số chưa đạt", "Lost by what missed"),
    CAPPED: Text(
        "Mất theo số chưa đạt, chỉ tính tới ngưỡng được trọn điểm",
        "Lost by what missed, up to the ratio that earns all points",
    ),
    NO_DATA: Text("Chưa có dữ liệu: mất trọn điểm, không có gì để chia", "No data: all is lost, by nobody"),
    INHERITED: Text("Lấy số của tỉnh: mất cùng tỉnh", "The province's own figure: lost with it"),
    CEILING: Text(
        "Đơn vị dưới tỉnh không được điểm này: mức trần",
        "Units below the province cannot earn this: a ceiling",
    ),
    TIMES: Text(
        "Mất vì tỷ lệ này được nhân với tỷ lệ của chỉ số khác",
        "Lost because the ratio is multiplied by another indicator's",
    ),
    GIVEN: Text(
        "Chỉ biết điểm đã công bố, không biết tử số và mẫu số",
        "Only the published points are known, not what they were made of",
    ),
    UNKNOWN: Text("Không có số công bố của phần này", "Nothing was published of this part"),
    CONSTANT: Text("Điểm giống nhau cho mọi đơn vị", "The same points for every unit"),
}
