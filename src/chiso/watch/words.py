"""What a watch says of itself: short sentences in Vietnamese and in English."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from chiso.text import moment

Pair = tuple[str, str]
"""the same in Vietnamese and in English"""

GROUP_NAMES: Final[dict[str, Pair]] = {
    "": ("Danh sách chung", "overall list"),
    "total": ("tổng điểm", "totals"),
    "transparency": ("Công khai, minh bạch", "transparency"),
    "processing": ("Tiến độ, kết quả giải quyết", "processing"),
    "online_services": ("Dịch vụ công trực tuyến", "online services"),
    "online_payment": ("Thanh toán trực tuyến", "online payment"),
    "satisfaction": ("Mức độ hài lòng", "satisfaction"),
    "digitisation": ("Số hóa hồ sơ", "digitisation"),
}

SENTENCES: Final[dict[str, Pair]] = {
    # how a run goes
    "resumed": (
        "{count} câu trả lời đã lấy trước đó nên không hỏi lại.",
        "{count} answers had been taken before and were not asked for again.",
    ),
    "nothing_left": (
        "Mọi câu trả lời của lượt này đã lấy xong; không hỏi gì thêm.",
        "All answers of this run have been taken; nothing was asked.",
    ),
    "list_read": (
        "Danh sách chung kỳ {period}: {count} tỉnh, cả nước {total} điểm.",
        "Overall list of {period}: {count} provinces, the nation at {total} points.",
    ),
    "unrefreshed": (
        "{group} kỳ {period}: Cổng chưa cập nhật từ {since}{share}; không ghi lại.",
        "{group} of {period}: unrefreshed since {since}{share}; nothing is kept twice.",
    ),
    "columns_unrefreshed": (
        "Danh sách chung kỳ {period}: chưa cập nhật {groups}.",
        "Overall list of {period}: unrefreshed {groups}.",
    ),
    "province": (
        "{name}: {kept} mới, {unrefreshed} chưa cập nhật{failed}.",
        "{name}: {kept} new, {unrefreshed} unrefreshed{failed}.",
    ),
    "complete": (
        "Xong: hỏi {asked} lần, {kept} câu trả lời mới, {unrefreshed} chưa cập nhật.",
        "Complete: {asked} requests, {kept} new answers, {unrefreshed} unrefreshed.",
    ),
    "incomplete": (
        "Chưa đủ: {failed} câu trả lời không lấy được; chạy lại sẽ chỉ hỏi phần còn thiếu.",
        "Incomplete: {failed} answers could not be had; another run asks for these alone.",
    ),
    "stopped": ("Đã dừng theo yêu cầu; chạy lại sẽ tiếp tục.", "Stopped as asked; another run goes on."),
    # what is amiss
    "again": (
        "{question}: {why}; lần {attempt}, thử lại sau {wait} giây.",
        "{question}: {why}; attempt {attempt}, again in {wait} s.",
    ),
    "gave_up": (
        "{question}: {why}; bỏ qua sau {attempts} lần.",
        "{question}: {why}; given up after {attempts} attempts.",
    ),
    "portal_silent": (
        "Cổng không trả lời {count} câu hỏi liền nhau; dừng lại.",
        "The portal left {count} questions in a row without an answer; stopping.",
    ),
    "refused": (
        "Cổng từ chối, mã {status}, ở câu hỏi {question}{words}. Đã dừng, không hỏi gì thêm{until}.",
        "The portal refuses, status {status}, at {question}{words}. Stopped, nothing more is asked{until}.",
    ),
    "silence": (
        "Cổng đã yêu cầu chờ đến {until}; không hỏi gì.",
        "The portal asked to be left alone until {until}; nothing was asked.",
    ),
    "changed": (
        "Câu trả lời đã đổi hình thức, {question}: {what}. Đã dừng{kept}.",
        "The form of the answer has changed at {question}: {what}. Stopped{kept}.",
    ),
    "list_missing": (
        "Không có danh sách chung; dùng {count} tỉnh đã biết.",
        "Without the overall list; going by the {count} provinces known.",
    ),
    # what is worth knowing
    "unknown_keys": (
        "{question}: có khóa mới {keys}; chưa đọc.",
        "{question}: new keys {keys}; they are not read.",
    ),
    "groups_unread": (
        "Danh sách chung: không nhận ra đủ sáu nhóm trong groupScores ({keys}); phần nhận ra vẫn được đọc.",
        "Overall list: not all six groups are recognised in groupScores ({keys}); the rest is read.",
    ),
    "no_values": (
        "{group} kỳ {period}: {count} số để trống, giữ là trống.",
        "{group} of {period}: {count} figures have no value; they stay without.",
    ),
    "placeholder": (
        "Chỉ số {indicator}: số tạm của Cổng ({status}) ở {count} đơn vị; giữ như đã công bố.",
        "Indicator {indicator}: a placeholder of the portal ({status}) in {count} units; kept as published.",
    ),
    "fewer_units": (
        "{question}: Cổng nói có {total} đơn vị nhưng chỉ trả về {count}.",
        "{question}: the portal tells of {total} units and gives {count}.",
    ),
    "paging_ignored": (
        "{question}: trang sau lặp lại trang trước; không hỏi thêm trang.",
        "{question}: the next page repeats the one before; no more pages are asked.",
    ),
    "not_listed": (
        "Không tìm thấy {units} trong danh sách của Cổng.",
        "{units} are not found in the portal's list.",
    ),
    "other_code": (
        "{question}: Cổng ghi mã {told}, trước đó là {known}; theo mã mới.",
        "{question}: the portal tells the code {told}, before it was {known}; the new one holds.",
    ),
    "no_formality": (
        "Danh mục của Cổng không có thủ tục {procedure}.",
        "The portal's catalogue does not have the procedure {procedure}.",
    ),
    # why
    "why.timeout": ("không trả lời trong {seconds} giây", "no answer within {seconds} s"),
    "why.connect": ("không kết nối được ({detail})", "cannot connect ({detail})"),
    "why.cut": ("câu trả lời bị cắt giữa chừng", "the answer was cut off"),
    "why.large": ("câu trả lời lớn quá {limit} MB", "the answer is larger than {limit} MB"),
    "why.server": ("lỗi máy chủ {status}", "server error {status}"),
    "why.said": ("Cổng báo lỗi {code}: {message}", "the portal says {code}: {message}"),
    # what of the form
    "form.status": ("mã trả lời {status}{message}", "status {status}{message}"),
    "form.no_json": ("không phải JSON ({type})", "it is no JSON ({type})"),
    "form.missing": (
        "thiếu khóa “{key}” ở {place}{unknown}", "the key “{key}” is missing at {place}{unknown}"
    ),
    "form.unknown": ("; có khóa lạ {keys}", "; unknown there: {keys}"),
    "form.type": ("“{key}” ở {place} không phải là {wanted}", "“{key}” at {place} is not {wanted}"),
    "form.maximum": (
        "điểm tối đa ở {place} là {found}, trước đây là {known}",
        "the maximum at {place} is {found}, it was {known}",
    ),
    "form.range": (
        "điểm {score} ở {place} nằm ngoài khoảng 0 đến {most}",
        "{score} points at {place} are not within 0 to {most}",
    ),
    "form.other": ("trả lời về {found} thay vì {asked}", "it is about {found} instead of {asked}"),
    "form.metric": (
        "mất chỉ số “{code}” ở {place}{unknown}", "the metric “{code}” is gone at {place}{unknown}"
    ),
    "form.twice": ("đơn vị {department} có hai lần", "the unit {department} stands in it twice"),
    "form.empty": ("không có đơn vị nào", "there is no unit in it"),
    "form.figure": ("{reason}", "{reason}"),
}  # fmt: skip

WANTED: Final[dict[str, Pair]] = {
    "object": ("một đối tượng", "an object"),
    "list": ("một danh sách", "a list"),
    "text": ("một chuỗi", "a text"),
    "number": ("một số hoặc null", "a number or null"),
    "count": ("một số đếm hoặc null", "a count or null"),
}


class Note(Struct, frozen=True):
    """A sentence in both languages, and its code."""

    code: str
    vi: str
    en: str
    at: str = ""
    """ISO instant at which it was said"""

    @property
    def pair(self) -> Pair:
        return self.vi, self.en


def note(code: str, /, **places: object) -> Note:
    """The sentence of a code with its places filled; a pair or a note fills each language with its own."""
    spoken = []
    for side, sentence in enumerate(SENTENCES[code]):
        filling = {
            name: value.pair[side]
            if isinstance(value, Note)
            else value[side]
            if isinstance(value, tuple)
            else value
            for name, value in places.items()
        }
        spoken.append(sentence.format(**filling))
    return Note(code, *spoken)


def when(instant: int) -> Pair:
    """An instant in both languages."""
    return moment(instant), moment(instant, "en")


def between(before: str, words: Pair | Note | str, after: str = "") -> Pair:
    """Words set off by signs; nothing where there are no words."""
    vi, en = words.pair if isinstance(words, Note) else words if isinstance(words, tuple) else (words, words)
    return (f"{before}{vi}{after}" if vi else "", f"{before}{en}{after}" if en else "")
