"""What was received, for good: journal, dossier versions, records, quarantine.

The house enters by :class:`chiso.ledger.store.Ledger` and :class:`chiso.ledger.writer.Writer`; the row format
(:mod:`chiso.ledger.rows`) can be imported without either.
"""
