"""Vectors of texts from their words alone."""

import numpy as np

from training.rule_suggestion.word_vectors import fit_word_vectors

TEXTS = [
    "whale song in the ocean",
    "the whale and its song",
    "ocean whale migration",
    "bird flight and nests",
    "nests of a bird",
    "flight of the bird over a nest",
]


def test_texts_of_one_subject_lie_together() -> None:
    """Rows have length 1, so a product is a cosine."""
    vectors = fit_word_vectors(TEXTS)(TEXTS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    cosines = vectors @ vectors.T
    assert cosines[:3, :3].min() > cosines[:3, 3:].max()


def test_the_same_seed_gives_the_same_vectors() -> None:
    """Suggested rules can be made again."""
    np.testing.assert_array_equal(fit_word_vectors(TEXTS, 3)(TEXTS), fit_word_vectors(TEXTS, 3)(TEXTS))


def test_unknown_words_give_a_vector_of_zeros() -> None:
    """Which is like nothing, and no number that is not finite; two texts are enough to fit."""
    embed = fit_word_vectors(TEXTS[:2])
    assert not embed(["entirely unrelated vocabulary"]).any()
    assert np.isfinite(embed(TEXTS)).all()
    assert fit_word_vectors(TEXTS[:1])(TEXTS[:1]).shape[0] == 1
