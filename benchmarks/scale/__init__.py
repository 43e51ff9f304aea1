"""Labelling of very many papers: how fast, on what memory, what a kill costs, and on more than one machine."""
