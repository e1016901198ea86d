"""Published results in a table of their own: a row a unit, period and capture."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published",
        sa.Column("unit", sa.Text(), nullable=False, comment="code, or # and the portal's department id"),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("captured_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, comment="journal entry that last changed it"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="msgpack; see ledger/publishing.py"),
        sa.PrimaryKeyConstraint("unit", "period", "captured_at"),
        sqlite_with_rowid=False,
        comment="what the portal published of a unit and period, as of each instant of capture",
    )
    op.create_table(
        "published_unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
        comment="units that only published results tell of",
    )
    _move(op.get_bind())


def _move(connection: sa.Connection) -> None:
    """Figures were records of their own before."""
    from chiso.ledger.codec import unpack_record  # noqa: PLC0415 - only where there is something to move
    from chiso.ledger.database import Hot  # noqa: PLC0415
    from chiso.ledger.publishing import Publishing  # noqa: PLC0415

    hot = Hot(connection)
    try:
        found = hot.all(
            "SELECT known_at, seq, body FROM record WHERE kind = 'published' ORDER BY known_at, id"
        )
        told = [(known_at, seq, unpack_record("published", bytes(body))) for known_at, seq, body in found]
        if told:
            work = Publishing(hot)
            work.look_up(figure for _, _, figure in told)
            for known_at, seq, figure in told:
                work.keep(figure, known_at, seq)
            work.write()
        for table in ("record", "record_repeat"):
            hot.run(f"DELETE FROM {table} WHERE kind = 'published'")  # noqa: S608 - own names only
    finally:
        hot.close()
