"""Single sign-on: by which words of a provider accounts are known, rules, used attempts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "account",
        sa.Column(
            "by_rule",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="made by a rule of sign-on",
        ),
    )
    op.add_column(
        "account_session",
        sa.Column(
            "issuer", sa.Text(), nullable=False, server_default="", comment="who vouched; empty: own password"
        ),
    )
    op.create_table(
        "account_identity",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False, comment="sub, or email until somebody came by it"),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "claim", "value"),
        comment="by which words of a provider of single sign-on an account is known",
    )
    op.create_table(
        "sso_rule",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        comment="whoever has a value in a claim has a role for a unit",
    )
    op.create_table(
        "sso_spent",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False, comment="wall clock"),
        sa.PrimaryKeyConstraint("state_hash"),
        comment="attempts of single sign-on that were used up",
    )
