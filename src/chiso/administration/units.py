"""Units changed by hand: opened, closed, renamed, moved, merged, split, reopened.

Every change is put as records of the table of units, so that the journal holds it like a loaded table, and
takes effect from a day on: what was before stays as it was.  A unit that is renamed or moved ends on the day
before and begins anew under its code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from chiso.administration.effect import Effect, effect
from chiso.administration.refusing import wrong
from chiso.folder.registers import Registry
from chiso.instants import NEVER, day_of, midnight
from chiso.intake.records import UnitRecord
from chiso.registry.procedures import Catalogue
from chiso.registry.tables import ALWAYS, BadUnitError, canonical
from chiso.registry.units import Unit, Units
from chiso.steering.entering import Hand, enter, note
from chiso.text import day as day_words

if TYPE_CHECKING:
    from chiso.folder.state import DataFolder

KINDS: Final = ("department", "district", "commune")
"""Kinds that a province opens by itself."""
LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class Change:
    """A proposed change of units, in words and as the rows that make it."""

    what: str
    """``open``, ``close``, ``rename``, ``move``, ``merge``, ``split`` or ``reopen``"""
    about: tuple[str, ...]
    """codes of the units that it is about"""
    day: date | None
    """the first day on which it holds; ``None``: for all time"""
    rows: tuple[dict[str, str], ...]
    words_vi: str
    words_en: str


def propose(folder: DataFolder, what: str, fields: Mapping[str, str]) -> Change:
    """A change from the fields of a form.  QuestionError says which field is wrong and how to mend it."""
    make = MAKERS.get(what)
    if make is None:
        raise wrong(f"Không có thay đổi “{what}”.", f"there is no change {what!r}")
    return make(_Form(folder, fields))


def preview(folder: DataFolder, change: Change) -> Effect:
    """What a change does to points, once it holds."""
    records = [
        UnitRecord(**{name: row.get(name, "") for name in UnitRecord.__struct_fields__})
        for row in change.rows
    ]
    told = [record for _, record in folder.ledger.records("unit") if isinstance(record, UnitRecord)]
    new = {(record.code, record.valid_from) for record in records}
    kept = [record for record in told if (record.code, record.valid_from) not in new]
    try:
        units = Units.load([*_learned(folder, told, records), *kept, *records], folder.settings.home)
    except BadUnitError as error:
        raise wrong(f"Không đọc được đơn vị: {error}.", f"a unit cannot be read: {error}") from error
    registry = folder.registry
    proposed = Registry(
        units, Catalogue(registry.catalogue.records, units), registry.calendar, registry.records
    )
    return effect(folder, proposed, None if change.day is None else midnight(change.day) + 2)


def _learned(
    folder: DataFolder, told: Sequence[UnitRecord], records: Sequence[UnitRecord]
) -> list[UnitRecord]:
    named = {record.code for record in (*told, *records)}
    built_in = Units.load(home=folder.settings.home)
    return [
        one for one in folder.published.units() if one.code not in named and built_in.find(one.code) is None
    ]


def apply(folder: DataFolder, change: Change, hand: Hand) -> None:
    """Makes a change for good: into the journal, and into the record of who did what."""
    enter(folder, "units", change.rows, hand)
    note(
        folder, hand, "units_changed", " ".join(change.about), change=change.what,
        day=None if change.day is None else change.day.isoformat(), words=change.words_vi,
    )  # fmt: skip


def row_of(unit: Unit, **changes: str) -> dict[str, str]:
    """A unit as the row that tells all of it, with changes."""
    row = {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "parent": "",
        "valid_from": "" if unit.valid_from == ALWAYS else day_of(unit.valid_from).isoformat(),
        "valid_to": "" if unit.valid_to == NEVER else day_of(unit.valid_to - 1).isoformat(),
        "successor": "",
        "gso_code": unit.gso_code,
    }
    return {**row, **changes}


class _Form:
    """The fields of a change, read with what they mean here."""

    def __init__(self, folder: DataFolder, fields: Mapping[str, str]) -> None:
        self.folder, self.fields = folder, fields
        self.units = folder.registry.units
        self.now = folder.now()

    def text(self, name: str) -> str:
        return unicodedata.normalize("NFC", self.fields.get(name, "").strip())

    def unit(self, name: str = "code") -> Unit:
        """The unit that a field names, in force now or last."""
        return self.named(self.text(name).partition(" ")[0])

    def named(self, code: str) -> Unit:
        if not code:
            raise wrong("Chưa chọn đơn vị.", "no unit was chosen")
        found = self.units.find(code)
        if found is None:
            raise wrong(f"Không có đơn vị mang mã “{code}”.", f"no unit has the code {code!r}")
        if found.index == self.units.home.index or found.kind in ("nation", "province", "ministry"):
            raise wrong(
                f"{found.name} không đổi tại đây: danh mục tỉnh, bộ đi cùng phần mềm.",
                f"{found.code} is not changed here: provinces and ministries come with the program",
            )
        if not self.is_home(found):
            raise wrong(
                f"{found.name} không thuộc tỉnh này.", f"{found.code} does not belong to this province"
            )
        return found

    def is_home(self, unit: Unit) -> bool:
        above, seen = unit, 0
        while above.parent >= 0 and seen < 10:
            if above.index in self.units.family:
                return True
            above, seen = self.units.all[above.parent], seen + 1
        return above.index in self.units.family

    def live(self, unit: Unit) -> Unit:
        if unit.valid_to != NEVER:
            raise wrong(
                f"{unit.name} đã thôi hoạt động từ {day_words(unit.valid_to)}.",
                f"{unit.code} ended on {day_of(unit.valid_to - 1)}",
            )
        return unit

    def parent(self, name: str = "parent") -> Unit:
        code = self.text(name).partition(" ")[0] or self.units.home.code
        found = self.units.find(code)
        if found is None or found.valid_to != NEVER:
            raise wrong(f"Không có đơn vị cấp trên mang mã “{code}”.", f"no unit above has the code {code!r}")
        if found.index != self.units.home.index and not self.is_home(found):
            raise wrong(
                f"{found.name} không thuộc tỉnh này.", f"{found.code} does not belong to this province"
            )
        return found

    def day(self, *units: Unit, may_be_empty: bool = False) -> date | None:
        text = self.text("day")
        if not text and may_be_empty:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise wrong(
                "Chưa có ngày bắt đầu có hiệu lực (ngày/tháng/năm).", "a first day is needed (2026-12-01)"
            ) from None
        if not 2000 <= day.year <= 2100:
            raise wrong(
                f"Ngày {day_words(day)} ngoài khoảng 2000 đến 2100.", f"{day} is not between 2000 and 2100"
            )
        for unit in units:
            if midnight(day) <= unit.valid_from:
                raise wrong(
                    f"{unit.name} mới có từ {day_words(unit.valid_from)}: ngày có hiệu lực phải sau ngày đó.",
                    f"{unit.code} began on {day_of(unit.valid_from)}: the change must come later",
                )
        return day

    def needed_day(self, *units: Unit) -> date:
        found = self.day(*units)
        assert found is not None
        return found

    def name(self, text: str) -> str:
        if not text or len(text) > LONGEST_NAME or not text.isprintable():
            raise wrong(
                f"Tên đơn vị cần từ 1 đến {LONGEST_NAME} ký tự, không xuống dòng.",
                f"a name takes 1 to {LONGEST_NAME} characters on one line",
            )
        return text

    def new_code(self, text: str) -> str:
        code = canonical(text)
        home = self.units.home.code
        if not code.startswith(f"{home}.") or len(code) > 40:
            raise wrong(
                f"Mã đơn vị mới phải bắt đầu bằng “{home}.”, như {home}.200.",
                f"a new code begins with {home}., as {home}.200",
            )
        found = self.units.find(code)
        if found is not None and found.valid_to == NEVER:
            raise wrong(f"Mã {code} đang là của {found.name}.", f"the code {code} is that of {found.name}")
        return code

    def code_of(self, index: int) -> str:
        return self.units.all[index].code


def _last(day: date) -> str:
    return (day - timedelta(days=1)).isoformat()


def _ending(form: _Form, unit: Unit, day: date, successor: str = "") -> dict[str, str]:
    return row_of(unit, parent=form.code_of(unit.parent), valid_to=_last(day), successor=successor)


def _anew(form: _Form, unit: Unit, day: date, **changes: str) -> tuple[dict[str, str], dict[str, str]]:
    """A unit that ends and begins again under its code."""
    ended = _ending(form, unit, day, unit.code)
    begun = row_of(unit, **{"parent": form.code_of(unit.parent), "valid_from": day.isoformat(), **changes})
    return ended, begun


def _open(form: _Form) -> Change:
    kind = form.text("kind")
    if kind not in KINDS:
        raise wrong("Chưa chọn loại đơn vị.", f"the kind is one of {', '.join(KINDS)}")
    code, name, parent = form.new_code(form.text("code")), form.name(form.text("name")), form.parent()
    day = form.needed_day()
    before = form.units.find(code)
    if before is not None and midnight(day) < before.valid_to:
        raise wrong(f"Mã {code} còn là của {before.name}.", f"the code {code} is still that of {before.name}")
    row = {
        "code": code, "name": name, "kind": kind, "parent": parent.code, "valid_from": day.isoformat(),
        "gso_code": form.text("gso_code"),
    }  # fmt: skip
    return Change(
        "open", (code,), day, (row,),
        f"Lập {name} ({code}) từ {day_words(day)}.", f"{name} ({code}) begins on {day}.",
    )  # fmt: skip


def _close(form: _Form) -> Change:
    unit = form.live(form.unit())
    day = form.needed_day(unit)
    into = form.text("into").partition(" ")[0]
    heir = form.live(form.named(into)) if into else None
    if heir is not None and heir.index == unit.index:
        raise wrong("Đơn vị tiếp nhận phải là đơn vị khác.", "what continues a unit is another unit")
    row = _ending(form, unit, day, heir.code if heir is not None else "")
    if heir is None:
        # an ended unit without a successor counts at the unit above it
        row["successor"] = form.code_of(unit.parent)
    whom = heir if heir is not None else form.units.all[unit.parent]
    return Change(
        "close", (unit.code,), day, (row,),
        f"{unit.name} thôi hoạt động từ {day_words(day)}; hồ sơ tính vào {whom.name}.",
        f"{unit.name} ends before {day}; its dossiers count at {whom.name}.",
    )  # fmt: skip


def _rename(form: _Form) -> Change:
    unit = form.live(form.unit())
    name = form.name(form.text("name"))
    if name == unit.name:
        raise wrong("Tên mới giống tên đang dùng.", "the new name is the old one")
    day = form.day(unit, may_be_empty=True)
    if day is None:
        rows: tuple[dict[str, str], ...] = (row_of(unit, parent=form.code_of(unit.parent), name=name),)
        since_vi, since_en = "cho mọi thời gian", "for all time"
    else:
        rows = _anew(form, unit, day, name=name)
        since_vi, since_en = f"từ {day_words(day)}", f"from {day} on"
    return Change(
        "rename", (unit.code,), day, rows,
        f"{unit.name} mang tên {name} {since_vi}.", f"{unit.name} is called {name} {since_en}.",
    )  # fmt: skip


def _move(form: _Form) -> Change:
    unit = form.live(form.unit())
    parent = form.parent()
    if parent.index == unit.parent:
        raise wrong(f"{unit.name} đang thuộc {parent.name}.", f"{unit.code} is below {parent.code} already")
    above, seen = parent, 0
    while above.parent >= 0 and seen < 10:
        if above.index == unit.index:
            raise wrong(
                f"{parent.name} nằm dưới {unit.name}: không chuyển vòng được.",
                f"{parent.code} is below {unit.code}",
            )
        above, seen = form.units.all[above.parent], seen + 1
    day = form.needed_day(unit)
    rows = _anew(form, unit, day, parent=parent.code)
    return Change(
        "move", (unit.code,), day, rows,
        f"{unit.name} thuộc {parent.name} từ {day_words(day)}.",
        f"{unit.name} is below {parent.name} from {day} on.",
    )  # fmt: skip


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(text.replace(",", " ").replace(";", " ").split()))


def _merge(form: _Form) -> Change:
    parts = [form.live(form.named(code)) for code in _listed(form.text("codes"))]
    if len({one.kind for one in parts}) > 1:
        raise wrong("Chỉ nhập các đơn vị cùng loại.", "units of different kinds are not merged")
    into = form.text("into").partition(" ")[0]
    found = form.units.find(into) if into else None
    heir = found if found is not None and found.valid_to == NEVER else None
    if heir is not None:
        heir = form.live(form.named(heir.code))
        parts = [one for one in parts if one.index != heir.index]
        if parts and heir.kind != parts[0].kind:
            raise wrong("Chỉ nhập các đơn vị cùng loại.", "units of different kinds are not merged")
    if len(parts) < (1 if heir is not None else 2):
        raise wrong("Cần ít nhất hai đơn vị để nhập làm một.", "two units at least are needed to make one")
    day = form.needed_day(*parts, *([heir] if heir is not None else []))
    if heir is not None:
        rows: list[dict[str, str]] = []
        code, name = heir.code, form.text("name") or heir.name
        if name != heir.name:
            rows += _anew(form, heir, day, name=form.name(name))
    else:
        code, name = form.new_code(into), form.name(form.text("name"))
        rows = [
            {"code": code, "name": name, "kind": parts[0].kind, "parent": form.code_of(parts[0].parent),
             "valid_from": day.isoformat(), "gso_code": form.text("gso_code")}
        ]  # fmt: skip
    rows += [_ending(form, one, day, code) for one in parts]
    named = ", ".join(one.name for one in parts)
    return Change(
        "merge", (*(one.code for one in parts), code), day, tuple(rows),
        f"Nhập {named} vào {name} ({code}) từ {day_words(day)}.", f"{named} become {name} ({code}) on {day}.",
    )  # fmt: skip


def _split(form: _Form) -> Change:
    unit = form.live(form.unit())
    day = form.needed_day(unit)
    rows: list[dict[str, str]] = []
    names: list[str] = []
    for line in form.text("parts").splitlines():
        told, _, name = line.strip().partition(" ")
        if not told:
            continue
        code = form.new_code(told)
        rows.append(
            {"code": code, "name": form.name(name.strip()), "kind": unit.kind,
             "parent": form.code_of(unit.parent), "valid_from": day.isoformat()}
        )  # fmt: skip
        names.append(f"{name.strip()} ({code})")
    codes = [row["code"] for row in rows]
    keeps = form.text("keeps") == "1"
    if len(set(codes)) != len(codes) or len(rows) + keeps < 2:
        raise wrong(
            "Cần ít nhất hai đơn vị, mỗi dòng một mã khác nhau rồi tên.",
            "at least two units are needed, a line each: code and name",
        )
    if not keeps:
        rows.append(_ending(form, unit, day, " ".join(codes)))
    heir = unit.name if keeps else names[0]
    return Change(
        "split", (unit.code, *codes), day, tuple(rows),
        f"Chia {unit.name} thành {', '.join(names)} từ {day_words(day)}; hồ sơ mang mã cũ tính vào {heir}.",
        f"{unit.name} is split into {', '.join(names)} on {day}; dossiers of the old code count at {heir}.",
    )  # fmt: skip


def _reopen(form: _Form) -> Change:
    unit = form.unit()
    if unit.valid_to == NEVER:
        raise wrong(f"{unit.name} đang hoạt động.", f"{unit.code} has not ended")
    built_in = Units.load(home=form.units.home.code).find(unit.code)
    if built_in is not None and built_in.valid_to != NEVER:
        raise wrong(
            f"{unit.name} kết thúc theo danh mục của Nhà nước, không mở lại tại đây.",
            f"{unit.code} ended by the state's own list and is not reopened here",
        )
    row = row_of(unit, parent=form.code_of(unit.parent), valid_to="")
    return Change(
        "reopen", (unit.code,), None, (row,),
        f"{unit.name} tiếp tục hoạt động.", f"{unit.name} goes on.",
    )  # fmt: skip


MAKERS: Final[dict[str, Callable[[_Form], Change]]] = {
    "merge": _merge,
    "split": _split,
    "rename": _rename,
    "move": _move,
    "open": _open,
    "close": _close,
    "reopen": _reopen,
}
