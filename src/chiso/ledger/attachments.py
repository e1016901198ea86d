"""Files and texts that journal entries name by their digest: kept once, compressed and sealed.

Whoever enters a record that names one keeps it first: a content without a record is harmless, a record
without its content would be a loss.
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from chiso.ledger.beside import attachment
from chiso.ledger.codec import compress, decompress
from chiso.ledger.database import Database, LedgerError
from chiso.ledger.keys import Keys


class Attachments:
    """The attached contents of a ledger."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def keep(self, content: bytes, now: int) -> str:
        """Keeps a content for good.  Gives its digest."""
        digest = hashlib.sha256(content).hexdigest()
        if not self.holds(digest):
            sealed = self._keys.seal(compress(content))
            with self._database.write() as connection:
                connection.execute(sa.delete(attachment).where(attachment.c.digest == digest))
                connection.execute(
                    sa.insert(attachment).values(digest=digest, size=len(content), kept_at=now, sealed=sealed)
                )
        return digest

    def holds(self, digest: str) -> bool:
        with self._database.read() as connection:
            query = sa.select(attachment.c.digest).where(attachment.c.digest == digest)
            return connection.execute(query).scalar() is not None

    def get(self, digest: str) -> bytes:
        """The content.  Raises LedgerError where it is not kept, or is not what its digest says."""
        with self._database.read() as connection:
            query = sa.select(attachment.c.sealed).where(attachment.c.digest == digest)
            sealed = connection.execute(query).scalar()
        if sealed is None:
            raise LedgerError(f"no content with the digest {digest} is kept")
        content = decompress(self._keys.unseal(bytes(sealed)))
        if hashlib.sha256(content).hexdigest() != digest:
            raise LedgerError(f"the content kept as {digest} is another one: it was touched")
        return content
