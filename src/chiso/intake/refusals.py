"""Why something was not taken, in words that tell how to mend it.

Each reason has a stable code and a sentence in Vietnamese and in English.  A person's value never enters a
sentence: fields of persons are named, their contents are not.
"""

from __future__ import annotations

import re
from typing import Final

from chiso.intake.records import Refusal

PERSONAL_FIELDS: Final = frozenset(
    {
        "ChuHoSo", "SoGiayToChuHoSo", "SoDinhDanh", "MaDoiTuong", "Email", "Fax", "SoDienThoai",
        "DinhDanhCHS", "NguoiYeuCauBoSung", "NguoiTiepNhanBoSung", "NguoiXuLy", "NguoiDanhGia", "HoTen",
        "NguoiTraLoi", "DiaChi", "NoiDungXuLy", "NoiDungDanhGia",
    }
)  # fmt: skip
"""Fields whose value is never repeated in a refusal."""

KEY_FIELDS: Final = frozenset({"", "MaHoSo", "MaTTHC", "MaPAKN", "MaThamChieu", "code", "unit", "madonvi"})
_PERSONAL: Final = re.compile(r"\S+@\S+|(?<![\d.-])(?:\d{9,11}|0\d{11})(?![\d-])")

REASONS: Final[dict[str, tuple[str, str]]] = {
    "missing": (
        "Thiếu {field}: trường này bắt buộc phải có.",
        "{field} is missing: it is required.",
    ),
    "too_long": (
        "{field} dài quá {limit} ký tự.",
        "{field} is longer than {limit} characters.",
    ),
    "control_characters": (
        "{field} có ký tự điều khiển hoặc khoảng trắng lạ; hãy bỏ chúng đi.",
        "{field} holds control characters or strange blanks; take them out.",
    ),
    "wrong_type": (
        "{field} sai kiểu dữ liệu: cần {expected}.",
        "{field} has the wrong type: {expected} is needed.",
    ),
    "bad_date": (
        "{field} = “{value}” không phải là ngày giờ đọc được (cần yyyyMMddHHmmss, ISO 8601 hoặc "
        "dd/MM/yyyy HH:mm:ss).",
        "{field} = “{value}” is not a date and time that can be read (write yyyyMMddHHmmss, ISO 8601 or "
        "dd/MM/yyyy HH:mm:ss).",
    ),
    "impossible_date": (
        "{field} = “{value}” là ngày giờ không có thật.",
        "{field} = “{value}” is a date or time that does not exist.",
    ),
    "date_out_of_range": (
        "{field} = “{value}” nằm ngoài khoảng năm 1990 đến 2100.",
        "{field} = “{value}” lies outside the years 1990 to 2100.",
    ),
    "bad_flag": (
        "{field} = “{value}” không phải là có/không (cần 0, 1, True hoặc False).",
        "{field} = “{value}” is neither yes nor no (write 0, 1, True or False).",
    ),
    "bad_number": (
        "{field} = “{value}” không phải là số.",
        "{field} = “{value}” is not a number.",
    ),
    "points_out_of_range": (
        "{field} = “{value}” ngoài khoảng từ 0 đến {maximum} điểm.",
        "{field} = “{value}” lies outside 0 to {maximum} points.",
    ),
    "unknown_state": (
        "{field} = “{value}” không phải là trạng thái hồ sơ (1 đến 10).",
        "{field} = “{value}” is not a state of a dossier (1 to 10).",
    ),
    "unknown_code": (
        "{field} = “{value}” không có trong danh mục; các giá trị nhận được: {allowed}.",
        "{field} = “{value}” is not in its code list; taken are: {allowed}.",
    ),
    "bad_procedure_code": (
        "{field} = “{value}” không phải là mã thủ tục (dạng 1.001776).",
        "{field} = “{value}” is not the code of a procedure (such as 1.001776).",
    ),
    "bad_unit_code": (
        "{field} = “{value}” không phải là mã đơn vị (dạng H01, H01.113 hoặc gso:883).",
        "{field} = “{value}” is not the code of a unit (such as H01, H01.113 or gso:883).",
    ),
    "bad_period": (
        "{field} = “{value}” không phải là kỳ (dạng 2026-09, 2026-Q3, 2026-H1, 2026).",
        "{field} = “{value}” is not a period (such as 2026-09, 2026-Q3, 2026-H1, 2026).",
    ),
    "other_province": (
        "{field} = “{value}” thuộc tỉnh khác ({code}); nơi này chỉ nhận hồ sơ của {home}.",
        "{field} = “{value}” belongs to another province ({code}); only dossiers of {home} are taken here.",
    ),
    "out_of_scope": (
        "{field} = “{value}” không thuộc đơn vị mà khóa hoặc tài khoản này được gửi; xin quản trị hệ thống "
        "mở thêm phạm vi nếu cần.",
        "{field} = “{value}” is of no unit that this key or user may send for; ask for a wider scope if "
        "needed.",
    ),
    "bad_json": (
        "Không đọc được JSON tại byte {byte}: {detail}.",
        "The JSON cannot be read at byte {byte}: {detail}.",
    ),
    "truncated": (
        "JSON bị cắt cụt tại byte {byte}; bản ghi trọn vẹn trước đó đã được nhận, hãy gửi lại tất cả.",
        "The JSON is cut off at byte {byte}; any whole record before it was taken, send everything again.",
    ),
    "too_deep": (
        "JSON lồng nhau quá sâu.",
        "The JSON is nested too deeply.",
    ),
    "not_a_record": (
        "Ở đây cần một bản ghi (đối tượng JSON), nhưng lại là {found}.",
        "A record (a JSON object) is needed here, not {found}.",
    ),
    "unknown_shape": (
        "Không nhận ra đây là loại dữ liệu gì. Có thể chỉ rõ bằng --as: {kinds}.",
        "What kind of data this is cannot be recognised. Settle it with --as: {kinds}.",
    ),
    "wrong_service": (
        "Không có dịch vụ “{value}”; nhận DongBoHoSoMC và CapNhatTienDoHoSoMC.",
        "There is no service “{value}”; DongBoHoSoMC and CapNhatTienDoHoSoMC are taken.",
    ),
    "journal_not_allowed": (
        "Chỉ quản trị viên được nạp lại nhật ký (received_at, message).",
        "Only administrators may replay a journal (received_at, message).",
    ),
    "wrong_encoding": (
        "Tệp không phải UTF-8 (byte {byte}). Hãy lưu lại với mã hóa UTF-8, trong Excel: “CSV UTF-8”.",
        "This is not UTF-8 (byte {byte}). Save it again as UTF-8, in Excel: “CSV UTF-8”.",
    ),
    "too_large": (
        "Dữ liệu lớn quá {limit} MB. Hãy chia nhỏ, hoặc gửi mỗi dòng một bản tin (.jsonl).",
        "This is larger than {limit} MB. Split it, or send one message a line (.jsonl).",
    ),
    "zip_bomb": (
        "Tệp nén phình ra bất thường ({detail}) nên không được mở.",
        "This compressed file swells abnormally ({detail}) and is not opened.",
    ),
    "bad_gzip": (
        "Tệp .gz bị hỏng hoặc bị cắt cụt: {detail}.",
        "This .gz file is damaged or cut off: {detail}.",
    ),
    "bad_workbook": (
        "Không mở được bảng tính: {detail}.",
        "The workbook cannot be opened: {detail}.",
    ),
    "too_many_rows": (
        "Bảng có hơn {limit} dòng; hãy chia nhỏ.",
        "The table has more than {limit} rows; split it.",
    ),
    "empty": (
        "Không có dữ liệu nào.",
        "There is nothing in it.",
    ),
    "no_heading": (
        "Không tìm thấy dòng tiêu đề nhận ra được. Các cột đọc được: {found}. Cần ít nhất: {needed}. "
        "Nếu tên cột khác, hãy ánh xạ một lần: {how}.",
        "No heading row can be recognised. Columns found: {found}. Needed at least: {needed}. "
        "If your columns have other names, map them once: {how}.",
    ),
    "missing_columns": (
        "Bảng thiếu cột: {missing}. Các cột đọc được: {found}. Nếu tên cột khác, hãy ánh xạ một lần: {how}.",
        "The table lacks the columns: {missing}. Columns found: {found}. If your columns have other names, "
        "map them once: {how}.",
    ),
    "period_needed": (
        "Câu trả lời này không nói kỳ nào; hãy nêu --period.",
        "This answer does not tell its period; give --period.",
    ),
    "unknown_answer": (
        "Không nhận ra câu trả lời này của Cổng DVCQG.",
        "This answer of the portal cannot be recognised.",
    ),
    "unknown_measure": (
        "{field} = “{value}” không phải là chỉ tiêu đo được: cần total (tổng điểm), tên hoặc mã nhóm, số của "
        "chỉ số (2.1), band (xếp loại), rank (xếp hạng) hoặc certified_copies (chứng thực điện tử).",
        "{field} = “{value}” cannot be measured: write total, a group, the number of an indicator (2.1), "
        "band, rank or certified_copies.",
    ),
    "gives_no_points": (
        "{field} = “{value}” chỉ để tham khảo, không tính điểm: không đặt chỉ tiêu được.",
        "{field} = “{value}” is information only and gives no points: it can be no target.",
    ),
    "bad_threshold": (
        "{field} = “{value}” không phải là mức đọc được (80, 95%, Khá, 10).",
        "{field} = “{value}” is not a threshold that can be read (80, 95%, Khá, 10).",
    ),
    "above_maximum": (
        "{field} = “{value}” cao hơn mức tối đa {most}: không đơn vị nào đạt được.",
        "{field} = “{value}” is above the maximum of {most}: no unit can reach it.",
    ),
    "needs_many_units": (
        "{field} = “{value}” cần nhiều đơn vị: nêu among (loại đơn vị) hoặc list (danh sách).",
        "{field} = “{value}” needs many units: give among or list.",
    ),
    "one_of_three": (
        "{field} = “{value}” không đi cùng unit hay among: chọn một đơn vị, một loại đơn vị hoặc một "
        "danh sách.",
        "{field} = “{value}” does not go with unit or among: choose one unit, one kind of units or a list.",
    ),
    "period_after_deadline": (
        "{field} = “{value}” bắt đầu sau hạn {day}: chưa có gì để đo.",
        "{field} = “{value}” begins after the deadline {day}: there is nothing to measure yet.",
    ),
    "unit_ended": (
        "{field} = “{value}” không còn vào ngày {day}. Đơn vị tiếp nối: {successor}.",
        "{field} = “{value}” is no more on {day}. It is continued by: {successor}.",
    ),
    "bad_digest": (
        "{field} không phải là mã SHA-256 của tệp (64 chữ số thập lục phân).",
        "{field} is not the SHA-256 of a file (64 hexadecimal digits).",
    ),
    "clear_on_wrong_side": (
        "{field} = “{value}” nằm phía còn cảnh báo của ngưỡng {threshold}: cảnh báo sẽ không bao giờ yên.",
        "{field} = “{value}” lies on the wrong side of the threshold {threshold}: it would alert for ever.",
    ),
    "changed_form": (
        "Câu trả lời của Cổng DVCQG đã đổi hình thức: {what}.",
        "The form of the portal's answer has changed: {what}.",
    ),
    "unreadable_file": (
        "Không đọc được tệp: {detail}.",
        "The file cannot be read: {detail}.",
    ),
}


class RefusedError(Exception):
    """One piece cannot be taken: because of this field, with this value, for this reason."""

    def __init__(self, field: str, value: object, reason: str, /, **words: object) -> None:
        super().__init__(field, value, reason)
        self.field = field
        self.value = shown(field, value)
        self.reason = reason
        self.words = words

    def at(self, place: str, code: str = "", raw: bytes = b"") -> Refusal:
        """The record of it."""
        return refusal(place, self.field, self.value, self.reason, code=code, raw=raw, words=self.words)


def shown(field: str, value: object) -> str:
    """A value as it may be repeated: short, one line, and never a person's.

    Columns slip: in any field that is no key, what looks like an ID number, a telephone number or a mail
    address is blotted out.
    """
    name = field.rsplit(".", 1)[-1].split("[", 1)[0]
    if name in PERSONAL_FIELDS:
        return ""
    text = "" if value is None else str(value)[:200]
    if name not in KEY_FIELDS:
        text = _PERSONAL.sub("•••", text)
    return "".join(sign if sign.isprintable() else "�" for sign in text[:120])


def refusal(
    place: str,
    field: str,
    value: object,
    reason: str,
    *,
    code: str = "",
    raw: bytes = b"",
    words: dict[str, object] | None = None,
) -> Refusal:
    """A refusal in both languages.  ``words`` fill the sentence of the reason; a pair is
    the word in Vietnamese and in English."""
    told = shown(field, value)
    vi, en = REASONS[reason]
    filling = {"field": field, "value": told, **(words or {})}
    spoken = [
        sentence.format(
            **{key: word[side] if isinstance(word, tuple) else word for key, word in filling.items()}
        )
        for side, sentence in enumerate((vi, en))
    ]
    return Refusal(place, field, told, reason, spoken[0], spoken[1], shown("", code), raw)
