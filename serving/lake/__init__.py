"""Labelling of a lake: many files, in folders or an object store, by the machines of a Ray cluster."""
