"""The secret of a data folder and the keys made from it.

The secret lies in ``<data>/secret.key`` (mode 600) or comes from ``CHISO_SECRET``.  The database holds only a
fingerprint, by which a wrong or lost secret is recognised: hashes of owners made with another key would no
longer meet their own dossiers.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chiso.ledger.database import LedgerError

FILE: Final = "secret.key"
VARIABLE: Final = "CHISO_SECRET"


class Keys:
    """Keys for hashing persons' identities and for sealing what was refused."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise LedgerError(f"the secret in {VARIABLE} or {FILE} is too short: 16 characters at least")
        self.hashing: Final = _derive(secret, b"chiso owners")
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


def load_keys(folder: Path, *, make: bool) -> Keys:
    """The keys of a data folder; ``make`` lets a new folder have a new secret.

    Raises LedgerError where the secret of a folder in use is missing.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return Keys(given.encode())
    path = folder / FILE
    if not path.exists():
        if not make:
            raise LedgerError(
                f"{path} is missing and {VARIABLE} is not set: this ledger was made with a secret"
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
    return Keys(path.read_bytes().strip())
