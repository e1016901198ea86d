from __future__ import annotations

from pathlib import Path

from chiso.intake.records import Arrival, Dossier, Payment, Petition
from chiso.ledger.codec import Paid
from chiso.ledger.store import Ledger


def test_records_say_whether_they_were_told_in_time(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        for known_at, timely, likes in ((10, True, 1), (30, False, 3), (20, True, 2)):
            petition = Petition("P1", "H01", "dang_xu_ly", likes=likes)
            ledger.accept([Arrival("petitions", [petition], b"{}", known_at=known_at, timely=timely)], 100)
        other = Petition("P2", "H01", "dang_xu_ly")
        ledger.accept([Arrival("petitions", [other], b"{}", known_at=15)], 100)
        told = {
            record.code: (at, timely, record.likes) for at, timely, record in ledger.records_told("petition")
        }
        assert told == {"P1": (30, False, 3), "P2": (15, True, 0)}
        assert ledger.records_told("rating") == []


def test_payments_are_read_on_from_where_they_were(tmp_path: Path) -> None:
    def paid(number: int) -> Payment:
        return Payment(f"R{number}", f"H01-{number}", number, 5, succeeded=True)

    with Ledger.open(tmp_path) as ledger:
        assert ledger.payments_after(0) == (0, [], [])
        ledger.accept([Arrival("payments", [paid(1), paid(2)], b"{}", known_at=10)], 100)
        other = Petition("P2", "H01", "dang_xu_ly")
        ledger.accept([Arrival("petitions", [other], b"{}", known_at=15)], 100)
        newest, known, told = ledger.payments_after(0)
        assert (known, told) == ([10, 10], [Paid("H01-1", 1, True), Paid("H01-2", 2, True)])
        assert ledger.payments_after(newest) == (newest, [], [])
        ledger.accept([Arrival("payments", [paid(3)], b"{}", known_at=20)], 100)
        assert ledger.payments_after(newest) == (newest + 1, [20], [Paid("H01-3", 3, True)])


def test_numbers_come_in_the_order_of_their_codes(ledger: Ledger) -> None:
    codes = [f"H01-{number}" for number in (3, 1, 2)]
    ledger.accept(
        [Arrival("dossiers", [Dossier(code, "1.000001", 2) for code in codes], b"{}", known_at=10)], 100
    )
    known = ledger.ids(codes)
    asked = ["H01-2", "không có", "H01-1", "H01-2", ""]
    assert ledger.numbers(asked).tolist() == [known["H01-2"], 0, known["H01-1"], known["H01-2"], 0]
    assert ledger.numbers([]).tolist() == []
