"""Figures for other programs and other desks: spreadsheets, CSV, Parquet, the message of the week."""
