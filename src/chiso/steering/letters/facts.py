"""What a letter says, frozen: every figure with the law, the units, the instant and the journal it stands on.

A letter's facts are plain data.  From the same facts the same document is made again, whatever the ledger has
learnt since.  Points are exact decimal texts as they are shown; instants whole seconds; days ISO texts.
"""

from __future__ import annotations

from msgspec import Struct, field


class Origin(Struct, frozen=True):
    """Where figures came from."""

    source: str
    """computed, published or records"""
    law: str
    law_version: str
    units_version: str
    calendar_version: str
    journal: int
    """number of the newest journal entry that was known"""
    period: str
    at: int
    """judged at this instant"""
    as_of: int
    """as known at this instant"""
    captured_at: int | None = None
    """when the portal's answer was captured"""
    link: str = ""
    """the page that shows the same figures"""


class GroupPoints(Struct, frozen=True):
    """A line of the table of six criteria."""

    group: str
    name: str
    points: str
    most: str
    ratio: str
    """share of the maximum as an exact fraction, ``305/450``"""


class Standing(Struct, frozen=True):
    """A unit's result."""

    unit: str
    name: str
    kind: str
    total: str
    most: str
    ratio: str
    band: str
    groups: tuple[GroupPoints, ...]
    origin: Origin
    dossiers: int | None = None


class Place(Struct, frozen=True):
    """A rank on a day, of how many."""

    at: int
    rank: int
    of: int


class Movement(Struct, frozen=True):
    """How the rank moved: the places in order of time, the last one that of the letter."""

    among: str
    places: tuple[Place, ...]
    origin: Origin


class Document(Struct, frozen=True):
    """A directing document that is cited."""

    number: str
    date: str
    issuer: str
    subject: str


class Order(Struct, frozen=True):
    """A task as it is given to the units of one kind."""

    kind: str
    """league of the units: departments, districts, communes"""
    task: str
    document: str
    """number of the document that gave it; empty for what the figures ask for"""
    units: tuple[str, ...]
    due: str = ""
    names: tuple[str, ...] = ()
    """the units by name, where they are not all that the letter addresses of their kind"""


class LeagueRow(Struct, frozen=True):
    """A unit in the table of an appendix."""

    rank: int | None
    """``None`` where no other unit of the league is known"""
    unit: str
    name: str
    groups: tuple[str, ...]
    """points of the six groups; empty where not published"""
    total: str
    band: str


class League(Struct, frozen=True):
    """A league as an appendix shows it."""

    among: str
    groups: tuple[str, ...]
    """names of the columns"""
    rows: tuple[LeagueRow, ...]
    origin: Origin


class OverdueRow(Struct, frozen=True):
    """Overdue dossiers of a unit and procedure."""

    unit: str
    name: str
    procedure: str
    procedure_name: str
    overdue: int
    open: int
    """of these not ended yet"""


class Overdue(Struct, frozen=True):
    rows: tuple[OverdueRow, ...]
    overdue: int
    open: int
    origin: Origin


class CoveredUnit(Struct, frozen=True):
    """A unit of a list, and since when it does what the list asks for."""

    unit: str
    name: str
    copies: int
    first_at: int | None


class Coverage(Struct, frozen=True):
    """How many units of a list have at least one certified e-copy."""

    list: str
    by: str
    """day by which all are to have one; empty where none is set"""
    rows: tuple[CoveredUnit, ...]
    origin: Origin

    @property
    def done(self) -> int:
        return sum(1 for row in self.rows if row.copies)


class GivenTask(Struct, frozen=True):
    """A task of one unit that it has not reported on."""

    document: str
    unit: str
    name: str
    task: str
    due: str


class Tasks(Struct, frozen=True):
    rows: tuple[GivenTask, ...]
    origin: Origin


class Due(Struct, frozen=True):
    """What of a unit falls due soon, and what is overdue and open."""

    until: int
    soon: int
    overdue_open: int
    procedures: tuple[OverdueRow, ...]
    origin: Origin


class WorkRow(Struct, frozen=True):
    """A thing that a unit can do, and what it gives."""

    what: str
    """kind of work, as ``todo`` names it"""
    code: str
    """of the dossier, petition or procedure"""
    procedure: str
    by: int | None
    points: str
    """what the unit's own exact total gains, ten decimals"""


class Work(Struct, frozen=True):
    """A unit's work of the day, the most points first."""

    rows: tuple[WorkRow, ...]
    count: int
    """all there is, with what is not listed"""
    until: int
    origin: Origin


class Addressee(Struct, frozen=True):
    """Who is addressed: in words, and the units that it means."""

    words: str
    units: tuple[str, ...]


class Letterhead(Struct, frozen=True):
    """What the office says of itself; number and date may still be open."""

    issuer: str
    """Ủy ban nhân dân tỉnh An Giang"""
    issuer_parent: str
    called: str
    """how it calls itself within the text: Ủy ban nhân dân tỉnh"""
    place: str
    symbol: str
    number: int | None
    date: str
    """ISO day; empty while it is not known"""
    month: str
    """ISO month in which the letter was drafted, shown while the date is open"""
    role: tuple[str, ...]
    signer: str
    recipients: tuple[str, ...]


class Wish(Struct, frozen=True):
    """What is wanted of those addressed."""

    low: int
    high: int
    """points required, from … to; equal where only one is set"""
    target: int
    deadline: str
    """ISO day before which reports are due; empty for none"""
    about: str
    """document about which is to be reported; empty for none"""


class Facts(Struct, frozen=True):
    """All that a letter says."""

    kind: str
    """urge, or unit"""
    head: Letterhead
    addressees: tuple[Addressee, ...]
    standing: Standing
    movement: Movement | None
    wish: Wish
    documents: tuple[Document, ...]
    orders: tuple[Order, ...]
    leagues: tuple[League, ...] = ()
    overdue: Overdue | None = None
    coverage: tuple[Coverage, ...] = ()
    tasks: Tasks | None = None
    due: Due | None = None
    work: Work | None = None
    appendices: tuple[str, ...] = ()
    """which appendices it has, in order"""
    decimal_mark: str = ","
    template: str = ""
    """SHA-256 of the office's own template; empty for the built-in one"""
    notes: tuple[str, ...] = field(default=())
    """what the maker was told: appendices left out, days off"""
