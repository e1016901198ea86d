"""What went wrong, in a sentence, and whether it was wrong use (2) or failed work (1)."""

from __future__ import annotations

from chiso.instants import BadInstantError


def explained(error: BaseException) -> tuple[str, int]:
    """The message and exit status for an error that ended a command."""
    from chiso.folder import QuestionError
    from chiso.folder.settings import SettingError
    from chiso.law.model import LawError
    from chiso.ledger.database import LedgerError

    if isinstance(error, QuestionError):
        return str(error), 2 if error.wrong else 1
    if isinstance(error, (BadInstantError, SettingError)):
        return str(error), 2
    if isinstance(error, (LawError, LedgerError, OSError)):
        return str(error), 1
    return f"{type(error).__name__}: {error} (set CHISO_TRACE=1 to see where)", 1
