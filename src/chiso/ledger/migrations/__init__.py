"""How the ledger's tables came to be, a step a file.  Run when a ledger is opened."""
