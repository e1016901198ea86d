"""What accounts refuse, in words."""

from __future__ import annotations

from chiso.ledger.database import LedgerError


class AccountError(LedgerError):
    """An account that cannot be made or changed; says what to do, for people (vi) and engineers (en)."""

    def __init__(self, message_vi: str, message_en: str) -> None:
        self.message_vi, self.message_en = message_vi, message_en
        super().__init__(message_en)


class NotConfirmedError(AccountError):
    """A password or code by which somebody who has signed in was to show that it is still they."""
