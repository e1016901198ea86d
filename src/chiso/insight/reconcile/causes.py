"""What can make a published figure differ from the computed one, in the order in which causes are believed.

A dossier is listed under the first cause of :data:`ORDER` by which it counts otherwise, and under no other.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from chiso.law.model import Text


class Cause(NamedTuple):
    """One way in which both figures come apart."""

    names: Text
    words: Text
    """what it means, for whoever reads the answer"""


class Option(NamedTuple):
    """A cause in one of its forms: what a set of reasons is chosen from."""

    cause: str
    part: str = ""

    @property
    def order(self) -> tuple[int, int, str]:
        """Its place among all: by the cause, then by the form."""
        parts = PARTS.get(self.cause, ())
        place = parts.index(self.part) if self.part in parts else len(parts)
        return ORDER.index(self.cause), place, self.part


ORDER: Final = (
    "known_later",
    "quarantined",
    "duplicate",
    "other_unit",
    "period_edge",
    "due_by_day",
    "placeholder",
    "document_rule",
    "missing_there",
    "missing_here",
    "different_there",
)
"""Causes that numbers are tried on; all but ``placeholder`` have dossiers."""

NAMED: Final = ("inherited", "captured_on_another_date", "contradiction")
"""Causes without dossiers, which the published figures themselves show."""

UNEXPLAINED: Final = "unexplained"

NEW: Final = Option("known_later", "new")
CHANGED: Final = Option("known_later", "changed")
RECORDS: Final = Option("known_later", "records")
QUARANTINED: Final = Option("quarantined")
LATER_CODE: Final = Option("duplicate", "later_code")
EARLIER_CODE: Final = Option("duplicate", "earlier_code")
DESK: Final = Option("other_unit", "desk")
TODAY: Final = Option("other_unit", "today")
SUBMITTED: Final = Option("period_edge", "submitted")
WHOLE_DAY: Final = Option("period_edge", "whole_day")
DAY_BEFORE: Final = Option("period_edge", "day_before")
BY_DAY: Final = Option("due_by_day")
PLACEHOLDER: Final = Option("placeholder", "1.4")
MISSING_THERE: Final = Option("missing_there")
MISSING_HERE: Final = Option("missing_here")
DIFFERENT_THERE: Final = Option("different_there")

PARTS: Final[dict[str, tuple[str, ...]]] = {
    "known_later": ("new", "changed", "records"),
    "duplicate": ("later_code", "earlier_code"),
    "other_unit": ("desk", "today"),
    "period_edge": ("submitted", "whole_day", "day_before"),
}


def document_rule(indicator: str) -> Option:
    """The rule of the formula document for one indicator."""
    return Option("document_rule", indicator)


CAUSES: Final[dict[str, Cause]] = {
    "known_later": Cause(
        Text("Biết sau khi Cổng chốt số", "Known to us after the capture"),
        Text(
            "Hồ sơ (hoặc thay đổi của hồ sơ) mà hệ thống này nhận được sau thời điểm chốt số liệu công bố.",
            "Dossiers, or changes of them, that reached us after the published figures were captured.",
        ),
    ),
    "quarantined": Cause(
        Text("Đang bị giữ lại vì lỗi", "In quarantine"),
        Text(
            "Bản tin bị từ chối ở đây và chưa được sửa, nhưng có thể đã được tính trên Cổng.",
            "Messages that were refused here and wait to be mended, yet may count on the portal.",
        ),
    ),
    "duplicate": Cause(
        Text("Một hồ sơ mang hai mã", "One dossier under two codes"),
        Text(
            "Cùng chủ hồ sơ, cùng thủ tục, cùng thời điểm tiếp nhận: Cổng chỉ tính một mã.",
            "Same owner, procedure and instant of receipt: the portal counts one of the codes.",
        ),
    ),
    "other_unit": Cause(
        Text("Tính cho đơn vị khác", "Counted under another unit"),
        Text(
            "Cổng tính theo mã đơn vị trong MaHoSo hoặc theo đơn vị hiện nay sau sắp xếp, "
            "không theo DonViXuLy.",
            "The portal counts by the unit in MaHoSo, or by what continues it today, not by DonViXuLy.",
        ),
    ),
    "period_edge": Cause(
        Text("Ở ranh giới của kỳ", "At the edge of the period"),
        Text(
            "Tiếp nhận trong vòng một ngày quanh ranh giới kỳ: Cổng tính theo NgayNopHoSo "
            "hoặc theo trọn ngày.",
            "Received within a day of the period's edge: the portal goes by NgayNopHoSo, or by whole days.",
        ),
    ),
    "due_by_day": Cause(
        Text("Hạn trả so theo ngày", "Due date compared by day"),
        Text(
            "Quá hạn vài giờ trong chính ngày hẹn trả: theo thời điểm là quá hạn, theo ngày là đúng hạn.",
            "Hours late on the due day itself: overdue by the instant, on time by the day.",
        ),
    ),
    "document_rule": Cause(
        Text("Tính theo tài liệu công thức", "Rule of the formula document"),
        Text(
            "Chỉ số được tính theo tài liệu công thức thay vì theo cách Cổng vẫn tính.",
            "The indicator follows the formula document instead of the portal's own way.",
        ),
    ),
    "placeholder": Cause(
        Text("Số tạm của Cổng", "Placeholder of the portal"),
        Text(
            "Mẫu số tạm lấy bằng tử số vì chưa có số báo cáo (TEMP_NATIONAL_REPORT_DENOMINATOR), "
            "hoặc điểm cố định.",
            "The denominator stands in for a missing report (TEMP_NATIONAL_REPORT_DENOMINATOR), "
            "or the points are constant.",
        ),
    ),
    "missing_there": Cause(
        Text("Không có trong danh sách của Cổng", "Missing in the portal's list"),
        Text(
            "Hồ sơ được tính ở đây mà danh sách của Cổng không có.", "Counted here, not in the portal's list."
        ),
    ),
    "missing_here": Cause(
        Text("Chỉ có trong danh sách của Cổng", "In the portal's list alone"),
        Text(
            "Hồ sơ có trong danh sách của Cổng mà ở đây không tính.",
            "In the portal's list, not counted here.",
        ),
    ),
    "different_there": Cause(
        Text("Khác với danh sách của Cổng", "Different in the portal's list"),
        Text(
            "Hồ sơ có ở cả hai nơi nhưng ngày, trạng thái hoặc kết quả đúng hạn khác nhau.",
            "In both, with other dates, another state, or another verdict on time.",
        ),
    ),
    "inherited": Cause(
        Text("Số của tỉnh chép xuống", "Inherited from the province"),
        Text(
            "Cổng chép số của tỉnh xuống đơn vị; chênh lệch nằm ở số của tỉnh.",
            "The portal copies the province's figure; the difference lies with the province.",
        ),
    ),
    "captured_on_another_date": Cause(
        Text("Nhóm chốt số vào ngày khác", "Group captured on another date"),
        Text(
            "Số liệu của nhóm này thuộc ngày khác với các nhóm còn lại.",
            "This group's figures are of another date than those of the other groups.",
        ),
    ),
    "contradiction": Cause(
        Text("Số công bố tự mâu thuẫn", "Published figures that contradict themselves"),
        Text(
            "Điểm công bố không khớp với chính tử số, mẫu số, chỉ số hoặc nhóm đã công bố.",
            "Published points do not follow from the published numerators, indicators or groups.",
        ),
    ),
    UNEXPLAINED: Cause(
        Text("Chưa giải thích được", "Unexplained"),
        Text(
            "Phần chênh lệch còn lại mà không nguyên nhân nào ở trên cho ra được.",
            "What is left of the difference that none of the causes accounts for.",
        ),
    ),
}

FORMS: Final[dict[Option, Text]] = {
    NEW: Text("hồ sơ mới biết sau đó", "dossiers first known afterwards"),
    CHANGED: Text("hồ sơ có thay đổi biết sau đó", "dossiers that changed afterwards"),
    RECORDS: Text(
        "phản ánh kiến nghị, quyết định, thủ tục, số báo cáo biết sau đó",
        "petitions, decisions, procedures and reports known afterwards",
    ),
    LATER_CODE: Text("bỏ mã đến sau", "the later code left out"),
    EARLIER_CODE: Text("bỏ mã đến trước", "the earlier code left out"),
    DESK: Text("theo mã đơn vị trong MaHoSo", "by the unit in MaHoSo"),
    TODAY: Text("theo đơn vị hiện nay sau sắp xếp", "by the units of today"),
    SUBMITTED: Text("theo ngày nộp thay vì ngày tiếp nhận", "by the day of filing, not of receipt"),
    WHOLE_DAY: Text("tính trọn ngày chốt số", "the day of capture as a whole"),
    DAY_BEFORE: Text("tính đến hết ngày trước khi chốt số", "up to the end of the day before the capture"),
}


def form_words(option: Option, language: str) -> str:
    """The form of a cause in words; empty where it has only one."""
    if option.cause == "document_rule":
        return f"chỉ số {option.part}" if language == "vi" else f"indicator {option.part}"
    told = FORMS.get(option)
    return told[language] if told else ""
