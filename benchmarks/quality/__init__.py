"""Comparisons of areatag's answers with those of other systems."""
