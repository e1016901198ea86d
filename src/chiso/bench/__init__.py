"""The project's own benchmark: what the engine does, beside other engines and the limits of the machine."""
