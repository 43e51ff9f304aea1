"""Learning curves on embeddings that give the areas away."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.retraining.categories import Categories
from benchmarks.retraining.frozen import FrozenEmbeddings
from benchmarks.retraining.learning_curve import METRICS, RANDOM, REVIEW, curve_table, measure, read_pool
from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy_file import parse_taxonomy
from tests.support.tiny import TAXONOMY, WORDS, records


def embed(texts: Sequence[str]) -> np.ndarray:
    """How often the words of each area occur, and a number that the text determines; of length 1."""
    counts = [[text.lower().count(word) for words in WORDS.values() for word in words] for text in texts]
    rows = np.array([[*row, len(text) % 7, 1] for row, text in zip(counts, texts, strict=True)], dtype=np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@pytest.fixture
def papers() -> Categories:
    """Papers of the tiny corpus."""

    def labels(count: int, seed: int) -> list[LabelledPaper]:
        return [
            LabelledPaper(Paper(str(row["id"]), str(row["title"]), str(row["abstract"])), tuple(row["areas"]))  # type: ignore[arg-type]
            for row in records(count, seed)
        ]

    return Categories(parse_taxonomy(TAXONOMY, "test"), labels(120, 31), labels(50, 32))


def test_curves_of_both_strategies(papers: Categories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both begin with the same papers, and more labels teach more; a second run embeds nothing."""
    asked: list[int] = []

    def embedder(max_tokens: int) -> object:
        asked.append(max_tokens)
        return embed

    monkeypatch.setattr("benchmarks.retraining.frozen.text_embedder", embedder)
    # the tiny corpus is no English that anybody would know
    monkeypatch.setattr("benchmarks.retraining.learning_curve.is_answerable", lambda paper: True)
    pool = read_pool(papers, FrozenEmbeddings(tmp_path, 32))
    again = read_pool(papers, FrozenEmbeddings(tmp_path, 32))
    np.testing.assert_array_equal(pool.embeddings, again.embeddings)
    assert set(asked) == {32} and len(asked) == 3  # areas, pool and test, once
    curves = measure(pool, (12, 40, 90), 2)
    for metric in METRICS:
        first = [[row[0] for row in curves[strategy][metric]] for strategy in (REVIEW, RANDOM)]
        assert first[0] == first[1]
    assert all(row[-1] > 0.8 and len(row) == 3 for row in curves[REVIEW]["micro-F1"])
    table = curve_table(curves, (12, 40, 90), "micro-F1")
    assert [row[0] for row in table.rows] == ["12", "40", "90"]
