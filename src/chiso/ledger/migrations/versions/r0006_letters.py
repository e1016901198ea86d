"""The register of letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="urge, unit"),
        sa.Column("unit", sa.Text(), nullable=False, comment="whose figures it shows"),
        sa.Column("addressees", sa.Text(), nullable=False, comment="codes of the units addressed, JSON"),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), comment="empty until it is given"),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Text(), nullable=False, comment="ISO day; empty until it is given"),
        sa.Column("drafted", sa.Text(), nullable=False, comment="SHA-256 of the document as first made"),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the document as it stands"),
        sa.Column(
            "template", sa.Text(), nullable=False, comment="SHA-256 of the office's own; empty: built-in"
        ),
        sa.Column("facts", sa.LargeBinary(), nullable=False, comment="zstd, msgpack: all that it says"),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("drafted"),
        comment="the register of letters made; documents and templates are attachments",
    )
