"""Why, what next, is it true: questions about figures, each a function of an opened data folder."""
