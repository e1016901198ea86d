"""What administrators change, its effect shown first: units, working days, procedures, refused input."""
