"""The secret of a data folder and the keys made from it.

The secret lies in ``<data>/secret.key`` (mode 600), or in the file that ``CHISO_SECRET_FILE`` names, or comes
from ``CHISO_SECRET``.  The database holds only a fingerprint, by which a wrong or lost secret is recognised:
hashes of owners made with another key would no longer meet their own dossiers.

A secret that was renewed is ``v2:SECRET:KEY``: the key of hashing stays what it was, all else is new.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chiso.ledger.database import LedgerError

FILE: Final = "secret.key"
BEFORE: Final = f"{FILE}.before"
"""the secret before the last renewal; further ones that nobody moved away have a number behind"""
VARIABLE: Final = "CHISO_SECRET"
VARIABLE_FILE: Final = "CHISO_SECRET_FILE"
RENEWED: Final = re.compile(rb"v2:[A-Za-z0-9_-]{43}=:([0-9a-f]{64})")


class Keys:
    """Keys for hashing persons' identities and for sealing what was refused."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise LedgerError(f"the secret in {VARIABLE} or {FILE} is too short: 16 characters at least")
        renewed = RENEWED.fullmatch(secret)
        self.hashing: Final = (
            bytes.fromhex(renewed[1].decode()) if renewed else _derive(secret, b"chiso owners")
        )
        """32 bytes: the key of the keyed hashes that stand for persons"""
        self.fingerprint: Final = _derive(secret, b"chiso fingerprint").hex()[:32]
        self.forms: Final = _derive(secret, b"chiso forms").hex()
        """signs what forms carry against being sent from elsewhere"""
        self._fernet: Final = Fernet(base64.urlsafe_b64encode(_derive(secret, b"chiso quarantine")))

    def seal(self, data: bytes) -> bytes:
        return self._fernet.encrypt(data)

    def unseal(self, data: bytes) -> bytes:
        """Raises LedgerError where the data was sealed with another secret, or was touched."""
        try:
            return self._fernet.decrypt(data)
        except InvalidToken as error:
            raise LedgerError("cannot be opened: sealed with another secret, or damaged") from error


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)


def fresh_secret(keys: Keys) -> bytes:
    """A new secret that hashes persons as some keys do."""
    return b"v2:%s:%s" % (base64.urlsafe_b64encode(secrets.token_bytes(32)), keys.hashing.hex().encode())


def pending(folder: Path) -> Path:
    """Where a new secret lies until it takes its place."""
    return folder / f"{FILE}.new"


def keep_secret(path: Path, text: bytes) -> Path:
    """Writes a secret that is on disk, whole and readable by nobody else, once this returns."""
    own = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    own.replace(path)
    to_disk(path.parent)
    return path


def to_disk(folder: Path) -> None:
    """A name that changed is on disk only with its folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_place(folder: Path, text: bytes) -> Path | None:
    """Puts the new secret that waits, ``text``, where the old one is.  Gives where the old one lies now.

    Another process may be doing the same: what it did already is well, and no secret is lost by it.
    """
    old = (folder / FILE).read_bytes()
    before = None if old.strip() == text else _kept(folder, old)
    with suppress(FileNotFoundError):
        pending(folder).replace(folder / FILE)
    to_disk(folder)
    return before


def _kept(folder: Path, old: bytes) -> Path:
    """Keeps an old secret under a name that no other one has: backups made with it take it."""
    for number in count(1):
        path = folder / (BEFORE if number == 1 else f"{BEFORE}.{number}")
        if not path.exists():
            return keep_secret(path, old)
        if path.read_bytes() == old:
            break
    return path


def given_secret() -> bytes | None:
    """The secret that the environment gives, itself or by the name of its file; ``None``: it gives none."""
    if given := os.environ.get(VARIABLE):
        return given.encode()
    if not (named := os.environ.get(VARIABLE_FILE)):
        return None
    try:
        return Path(named).read_bytes().strip()
    except OSError as error:
        raise LedgerError(f"{VARIABLE_FILE} {named}: {type(error).__name__}") from None


def load_keys(folder: Path, *, make: bool, reference: str | None = None) -> Keys:
    """The keys of a data folder; ``make`` lets a new folder have a new secret.

    ``reference``: the fingerprint that the ledger asks for.  A new secret that was to take its place when
    something broke off takes it now.  Raises LedgerError where the secret is missing or another one.
    """
    keys = _keys(folder, make=make)
    if reference in (None, keys.fingerprint):
        return keys
    # Where nothing waits another process that begins now may just have put it in its place: look once more.
    keys = _renewed(folder, reference) or _keys(folder, make=False)
    if keys.fingerprint == reference:
        return keys
    raise LedgerError("the secret of this data folder is not the one this ledger was made with")


def _renewed(folder: Path, reference: str | None) -> Keys | None:
    """The keys of the new secret that waits, once it has taken its place; ``None``: none waits."""
    try:
        text = pending(folder).read_bytes().strip()
    except FileNotFoundError:
        return None
    keys = Keys(text)
    if keys.fingerprint != reference:
        return None
    if given_secret() is not None:
        raise LedgerError(
            f"the secret was renewed: the new one is in {pending(folder)}, put it where {VARIABLE} or "
            f"{VARIABLE_FILE} gives the old one"
        )
    take_place(folder, text)
    return keys


def _keys(folder: Path, *, make: bool) -> Keys:
    given = given_secret()
    if given is not None:
        return Keys(given)
    path = folder / FILE
    if not path.exists():
        if not make:
            raise LedgerError(
                f"{path} is missing and neither {VARIABLE} nor {VARIABLE_FILE} is set: this ledger was made "
                "with a secret"
            )
        # Written aside and linked: of two that begin at once one wins, and nobody reads half a secret.
        own = folder / f".{FILE}.{secrets.token_hex(6)}"
        descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(32)))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(own)
        except FileExistsError:
            pass
        finally:
            own.unlink()
        to_disk(folder)
    return Keys(path.read_bytes().strip())
