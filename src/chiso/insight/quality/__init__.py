"""Data quality in points: what each typical mistake of senders adds to a score or takes from it, exactly."""
