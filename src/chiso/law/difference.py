"""What one law says otherwise than another, in words: shown before a change of law is switched on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from chiso.law.model import LawVersion, Text
from chiso.law.resolve import values

_KEYS: Final[dict[str, Text]] = {
    "maximum": Text("điểm tối đa", "maximum"),
    "cap": Text("mức được trọn điểm", "ratio for full points"),
    "scope": Text("phạm vi hồ sơ", "scope"),
    "n": Text("tử số", "numerator"),
    "d": Text("mẫu số", "denominator"),
    "no_data": Text("điểm khi không có dữ liệu", "points without data"),
    "constant": Text("điểm cố định", "constant points"),
    "times": Text("nhân với tỷ lệ của", "times the ratio of"),
    "below_province": Text("đơn vị dưới tỉnh", "units below the province"),
    "group": Text("nhóm", "group"),
    "computed_from": Text("cách cộng điểm nhóm", "how the group is summed"),
    "ties": Text("làm tròn khi hòa", "rounding of ties"),
    "floor": Text("điểm từ", "points from"),
}
_SECTIONS: Final[dict[str, Text]] = {
    "groups": Text("Nhóm", "Group"),
    "indicators": Text("Chỉ số", "Indicator"),
    "bands": Text("Xếp loại", "Band"),
    "definitions": Text("Định nghĩa", "Definition"),
    "settings": Text("Tham số", "Setting"),
    "rules": Text("Quy tắc", "Rule"),
    "life": Text("Vòng đời hồ sơ", "Life of a dossier"),
    "rounding": Text("Làm tròn", "Rounding"),
    "ties": Text("Đồng hạng", "Ties"),
    "periods": Text("Kỳ", "Periods"),
}
_MISSING: Final = Text("không có", "none")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that two laws do not share."""

    key: str
    """``indicators.4.2.cap``"""
    before: Any
    """plain value; ``None`` where the first law has none"""
    after: Any
    words: Text


def law_diff(a: LawVersion, b: LawVersion) -> list[Difference]:
    """Every value in which b differs from a, in the order of the laws; empty where they count alike."""
    before, after = values(a), values(b)
    gone = {f"indicators.{name}." for name in set(a.indicators) ^ set(b.indicators)}
    found = []
    for name in sorted(set(a.indicators) ^ set(b.indicators)):
        held = name in a.indicators
        one = (a if held else b).indicators[name]
        words = Text(
            f"Chỉ số {name} ({one.names.vi}): {'không còn' if held else 'mới'}",
            f"Indicator {name} ({one.names.en}): {'no longer' if held else 'new'}",
        )
        top = str(one.maximum)
        found.append(Difference(f"indicators.{name}", top if held else None, None if held else top, words))
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if old == new or any(key.startswith(prefix) for prefix in gone):
            continue
        found.append(Difference(key, old, new, _words(a, b, key, old, new)))
    return found


def _words(a: LawVersion, b: LawVersion, key: str, old: Any, new: Any) -> Text:
    return Text(
        f"{_subject(a, b, key, 'vi')}: {_value(a, key, old, 'vi')} → {_value(b, key, new, 'vi')}",
        f"{_subject(a, b, key, 'en')}: {_value(a, key, old, 'en')} → {_value(b, key, new, 'en')}",
    )


def _subject(a: LawVersion, b: LawVersion, key: str, language: str) -> str:
    section, _, rest = key.partition(".")
    head = _SECTIONS[section][language]
    if not rest:
        return head
    name, _, field = rest.rpartition(".")
    if section == "indicators":
        one = b.indicators.get(name) or a.indicators[name]
        return f"{head} {name} ({one.names[language]}), {_KEYS[field][language]}"
    if section == "groups":
        group = b.groups.get(name) or a.groups[name]
        return f"{head} {group.names[language]}, {_KEYS[field][language]}"
    if section == "bands":
        band = next(band for band in (*b.bands, *a.bands) if band.id == name)
        return f"{head} {band.names[language]}, {_KEYS[field][language]}"
    if section == "rules":
        rule = b.rules.get(rest) or a.rules[rest]
        return f"{head} “{rule.names[language]}”"
    return f"{head} {rest}"


def _value(version: LawVersion, key: str, value: Any, language: str) -> str:
    if value is None or value == "":
        return _MISSING[language]
    section, _, rest = key.partition(".")
    if section == "rules" and rest in version.rules:
        return version.rules[rest].options[value].names[language]
    if key.endswith(".cap"):
        percent = Fraction(value) * 100
        return f"{percent.numerator}%" if percent.denominator == 1 else f"{float(percent):g}%"
    if section == "indicators" and isinstance(value, Mapping):
        return _count(version, value, language)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    return str(value)


def _count(version: LawVersion, count: Mapping[str, Any], language: str) -> str:
    """What a numerator or denominator counts."""
    where, vi = str(count.get("where", "")), language == "vi"
    dossiers = ("mọi hồ sơ" if vi else "all dossiers") if where == "TRUE" else where
    if count["kind"] == "dossiers":
        return dossiers
    if count["kind"] == "sum":
        return f"{'tổng' if vi else 'sum of'} {count['amount']} ({dossiers})"
    if count["kind"] == "procedures_with":
        among = version.registers[count["among"]][language]
        return f"{among} {'có hồ sơ' if vi else 'with a dossier'}: {dossiers}"
    words = version.registers[count["register"]][language]
    if count.get("otherwise") == "n":
        words += "; chưa có thì lấy tử số" if vi else "; without it the numerator"
    elif count.get("otherwise") == "last_year":
        words += "; chưa có thì lấy số năm trước" if vi else "; without it last year's figure"
    return words
