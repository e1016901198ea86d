"""A new secret: everything sealed is sealed anew or nothing is, also where it breaks off in between."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa

from chiso.cli import run
from chiso.instants import utc_now
from chiso.ledger.database import LedgerError
from chiso.ledger.keys import BEFORE, FILE, Keys, fresh_secret, keep_secret, load_keys, pending
from chiso.ledger.renewing import SEALED, renew
from chiso.ledger.schema import account, account_notice, metadata, quarantine
from chiso.ledger.store import Ledger
from chiso.ledger.turn import Turn
from chiso.people.factor import STEP
from chiso.people.house import People
from tests.ledger.samples import T0

PASSWORD = "lúa vàng đồng xa"
DEVICE = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CONTENT = b"%PDF-1.7 mot tep"
Address = tuple[Path, str | None]


def fill(ledger: Ledger) -> str:
    """One of everything that is kept sealed.  Gives the digest of what is attached."""
    people = People(ledger)
    people.accounts.add("an", "", (), T0, PASSWORD, "an@example.vn")
    people.accounts.set_second_factor("an", DEVICE, pyotp.TOTP(DEVICE).at(T0), T0)
    ledger.contacts.add("H01", "An", "ba@example.vn", T0)
    with ledger.database.write() as connection:
        connection.execute(
            sa.insert(quarantine).values(
                **{column.name: _value(column) for column in quarantine.columns if not column.nullable},
            )
        )
        sealed = ledger.keys.seal(b"a piece")
        connection.execute(sa.update(quarantine).values(raw=sealed, corrected=sealed))
    return ledger.attachments.keep(CONTENT, T0)


def _value(column: sa.Column[Any]) -> Any:
    kinds = {sa.LargeBinary: b"x", sa.Text: "open", sa.Boolean: False}
    return next((value for kind, value in kinds.items() if isinstance(column.type, kind)), 1)


def read(ledger: Ledger, digest: str) -> None:
    """Everything can still be read."""
    assert ledger.attachments.get(digest) == CONTENT
    assert [one.address for one in ledger.contacts.all()] == ["ba@example.vn"]
    people = People(ledger)
    assert people.accounts.by_login("an").mail == "an@example.vn"
    assert [one.address for one in people.notices.due(utc_now())] == ["an@example.vn"]
    with ledger.database.write() as connection:
        connection.execute(sa.update(account).values(last_code=0))
        row = connection.execute(sa.select(quarantine.c.raw, quarantine.c.corrected)).one()
    assert {ledger.keys.unseal(bytes(one)) for one in row} == {b"a piece"}
    code = pyotp.TOTP(DEVICE).at(T0 + STEP)
    assert people.accounts.verify("an", PASSWORD, code, T0 + STEP).account is not None


def all_sealed(ledger: Ledger) -> list[bytes]:
    with ledger.database.read() as connection:
        return [
            bytes(value)
            for table, name in SEALED
            for value in connection.execute(sa.select(table.c[name]).order_by(*table.primary_key)).scalars()
        ]


def test_every_sealed_column_is_known() -> None:
    sealed = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if "Fernet" in (column.comment or "")
    }
    assert {(table.name, name) for table, name in SEALED} == sealed


def test_everything_is_sealed_anew_and_read_as_before(address: Address) -> None:
    folder, _ = address
    with Ledger.open(*address) as ledger:
        digest = fill(ledger)
        before, old = all_sealed(ledger), ledger.keys
        done = renew(ledger, folder)
        assert (done.sealed, done.path, done.in_place) == (len(SEALED), folder / FILE, True)
    assert not pending(folder).exists()
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600
    with Ledger.open(*address) as ledger:
        read(ledger, digest)
        assert ledger.keys.hashing == old.hashing
        assert (ledger.keys.fingerprint, ledger.keys.forms) != (old.fingerprint, old.forms)
        after = all_sealed(ledger)
        assert not set(before) & set(after)
        for one in after:
            with pytest.raises(LedgerError):
                old.unseal(one)
    with Ledger.open(*address) as ledger:
        assert renew(ledger, folder).sealed == len(SEALED)
    with Ledger.open(*address) as ledger:
        read(ledger, digest)
        assert ledger.keys.hashing == old.hashing


BREAKS = """
import os, sys
from pathlib import Path
from chiso.ledger import renewing
from chiso.ledger.store import Ledger
folder, url, step = Path(sys.argv[1]), sys.argv[2] or None, sys.argv[3]
setattr(renewing, step, lambda *_: os._exit(9))
with Ledger.open(folder, url) as ledger:
    renewing.renew(ledger, folder)
"""
"""Renews, and is gone when it comes to a step."""


@pytest.mark.slow
@pytest.mark.parametrize("step", ["_seal_anew", "remember", "take_place", "Renewed"])
def test_wherever_it_breaks_off_the_folder_opens_and_reads(address: Address, step: str) -> None:
    folder, url = address
    with Ledger.open(*address) as ledger:
        digest = fill(ledger)
        old = ledger.keys.fingerprint
    done = subprocess.run([sys.executable, "-c", BREAKS, str(folder), url or "", step], check=False)
    assert done.returncode == 9
    with Ledger.open(*address) as ledger:
        read(ledger, digest)
        assert (ledger.keys.fingerprint == old) is (step in ("_seal_anew", "remember"))
        renew(ledger, folder)
    with Ledger.open(*address) as ledger:
        read(ledger, digest)
    assert not pending(folder).exists()


def test_nothing_changes_where_a_piece_cannot_be_opened(address: Address) -> None:
    folder, _ = address
    with Ledger.open(*address) as ledger:
        digest = fill(ledger)
        good = all_sealed(ledger)
        with ledger.database.write() as connection:
            connection.execute(sa.update(account_notice).values(mail=b"spoiled"))
        with pytest.raises(LedgerError, match="nothing was changed"):
            renew(ledger, folder)
        assert all_sealed(ledger)[:-1] == good[:-1]
        assert ledger.attachments.get(digest) == CONTENT


def test_whoever_serves_is_stopped_first_and_old_keys_take_nothing_in(address: Address) -> None:
    folder, _ = address
    with Ledger.open(*address) as serving, Ledger.open(*address) as other:
        turn = Turn(serving.database, folder)
        assert turn.mine()
        with pytest.raises(LedgerError, match="stop every process"):
            renew(other, folder)
        turn.leave()
        renew(other, folder)
        with pytest.raises(LedgerError, match="was renewed"):
            serving.accept([], T0)


def test_a_secret_of_the_environment_is_put_there_by_hand(
    address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = address
    given = tmp_path / "credentials"
    given.write_text("a secret of sixteen characters and more\n", encoding="utf-8")
    monkeypatch.setenv("CHISO_SECRET_FILE", str(given))
    with Ledger.open(*address) as ledger:
        digest = fill(ledger)
        assert ledger.keys.fingerprint == Keys(given.read_bytes().strip()).fingerprint
        done = renew(ledger, folder)
        assert (done.path, done.in_place) == (pending(folder), False)
    assert not (folder / FILE).exists()
    with pytest.raises(LedgerError, match="put it where CHISO_SECRET"):
        Ledger.open(*address)
    pending(folder).replace(given)
    with Ledger.open(*address) as ledger:
        read(ledger, digest)
    monkeypatch.setenv("CHISO_SECRET_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(LedgerError, match="CHISO_SECRET_FILE"):
        Ledger.open(*address)


def test_a_renewed_secret_is_no_way_back(tmp_path: Path) -> None:
    first = load_keys(tmp_path, make=True)
    text = fresh_secret(first)
    assert Keys(text).hashing == first.hashing
    assert (tmp_path / FILE).read_bytes() not in text
    other = fresh_secret(first)
    assert Keys(other).fingerprint != Keys(text).fingerprint


def test_no_secret_is_lost_by_renewing_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    held = []
    for _ in range(3):
        with Ledger.open(folder, None) as ledger:
            held.append((folder / FILE).read_bytes())
            renew(ledger, folder)
    assert [(folder / name).read_bytes() for name in (BEFORE, f"{BEFORE}.2", f"{BEFORE}.3")] == held


@pytest.mark.parametrize("step", ["read_bytes", "replace"])
def test_of_two_that_begin_after_a_break_both_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    old = load_keys(tmp_path, make=True)
    held = (tmp_path / FILE).read_bytes()
    text = fresh_secret(old)
    keep_secret(pending(tmp_path), text)
    really, reference = getattr(Path, step), Keys(text).fingerprint

    def just_before(path: Path, *more: Path) -> Any:
        if path == pending(tmp_path):
            monkeypatch.setattr(Path, step, really)
            assert load_keys(tmp_path, make=False, reference=reference).fingerprint == reference
        return really(path, *more)

    monkeypatch.setattr(Path, step, just_before)
    assert load_keys(tmp_path, make=False, reference=reference).fingerprint == reference
    assert (tmp_path / FILE).read_bytes() == text
    assert (tmp_path / BEFORE).read_bytes() == held
    assert not pending(tmp_path).exists()


def test_a_secret_is_on_disk_with_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    really = os.fsync

    def noting(descriptor: int) -> None:
        names = sorted(one.name for one in tmp_path.iterdir())
        synced.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), names))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    load_keys(tmp_path, make=True)
    assert synced[-1] == (True, [FILE])
    keep_secret(pending(tmp_path), b"another secret of some length")
    assert synced[-1] == (True, [FILE, pending(tmp_path).name])


def test_the_command_renews_and_notes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(tmp_path / "data")]
    assert run(["account", "add", "an", "--mail", "an@example.vn", *data]) == 0
    before = (tmp_path / "data" / FILE).read_bytes()
    assert run(["secret", "renew", *data]) == 0
    said = capsys.readouterr().err
    assert "1 pieces are sealed anew" in said
    old = tmp_path / "data" / BEFORE
    assert f"{old} is the old secret" in said.replace("\n", " ")
    assert (old.read_bytes(), old.stat().st_mode & 0o777) == (before, 0o600)
    assert (tmp_path / "data" / FILE).read_bytes() != before
    assert run(["audit", "verify", *data]) == 0
    assert run(["audit", "list", "--what", "secret_renewed", *data]) == 0
    assert "secret_renewed" in capsys.readouterr().out
