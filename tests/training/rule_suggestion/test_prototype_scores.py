"""Probabilities from similarity to prototypes."""

import numpy as np
import numpy.typing as npt

from training.rule_suggestion.prototype_scores import MOST_TITLES, Embedded, fit_prototypes, similarity_scores

DIMENSIONS, AREAS = 8, 3


def _near(areas: npt.NDArray[np.intp], noise: float, seed: int) -> npt.NDArray[np.float32]:
    """Rows of length 1 near the direction of their area."""
    generator = np.random.default_rng(seed)
    rows = np.eye(DIMENSIONS)[areas] + noise * generator.normal(size=(len(areas), DIMENSIONS))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _material(labelled: int = 30, pool: int = 200) -> tuple[Embedded, npt.NDArray[np.int8], npt.NDArray[np.intp]]:
    of_labelled, of_pool = np.arange(labelled) % AREAS, np.arange(pool) % AREAS
    embedded = Embedded(
        _near(of_pool, 0.2, 1), _near(of_labelled, 0.2, 2), _near(of_labelled, 0.2, 3), _near(np.arange(AREAS), 0.1, 4)
    )
    return embedded, (of_labelled[:, None] == np.arange(AREAS)).astype(np.int8), of_pool


def test_papers_near_a_prototype_probably_have_its_area() -> None:
    """And the others probably not."""
    embedded, labels, of_pool = _material()
    scores = fit_prototypes(embedded, labels)
    assert scores.pool_probability.shape == (200, AREAS)
    own = scores.pool_probability[np.arange(200), of_pool]
    assert own.min() > 0.5
    assert scores.pool_probability.sum() - own.sum() < 0.2 * own.sum()
    assert [rows.tolist() for rows in scores.members] == [list(range(area, 30, AREAS)) for area in range(AREAS)]


def test_a_labelled_paper_is_not_compared_with_itself() -> None:
    """Its own title in the prototype would flatter it."""
    embedded, labels, _ = _material()
    titles = embedded.titles.copy()
    titles[0] = embedded.labelled[0] = np.eye(DIMENSIONS)[DIMENSIONS - 1]  # like nothing else
    changed = Embedded(embedded.pool, embedded.labelled, titles, embedded.areas)
    assert fit_prototypes(changed, labels).labelled_similarity[0, 0] < 0.3


def test_few_labels_are_enough_for_a_guess() -> None:
    """A calibration cannot be fitted to two papers; an area without papers has its description alone."""
    embedded, labels, of_pool = _material(labelled=2)
    scores = fit_prototypes(embedded, labels)
    assert np.isfinite(scores.pool_probability).all()
    assert (scores.pool_probability.argmax(axis=1) == of_pool).mean() > 0.9
    assert len(scores.members[2]) == 0


def test_a_prototype_has_no_more_titles_than_a_person_reads() -> None:
    """The first ones."""
    embedded, labels, _ = _material(labelled=3 * MOST_TITLES + 9)
    assert {len(rows) for rows in fit_prototypes(embedded, labels).members} == {MOST_TITLES}


def test_labels_can_be_left_out() -> None:
    """The pool and the areas stay."""
    embedded, _, _ = _material()
    some = embedded.labels_at(np.array([4, 1]))
    np.testing.assert_array_equal(some.labelled, embedded.labelled[[4, 1]])
    np.testing.assert_array_equal(some.titles, embedded.titles[[4, 1]])
    assert some.pool is embedded.pool


def test_scores_compare_areas_and_papers() -> None:
    """A z-score over the areas of a paper: they add up to nothing, and its own area is the highest."""
    embedded, _, of_pool = _material()
    scores = similarity_scores(embedded.pool, embedded.areas, embedded.pool)
    np.testing.assert_allclose(scores.sum(axis=1), 0, atol=1e-3)
    assert (scores.argmax(axis=1) == of_pool).mean() > 0.95
