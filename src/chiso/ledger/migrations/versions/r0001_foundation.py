"""The ledger's first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "alias",
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("department"),
        comment="the portal's department ids, learned from figures that carry the code too",
    )
    op.create_table(
        "arrival",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("new", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("same", sa.BigInteger(), nullable=False),
        sa.Column("flagged", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("lag_count", sa.BigInteger(), nullable=False),
        sa.Column("lag_sum", sa.BigInteger(), nullable=False),
        sa.Column("lag_max", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sender", "day", "kind"),
    )
    op.create_table(
        "dossier",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False, comment="msgpack; the newest"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "journal",
        sa.Column("seq", _NUMBER, autoincrement=False, nullable=False),
        sa.Column(
            "received_at", sa.BigInteger(), nullable=False, comment="microseconds since 1970, folder's clock"
        ),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("timely", sa.Boolean(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column(
            "hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the payload before compression"
        ),
        sa.Column(
            "payload", sa.LargeBinary(), nullable=False, comment="zstd; sanitised input, the sender's names"
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="zstd msgpack; the items made of it"),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "mistake",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("bit", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sender", "bit", "day"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message_vi", sa.Text(), nullable=False),
        sa.Column("message_en", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False, comment="zstd, Fernet"),
        sa.Column(
            "corrected",
            sa.LargeBinary(),
            nullable=True,
            comment="zstd, Fernet: the piece as somebody mended it",
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="open, corrected, released, dismissed"),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("released_seq", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("quarantine_state", "quarantine", ["state", "id"], unique=False)
    op.create_table(
        "record",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="msgpack"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("record_key", "record", ["kind", "key", "known_at", "id"], unique=False)
    op.create_table(
        "record_repeat",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
    )
    op.create_index("record_repeat_key", "record_repeat", ["kind", "key"], unique=False)
    op.create_table(
        "repeat",
        sa.Column("dossier", _NUMBER, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        comment="arrivals that told of a dossier what was known already: a backfill before them needs them",
    )
    op.create_index("repeat_dossier", "repeat", ["dossier"], unique=False)
    op.create_table(
        "segment",
        sa.Column("last", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("first", _NUMBER, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False, comment="zstd; rows, see ledger/rows.py"),
        sa.Column("links", sa.LargeBinary(), nullable=False, comment="zstd; see ledger/segments.py"),
        sa.PrimaryKeyConstraint("last"),
        comment="the dossier versions first to last, of one commit",
    )
    op.create_table(
        "sender",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="argon2id"),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of a random key"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("key_hash"),
        sa.UniqueConstraint("user"),
    )
    op.create_table(
        "sender_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "term",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("text"),
    )
