"""What it means to undo each typical mistake of senders, and why some cannot be put into points.

Four kinds.  ``told``: a function of what is known of a dossier, from which its rows are made anew (those that
can make a dossier overdue are of :mod:`chiso.insight.lateness.undoing`).  ``shown``: a function that changes
columns of the rows of the dossiers concerned.  ``nothing``: no count reads what is wrong, so that it is worth
exactly nothing.  ``cannot``: nothing that is known could stand in.

Where undoing takes away what a message claims (a mark, a flag), the truth is unknown: it may be right of some
dossiers.  So these points are the most that the mistake can be worth, and say so (``most``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from chiso.insight.lateness.undoing import (
    Case,
    Undoing,
    asked_once,
    by_the_clock,
    closed_by_day,
    dated_supplement,
    ended_by,
    promised_elsewhere,
    returned_for_supplement,
)
from chiso.instants import NEVER
from chiso.intake.records import Has, Mistake
from chiso.law.model import Text

if TYPE_CHECKING:
    from chiso.engine.columns import Columns
    from chiso.ledger.facts import Facts

ONLINE: Final = 2
PERSON: Final = 1
"""KenhThucHien and LoaiDoiTuong of what a person files online"""

Showing = Callable[["Columns"], None]
"""Changes columns of rows in place."""


def moved_back(case: Case) -> Facts | None:
    """DUE_MOVED_AND_WAITED (20): the promised date was moved, and the wait is taken off as well.

    One of both is enough: the wait stays, and the date is what it was before it was moved, as the request
    names it (NgayHenTraTruoc), else as the newest earlier message told it.
    """
    message = case.message
    due, received = message.due_at, message.received_at
    shown = (message.mistakes | case.facts.mistakes) & Mistake.DUE_MOVED_AND_WAITED
    if due is None or received is None or not shown:
        return None
    named = [one.due_before for one in message.supplements if one.due_after == due and one.due_before != due]
    before = next((one for one in named if one is not None), None)
    if before is None:
        told = (one.due_at for one in reversed(case.versions))
        before = next((one for one in told if received <= one < NEVER and one != due), None)
    return None if before is None or before < received else case.changed(due_at=before)


def without_marks(rows: Columns) -> None:
    """ALWAYS_DIGITISED (5): a mark that is always there says nothing; it is taken away."""
    rows["has"][:] &= ~np.uint32(Has.COMPONENT_DIGITISED | Has.DIGITISED_FLAG)


def without_result(rows: Columns) -> None:
    """RESULT_IS_INPUT (6): a file that was handed in is no result; it is taken away."""
    rows["has"][:] &= ~np.uint32(Has.RESULT_FILE)


def not_paid(rows: Columns) -> None:
    """PAID_WITHOUT_RECORD (7): said to be paid online, cash perhaps; taken as not paid online."""
    rows["payment"][:] = 0


def account_used(rows: Columns) -> None:
    """VNEID_NEVER (4): what a person files online needs an account of VNeID (mark M); the flag says so."""
    filed = (rows["channel"] == ONLINE) & (rows["subject"] == PERSON)
    rows["has"][filed] |= np.uint32(Has.VNEID)


def nobody_identified(rows: Columns) -> None:
    """PLACEHOLDER_ID (9): an account of VNeID carries an ID number; where there is none the flag is wrong."""
    rows["has"][:] &= ~np.uint32(Has.VNEID)


def nothing_queried(rows: Columns) -> None:
    """DATABASE_CONSTANT (10): a code that is always the same tells of no query; it is taken away."""
    rows["databases"][:] = 0


@dataclass(frozen=True)
class Meaning:
    """What undoing a mistake means."""

    kind: str
    """``told``, ``shown``, ``nothing``, ``cannot``; ``twins`` and ``lost``: dossiers leave or come"""
    words: Text
    told: Undoing | None = None
    shown: Showing | None = None
    most: bool = False
    """the points are the most that it can be worth"""


def _told(undo: Undoing, vi: str, en: str) -> Meaning:
    return Meaning("told", Text(vi, en), told=undo)


def _shown(undo: Showing, vi: str, en: str, *, most: bool = True) -> Meaning:
    return Meaning("shown", Text(vi, en), shown=undo, most=most)


def _nothing(vi: str, en: str) -> Meaning:
    return Meaning("nothing", Text(vi, en))


def _cannot(vi: str, en: str) -> Meaning:
    return Meaning("cannot", Text(vi, en))


MEANINGS: Final[Mapping[Mistake, Meaning]] = {
    Mistake.FINISHED_WITHOUT_WORK: _cannot(
        "Không biết hồ sơ thật ra đang chờ bổ sung, chờ nộp phí hay đã dừng: mỗi khả năng cho điểm khác.",
        "Whether it waits for a supplement or a fee, or was stopped, is not known: each counts otherwise.",
    ),
    Mistake.NO_DUE: _told(
        promised_elsewhere,
        "Lấy ngày hẹn trả mà bản tin trước hoặc yêu cầu bổ sung đã nêu; không có thì giữ nguyên.",
        "The date that an earlier message or a supplement request named; without one it stays.",
    ),
    Mistake.SUBMITTED_EQUALS_RECEIVED: _nothing(
        "Không chỉ số nào đọc ngày nộp.", "No indicator reads the filing date."
    ),
    Mistake.VNEID_NEVER: _shown(
        account_used,
        "Cá nhân nộp trực tuyến phải dùng tài khoản VNeID, nên coi là có; nộp trực tiếp thì giữ nguyên.",
        "What persons file online needs an account of VNeID and is taken to have one; the rest stays.",
        most=False,
    ),
    Mistake.ALWAYS_DIGITISED: _shown(
        without_marks,
        "Dấu đã số hóa lúc nào cũng có thì không chứng minh được gì, nên bỏ dấu.",
        "A mark that is always there proves nothing and is taken away.",
    ),
    Mistake.RESULT_IS_INPUT: _shown(
        without_result,
        "Tệp do dân nộp không phải kết quả, nên coi là chưa có kết quả điện tử.",
        "A file that was handed in is no result: taken as without an electronic result.",
    ),
    Mistake.PAID_WITHOUT_RECORD: _shown(
        not_paid,
        "Không có giao dịch thanh toán nào, có thể là tiền mặt, nên coi là chưa thanh toán trực tuyến.",
        "No payment is known, it may have been cash: taken as not paid online.",
    ),
    Mistake.FOREIGN_CODE: _cannot(
        "Mã lạ tự nó không đổi điểm; khi sinh ra hồ sơ trùng thì tính ở lỗi hồ sơ trùng.",
        "A strange code changes no points by itself; where it makes a duplicate, that is counted there.",
    ),
    Mistake.PLACEHOLDER_ID: _shown(
        nobody_identified,
        "Tài khoản VNeID phải có số định danh; không có số thì cờ VNeID không đúng, nên bỏ cờ.",
        "An account of VNeID carries an ID number; without one the flag is wrong and is taken away.",
    ),
    Mistake.DATABASE_CONSTANT: _shown(
        nothing_queried,
        "Mã cơ sở dữ liệu lúc nào cũng giống nhau thì không nói lên lần tra cứu nào, nên bỏ mã.",
        "A code that is always the same tells of no query and is taken away.",
    ),
    Mistake.UNKNOWN_PROCEDURE: _cannot(
        "Không biết thủ tục đúng là thủ tục nào.", "Which procedure it really is is not known."
    ),
    Mistake.BLANK_COMPONENT: _nothing(
        "Không chỉ số nào đọc mã thành phần.", "No indicator reads the codes of components."
    ),
    Mistake.REGISTERED_AGAIN: _told(
        returned_for_supplement,
        "Trạng thái 1 sau khi tiếp nhận được hiểu là yêu cầu bổ sung, và thời gian chờ được trừ.",
        "State 1 after receipt is read as a supplement request, and the wait is taken off.",
    ),
    Mistake.SENT_LATE: _nothing(
        "Dữ liệu đã đến nên nay không còn đổi điểm; lúc chưa đến mất bao nhiêu thì xem trang Vì sao quá hạn.",
        "The data has come and changes nothing now; what it cost until then is told by the page of lateness.",
    ),
    Mistake.SILENT_LOSS: Meaning(
        "lost",
        Text(
            "Hồ sơ chỉ có bước xử lý được coi là đã đến, nói đúng những gì các bước nói.",
            "Dossiers of which only steps came are taken to have come, saying what the steps say.",
        ),
    ),
    Mistake.BEFORE_RECEIPT: _told(
        by_the_clock,
        "Giờ trước lúc tiếp nhận được đọc là buổi chiều của đồng hồ 12 giờ, nếu không thì theo lúc được báo.",
        "Times before the receipt are read as afternoons of a 12-hour clock, else as when they were told.",
    ),
    Mistake.COMPARED_BY_DAY: _nothing(
        "Bản tin đúng; chỉ báo cáo riêng của nơi gửi so theo ngày.",
        "The message is right; only the sender's own figures compare days.",
    ),
    Mistake.END_WITHOUT_TIME: _told(
        ended_by,
        "Kết thúc chậm nhất lúc được báo, lúc trả kết quả hoặc lúc từ chối.",
        "It had ended by when that was told, by its return or its refusal.",
    ),
    Mistake.SUPPLEMENT_WITHOUT_DATE: _told(
        dated_supplement,
        "Ngày yêu cầu, ngày nhận bổ sung lấy theo bước xử lý, theo lúc được báo, hoặc đổi chỗ khi ngược.",
        "The dates come from steps of handling, from when they were told, or change places.",
    ),
    Mistake.DUE_MOVED_AND_WAITED: _told(
        moved_back,
        "Đã trừ thời gian chờ thì hẹn trả giữ như trước khi dời.",
        "Where a wait is taken off, the promised date is what it was before it was moved.",
    ),
    Mistake.UNASSIGNED_UNIT: _cannot(
        "Không biết hồ sơ của đơn vị nào; điểm của tỉnh không đổi.",
        "Whose it is is not known; the province's own points do not change.",
    ),
    Mistake.DUPLICATE_DOSSIER: Meaning(
        "twins",
        Text(
            "Chỉ giữ một mã: mã đã xong, nếu không thì mã đầu tiên.",
            "One code alone stays: the one that was finished, else the first.",
        ),
    ),
    Mistake.NO_LIMIT_KNOWN: _cannot(
        "Không biết hẹn trả lẫn thời hạn theo quy định, nên coi là đúng hạn.",
        "Neither a promised date nor a limit is known: on time by rule.",
    ),
    Mistake.UNREADABLE_FEE: _cannot(
        "Không đọc được mức phí là bao nhiêu.", "What the fee is cannot be read."
    ),
    Mistake.REQUEST_REPEATED: _told(
        asked_once,
        "Hai yêu cầu cùng một giây là một.", "Requests of the same second are one.",
    ),
    Mistake.CLOSED_AT_PUSH: _told(
        closed_by_day,
        "Giờ đóng ban đêm được coi là 17:00 của ngày làm việc gần nhất trước đó, hoặc lúc trả kết quả.",
        "A closing time at night is taken as 17:00 of the last working day before, or as the return.",
    ),
}  # fmt: skip
"""Every mistake, in the order of their numbers."""
