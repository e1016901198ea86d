"""Today's work of a unit: what can still be saved and what can be gained, each with what it is worth."""
