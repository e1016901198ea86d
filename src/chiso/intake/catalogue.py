"""Procedures and announcement decisions: the national catalogue, the new portal's list, and plain tables.

Catalogue form: national-api, section 5.  What is kept of any of them are this project's own columns, so that
a payload is the plain table whatever the source was.

Choices: a procedure of several levels counts at the lowest (the one with the most units); its limit is the
longest that is stated; a fee that is no number ("theo biểu phí") is a fee.
"""

from __future__ import annotations

from typing import Any, Final

from chiso.intake import scalars
from chiso.intake.objects import Fields, Reader
from chiso.intake.records import Decision, LocalProcedure, Procedure
from chiso.intake.refusals import RefusedError
from chiso.registry.codes import unit_code

LEVELS: Final = {
    "ministry": "ministry", "bo": "ministry", "cap bo": "ministry", "0": "ministry", "trung uong": "ministry",
    "province": "province", "tinh": "province", "cap tinh": "province", "1": "province",
    "district": "district", "huyen": "district", "cap huyen": "district", "2": "district",
    "commune": "commune", "xa": "commune", "cap xa": "commune", "3": "commune",
}  # fmt: skip
ONLINE: Final = {
    "full": "full", "toan trinh": "full", "toan phan": "full", "dvctt toan trinh": "full", "4": "full",
    "muc do 4": "full",
    "partial": "partial", "mot phan": "partial", "dvctt mot phan": "partial", "3": "partial",
    "muc do 3": "partial",
    "information": "information", "cung cap thong tin": "information", "thong tin": "information",
    "con lai": "information", "khong": "information", "2": "information", "1": "information",
}  # fmt: skip
LIMIT_UNITS: Final = {
    "working_day": "working_day", "working day": "working_day", "ngay lam viec": "working_day",
    "day": "day", "ngay": "day", "ngay lich": "day",
    "hour": "hour", "gio": "hour", "gio lam viec": "hour",
}  # fmt: skip
STATES: Final = {
    "public": "public", "cong khai": "public", "dang cong khai": "public", "active": "public",
    "updated": "public", "1": "public",
    "stopping": "stopping", "cho dung": "stopping",
    "testing": "testing", "dang kiem thu": "testing", "kiem thu": "testing",
    "closed": "closed", "dung": "closed", "het hieu luc": "closed", "inactive": "closed", "0": "closed",
    "bai bo": "closed", "khong cong khai": "closed",
}  # fmt: skip
DECISION_KINDS: Final = {
    "new": "new", "moi": "new", "ban hanh moi": "new", "moi ban hanh": "new",
    "amended": "amended", "sua doi": "amended", "sua doi, bo sung": "amended", "sua doi bo sung": "amended",
    "bo sung": "amended", "thay the": "amended",
    "abolished": "abolished", "bai bo": "abolished", "huy bo": "abolished",
}  # fmt: skip

_LEVEL_ORDER: Final = ("ministry", "province", "district", "commune")


def procedure(fields: Fields) -> Procedure:
    """A procedure in any of the three forms."""
    if "MATTHC" in fields.given:
        found = _national(fields)
    elif "publishingDepartmentIds" in fields.given or "appliedDepartmentIds" in fields.given:
        found = _portal(fields)
    else:
        return _plain(fields)
    fields.kept = columns_of(found)
    return found


def local_procedure(fields: Fields) -> LocalProcedure:
    """A procedure of the province's own list: the plain table's columns, or the catalogue's form."""
    if "MATTHC" in fields.given:
        one = _national(fields)
        found = LocalProcedure(
            one.code, one.name, one.online, one.has_fee, one.limit_days, one.limit_unit, one.decision,
            one.units, one.state,
        )  # fmt: skip
        told = {name: getattr(found, name) for name in found.__struct_fields__ if name != "units"}
        told["unit"] = " ".join(found.units)
        fields.kept = {name: value for name, value in told.items() if value not in ("", None)}
        return found
    limit = fields.whole("limit_days", -1)
    return LocalProcedure(
        fields.procedure("code"),
        fields.text("name"),
        online=fields.choice("online", ONLINE, ""),
        has_fee=None if fields.scalar("has_fee") is None else fields.flag("has_fee"),
        limit_days=None if limit < 0 else limit,
        limit_unit=fields.choice("limit_unit", LIMIT_UNITS, "working_day"),
        decision=fields.text("decision", 200),
        units=_units(fields),
        state=fields.choice("state", STATES, "public"),
        valid_to=fields.day("valid_to"),
    )


def decision(fields: Fields) -> Decision:
    """``code, decision, date, legal_effective_on, kind, published_on``."""
    code = fields.procedure("code")
    number = fields.key("decision", 200)
    day = fields.day("date")
    if not day:
        raise RefusedError("date", "", "missing")
    return Decision(
        code,
        number,
        day,
        fields.day("legal_effective_on"),
        fields.choice("kind", DECISION_KINDS, "new"),
        fields.day("published_on"),
    )


def _units(fields: Fields) -> tuple[str, ...]:
    units: list[str] = []
    told = scalars.text(fields.scalar("unit"))
    for word in told.replace(",", " ").replace(";", " ").split():
        code = unit_code(word)
        if code is None:
            raise RefusedError("unit", word, "bad_unit_code")
        units.append(code)
    return tuple(units)


def _plain(fields: Fields) -> Procedure:
    limit = fields.whole("limit_days", -1)
    return Procedure(
        fields.procedure("code"),
        fields.text("name"),
        field=fields.text("field", 200),
        level=fields.choice("level", LEVELS, ""),
        online=fields.choice("online", ONLINE, "information"),
        has_fee=fields.flag("has_fee"),
        returns_paper=fields.flag("returns_paper"),
        for_person=fields.flag("for_person"),
        limit_days=None if limit < 0 else limit,
        limit_unit=fields.choice("limit_unit", LIMIT_UNITS, "working_day"),
        announced_on=fields.day("announced_on"),
        effective_on=fields.day("effective_on"),
        decision=fields.text("decision", 200),
        published_on=fields.day("published_on"),
        complete=fields.flag("complete", True),
        units=_units(fields),
        publisher=fields.text("publisher", 100),
        specific=fields.flag("specific"),
        state=fields.choice("state", STATES, "public"),
        valid_to=fields.day("valid_to"),
    )


def columns_of(found: Procedure) -> dict[str, Any]:
    """A procedure as a row of the plain table; blanks left out."""
    row: dict[str, Any] = {
        name: getattr(found, name) for name in found.__struct_fields__ if name not in {"units", "limit_days"}
    }
    row["unit"] = " ".join(found.units)
    if found.limit_days is not None:
        row["limit_days"] = found.limit_days
    return {name: value for name, value in row.items() if value != ""}


def _national(fields: Fields) -> Procedure:
    given = fields.given
    level = ""
    levels = [
        LEVELS.get(scalars.fold(_word(item, "CAPTHUCHIEN")))
        or LEVELS.get(scalars.fold(_word(item, "TENCAP")), "")
        for item in _items(given, "CAPTHUCHIEN")
    ]
    if known := [name for name in levels if name]:
        level = max(known, key=_LEVEL_ORDER.index)
    manners = _items(given, "CACHTHUCTHUCHIEN")
    times = [time for manner in manners for time in _items(manner, "THOIGIAN")]
    limit = _longest(times)
    fees = [_word(fee, "SOTIEN") for time in times for fee in _items(time, "PHILEPHI")]
    subjects = _items(given, "DOITUONGTHUCHIEN")
    results = [_word(item, "TENKETQUA") for item in _items(given, "KETQUATHUCHIEN")]
    publisher = fields.text("MACOQUANCONGBO", 100)
    publisher = unit_code(publisher) or publisher
    online = ONLINE.get(scalars.fold(fields.text("MUCDO", 40)))
    if online is None:
        online = "partial" if any(_word(manner, "KENH") == "2" for manner in manners) else "information"
    agencies = _items(given, "COQUANTHUCHIEN")
    units = [unit_code(_word(item, "MADONVI")) for item in agencies]
    name = fields.text("TENTTHC")
    papers = [paper for case in _items(given, "THANHPHANHOSO") for paper in _items(case, "GIAYTO")]
    steps = [step for case in _items(given, "TRINHTUTHUCHIEN") for step in _items(case, "TRINHTU")]
    counted = all(_word(paper, "SOBANCHINH") or _word(paper, "SOBANSAO") for paper in papers)
    effective = [_day_in(item, "NGAYHIEULUC") for item in _items(given, "CANCUPHAPLY")]
    return Procedure(
        fields.procedure("MATTHC"),
        name,
        field=next((_word(item, "MALINHVUC") for item in _items(given, "LINHVUCTHUCHIEN")), ""),
        level=level,
        online=online,
        has_fee=any(scalars.price(fee) != 0 for fee in fees if fee),
        returns_paper=any(result and scalars.fold(result) != "khong" for result in results),
        for_person=any(
            _word(item, "MADOITUONG") == "1"
            or any(w in scalars.fold(_word(item, "TENDOITUONG")) for w in ("cong dan", "ca nhan"))
            for item in subjects
        ),
        limit_days=limit[0],
        limit_unit=limit[1],
        effective_on=max(effective, default=""),
        decision=fields.text("QUYETDINH", 200),
        complete=bool(
            name
            and steps
            and manners
            and papers
            and counted
            and limit[0] is not None
            and subjects
            and agencies
        ),
        units=tuple(code for code in units if code),
        publisher=publisher,
        specific=publisher.startswith("H"),
        state=STATES.get(scalars.fold(fields.text("TRANGTHAI", 40)) or "1", "closed"),
    )


def _portal(fields: Fields) -> Procedure:
    """A formality of the new portal.  Its departments are ids there, which no code here can be read from."""
    given = fields.given
    level = ""
    for name, flag in (("commune", "isWard"), ("province", "isProvince"), ("ministry", "isMinistry")):
        if given.get(flag) is True:
            level = name
            break
    publishers = given.get("publishingDepartmentIds")
    publisher = publishers[0] if isinstance(publishers, list) and publishers else given.get("departmentId")
    kind = fields.text("type", 60).upper()
    return Procedure(
        fields.procedure("code"),
        fields.text("name"),
        level=level,
        publisher=publisher[:100] if isinstance(publisher, str) else "",
        specific=kind == "SPECIFIC",
        state=STATES.get(scalars.fold(fields.text("state", 40)) or "active", "closed"),
    )


def _items(holder: object, name: str) -> list[dict[str, Any]]:
    found = holder.get(name) if isinstance(holder, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _word(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    return scalars.text(value)[:1000] if isinstance(value, str | int | float) else ""


def _day_in(holder: dict[str, Any], name: str) -> str:
    try:
        return scalars.day_text(_word(holder, name), name)
    except RefusedError:
        return ""  # of several legal bases one may be dated in words


def _longest(times: list[dict[str, Any]]) -> tuple[int | None, str]:
    """The longest limit stated; hours are compared as eighths of a working day, months as 30 days."""
    best: tuple[float, int | None, str] = (-1.0, None, "working_day")
    for time in times:
        try:
            number = scalars.whole(_word(time, "THOIGIANGIAIQUYET"), "THOIGIANGIAIQUYET")
        except RefusedError:
            continue
        word = scalars.fold(_word(time, "DONVITINH"))
        if word in {"thang", "month"}:
            number, unit = number * 30, "day"
        else:
            unit = LIMIT_UNITS.get(word, "working_day")
        length = number / 8 if unit == "hour" else number * (7 / 5 if unit == "working_day" else 1)
        if number >= 0 and length > best[0]:
            best = (length, number, unit)
    return best[1], best[2]


READERS: Final[dict[str, Reader]] = {
    "procedures": procedure,
    "local_procedures": local_procedure,
    "decisions": decision,
}
