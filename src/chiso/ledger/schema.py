"""The tables of the ledger, for SQLite and PostgreSQL alike.

Numbers (``seq``, versions, ``record.id``, ``dossier.id``, ``term.id``) are given by the one writer, so
that they grow in the order of commits and a reader that has read up to a number has missed nothing below it.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

HEAD: Final = "0009"
"""Newest revision that this program knows (see migrations/versions)."""
KNOWN: Final = frozenset({"0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009"})

metadata: Final = sa.MetaData()

# A plain INTEGER PRIMARY KEY is SQLite's rowid; PostgreSQL needs the wide type.
Number: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, Number, primary_key=True, autoincrement=False)


meta: Final = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

journal: Final = sa.Table(
    "journal",
    metadata,
    _number("seq"),
    sa.Column(
        "received_at", sa.BigInteger, nullable=False, comment="microseconds since 1970, folder's clock"
    ),
    sa.Column("known_at", sa.BigInteger, nullable=False),
    sa.Column("timely", sa.Boolean, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("door", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("items", sa.Integer, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False, comment="SHA-256 of the payload before compression"),
    sa.Column("payload", sa.LargeBinary, nullable=False, comment="zstd; sanitised input, the sender's names"),
    sa.Column("content", sa.LargeBinary, nullable=False, comment="zstd msgpack; the items made of it"),
)

term: Final = sa.Table(
    "term",
    metadata,
    _number("id"),
    sa.Column("text", sa.Text, nullable=False, unique=True),
)

dossier: Final = sa.Table(
    "dossier",
    metadata,
    _number("id"),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("facts", sa.LargeBinary, nullable=False, comment="msgpack; the newest"),
)

segment: Final = sa.Table(
    "segment",
    metadata,
    _number("last"),
    sa.Column("first", Number, nullable=False),
    sa.Column("packed", sa.LargeBinary, nullable=False, comment="zstd; rows, see ledger/rows.py"),
    sa.Column("links", sa.LargeBinary, nullable=False, comment="zstd; see ledger/segments.py"),
    comment="the dossier versions first to last, of one commit",
)

repeat: Final = sa.Table(
    "repeat",
    metadata,
    sa.Column("dossier", Number, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Index("repeat_dossier", "dossier"),
    comment="arrivals that told of a dossier what was known already: a backfill before them needs them",
)

record: Final = sa.Table(
    "record",
    metadata,
    _number("id"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("known_at", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False, comment="msgpack"),
    sa.Index("record_key", "kind", "key", "known_at", "id"),
)

record_repeat: Final = sa.Table(
    "record_repeat",
    metadata,
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("known_at", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Index("record_repeat_key", "kind", "key"),
)

alias: Final = sa.Table(
    "alias",
    metadata,
    sa.Column("department", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    comment="the portal's department ids, learned from figures that carry the code too",
)

published: Final = sa.Table(
    "published",
    metadata,
    sa.Column("unit", sa.Text, primary_key=True, comment="code, or # and the portal's department id"),
    sa.Column("period", sa.Text, primary_key=True),
    sa.Column("captured_at", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False, comment="journal entry that last changed it"),
    sa.Column("body", sa.LargeBinary, nullable=False, comment="msgpack; see ledger/publishing.py"),
    sqlite_with_rowid=False,
    comment="what the portal published of a unit and period, as of each instant of capture",
)

published_unit: Final = sa.Table(
    "published_unit",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("parent", sa.Text, nullable=False),
    comment="units that only published results tell of",
)

quarantine: Final = sa.Table(
    "quarantine",
    metadata,
    _number("id"),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("door", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("message_vi", sa.Text, nullable=False),
    sa.Column("message_en", sa.Text, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False, comment="zstd, Fernet"),
    sa.Column("corrected", sa.LargeBinary, comment="zstd, Fernet: the piece as somebody mended it"),
    sa.Column("state", sa.Text, nullable=False, comment="open, corrected, released, dismissed"),
    sa.Column("changed_at", sa.BigInteger),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("released_seq", sa.BigInteger),
    sa.Index("quarantine_state", "state", "id"),
)

mistake: Final = sa.Table(
    "mistake",
    metadata,
    sa.Column("sender", sa.Text, primary_key=True),
    sa.Column("bit", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("count", sa.BigInteger, nullable=False),
)

arrival: Final = sa.Table(
    "arrival",
    metadata,
    sa.Column("sender", sa.Text, primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, primary_key=True),
    *(
        sa.Column(name, sa.BigInteger, nullable=False)
        for name in (
            "read",
            "new",
            "changed",
            "same",
            "flagged",
            "refused",
            "lag_count",
            "lag_sum",
            "lag_max",
        )
    ),
)

sender: Final = sa.Table(
    "sender",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=False, unique=True),
    sa.Column("password_hash", sa.Text, nullable=False, comment="argon2id"),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("last_used_at", sa.BigInteger),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("kinds", sa.Text, nullable=False, comment="it may send; with blanks between; empty: all"),
    sa.Column("units", sa.Text, nullable=False, comment="it may speak of, and those below; empty: all"),
)

sender_key: Final = sa.Table(
    "sender_key",
    metadata,
    _number("id"),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("key_hash", sa.LargeBinary, nullable=False, unique=True, comment="SHA-256 of a random key"),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, comment="wall clock"),
    sa.Column("revoked_at", sa.BigInteger, comment="wall clock"),
    sa.Column("last_used_at", sa.BigInteger, comment="wall clock"),
)

sender_session: Final = sa.Table(
    "sender_session",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
)

account: Final = sa.Table(
    "account",
    metadata,
    _number("id"),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False, comment="argon2id"),
    sa.Column("second_factor", sa.LargeBinary, comment="TOTP secret, Fernet"),
    sa.Column("last_code", sa.BigInteger, comment="time step of the last code used: each is good once"),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False, comment="the password was made for them"),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("last_seen_at", sa.BigInteger),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("closed_until", sa.BigInteger, comment="after too many wrong passwords"),
    sa.Column("mail", sa.LargeBinary, comment="address to be told at, Fernet"),
    sa.Column("made_at", sa.BigInteger, comment="when the password was made; empty: their own"),
    sa.Column(
        "by_rule", sa.Boolean, nullable=False, server_default=sa.false(), comment="made by a rule of sign-on"
    ),
)

account_grant: Final = sa.Table(
    "account_grant",
    metadata,
    sa.Column("account", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    comment="a role for a unit and all below it",
)

account_session: Final = sa.Table(
    "account_session",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("account", sa.BigInteger, nullable=False),
    sa.Column("opened_at", sa.BigInteger, nullable=False, comment="wall clock"),
    sa.Column("used_at", sa.BigInteger, nullable=False, comment="wall clock"),
    sa.Column(
        "issuer", sa.Text, nullable=False, server_default="", comment="who vouched; empty: own password"
    ),
    sa.Column("browser", sa.Text, nullable=False, server_default="", comment="its kind"),
)

account_notice: Final = sa.Table(
    "account_notice",
    metadata,
    sa.Column("account", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False, comment="wall clock"),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("mail", sa.LargeBinary, comment="to whom it is still to be told, Fernet"),
    sa.Column("due", sa.BigInteger, comment="when that is tried next, wall clock"),
    sa.Column("tries", sa.Integer, nullable=False),
    comment="what changed about how a person signs in",
)

account_identity: Final = sa.Table(
    "account_identity",
    metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("claim", sa.Text, primary_key=True, comment="sub, or email until somebody came by it"),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("account", sa.BigInteger, nullable=False),
    comment="by which words of a provider of single sign-on an account is known",
)

sso_rule: Final = sa.Table(
    "sso_rule",
    metadata,
    _number("id"),
    sa.Column("claim", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    comment="whoever has a value in a claim has a role for a unit",
)

sso_spent: Final = sa.Table(
    "sso_spent",
    metadata,
    sa.Column("state_hash", sa.LargeBinary, primary_key=True),
    sa.Column("expires_at", sa.BigInteger, nullable=False, comment="wall clock"),
    comment="attempts of single sign-on that were used up",
)

audit: Final = sa.Table(
    "audit",
    metadata,
    _number("number"),
    sa.Column("at", sa.BigInteger, nullable=False, comment="wall clock"),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False, comment="JSON"),
    sa.Column("hash", sa.LargeBinary, nullable=False, comment="SHA-256 over the hash before and this entry"),
    comment="what was done, appended only",
)
