"""Six made-up papers and what is known of them, few enough to be counted by hand."""

import numpy as np

from data.papers import Paper
from data.taxonomy import Area, Field, Taxonomy
from training.votes.vote_matrix import Labels

TAXONOMY = Taxonomy(1, (Field("f", "F", (), (Area("f/leaf", "Leaves"), Area("f/sea", "Seas"))),))
PAPERS = [
    Paper("0", "A leaf in autumn"),
    Paper("1", "Page layout of newspapers"),
    Paper("2", "The page of a magazine"),
    Paper("3", "Tides"),
    Paper("4", "Salty waves"),
    Paper("5", "One wave"),
]
LABELS: Labels = np.array([[1, 0], [0, 0], [0, 1], [0, 1], [-1, -1], [0, 1]], np.int8)
"""Of the areas in their order: 1 applies, 0 does not, -1 is not known."""
