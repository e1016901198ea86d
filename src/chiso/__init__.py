"""chiso: the public service index of Vietnam (Decision 766/QĐ-TTg), counted the moment something happens."""

__version__ = "0.1.0"
