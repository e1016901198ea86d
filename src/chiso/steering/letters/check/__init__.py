"""Whether a document keeps the layout rules of an official letter."""
