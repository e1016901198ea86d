"""By whom a letter is, to whom it goes, and until when it wants what."""

from __future__ import annotations

from datetime import date

from chiso.folder import league
from chiso.instants import day_of, moment_of
from chiso.law.model import LawVersion
from chiso.registry.units import LEAGUES
from chiso.steering.letters import phrases
from chiso.steering.letters.asked import Scene, day_named, in_force, wrong
from chiso.steering.letters.facts import Addressee, Letterhead, Wish

SYMBOL = "UBND-TH"
"""symbol of a provincial council's letters on general matters"""
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def letterhead(scene: Scene) -> Letterhead:
    """What the office says of itself; what the request leaves open is the home province's council."""
    request, home = scene.request, scene.units.home
    name = scene.name(home)
    first = "thành phố" if name.startswith("Thành phố") else phrases.lowered(name.split(" ")[0])
    council = f"Ủy ban nhân dân {first}"
    issuer = request.issuer or phrases.council(name, home.kind)
    symbol = request.symbol or SYMBOL
    short = phrases.short_council(council)
    usual = (
        f"Chủ tịch, các Phó Chủ tịch {short}",
        f"Văn phòng {short}",
        f"Lưu: VT, {symbol.rpartition('-')[2]}",
    )
    if request.date:
        day_named(request.date, "ngày ban hành", "date")
    if phrases.TITLES.match(request.signer):
        raise wrong(
            f"“{request.signer}”: trước họ tên người ký không ghi học hàm, học vị (Nghị định số "
            "30/2020/NĐ-CP, Phụ lục I, Phần I, Mục II.7.c).",
            f"{request.signer!r}: no academic title stands before the signer's name",
        )
    return Letterhead(
        issuer,
        request.issuer_parent,
        request.called or (request.issuer or council),
        request.place or name.removeprefix("Tỉnh "),
        symbol,
        request.number,
        request.date,
        f"{moment_of(scene.folder.now()):%Y-%m}",
        tuple(one.upper() for one in request.role) or ("CHỦ TỊCH",),
        request.signer,
        request.recipients or usual,
    )


def addressees(scene: Scene) -> list[Addressee]:
    """Those addressed: leagues and single units as asked, of a unit's letter the unit alone."""
    if scene.request.kind == "unit":
        return [Addressee(phrases.council(scene.name(scene.unit), scene.unit.kind), (scene.unit.code,))]
    return [_addressee(scene, one) for one in scene.request.to or _usual(scene)]


def _addressee(scene: Scene, asked: str) -> Addressee:
    if asked not in LEAGUES:
        unit = in_force(scene.folder, asked, scene.at)
        return Addressee(phrases.council(scene.name(unit), unit.kind), (unit.code,))
    units = league.units_of(scene.folder, asked, scene.units.home, scene.at)
    if not units:
        raise wrong(
            f"Không có đơn vị nào trong “{asked}” vào ngày của công văn.",
            f"there are no {asked} at that time",
        )
    words = phrases.ADDRESSEE_WORDS.get(asked, phrases.LEAGUE_WORDS[asked])
    if asked == "communes" and _districts(scene):
        words = phrases.COMMUNES_BEFORE
    return Addressee(words, tuple(unit.code for unit in units))


def _districts(scene: Scene) -> bool:
    return bool(league.units_of(scene.folder, "districts", scene.units.home, scene.at))


def _usual(scene: Scene) -> tuple[str, ...]:
    """Departments, and the districts while there are any, else the communes."""
    return ("departments", "districts" if _districts(scene) else "communes")


def kinds_of(scene: Scene, told: list[Addressee]) -> list[str]:
    """The leagues of those addressed, in the usual order."""
    names = {kind: name for name, kind in LEAGUES.items()}
    kinds = {
        names[unit.kind]
        for one in told
        for code in one.units
        if (unit := scene.units.find(code, scene.at)) is not None and unit.kind in names
    }
    return [kind for kind in ("departments", "districts", "communes") if kind in kinds]


def wish(scene: Scene, law: LawVersion, head: Letterhead) -> Wish:
    """What is required: from the folder's target up to the next band, unless it is said otherwise."""
    request = scene.request
    target = scene.folder.settings.target
    floors = sorted(int(band.floor) for band in law.bands)
    low, high = request.required or (target, next((floor for floor in floors if floor > target), target))
    if not 0 <= low <= high <= law.maximum:
        raise wrong(
            f"Mức điểm yêu cầu {low}–{high} không hợp lý.", f"required points {low}-{high} make no sense"
        )
    if request.deadline:
        deadline = day_named(request.deadline, "thời hạn", "deadline")
        if head.date and deadline <= date.fromisoformat(head.date):
            raise wrong(
                f"Thời hạn {phrases.short_day(deadline)} không sau ngày ban hành công văn.",
                f"the deadline {deadline} is not after the letter's date",
            )
    return Wish(low, high, low if request.required else target, request.deadline, request.about)


def warn_of_days(scene: Scene) -> None:
    """Says which days asked for have passed or are days off, and the next working day."""
    calendar, home = scene.folder.registry.calendar, scene.units.home.code
    for text, vi, en in (
        (scene.request.deadline, "Thời hạn báo cáo", "the deadline"),
        (scene.request.lists_by, "Thời hạn của danh sách", "the day of the list"),
    ):
        if not text:
            continue
        day = day_named(text, "thời hạn", "deadline")
        if day <= (today := day_of(scene.question.at)):
            scene.warn(
                f"{vi} {phrases.short_day(day)} không sau ngày {phrases.short_day(today)} của số liệu.",
                f"{en} {day} is not after the day of the figures, {today}",
            )
        if not calendar.is_working(day, home):
            after = calendar.add_working_days(day, 1, home)
            rule = calendar.rule(day, home)
            why = rule.name if rule is not None and rule.name else WEEKDAYS[day.weekday()]
            scene.warn(
                f"{vi} {phrases.short_day(day)} là ngày nghỉ ({why}); ngày làm việc tiếp theo là "
                f"{phrases.short_day(after)}.",
                f"{en} {day} is a day off ({day:%A}); the next working day is {after}",
            )
        if not calendar.covers(day):
            scene.warn(
                f"Lịch nghỉ năm {day.year} chưa có trong hệ thống; chỉ biết các ngày cuối tuần.",
                f"the days off of {day.year} are not known, only its weekends",
            )
