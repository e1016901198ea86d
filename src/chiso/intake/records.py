"""The few records that every door of intake turns its outside format into.

They carry what scoring needs and nothing personal: owners are keyed hashes, free text is gone.
Instants are whole seconds (see :mod:`chiso.instants`); ``None`` means the sender gave none.
Codes are canonical (``H01.113``, ``1.001776``): :mod:`chiso.registry.codes` makes them so.
"""

from __future__ import annotations

from enum import IntFlag
from typing import ClassVar

from msgspec import Struct, field


class Has(IntFlag):
    """What a dossier's message shows, a bit each.  "Live" components are those with IsDeleted false."""

    RESULT_FILE = 1 << 0
    """a result with a file link (DanhSachGiayToKetQua[].DuongDanTepTinKetQua)"""
    COMPONENT_FILE = 1 << 1
    """a live component with a file link (TaiLieuNop[].DuongDanTaiTepTin)"""
    COMPONENT_DIGITISED = 1 << 2
    """a live component with DuocSoHoa = 1"""
    COMPONENT_REUSED = 1 << 3
    """a live component with DuocTaiSuDung 1 or 2"""
    COMPONENT_FROM_STORE = 1 << 4
    """a live component with DuocLayTuKhoDMQG = 1"""
    DIGITISED_FLAG = 1 << 5
    """HoSoCoThanhPhanSoHoa = 1"""
    VNEID = 1 << 6
    """TaiKhoanDuocXacThucVoiVNeID = 1"""
    FEE_LISTED = 1 << 7
    """DanhSachLePhi is not empty"""
    FEE_NONZERO = 1 << 8
    """some fee has Gia other than 0"""
    SYNCED = 1 << 9
    """arrived as DongBoHoSoMC, not by a dossier table"""


class Mistake(IntFlag):
    """Typical mistakes of senders (national-api, section 4), recognised and counted, never blocking.

    The first seventeen keep the numbers of that table: bit n-1 is mistake n.  Those that only a sender's
    whole stream shows (4, 5, 10, 26) are counted over the sender, not set on a dossier.
    """

    FINISHED_WITHOUT_WORK = 1 << 0
    NO_DUE = 1 << 1
    SUBMITTED_EQUALS_RECEIVED = 1 << 2
    VNEID_NEVER = 1 << 3
    ALWAYS_DIGITISED = 1 << 4
    RESULT_IS_INPUT = 1 << 5
    PAID_WITHOUT_RECORD = 1 << 6
    FOREIGN_CODE = 1 << 7
    PLACEHOLDER_ID = 1 << 8
    DATABASE_CONSTANT = 1 << 9
    UNKNOWN_PROCEDURE = 1 << 10
    BLANK_COMPONENT = 1 << 11
    REGISTERED_AGAIN = 1 << 12
    SENT_LATE = 1 << 13
    SILENT_LOSS = 1 << 14
    BEFORE_RECEIPT = 1 << 15
    COMPARED_BY_DAY = 1 << 16
    END_WITHOUT_TIME = 1 << 17
    """an end state without any instant: counts as open"""
    SUPPLEMENT_WITHOUT_DATE = 1 << 18
    """a supplement request without NgayBoSung, or completed before it was requested"""
    DUE_MOVED_AND_WAITED = 1 << 19
    """NgayHenTra was moved and a wait is subtracted as well"""
    UNASSIGNED_UNIT = 1 << 20
    """no code of a known unit in DonViXuLy or MaHoSo"""
    DUPLICATE_DOSSIER = 1 << 21
    """two codes, same owner, procedure and instant"""
    NO_LIMIT_KNOWN = 1 << 22
    """neither NgayHenTra nor a statutory limit: on time by rule"""
    UNREADABLE_FEE = 1 << 23
    """a fee whose Gia is blank or cannot be read: counted as if that fee were not listed"""
    REQUEST_REPEATED = 1 << 24
    """a supplement request told again under another HoSoBoSungId: it counts as a second request"""
    CLOSED_AT_PUSH = 1 << 25
    """a sender dates its dossiers as closed when it pushes them at night, not when they were"""


class Supplement(Struct, array_like=True, frozen=True, gc=False):
    """One request to supplement a dossier (DanhSachHoSoBoSung)."""

    id: str
    requested_at: int | None
    completed_at: int | None
    due_before: int | None = None
    due_after: int | None = None


class Step(Struct, array_like=True, frozen=True, gc=False):
    """One step of handling (CapNhatTienDoHoSoMC).  Equal steps are the same step."""

    at: int
    state: int
    content: str = ""
    """eight hexadecimal digits of a hash of NoiDungXuLy: tells steps apart, keeps no text"""
    officer: str = ""
    """NguoiXuLy, shown to the unit's own staff only"""


class Dossier(Struct, array_like=True, gc=False):
    """One dossier as its newest message tells it (DongBoHoSoMC, or a row of a dossier table)."""

    code: str
    procedure: str
    state: int
    unit: str = ""
    """code found in DonViXuLy, canonical; empty where it holds none"""
    desk: str = ""
    """prefix of MaHoSo, canonical: where it was received"""
    field: str = ""
    channel: int = 1
    """KenhThucHien: 1 direct, 2 online, 3 postal"""
    filed: int = 0
    """NoiNopHoSo: 1 national portal, 2 province, 0 not said"""
    subject: int = 0
    """LoaiDoiTuong: 1 citizen, 2 business, 3 state agency, 4 other, 0 not said"""
    payment: int = 0
    """DuocThanhToanTrucTuyen: 0 none, 1 on the national portal, 2 on the agency's, 3 requested only"""
    submitted_at: int | None = None
    received_at: int | None = None
    due_at: int | None = None
    finished_at: int | None = None
    """NgayKetThucXuLy"""
    returned_at: int | None = None
    """NgayTra"""
    refused_at: int | None = None
    """NgayTuChoi"""
    has: int = 0
    """bits of :class:`Has`"""
    mistakes: int = 0
    """bits of :class:`Mistake` seen in this message alone"""
    databases: tuple[str, ...] = ()
    """DSKetNoiCSDL[].MaCSDL, sorted"""
    supplements: tuple[Supplement, ...] = ()
    owner: str = ""
    """keyed hash of the owner's ID number, or of the name; never the thing itself"""


class Progress(Struct, array_like=True, frozen=True, gc=False):
    """A step and the dossier it belongs to."""

    code: str
    step: Step


class Petition(Struct, gc=False):
    """PAKN, a petition or complaint (national-api, section 7)."""

    code: str
    unit: str
    state: str
    """folded state word: ``da_cong_khai``, ``dang_xu_ly``, ``tu_choi``, …"""
    sent_at: int | None = None
    """NgayGui"""
    forwarded_at: int | None = None
    """NgayChuyen: the last forwarding"""
    received_at: int | None = None
    requested_at: int | None = None
    """NgayYeuCauBoSung"""
    supplied_at: int | None = None
    """NgayNhanBoSung"""
    refused_at: int | None = None
    resolved_at: int | None = None
    """NgayXuLyXong"""
    published_at: int | None = None
    dossier: str = ""
    likes: int = 0
    dislikes: int = 0
    repeated: bool = False
    about: str = ""
    """``procedure`` or ``staff`` where the sender classifies it"""


class Rating(Struct, gc=False):
    """DanhGiaHaiLong: how satisfied the owner of a dossier is."""

    dossier: str
    rated_at: int | None
    level: int
    """2 rất hài lòng, 1 hài lòng, 0 không hài lòng"""


class Payment(Struct, gc=False):
    """A CONFIRM of the payment platform.  Never sets the dossier's flag; shows where it is wrong."""

    reference: str
    dossier: str
    paid_at: int | None
    amount: int
    """VND"""
    succeeded: bool


class CertifiedCopy(Struct, gc=False):
    """A certified e-copy."""

    dossier: str
    number: str
    certified_at: int | None
    electronic: bool


class StoreRecord(Struct, gc=False):
    """A record that a dossier's result is in the national e-document store (indicator 4.4)."""

    dossier: str
    stored_at: int | None


class Procedure(Struct, gc=False):
    """A procedure of the catalogue."""

    code: str
    name: str
    field: str = ""
    level: str = ""
    """ministry, province, district or commune"""
    online: str = "information"
    """full, partial or information"""
    has_fee: bool = False
    returns_paper: bool = False
    for_person: bool = False
    limit_days: int | None = None
    limit_unit: str = "working_day"
    """working_day, day or hour"""
    announced_on: str = ""
    effective_on: str = ""
    decision: str = ""
    published_on: str = ""
    complete: bool = True
    units: tuple[str, ...] = ()
    """units that have it; empty for all of the level"""
    publisher: str = ""
    specific: bool = False
    """the province's own procedure"""
    state: str = "public"
    """public, stopping, testing or closed"""
    valid_to: str = ""


class LocalProcedure(Struct, gc=False, omit_defaults=True):
    """A procedure as the province's own system lists it: held against the catalogue, never counted.

    What the list does not say is ``None`` or empty.
    """

    code: str
    name: str = ""
    online: str = ""
    """full, partial or information"""
    has_fee: bool | None = None
    limit_days: int | None = None
    limit_unit: str = "working_day"
    decision: str = ""
    units: tuple[str, ...] = ()
    state: str = "public"
    """public, stopping, testing or closed"""
    valid_to: str = ""


class Decision(Struct, gc=False):
    """One procedure in one announcement decision (indicators 1.1 and 1.2).  Dates are ISO days."""

    code: str
    decision: str
    date: str
    legal_effective_on: str = ""
    kind: str = "new"
    """new, amended or abolished"""
    published_on: str = ""


class UnitRecord(Struct, gc=False):
    """A unit of the table ``code, name, kind, parent, valid_from, valid_to, successor, gso_code``."""

    code: str
    name: str
    kind: str
    parent: str = ""
    valid_from: str = ""
    valid_to: str = ""
    successor: str = ""
    gso_code: str = ""


class ReportingTotal(Struct, gc=False):
    """National reporting (BCQG): dossiers received by a unit in a period (1.4's denominator)."""

    unit: str
    period: str
    received: int


class PublishedFigure(Struct, gc=False):
    """One figure that the portal published: a group, an indicator or the total of a unit.

    ``key`` is ``total``, a group's name or an indicator's number.  Points are exact decimal texts as
    published; absent numbers stay ``None``.
    """

    unit: str
    """canonical code; empty where only the portal's department id is known yet"""
    department: str
    """the portal's departmentId, or empty"""
    name: str
    period: str
    captured_at: int
    key: str
    points: str | None
    numerator: int | None = None
    denominator: int | None = None
    rank: int | None = None
    kind: str = ""
    """unit kind where the answer tells it: province, department, commune"""
    parent: str = ""
    law: str = "qd766"
    inherited: bool = False


class BandCount(Struct, gc=False):
    """How many units of a kind stood in a band (table ``at, among, under, band, count``)."""

    at: int
    among: str
    under: str
    band: str
    count: int


class DirectingDocument(Struct, gc=False, omit_defaults=True):
    """A document that directs: it gives targets and tasks."""

    number: str
    date: str
    """ISO day"""
    issuer: str
    subject: str
    file: str = ""
    """name of the file that is attached"""
    digest: str = ""
    """SHA-256 of that file, by which the ledger keeps it (``ledger/attachments.py``)"""
    withdrawn: bool = False


class Target(Struct, gc=False, omit_defaults=True):
    """What a document asks of the result of units, by a day.

    Of one unit, of all units of a kind (``among``, below ``unit`` where both are given), or of a list.
    With ``at_least`` it is one target of all of them together: so many of them must reach the threshold.
    """

    document: str
    unit: str
    among: str
    """``provinces``, ``departments``, ``districts``, ``communes`` or empty"""
    list: str
    what: str
    """``total``, ``band``, ``rank``, ``certified_copies``, a group, an indicator (:mod:`chiso.law.goals`)"""
    threshold: str
    """``80`` points, ``95%``, ``Khá``, ``10``"""
    by: str
    """ISO day; what holds at its end counts"""
    at_least: str = ""
    """``97`` or ``100%`` of the units; empty: each of them"""
    period: str = ""
    """period that the figure is of; empty: the year of ``by``"""
    note: str = ""
    withdrawn: bool = False


class Task(Struct, gc=False, omit_defaults=True):
    """What a document tells a unit to do by a day.

    Measured by ``what`` and ``threshold`` as a target is; without them, or with ``report``, by whether the
    unit has reported.
    """

    document: str
    unit: str
    task: str
    due: str
    """ISO day; what holds at its end counts"""
    report: str = ""
    """what must be reported"""
    what: str = ""
    threshold: str = ""
    period: str = ""
    withdrawn: bool = False


class ListedUnit(Struct, gc=False):
    list: str
    unit: str


class Report(Struct, gc=False, omit_defaults=True):
    """A unit's answer to a task.  What it says and its files are kept sealed, by their digests."""

    document: str
    unit: str
    task: str
    content: str
    """SHA-256 of the sealed content"""
    files: tuple[str, ...] = ()
    """SHA-256 of each file"""
    disputed: tuple[str, ...] = ()
    """figures that the unit says are otherwise"""


class Reminder(Struct, gc=False, omit_defaults=True):
    """The office reminded a unit of a task."""

    document: str
    unit: str
    task: str
    at: int


class AlertRule(Struct, gc=False, omit_defaults=True):
    """When to alert whom (docs/alerts.md).  A later version of the same id replaces the earlier one."""

    id: str
    name: str
    what: str
    """a figure (:mod:`chiso.law.goals`) or ``due``, ``overdue``, ``petitions``, ``silence``, ``duties``"""
    side: str
    """``below`` or ``above`` the threshold is wrong"""
    threshold: str
    clear: str = ""
    """right again only from here on; empty: the threshold"""
    unit: str = ""
    among: str = ""
    list: str = ""
    span: int = 0
    """days back that a figure is compared with, hours ahead for ``due``, working days for ``petitions``"""
    hold: int = 0
    """minutes for which it must be wrong before it alerts"""
    recover: int = 0
    """minutes for which it must be right again before it is over"""
    weight: str = "normal"
    """``urgent`` (quiet hours do not hold it back), ``normal`` or ``digest``"""
    to: str = "unit"
    """``unit``, ``home`` or ``both``: whose people are told"""
    active: bool = True
    silent_until: int = 0
    """until then nobody looks at it, and afterwards it goes on as it stood"""


class Refusal(Struct, gc=False):
    """Why one piece of input was not taken, precisely enough to mend it.

    ``place`` says where (``data[3]``, ``row 17``, ``byte 1024``), ``field`` and ``value`` what (a personal
    value is never repeated here), ``reason`` is the stable code, the messages are for people.
    """

    place: str
    field: str
    value: str
    reason: str
    message_vi: str
    message_en: str
    code: str = ""
    """MaHoSo or other key where it could be read"""
    raw: bytes = b""
    """the refused piece itself; the ledger keeps it encrypted"""


Item = (
    Dossier
    | Progress
    | Petition
    | Rating
    | Payment
    | CertifiedCopy
    | StoreRecord
    | Procedure
    | LocalProcedure
    | Decision
    | UnitRecord
    | ReportingTotal
    | PublishedFigure
    | BandCount
    | DirectingDocument
    | Target
    | Task
    | ListedUnit
    | Report
    | Reminder
    | AlertRule
)


class Arrival(Struct):
    """What one door makes of one request or one piece of a file: the unit that is journalled.

    ``payload`` is the sanitised input, canonical JSON in the sender's own field names, from which the same
    door makes the same items again (a replay of the journal).
    """

    KINDS: ClassVar[tuple[str, ...]] = (
        "dossiers",
        "progress",
        "petitions",
        "ratings",
        "payments",
        "certified_copies",
        "store_records",
        "procedures",
        "local_procedures",
        "decisions",
        "units",
        "totals",
        "published",
        "band_counts",
        "documents",
        "targets",
        "tasks",
        "unit_lists",
        "reports",
        "reminders",
        "alert_rules",
    )

    kind: str
    items: list[Item]
    payload: bytes
    refusals: list[Refusal] = field(default_factory=list)
    sender: str = ""
    door: str = "file"
    """``file``, ``http`` or ``journal``"""
    known_at: int | None = None
    """backfill as of this instant; ``None``: known when it is accepted"""
    timely: bool = True
    """false where known_at does not say when the province learnt of it (a late file without --known-at)"""
    read: int = 0
    """pieces read, refused ones included"""
