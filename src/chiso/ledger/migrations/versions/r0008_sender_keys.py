"""Keys of senders have a life of their own, and senders a scope."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sender_key",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of a random key"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), comment="wall clock"),
        sa.Column("revoked_at", sa.BigInteger(), comment="wall clock"),
        sa.Column("last_used_at", sa.BigInteger(), comment="wall clock"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key_hash"),
    )
    op.execute(
        "INSERT INTO sender_key (id, sender, key_hash, created_at) "
        "SELECT row_number() OVER (ORDER BY created_at, name), name, key_hash, created_at FROM sender"
    )
    # SQLite takes no column out that is unique: the table is made anew.
    op.create_table(
        "sender_new",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="argon2id"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False, comment="it may send; with blanks between; empty: all"),
        sa.Column("units", sa.Text(), nullable=False, comment="it may speak of, and those below; empty: all"),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("user"),
    )
    kept = 'name, unit, "user", password_hash, created_at, last_used_at, active'
    op.execute(f"INSERT INTO sender_new ({kept}, kinds, units) SELECT {kept}, '', '' FROM sender")  # noqa: S608
    op.drop_table("sender")
    op.rename_table("sender_new", "sender")
