"""The least work of a unit that reaches a target by a day, or the proof that nothing reaches it."""
