"""What people note beside items of work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mark",
        sa.Column("subject", sa.Text(), nullable=False, comment="code of a dossier, petition or procedure"),
        sa.Column("what", sa.Text(), nullable=False, comment="kind of work"),
        sa.Column("assigned", sa.Text(), nullable=False, comment="whose it is, as the unit writes it"),
        sa.Column("done_at", sa.BigInteger(), comment="when it was ticked off"),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "what"),
        comment="what people note beside items of work",
    )
