"""Runs the migrations on the connection that opens the ledger, within its transaction."""

from __future__ import annotations

from alembic import context

from chiso.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
