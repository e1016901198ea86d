"""What late and wrong data cost elsewhere, on a province that can also be told right and in time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace

from chiso.folder import DataFolder, Settings
from chiso.insight.lateness import dossiers, lateness
from chiso.insight.lateness.answer import asked_of
from chiso.insight.lateness.findings import findings
from chiso.instants import DAY
from chiso.intake.context import Context
from chiso.intake.doors import read_body
from chiso.intake.records import Dossier, Has
from chiso.law.scoring import exact_points
from chiso.ledger.clock import Clock
from tests.support.lateness import LATER, NOW, PERIOD, THEN, Item, Life
from tests.support.messages import stamp

FEE = "1.000009"
QUESTION: dict[str, Any] = {"period": PERIOD, "as_of": THEN}
PROCEDURES = [
    {"code": "2.000815", "name": "Chứng thực", "level": "commune", "online": "full", "limit_days": 3},
    {"code": FEE, "name": "Có phí", "level": "commune", "online": "full", "has_fee": True, "limit_days": 3},
]
PAPER = {"TenTepDinhKem": "a.pdf", "IsDeleted": "False", "MaThanhPhanHoSo": "KQ1",
         "DuongDanTaiTepTin": "https://dvc.example.vn/tep/a"}  # fmt: skip
WITHOUT_VNEID = 60


class Told:
    """Tells a folder what happened, the way it was told or the way it should have been."""

    def __init__(self, folder: DataFolder, *, right: bool) -> None:
        self.folder, self.right = folder, right
        self.codes: dict[str, set[str]] = {}

    def accept(
        self, kind: str, items: list[Item], at: int | None, sender: str = "một cửa", **made: Any
    ) -> None:
        context = Context(
            home="H01",
            is_foreign=self.folder.registry.units.foreign,
            key=self.folder.ledger.keys.hashing,
            sender=sender,
        )
        arrival = read_body(json.dumps(items).encode(), kind, context)
        assert arrival.refusals == []
        if made:
            arrival.items = [replace(one, **made) for one in arrival.items if isinstance(one, Dossier)]
        arrival.known_at = at
        self.folder.take(self.folder.ledger.accept([arrival], NOW))

    def note(self, case: str, life: Life) -> None:
        self.codes.setdefault(case, set()).add(life.code)

    def late(self, case: str, number: int, before: Item | None, after: Item, happened: int) -> None:
        life = Life(number)
        self.note(case, life)
        if before is not None:
            self.accept("dossiers", [before], life.night(life.received))
        self.accept("dossiers", [after], life.night(happened) if self.right else LATER + number)

    def whole(self) -> None:
        """All cases; every dossier is finished on time, so that nothing is overdue."""
        self.accept("procedures", PROCEDURES, THEN - 90 * DAY)
        self.accept("totals", [{"unit": "H01", "period": PERIOD, "received": 500}], THEN - DAY)
        number = iter(range(1, 1000))
        for _ in range(4):  # the result came late
            life = Life(next(number))
            bare = life.done(life.due - DAY, DanhSachGiayToKetQua=[])
            self.late("4.1", life.number, bare, life.done(life.due - DAY), life.due - DAY)
        for _ in range(3):  # result and papers came late
            life = Life(next(number))
            bare = life.done(life.due - DAY, DanhSachGiayToKetQua=[])
            whole = life.done(life.due - DAY, TaiLieuNop=[PAPER])
            self.late("4.2", life.number, bare, whole, life.due - DAY)
        for _ in range(5):  # what was reused came late
            life = Life(next(number))
            done = life.done(life.due - DAY)
            self.late("4.3", life.number, done, done | {"HoSoCoThanhPhanSoHoa": "1"}, life.due - DAY)
        for _ in range(2):  # all of it came late
            life = Life(next(number))
            self.late("1.4", life.number, None, life.done(life.due - DAY), life.due - DAY)
        for _ in range(6):  # known by a table alone
            life = Life(next(number))
            self.note("table", life)
            has = int(Has.RESULT_FILE | (Has.SYNCED if self.right else 0) | (number_odd(life) * Has.VNEID))
            self.accept("dossiers", [life.done(life.due - DAY)], life.night(life.due - DAY), has=has)
        self._payments(number)
        self._vneid(number)

    def _payments(self, number: Iterator[int]) -> None:
        for case, flag, paid_at in (
            *(("paid", "0", THEN - 3 * DAY),) * 4,
            *(("told late", "1", THEN - 3 * DAY),) * 2,
            *(("paid after", "0", THEN + DAY),) * 2,
            *(("never", "0", None),) * 3,
        ):
            life = Life(next(number))
            self.note(case, life)
            done = life.done(life.due - DAY, MaTTHC=FEE)
            flagged = done | {"DuocThanhToanTrucTuyen": "1"}
            if self.right and case in ("paid", "told late"):
                done = flagged
            self.accept("dossiers", [done], life.night(life.due - DAY))
            if flag == "1" and not self.right:
                self.accept("dossiers", [flagged], LATER)
            if paid_at is not None:
                record = {"LoaiBanTin": "CONFIRM", "MaLoi": "00", "MaThamChieu": life.code, "SoTien": "1000",
                          "ThoiGianGD": stamp(paid_at), "MaHoSo": life.code}  # fmt: skip
                self.accept("payments", [record], paid_at + 60)

    def _vneid(self, number: Iterator[int]) -> None:
        for place in range(WITHOUT_VNEID):
            life = Life(next(number))
            online, person = place % 3 > 0, place % 4 > 0
            used = self.right and online and person
            if online and person:
                self.note("vneid", life)
            fields = {"KenhThucHien": "2" if online else "1", "LoaiDoiTuong": "1" if person else "2"}
            done = life.done(life.due - DAY, TaiKhoanDuocXacThucVoiVNeID=str(int(used)), **fields)
            self.accept("dossiers", [done], life.night(life.due - DAY), sender="không VNeID")


def number_odd(life: Life) -> int:
    return life.number % 2


@pytest.fixture(scope="module", params=[False, True], ids=["as told", "right"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with DataFolder.open(tmp_path_factory.mktemp("others") / "data", settings=Settings()) as folder:
        folder.ledger.clock.set(Clock(NOW))
        folder.refresh()
        told = Told(folder, right=request.param)
        told.whole()
        yield told


@pytest.fixture(scope="module")
def as_told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with DataFolder.open(tmp_path_factory.mktemp("told") / "data", settings=Settings()) as folder:
        folder.ledger.clock.set(Clock(NOW))
        folder.refresh()
        told = Told(folder, right=False)
        told.whole()
        yield told


def costs(told: Told, **question: Any) -> dict[tuple[str, str, str], set[str]]:
    """(indicator, class, why) → codes, of the lists."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for row in lateness(told.folder, "H01", **question)["elsewhere"]:
        key = row["indicator"], row["class"], row["why"]
        listed = dossiers(
            told.folder, "H01", row["class"], indicator=row["indicator"], limit=1000, **question
        )
        found[key] = {one["code"] for one in listed["rows"] if one["why"] == row["why"]}
        assert len(found[key]) == row["count"]
    return found


def test_every_cost_has_its_dossiers(as_told: Told) -> None:
    codes = as_told.codes
    assert costs(as_told, **QUESTION) == {
        ("1.4", "late_data", "told_later"): codes["1.4"],
        ("1.4", "wrong_data", "table_only"): codes["table"],
        ("3.6", "late_data", "told_later"): codes["told late"],
        ("3.6", "wrong_data", "paid_not_flagged"): codes["paid"],
        ("4.1", "late_data", "told_later"): codes["4.1"] | codes["4.2"],
        ("4.2", "late_data", "told_later"): codes["4.2"],
        ("4.3", "late_data", "told_later"): codes["4.3"],
        ("4.5b", "wrong_data", "vneid_never"): codes["vneid"],
    }


def test_by_what_is_known_now_only_what_is_wrong_costs(as_told: Told) -> None:
    assert set(costs(as_told, period=PERIOD)) == {
        ("1.4", "wrong_data", "table_only"),
        ("3.6", "wrong_data", "paid_not_flagged"),
        ("4.5b", "wrong_data", "vneid_never"),
    }


def test_points_are_those_of_the_indicator_with_so_many_more(as_told: Told) -> None:
    score = as_told.folder.score("H01", **QUESTION)["indicators"]
    law = as_told.folder.ground.law
    rows = lateness(as_told.folder, "H01", **QUESTION)["elsewhere"]
    for row in rows:
        n, d = score[row["indicator"]]["n"], score[row["indicator"]]["d"]
        one = law.indicators[row["indicator"]]
        gain = exact_points(one, n + row["count"], d) - exact_points(one, n, d)
        assert abs(Fraction(row["points"]) - gain) < Fraction(1, 10**9)
        assert gain > 0


def test_the_score_had_all_been_told_is_that_of_a_folder_that_was(as_told: Told, both: Told) -> None:
    wanted, unit = asked_of(as_told.folder, "H01", QUESTION)
    boards = findings(as_told.folder, wanted).boards
    board = boards.everywhere if both.right else boards.as_is
    expected = both.folder.score("H01", **QUESTION)["indicators"]
    found = board.score(unit.index).as_json()["indicators"]
    assert figures(found) == figures(expected)
    for code in ("H01.113", "H01.06"):
        index = next(one.index for one in as_told.folder.registry.units.all if one.code == code)
        told = both.folder.score(code, **QUESTION)["indicators"]
        assert figures(board.score(index).as_json()["indicators"]) == figures(told)


def figures(indicators: dict[str, Any]) -> dict[str, tuple[int, int, str]]:
    asked = ("1.4", "2.1", "3.3", "3.6", "4.1", "4.2", "4.3", "4.5b", "5.4")
    return {key: tuple(indicators[key].get(name) for name in ("n", "d", "points")) for key in asked}
