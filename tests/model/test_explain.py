"""Sentences and occlusion."""

import numpy as np
import pytest

from data.papers import Paper
from model.explain import explain, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One thing. Another thing? Yes!", ["One thing.", "Another thing?", "Yes!"]),
        ("Nets, e.g. ResNet, are deep. We prune.", ["Nets, e.g. ResNet, are deep.", "We prune."]),
        ("As J. Doe et al. Showed this. Fine.", ["As J. Doe et al. Showed this.", "Fine."]),
        ("A rate of 3.5 is low.", ["A rate of 3.5 is low."]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    """Boundaries are found, abbreviations and decimals are not taken for one."""
    assert sentences(text) == expected


def test_evidence_is_what_lowers_the_probability() -> None:
    """Only the sentence that carries the area is named, with what its absence costs."""

    def predict(papers: list[Paper]) -> np.ndarray:
        return np.array([[0.9 if "graph" in paper.text else 0.2] for paper in papers], dtype=np.float32)

    paper = Paper("p", "A study", "We colour a graph. It is quick.")
    found = explain(paper, np.array([0.9], dtype=np.float32), [0], predict)  # type: ignore[arg-type]
    assert [(item.sentence, item.drop) for item in found[0]] == [("We colour a graph.", 0.7)]


def test_a_single_sentence_has_no_evidence() -> None:
    """Leaving out everything there is explains nothing."""
    nothing = np.empty((0, 1), dtype=np.float32)
    found = explain(Paper("p", "Only a title"), np.array([0.9], dtype=np.float32), [0], lambda _: nothing)
    assert found == {0: ()}
