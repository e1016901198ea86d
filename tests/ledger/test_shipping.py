"""A standby's ledger comes to the same as its primary's, and takes in nothing that is not the primary's."""

from __future__ import annotations

import io
from pathlib import Path
from shutil import copy
from typing import Any

import msgspec
import pytest

from chiso.ledger import shipping
from chiso.ledger.backup import Table, read_rows
from chiso.ledger.database import LedgerError
from chiso.ledger.recount import differences
from chiso.ledger.store import FOLLOWING, Ledger
from tests.ledger.crash_writer import batch
from tests.ledger.samples import T0


def ship(primary: Ledger, standby: Ledger) -> None:
    while found := shipping.entries(primary, standby.position().journal):
        shipping.take(standby, found, "{}")


def second(primary: Ledger, folder: Path, at: Path) -> Ledger:
    at.mkdir()
    copy(folder / "secret.key", at / "secret.key")
    return Ledger.open(at)


def rows(told: Table, content: bytes) -> list[list[list[Any]]]:
    return list(read_rows(io.BytesIO(content), told, "test"))


def test_the_same_journal_makes_the_same_ledger(ledger: Ledger, address: Any, tmp_path: Path) -> None:
    for number in range(1, 9):
        ledger.accept(batch(number), T0 + number // 2)
    with second(ledger, address[0], tmp_path / "second") as standby:
        ship(ledger, standby)
        ledger.accept(batch(9), T0 + 9)
        ship(ledger, standby)
        assert standby.position() == ledger.position()
        for mine, theirs in zip(ledger.journal(), standby.journal(), strict=True):
            assert mine == theirs
            assert shipping.digest(ledger, mine.seq) == shipping.digest(standby, mine.seq) != ""
        assert list(differences(standby)) == []
        facts = [(code, one.known_at, one.message, one.steps) for _, code, one in ledger.all_facts()]
        assert facts == [(code, one.known_at, one.message, one.steps) for _, code, one in standby.all_facts()]
        with pytest.raises(LedgerError, match="standby"):
            standby.accept(batch(10), T0)
        standby.meta.set(FOLLOWING, None)
        standby.accept(batch(10), T0 + 10)


def test_what_is_damaged_or_does_not_follow_is_not_taken(
    ledger: Ledger, address: Any, tmp_path: Path
) -> None:
    for number in range(1, 4):
        ledger.accept(batch(number), T0)
    found = shipping.entries(ledger, 0)
    with second(ledger, address[0], tmp_path / "second") as standby:
        for wrong in (
            [msgspec.structs.replace(found[0], hash=bytes(32)), *found[1:]],
            [msgspec.structs.replace(found[0], items=1)],
            found[1:],
            [found[0], found[2]],
            found[::-1],
        ):
            with pytest.raises(shipping.ShippingError):
                shipping.take(standby, wrong, "{}")
            assert standby.position().journal == 0
        shipping.take(standby, found, "{}")


def test_tables_beside_are_replaced_whole(ledger: Ledger, address: Any, tmp_path: Path) -> None:
    ledger.accept(batch(1), T0)
    sender = ledger.senders.add("một cửa", "H01", T0)
    key = shipping.new_key(ledger)
    ledger.meta.set("clock", "of the primary")
    with second(ledger, address[0], tmp_path / "second") as standby:
        standby.senders.add("cũ", "H01", T0)
        standby.meta.set(FOLLOWING, "kept")
        standby.meta.set("gone", "x")
        for name in shipping.beside():
            told, content = shipping.table(ledger, name)
            shipping.replace(standby, told, content)
            if name != "meta":
                again, theirs = shipping.table(standby, name)
                assert rows(again, theirs) == rows(told, content)
            if told.rows:
                with pytest.raises(LedgerError, match="damaged"):
                    shipping.replace(standby, told, content[:-1])
        assert [one.name for one in standby.senders.list()] == ["một cửa"]
        assert standby.senders.by_key(sender.key, T0) is not None
        assert standby.quarantine.count() == ledger.quarantine.count() != {}
        assert standby.meta.get("clock") == "of the primary"
        assert standby.meta.get(FOLLOWING) == "kept"
        assert standby.meta.get("gone") is None
        assert shipping.opens(standby, key)
        assert not shipping.opens(standby, key + "x")
    with pytest.raises(KeyError):
        shipping.table(ledger, "journal")
