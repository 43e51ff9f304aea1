"""What words say of a paper, as the tagger reads it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from data.errors import AreatagError
from data.papers import Paper
from model.lexical import FILE_NAME, LexicalFeatures, terms_of

PAPERS = [
    Paper("1", "Whale songs", "The whale sings a whale song."),
    Paper("2", "Nests of birds", "Birds build nests near the harbour."),
    Paper("3", "", "A harbour for sailing ships and a nest of birds."),
]


DENSE = np.array([[0, 127], [5, -3], [0, 0], [100, 0], [-127, 7]], dtype=np.float32)
"""Whole numbers up to 127, which are kept exactly."""


@pytest.fixture
def lexical() -> LexicalFeatures:
    """Two numbers over five terms."""
    terms = ["whale", "birds", "harbour", "whale songs", "nests"]
    return LexicalFeatures.from_dense(
        terms, np.linspace(1, 2, 5, dtype=np.float32), DENSE, np.array([-1, 2], np.float32)
    )


def test_terms_are_words_and_pairs_and_the_title_counts_twice() -> None:
    """Pairs do not reach across title and abstract; words of one letter are left out."""
    assert terms_of(Paper("1", "Deep Whales", "A song")) == [
        *("deep", "whales", "deep whales"),
        *("deep", "whales", "deep whales"),
        "song",
    ]


def test_weights_are_those_of_scikit_learn(lexical: LexicalFeatures) -> None:
    """The projection was learned on its TF-IDF, so the tagger's must be the same."""
    terms = sorted(lexical.row_of, key=lexical.row_of.__getitem__)
    vectorizer = TfidfVectorizer(analyzer=terms_of, vocabulary=terms, sublinear_tf=True)
    weights = vectorizer.fit_transform(PAPERS).toarray()
    same = LexicalFeatures.from_dense(terms, vectorizer.idf_.astype(np.float32), DENSE, np.zeros(2, np.float32))
    np.testing.assert_allclose(same(PAPERS), weights @ DENSE, rtol=1e-5, atol=1e-5)


def test_a_paper_does_not_depend_on_the_others(lexical: LexicalFeatures) -> None:
    """Bit for bit; a paper without a known term gets the offset, and no paper no row."""
    together = lexical(PAPERS)
    for row, paper in zip(together, PAPERS, strict=True):
        np.testing.assert_array_equal(lexical([paper])[0], row)
    np.testing.assert_array_equal(lexical([Paper("4", "", "Nothing known")])[0], lexical.offset)
    assert lexical([]).shape == (0, 2)


def test_is_the_same_after_reading(lexical: LexicalFeatures, tmp_path: Path) -> None:
    """What was saved is what is loaded."""
    (tmp_path / FILE_NAME).write_bytes(lexical.to_bytes())
    read = LexicalFeatures.load(tmp_path)
    assert read.row_of == lexical.row_of
    np.testing.assert_array_equal(read(PAPERS), lexical(PAPERS))


def test_a_damaged_file_is_named(lexical: LexicalFeatures, tmp_path: Path) -> None:
    """Cut short, or with arrays that do not fit each other."""
    (tmp_path / FILE_NAME).write_bytes(lexical.to_bytes())
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(AreatagError, match="cannot be read"):
        LexicalFeatures.load(tmp_path)
    (tmp_path / FILE_NAME).write_bytes(replace(lexical, idf=lexical.idf[:3]).to_bytes())
    with pytest.raises(AreatagError, match="do not fit"):
        LexicalFeatures.load(tmp_path)
