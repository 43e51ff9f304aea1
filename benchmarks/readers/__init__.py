"""How fast the readers of `data/readers` are, and what memory they take."""
