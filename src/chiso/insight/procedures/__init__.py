"""Procedures as work: the national catalogue held against the province's own list and what dossiers show."""
