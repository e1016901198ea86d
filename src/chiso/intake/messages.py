"""The national messages DongBoHoSoMC (dossiers) and CapNhatTienDoHoSoMC (progress), in all their variants.

Form and fields: national-api, sections 1 to 3.  A batch is decoded as a whole into typed structures; only
where an item does not fit is the batch decoded again piece by piece, so that only the bad ones are refused.
The sanitised payload is the same structures encoded again: a personal field is gone or a hash by then.

Choices where the messages are silent:

* a fee whose Gia is blank or unreadable is flagged and counts as not listed: the dossier then is neither
  proved free of charge (3.6) nor evidence of a fee (3.5);
* papers and fees asked for with a supplement count like those of the dossier;
* codes of open lists that are not known (NoiNopHoSo, LoaiDoiTuong) read as not said or other; codes of closed
  lists (KenhThucHien, DuocThanhToanTrucTuyen, TrangThaiHoSo) are refused.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeVar

from chiso.intake import mistakes, privacy, scalars
from chiso.intake.context import Context
from chiso.intake.records import Dossier, Has, Mistake, Progress, Step, Supplement
from chiso.intake.refusals import RefusedError
from chiso.intake.shapes import (
    Component,
    Database,
    DossierMessage,
    Fee,
    Identity,
    ProgressMessage,
    Result,
    Scalar,
    SupplementRequest,
)
from chiso.registry.codes import dossier_prefix, procedure_code, province_of, unit_code_within

RESULT_FILE: Final = int(Has.RESULT_FILE)
COMPONENT_FILE: Final = int(Has.COMPONENT_FILE)
COMPONENT_DIGITISED: Final = int(Has.COMPONENT_DIGITISED)
COMPONENT_REUSED: Final = int(Has.COMPONENT_REUSED)
COMPONENT_FROM_STORE: Final = int(Has.COMPONENT_FROM_STORE)
DIGITISED_FLAG: Final = int(Has.DIGITISED_FLAG)
VNEID: Final = int(Has.VNEID)
FEE_LISTED: Final = int(Has.FEE_LISTED)
FEE_NONZERO: Final = int(Has.FEE_NONZERO)
SYNCED: Final = int(Has.SYNCED)

RESULT_IS_INPUT: Final = int(Mistake.RESULT_IS_INPUT)
PLACEHOLDER_ID: Final = int(Mistake.PLACEHOLDER_ID)
BLANK_COMPONENT: Final = int(Mistake.BLANK_COMPONENT)
UNREADABLE_FEE: Final = int(Mistake.UNREADABLE_FEE)

_SMALL: Final[dict[object, int]] = {str(number): number for number in range(10)}
_CHANNELS: Final = range(1, 4)
_PAYMENTS: Final = range(4)
_REUSES: Final = range(3)

T = TypeVar("T")

_FLAGS = scalars.FLAGS
_PROCEDURES: Final[dict[Scalar, str]] = {}
"""Codes as sent and as they are written here, remembered."""
_instant, _flag, _text = scalars.instant, scalars.flag, scalars.text


def dossier_of(message: DossierMessage, context: Context, *, synced: bool = True) -> Dossier:
    """The dossier that a message tells.  The message itself is made anonymous in place.

    Raises RefusedError where a required field is missing, a value cannot be read, or the dossier belongs to
    another province.
    """
    key = context.key
    code = message.code = scalars.key_text(message.code, "MaHoSo")
    procedure = _PROCEDURES.get(message.procedure)
    if procedure is None:
        procedure = procedure_of(message.procedure, "MaTTHC")
    state = scalars.STATES.get(message.state)
    if state is None or message.state is True:
        state = scalars.state(message.state, "TrangThaiHoSo")
    dash = code.find("-")
    desk = context.desks.get(code[:dash]) if dash > 0 else None
    if desk is None:
        desk = desk_of(code, context)
    unit_text = message.unit
    if unit_text.__class__ is not str or len(unit_text) > 200:
        unit_text = message.unit = _text(unit_text)[:200].strip()
    unit = unit_of(unit_text, "DonViXuLy", context) if unit_text else ""

    submitted = _instant(value, "NgayNopHoSo") if (value := message.submitted_at) else None
    received = _instant(value, "NgayTiepNhan") if (value := message.received_at) else None
    due = _instant(value, "NgayHenTra", due=True) if (value := message.due_at) else None
    finished = _instant(value, "NgayKetThucXuLy") if (value := message.finished_at) else None
    returned = _instant(value, "NgayTra") if (value := message.returned_at) else None
    refused = _instant(value, "NgayTuChoi") if (value := message.refused_at) else None

    has = SYNCED if synced else 0
    found = 0
    told = _FLAGS.get(message.digitised)
    if told is None:
        told = _flag(message.digitised, "HoSoCoThanhPhanSoHoa")
    if told:
        has |= DIGITISED_FLAG
    told = _FLAGS.get(message.vneid)
    if told is None:
        told = _flag(message.vneid, "TaiKhoanDuocXacThucVoiVNeID")
    if told:
        has |= VNEID

    inputs: list[str] = []
    if message.components:
        bits, found = _components(_listed(message.components, "TaiLieuNop"), "TaiLieuNop", inputs, key)
        has |= bits
    if message.results:
        bits, bad = _results(_listed(message.results, "DanhSachGiayToKetQua"), inputs, key)
        has |= bits
        found |= bad
    free = unreadable = False
    if message.fees:
        free, charged, unreadable = _fees(_listed(message.fees, "DanhSachLePhi"))
        if charged:
            has |= FEE_NONZERO
    supplements: tuple[Supplement, ...] = ()
    if message.supplements:
        requests: list[Supplement] = []
        for index, request in enumerate(_listed(message.supplements, "DanhSachHoSoBoSung")):
            place = f"DanhSachHoSoBoSung[{index}]"
            asked = _supplement(request, place)
            requests.append(asked)
            found |= mistakes.of_supplement(asked, received)
            if request.components:
                name = f"{place}.DanhSachGiayToBoSung"
                bits, bad = _components(_listed(request.components, name), name, inputs, key)
                has |= bits
                found |= bad
            if request.fees:
                more_free, charged, bad_fee = _fees(_listed(request.fees, f"{place}.DanhSachLePhiBoSung"))
                free, unreadable = free or more_free, unreadable or bad_fee
                if charged:
                    has |= FEE_NONZERO
        if len(requests) > 1:
            found |= mistakes.of_requests(requests)
        supplements = tuple(requests)
    if unreadable:
        found |= UNREADABLE_FEE
    if has & FEE_NONZERO or (free and not unreadable):
        has |= FEE_LISTED

    databases: tuple[str, ...] = ()
    if message.databases:
        databases = _databases(_listed(message.databases, "DSKetNoiCSDL"))

    owner, placeholder = _owner(message, key)
    if placeholder:
        found |= PLACEHOLDER_ID
    found |= mistakes.of_message(
        code, state, unit, desk, submitted, received, due, finished, returned, refused, has
    )

    channel = _SMALL.get(message.channel, -1)
    if channel not in _CHANNELS:
        channel = scalars.code_of(message.channel, "KenhThucHien", _CHANNELS, 1)
    payment = _SMALL.get(message.payment, -1)
    if payment not in _PAYMENTS:
        payment = scalars.code_of(message.payment, "DuocThanhToanTrucTuyen", _PAYMENTS, 0)
    filed = _SMALL.get(message.filed, 9)
    if filed > 2:
        filed = _open_code(message.filed, 2, 0)
        message.filed = str(filed) if filed else ""
    subject = _SMALL.get(message.subject, 9)
    if subject > 4:
        subject = _open_code(message.subject, 4, 4)
        message.subject = str(subject) if subject else ""
    return Dossier(
        code,
        procedure,
        state,
        unit,
        desk,
        _text(message.field_code)[:50],
        channel,
        filed,
        subject,
        payment,
        submitted,
        received,
        due,
        finished,
        returned,
        refused,
        has,
        found,
        databases,
        supplements,
        owner,
    )


def progress_of(message: ProgressMessage, context: Context) -> Progress:
    """The step that a message tells.  The message itself is made anonymous in place."""
    code = message.code = scalars.key_text(message.code, "MaHoSo")
    desk_of(code, context)
    at = _instant(message.at, "ThoiDiemXuLy")
    if at is None:
        raise RefusedError("ThoiDiemXuLy", message.at, "missing")
    state = scalars.state(message.state, "TrangThai")
    content = _text(message.content)
    if content:
        known = _content if len(content) <= 500 else privacy.content_hash  # a cache of short texts
        content = message.content = known(content, context.key)
    else:
        message.content = ""
    officer = message.officer = _text(message.officer)[:50]
    return Progress(code, Step(at, state, content[1:], officer))


@lru_cache(maxsize=20_000)
def _content(text: str, key: bytes) -> str:
    return privacy.content_hash(text, key)


def procedure_of(value: Scalar, field: str) -> str:
    """The canonical code of a procedure; refused where it is blank or no such code."""
    text = value if value.__class__ is str else _text(value)
    if not text:
        raise RefusedError(field, value, "missing")
    found = procedure_code(text) if len(text) < 100 else None
    if found is None:
        if not text.strip():
            raise RefusedError(field, value, "missing")
        raise RefusedError(field, value, "bad_procedure_code")
    if len(_PROCEDURES) < 50_000:
        _PROCEDURES[value] = found
    return found


def desk_of(code: str, context: Context, field: str = "MaHoSo") -> str:
    """The unit in front of a dossier's code, empty where there is none; refused where it is elsewhere."""
    desk = dossier_prefix(code)
    if desk is None:
        if context.outside(""):
            raise RefusedError(field, code, "out_of_scope")
        return ""
    if context.foreign(desk):
        raise elsewhere(field, code, desk, context)
    if context.outside(desk):
        raise RefusedError(field, code, "out_of_scope")
    if len(context.desks) < 50_000:  # dossier_prefix found a dash
        context.desks[code.partition("-")[0]] = desk
    return desk


def unit_of(text: str, field: str, context: Context) -> str:
    """The unit code within a text, empty where there is none; refused where it is elsewhere."""
    unit = unit_code_within(text)
    if unit is None:
        return ""
    if context.foreign(unit):
        raise elsewhere(field, text, unit, context)
    return unit


def elsewhere(field: str, value: object, unit: str, context: Context) -> RefusedError:
    """The refusal of another province's record."""
    return RefusedError(field, value, "other_province", code=province_of(unit) or unit, home=context.home)


def _listed(value: list[T] | str | None, field: str) -> list[T]:
    """A list; a text in its place is no list."""
    if value.__class__ is list:
        return value
    if value is None or (isinstance(value, str) and not value.strip()):
        return []
    raise RefusedError(field, value, "wrong_type", expected=("danh sách (mảng JSON)", "a list (JSON array)"))


def _components(listed: list[Component], field: str, inputs: list[str], key: bytes) -> tuple[int, int]:
    """Bits of Has and of Mistake of the live papers; their links, hashed, go into ``inputs``."""
    has = found = 0
    for item in listed:
        deleted = _FLAGS.get(item.deleted)
        if deleted is None:
            deleted = _flag(item.deleted, f"{field}[].IsDeleted")
        link = item.link if item.link.__class__ is str else _text(item.link)
        if link:
            link = item.link = privacy.link_hash(link, key)
        elif item.link != "":
            item.link = ""
        digitised = _FLAGS.get(item.digitised)
        if digitised is None:
            digitised = _flag(item.digitised, f"{field}[].DuocSoHoa")
        reused = _SMALL.get(item.reused, -1)
        if reused not in _REUSES:
            reused = scalars.code_of(item.reused, f"{field}[].DuocTaiSuDung", _REUSES, 0)
        from_store = _FLAGS.get(item.from_store)
        if from_store is None:
            from_store = _flag(item.from_store, f"{field}[].DuocLayTuKhoDMQG")
        if deleted:
            continue
        if link:
            has |= COMPONENT_FILE
            inputs.append(link)
            if not item.paper or not _text(item.paper):
                found |= BLANK_COMPONENT
        if digitised:
            has |= COMPONENT_DIGITISED
        if reused:
            has |= COMPONENT_REUSED
        if from_store:
            has |= COMPONENT_FROM_STORE
    return has, found


def _results(listed: list[Result], inputs: list[str], key: bytes) -> tuple[int, int]:
    has = found = 0
    for item in listed:
        link = item.link if item.link.__class__ is str else _text(item.link)
        if link:
            link = item.link = privacy.link_hash(link, key)
            if link:
                has = RESULT_FILE
                if link in inputs:
                    found = RESULT_IS_INPUT
        elif item.link != "":
            item.link = ""
    return has, found


def _fees(listed: list[Fee]) -> tuple[bool, bool, bool]:
    """Whether some fee is free, some is charged, some cannot be read."""
    free = charged = unreadable = False
    for item in listed:
        amount = scalars.price(item.price)
        if amount is None:
            unreadable = True
            item.price = None  # its words go no further
        elif amount:
            charged = True
        else:
            free = True
    return free, charged, unreadable


def _supplement(request: SupplementRequest, place: str) -> Supplement:
    requested = _instant(request.requested_at, f"{place}.NgayBoSung")
    identity = _text(request.id)[:50]
    return Supplement(
        identity or f"@{requested}",
        requested,
        _instant(request.completed_at, f"{place}.NgayTiepNhanBoSung"),
        _instant(request.due_before, f"{place}.NgayHenTraTruoc", due=True),
        _instant(request.due_after, f"{place}.NgayHenTraMoi", due=True),
    )


def _databases(listed: list[Database]) -> tuple[str, ...]:
    if len(listed) == 1:
        code = _text(listed[0].code)[:20]
        return (code,) if code else ()
    return tuple(sorted({code[:20] for item in listed if (code := _text(item.code))}))


def _open_code(value: Scalar, last: int, other: int) -> int:
    """A code of an open list: 1 to ``last``, 0 not said, ``other`` where it is not known."""
    if value is None or value == "":
        return 0
    try:
        found = scalars.whole(value, "")
    except RefusedError:
        return other
    return found if 0 <= found <= last else other


def _owner(message: DossierMessage, key: bytes) -> tuple[str, bool]:
    """The keyed hash of the owner, and whether a placeholder stands for an ID number.

    Afterwards the message holds the hash where the number or the name was, and placeholders, nothing else.
    """
    placeholder = False
    number = _text(message.owner_number)
    if number and privacy.is_placeholder(number):
        placeholder = True
        message.owner_number, number = number, ""
    elif number:
        message.owner_number = ""
    kept: list[Identity] = []
    if message.identities:
        for identity in _listed(message.identities, "DinhDanhCHS"):
            other = _text(identity.number)
            if not other or other == number:
                continue
            if privacy.is_placeholder(other):
                placeholder = True
                kept.append(Identity("", other))
            elif not number:
                number = other
    name = message.owner_name
    phone = message.owner_phone
    message.identities = kept or ""
    message.owner_name = message.owner_phone = ""
    if number:
        owner = privacy.owner_hash(number, key)
        if message.owner_number:  # a placeholder there: it stays, the hash goes beside it
            message.owner_name = "#" + owner
        else:
            message.owner_number = "#" + owner
        return owner, placeholder
    name, phone = _text(name), _text(phone)
    if name or phone:
        owner = name[1:] if privacy.is_hashed(name) else privacy.owner_hash(f"{name}|{phone}", key)
        message.owner_name = "#" + owner
        return owner, placeholder
    return "", placeholder
