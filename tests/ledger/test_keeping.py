"""Quarantine, senders, the folder's secret, its clock: the ledger's smaller keepings."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from chiso.ledger.clock import Clock
from chiso.ledger.codec import TAGS, pack_items, unpack_items
from chiso.ledger.database import LedgerError
from chiso.ledger.keys import FILE, Keys, load_keys
from chiso.ledger.natural import KEYS
from chiso.ledger.senders import SESSION_SECONDS
from chiso.ledger.store import Ledger
from chiso.ledger.terms import Terms
from tests.ledger.samples import T0, arrive, dossier, refusal, step

SECRET = "Nguyễn Văn An 089012345678".encode()


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    odd = refusal("H01.1-2", b"")
    odd.reason = "unknown_unit"
    ledger.accept(
        [arrive(kind="dossiers", refusals=[refusal("H01.1-1", SECRET), odd, refusal("H01.1-3")])], T0
    )
    return ledger


def test_quarantine_is_listed_newest_first_in_pages(filled: Ledger) -> None:
    quarantine = filled.quarantine
    assert [one.id for one in quarantine.list(limit=2)] == [3, 2]
    assert [one.id for one in quarantine.list(before=2)] == [1]
    assert [one.id for one in quarantine.list(reason="bad_date")] == [3, 1]
    assert [one.id for one in quarantine.list(code="H01.1-2", sender="mc")] == [2]
    assert quarantine.list(sender="khác") == []
    assert quarantine.count() == {"bad_date": 2, "unknown_unit": 1}
    one = quarantine.get(1)
    assert (one.place, one.field, one.value, one.message_vi) == (
        "data[0]",
        "NgayTiepNhan",
        "32/13/2026",
        "Sai ngày",
    )
    assert (one.state, one.received_at, one.kind, one.door) == ("open", T0, "dossiers", "file")


def test_quarantine_goes_from_open_to_corrected_to_released(filled: Ledger) -> None:
    quarantine = filled.quarantine
    assert quarantine.raw(1) == SECRET
    quarantine.correct(1, b"mended", T0 + 1, "admin")
    assert quarantine.raw(1) == b"mended"
    assert (quarantine.get(1).state, quarantine.get(1).changed_by) == ("corrected", "admin")
    seq = filled.accept([arrive(dossier("H01.1-1"))], T0 + 2).arrivals[0].seq
    quarantine.release(1, seq, T0 + 2)
    assert (quarantine.get(1).state, quarantine.get(1).released_seq) == ("released", seq)
    quarantine.dismiss(2, T0 + 3)
    assert quarantine.count() == {"bad_date": 1}
    assert quarantine.count(state=None) == {"bad_date": 2, "unknown_unit": 1}
    assert [one.id for one in quarantine.list(state="dismissed")] == [2]
    for number in (1, 2):
        with pytest.raises(LedgerError, match="already"):
            quarantine.correct(number, b"", T0)
    for ask in (quarantine.get, quarantine.raw):
        with pytest.raises(LedgerError, match="number 99"):
            ask(99)
    with pytest.raises(LedgerError, match="number 99"):
        quarantine.dismiss(99, T0)


def test_what_was_refused_cannot_be_read_in_the_files(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        ledger.accept([arrive(kind="dossiers", refusals=[refusal("H01.1-1", SECRET)])], T0)
        for path in tmp_path.iterdir():
            assert SECRET not in path.read_bytes()
            assert b"089012345678" not in path.read_bytes()


def test_senders_are_known_by_password_key_and_session(ledger: Ledger) -> None:
    given = ledger.senders.add(" Một cửa An Giang ", "H01", T0)
    other = ledger.senders.add("khác", "H01.1", T0)
    (first, _) = ledger.senders.list()
    assert (given.name, first.name, first.unit, first.last_used_at) == (
        *("Một cửa An Giang", "Một cửa An Giang", "H01", None),
    )
    assert ledger.senders.by_password(given.user, given.password) == first
    assert ledger.senders.by_password(given.user, other.password) is None
    assert ledger.senders.by_password("nobody", given.password) is None
    assert ledger.senders.by_key(given.key, T0) == first
    assert ledger.senders.by_key(given.password, T0) is None
    token = ledger.senders.open_session(given.name, T0)
    assert ledger.senders.by_session(token, T0 + SESSION_SECONDS - 1) == first
    assert ledger.senders.by_session(token, T0 + SESSION_SECONDS) is None
    ledger.accept([arrive(dossier(), sender=given.name)], T0 + 5)
    assert [one.last_used_at for one in ledger.senders.list()] == [T0 + 5, None]


def test_a_sender_switched_off_is_nobody(ledger: Ledger) -> None:
    given = ledger.senders.add("mc", "H01", T0)
    token = ledger.senders.open_session("mc", T0)
    ledger.senders.set_active("mc", False)
    assert ledger.senders.by_key(given.key, T0) is None
    assert ledger.senders.by_password(given.user, given.password) is None
    ledger.senders.set_active("mc", True)
    assert ledger.senders.by_key(given.key, T0) is not None
    assert ledger.senders.by_session(token, T0) is None
    with pytest.raises(LedgerError, match="no sender"):
        ledger.senders.set_active("x", True)
    for name in ("mc", " "):
        with pytest.raises(LedgerError, match="sender"):
            ledger.senders.add(name, "H01", T0)


def test_the_secret_is_for_its_owner_only_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHISO_SECRET", raising=False)
    with Ledger.open(tmp_path) as ledger:
        hashing = ledger.keys.hashing
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    with Ledger.open(tmp_path) as ledger:
        assert ledger.keys.hashing == hashing
    secret = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).unlink()
    with pytest.raises(LedgerError, match="missing"):
        Ledger.open(tmp_path)
    monkeypatch.setenv("CHISO_SECRET", "some other secret of ours")
    with pytest.raises(LedgerError, match="not the one"):
        Ledger.open(tmp_path)
    monkeypatch.setenv("CHISO_SECRET", secret.decode())
    Ledger.open(tmp_path).close()
    assert not (tmp_path / FILE).exists()


def test_keys_differ_by_secret_and_refuse_what_others_sealed(tmp_path: Path) -> None:
    one, two = Keys(b"a" * 16), Keys(b"b" * 16)
    assert one.hashing != two.hashing
    assert one.unseal(one.seal(b"x")) == b"x"
    with pytest.raises(LedgerError, match="another secret"):
        two.unseal(one.seal(b"x"))
    with pytest.raises(LedgerError, match="too short"):
        Keys(b"short")
    assert load_keys(tmp_path, make=True).fingerprint == load_keys(tmp_path, make=False).fingerprint
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_the_folder_may_carry_its_own_clock(address: tuple[Path, str | None]) -> None:
    with Ledger.open(*address) as ledger, Ledger.open(*address) as other:
        assert ledger.clock.get() is None
        ledger.clock.set(Clock(T0))
        found = other.clock.get()
        assert found is not None
        assert found.now(5) == T0
        ledger.clock.set(Clock(T0, since=1_000, rate=60))
        found = other.clock.get()
        assert found is not None
        assert found.now(1_002) == T0 + 120
        ledger.clock.set(None)
        assert other.clock.get() is None


def test_small_texts_are_kept_by_name(ledger: Ledger) -> None:
    ledger.meta.set("home", "H01")
    assert ledger.meta.get_or_set("home", "H44") == "H01"
    ledger.meta.set("home", None)
    assert ledger.meta.get("home") is None


def test_small_things_are_set_together_and_found_by_how_they_begin(ledger: Ledger) -> None:
    ledger.meta.update({"watch/a": "1", "watch/b_c": "2", "watch%": "3", "other": "4"})
    ledger.meta.update({"watch/a": "5"})
    ledger.meta.update({})
    assert ledger.meta.beginning("watch/") == {"watch/a": "5", "watch/b_c": "2"}
    assert ledger.meta.beginning("watch%") == {"watch%": "3"}
    assert ledger.meta.beginning("watch/b_") == {"watch/b_c": "2"}


def test_what_is_remembered_with_arrivals_holds_if_and_only_if_they_do(ledger: Ledger) -> None:
    ledger.accept([arrive(dossier("H01.1-1"))], T0, {"watch/a": "1"})
    assert ledger.meta.get("watch/a") == "1"
    unfit = arrive(dossier("H01.1-2"))
    unfit.items.append(object())  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        ledger.accept([unfit], T0, {"watch/a": "2"})
    assert ledger.meta.get("watch/a") == "1"
    assert ledger.ids(["H01.1-1", "H01.1-2"]).keys() == {"H01.1-1"}


def test_terms_are_numbered_as_they_come_and_forgotten_where_the_commit_fails() -> None:
    terms = Terms()
    assert [terms[text] for text in ("", "a", "b", "a")] == [0, 1, 2, 1]
    assert terms.fresh == [(1, "a"), (2, "b")]
    terms.keep()
    assert terms["c"] == 3
    terms.forget()
    assert terms["d"] == 3
    terms.learn([(7, "z")])
    assert terms["e"] == 8


def test_items_are_kept_in_runs_of_one_kind_in_their_order() -> None:
    items = [dossier("a"), dossier("b"), step(T0, 2), dossier("c")]
    assert [item for _, run in unpack_items(pack_items(items)) for item in run] == items
    assert [(tag, len(run)) for tag, run in unpack_items(pack_items(items))] == [
        ("dossier", 2), ("progress", 1), ("dossier", 1),
    ]  # fmt: skip


def test_every_kind_of_record_has_a_key_or_a_table_of_its_own() -> None:
    assert set(TAGS) - set(KEYS) == {"dossier", "progress", "published"}
