"""What was received, for good: journal, dossier versions, records, quarantine."""
