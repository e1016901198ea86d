"""Who and what is scored: units through time, their codes, procedures, the working calendar."""
