"""Labelling of very many papers: how fast, on what memory, and what a kill costs."""
