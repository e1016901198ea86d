"""The ledger: what was received, for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from chiso.intake.records import Arrival
from chiso.law.life import PORTAL_RULES, LifeRules
from chiso.ledger.accepting import Acceptance
from chiso.ledger.attachments import Attachments
from chiso.ledger.clock import ClockStore
from chiso.ledger.collecting import without_collecting
from chiso.ledger.contacts import Contacts
from chiso.ledger.counters import Counters
from chiso.ledger.database import Database, Hot, LedgerError
from chiso.ledger.keys import Keys, load_keys
from chiso.ledger.letters import Letters
from chiso.ledger.marks import Marks
from chiso.ledger.meta import Meta, remember
from chiso.ledger.quarantine import Quarantine
from chiso.ledger.reading import Reading
from chiso.ledger.receipt import Receipt
from chiso.ledger.senders import Senders
from chiso.ledger.terms import Terms

FILE: Final = "chiso.sqlite"
FINGERPRINT: Final = "secret"
"""Under which name the secret's fingerprint stands in :class:`Meta`."""
FOLLOWING: Final = "standby"
"""Key under which a standby remembers whom it follows, and how far it has come."""


class Ledger(Reading):
    """An opened ledger.  Any thread may read; what writes waits for its turn."""

    def __init__(self, database: Database, keys: Keys, rules: LifeRules) -> None:
        super().__init__(database, rules)
        self.keys: Final = keys
        self.meta: Final = Meta(database)
        self.clock: Final = ClockStore(self.meta)
        self.quarantine: Final = Quarantine(database, keys)
        self.senders: Final = Senders(database)
        self.marks: Final = Marks(database)
        self.attachments: Final = Attachments(database, keys)
        self.letters: Final = Letters(database)
        self.contacts: Final = Contacts(database, keys)
        self.counters: Final = Counters(database)
        self._terms: Final = Terms()
        self._helper: Final = ThreadPoolExecutor(1, thread_name_prefix="ledger-compress")

    @classmethod
    def open(
        cls,
        data_dir: Path | str,
        url: str | None = None,
        rules: LifeRules = PORTAL_RULES,
        patience: float = 20.0,
    ) -> Ledger:
        """Opens the ledger of a data folder, and makes or migrates its tables where needed.

        ``url`` is a SQLAlchemy address (``postgresql://…``); without it the ledger is ``chiso.sqlite`` in the
        folder.  ``patience``: seconds to wait for another process that writes.  Raises LedgerError where the
        schema is newer than this program, or the folder's secret is lost or another one.
        """
        folder = Path(data_dir)
        folder.mkdir(parents=True, exist_ok=True)
        database = Database(url or f"sqlite:///{folder / FILE}", patience)
        try:
            database.migrate()
            meta = Meta(database)
            reference = meta.get(FINGERPRINT)
            keys = load_keys(folder, make=reference is None, reference=reference)
            if reference is None and meta.get_or_set(FINGERPRINT, keys.fingerprint) != keys.fingerprint:
                raise LedgerError("the secret of this data folder is not the one this ledger was made with")
            return cls(database, keys, rules)
        except BaseException:
            database.close()
            raise

    def following(self) -> bool:
        """Whether this is a standby, which takes in nothing but what its primary ships."""
        return self.meta.get(FOLLOWING) is not None

    def accept(
        self,
        arrivals: Sequence[Arrival],
        now: int,
        also: Mapping[str, str] | None = None,
        *,
        shipped: bool = False,
    ) -> Receipt:
        """Takes in arrivals in their order, all in one transaction: after it returns they are kept for good.

        ``now`` is the instant at which they become known, where they do not say theirs.  ``also``: texts for
        :class:`Meta` that hold if and only if the arrivals are kept.  ``shipped``: they come from a primary.
        On any error nothing of them is kept; LedgerBusyError means that trying again may help.
        """
        with self.database.write() as connection, without_collecting():
            hot = Hot(connection)
            try:
                if not shipped and hot.all("SELECT 1 FROM meta WHERE key = ?", (FOLLOWING,)):
                    raise LedgerError("this ledger is a standby of another one: promote it first")
                if hot.all("SELECT value FROM meta WHERE key = ?", (FINGERPRINT,)) != [
                    (self.keys.fingerprint,)
                ]:
                    raise LedgerError("the secret was renewed: start this process anew")
                work = Acceptance(hot, arrivals, now, self._terms, self.keys, self.rules, self._helper)
                for arrival in arrivals:
                    work.take(arrival)
                receipt = work.finish()
                remember(connection, also or {})
                connection.commit()
            except BaseException:
                self._terms.forget()
                raise
            finally:
                hot.close()
            self._terms.keep()
            return receipt

    def close(self) -> None:
        self._helper.shutdown()
        self.database.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
