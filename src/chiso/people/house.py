"""Accounts, sessions and the record of a data folder, together."""

from __future__ import annotations

from typing import Final

from chiso.ledger.store import Ledger
from chiso.people.accounts import Accounts
from chiso.people.audit import Audit
from chiso.people.desk import SenderDesk
from chiso.people.federation import Federation
from chiso.people.notices import Notices
from chiso.people.sessions import Sessions


class People:
    """The people of a data folder."""

    def __init__(self, ledger: Ledger) -> None:
        self.accounts: Final = Accounts(ledger.database, ledger.keys)
        self.sessions: Final = Sessions(ledger.database, self.accounts)
        self.federation: Final = Federation(ledger.database, self.accounts)
        self.notices: Final = Notices(ledger.database, ledger.keys)
        self.audit: Final = Audit(ledger.database)
        self.senders: Final = SenderDesk(ledger.senders, self.audit)
