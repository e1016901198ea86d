"""What people see of their own sign-in: open sessions, what changed, an address to be told at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("mail", sa.LargeBinary(), comment="address to be told at, Fernet"))
    op.add_column(
        "account",
        sa.Column("made_at", sa.BigInteger(), comment="when the password was made; empty: their own"),
    )
    op.add_column(
        "account_session",
        sa.Column("browser", sa.Text(), nullable=False, server_default="", comment="its kind"),
    )
    op.create_table(
        "account_notice",
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="wall clock"),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("mail", sa.LargeBinary(), comment="to whom it is still to be told, Fernet"),
        sa.Column("due", sa.BigInteger(), comment="when that is tried next, wall clock"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "number"),
        comment="what changed about how a person signs in",
    )
