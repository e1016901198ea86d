"""What people note beside items of work: whose an item is, and that it has been ticked off.

Nothing is counted by it: an item leaves the list of work only when a message has done it.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from msgspec import Struct

from chiso.ledger.beside import mark
from chiso.ledger.database import Database

LONGEST: Final = 80
"""Characters of a name."""

Key = tuple[str, str]
"""(code of a dossier, petition or procedure, kind of work)"""


class Mark(Struct, frozen=True):
    """What is noted of one item."""

    assigned: str = ""
    done_at: int | None = None


class Marks:
    """The marks of a ledger."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    def all(self) -> dict[Key, Mark]:
        """Every mark there is."""
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(mark.c.subject, mark.c.what, mark.c.assigned, mark.c.done_at)
            ).all()
        return {(subject, what): Mark(assigned, done_at) for subject, what, assigned, done_at in found}

    def set(
        self, subject: str, what: str, now: int, *, assigned: str | None = None, done: bool | None = None
    ) -> Mark:
        """Notes something of an item; ``None`` leaves it as it was.  Nothing noted is no mark."""
        with self._database.write() as connection:
            here = (mark.c.subject == subject) & (mark.c.what == what)
            held = connection.execute(sa.select(mark.c.assigned, mark.c.done_at).where(here)).first()
            before = Mark() if held is None else Mark(*held)
            done_at = before.done_at if done is None else (before.done_at or now) if done else None
            name = before.assigned if assigned is None else " ".join(assigned.split())[:LONGEST]
            connection.execute(sa.delete(mark).where(here))
            if name or done_at is not None:
                connection.execute(
                    sa.insert(mark).values(
                        subject=subject, what=what, assigned=name, done_at=done_at, changed_at=now
                    )
                )
        return Mark(name, done_at)
