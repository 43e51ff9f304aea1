"""Finds the sentences that an area rests on, by occlusion (Zeiler and Fergus, 2014): tagging again without each."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper
from model.tags import Evidence

Predict = Callable[[Sequence[Paper]], NDArray[np.float32]]

MOST_SENTENCES = 24
"""Sentences of a paper that are tried; those after them lie beyond what the encoder reads."""
MOST_EVIDENCE = 3
"""Sentences named for an area."""
SMALLEST_DROP = 0.01

# A full stop, question or exclamation mark, then a space and an upper-case letter, digit or bracket; not after "e.g."
# and the like or after an initial.
_BOUNDARY = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bcf)(?<!\bvs)(?<!\bet al)(?<!\b[A-Z])[.!?]\s+(?=[A-Z0-9(\[$\"'])")


def sentences(text: str) -> list[str]:
    """The sentences of a text, without surrounding space."""
    pieces, start = [], 0
    for boundary in _BOUNDARY.finditer(text):
        pieces.append(text[start : boundary.start() + 1])
        start = boundary.end()
    pieces.append(text[start:])
    return [piece.strip() for piece in pieces if piece.strip()]


def explain(
    paper: Paper, probabilities: NDArray[np.float32], columns: Sequence[int], predict: Predict
) -> dict[int, tuple[Evidence, ...]]:
    """Evidence for some outputs of one paper.

    Args:
        paper: to be split into sentences.
        probabilities: float32 [outputs], the prediction for the whole paper.
        columns: outputs to explain.
        predict: papers to float32 [n, outputs]; called once, with one paper a sentence.

    Returns:
        For each column, at most three sentences whose absence lowers its probability, largest drop first.
    """
    parts = [paper.title.strip()] if paper.title.strip() else []
    in_title = len(parts)
    parts = (parts + sentences(paper.abstract))[:MOST_SENTENCES]
    if len(parts) < 2 or not columns:
        return {column: () for column in columns}
    without = [
        Paper(
            id=paper.id,
            title="" if skipped < in_title else paper.title,
            abstract=" ".join(
                part for position, part in enumerate(parts) if position >= in_title and position != skipped
            ),
        )
        for skipped in range(len(parts))
    ]
    drops = probabilities - predict(without)  # (sentences, outputs)
    evidence = {}
    for column in columns:
        order = np.argsort(-drops[:, column], kind="stable")[:MOST_EVIDENCE]
        evidence[column] = tuple(
            Evidence(parts[position], round(float(drops[position, column]), 4))
            for position in order
            if drops[position, column] >= SMALLEST_DROP
        )
    return evidence
