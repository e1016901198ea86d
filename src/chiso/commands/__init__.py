"""What the commands of :mod:`chiso.cli` do.  Each module imports what it uses when it is used."""
