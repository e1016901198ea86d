"""Attached files, whom to tell, the states of alerts, what was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the content, hexadecimal"),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes of the content"),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="zstd, Fernet"),
        sa.PrimaryKeyConstraint("digest"),
        comment="files and texts that journal entries name by their digest",
    )
    op.create_table(
        "contact",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="Fernet: name and address"),
        sa.PrimaryKeyConstraint("id"),
        comment="who is told of a unit's alerts and reminders",
    )
    op.create_index("contact_unit", "contact", ["unit"])
    op.create_table(
        "alert",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="code of a unit, or name of a sender"),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="normal, pending, alerting, recovering, no_data"
        ),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("open_since", sa.BigInteger(), comment="when the alert that is open began"),
        sa.Column("value", sa.Text()),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "subject"),
        comment="how every rule stands with each of its subjects",
    )
    op.create_table(
        "notice",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="alert, over, reminder, test"),
        sa.Column("weight", sa.Text(), nullable=False, comment="urgent, normal, digest"),
        sa.Column("rule", sa.Text(), nullable=False, comment="of a reminder the id of its task"),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        comment="what there is to tell",
    )
    op.create_index("notice_rule", "notice", ["rule", "subject", "id"])
    op.create_table(
        "delivery",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("notice", NUMBER, nullable=False),
        sa.Column("contact", NUMBER, nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, sent, failed, dropped"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        comment="what is told to whom, and whether it arrived",
    )
    op.create_index("delivery_state", "delivery", ["state", "not_before"])
    op.create_index("delivery_notice", "delivery", ["notice"])
