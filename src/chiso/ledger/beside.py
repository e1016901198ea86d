"""Tables beside the counting: attached files, whom to tell, the states of alerts, what was told to whom.

Nothing here enters a score.  Addresses of persons and the contents of files are sealed with the folder's key.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from chiso.ledger.schema import Number, metadata

attachment: Final = sa.Table(
    "attachment",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True, comment="SHA-256 of the content, hexadecimal"),
    sa.Column("size", sa.BigInteger, nullable=False, comment="bytes of the content"),
    sa.Column("kept_at", sa.BigInteger, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False, comment="zstd, Fernet"),
    comment="files and texts that journal entries name by their digest",
)

contact: Final = sa.Table(
    "contact",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("added_at", sa.BigInteger, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False, comment="Fernet: name and address"),
    sa.Index("contact_unit", "unit"),
    comment="who is told of a unit's alerts and reminders",
)

alert: Final = sa.Table(
    "alert",
    metadata,
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True, comment="code of a unit, or name of a sender"),
    sa.Column("state", sa.Text, nullable=False, comment="normal, pending, alerting, recovering, no_data"),
    sa.Column("since", sa.BigInteger, nullable=False),
    sa.Column("open_since", sa.BigInteger, comment="when the alert that is open began"),
    sa.Column("value", sa.Text),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
    comment="how every rule stands with each of its subjects",
)

notice: Final = sa.Table(
    "notice",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, comment="alert, over, reminder, test"),
    sa.Column("weight", sa.Text, nullable=False, comment="urgent, normal, digest"),
    sa.Column("rule", sa.Text, nullable=False, comment="of a reminder the id of its task"),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("value", sa.Text),
    sa.Column("words", sa.Text, nullable=False),
    sa.Index("notice_rule", "rule", "subject", "id"),
    comment="what there is to tell",
)

delivery: Final = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=False),
    sa.Column("notice", Number, nullable=False),
    sa.Column("contact", Number, nullable=False),
    sa.Column("not_before", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False, comment="waiting, sent, failed, dropped"),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Index("delivery_state", "state", "not_before"),
    sa.Index("delivery_notice", "notice"),
    comment="what is told to whom, and whether it arrived",
)

mark: Final = sa.Table(
    "mark",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True, comment="code of a dossier, petition or procedure"),
    sa.Column("what", sa.Text, primary_key=True, comment="kind of work"),
    sa.Column("assigned", sa.Text, nullable=False, comment="whose it is, as the unit writes it"),
    sa.Column("done_at", sa.BigInteger, comment="when it was ticked off"),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
    comment="what people note beside items of work",
)

letter: Final = sa.Table(
    "letter",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, comment="urge, unit"),
    sa.Column("unit", sa.Text, nullable=False, comment="whose figures it shows"),
    sa.Column("addressees", sa.Text, nullable=False, comment="codes of the units addressed, JSON"),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("number", sa.BigInteger, comment="empty until it is given"),
    sa.Column("symbol", sa.Text, nullable=False),
    sa.Column("signed_on", sa.Text, nullable=False, comment="ISO day; empty until it is given"),
    sa.Column(
        "drafted", sa.Text, nullable=False, unique=True, comment="SHA-256 of the document as first made"
    ),
    sa.Column("digest", sa.Text, nullable=False, comment="SHA-256 of the document as it stands"),
    sa.Column("template", sa.Text, nullable=False, comment="SHA-256 of the office's own; empty: built-in"),
    sa.Column("facts", sa.LargeBinary, nullable=False, comment="zstd, msgpack: all that it says"),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
    comment="the register of letters made; documents and templates are attachments",
)
