"""What directs the work: targets and tasks with their states, reports, alerts."""
