"""The OOD detector, and the file that holds it."""

from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError
from model.ood import FILE_NAME, OodDetector

DETECTOR = OodDetector(
    mean=np.array([1.0, 0.0], np.float32),
    whitening=np.array([[0.5, 0.0], [0.0, 2.0]], np.float32),
    limit=3.0,
    title_limit=4.0,
    languages=("de", "en"),
)


def test_distances_by_hand() -> None:
    """The first direction varies with standard deviation 2, the second with 0.5."""
    distances = DETECTOR.distances(np.array([[1, 0], [3, 0], [1, 1]], np.float32))
    np.testing.assert_allclose(distances, [0.0, 1.0, 4.0])


def test_scores_are_distances_over_their_limit() -> None:
    """A title alone has its own; beyond the tolerance there is a warning, and in a language that is not known."""
    scores = DETECTOR.scores(np.array([[1, 1], [1, 1]], np.float32), np.array([False, True]))
    np.testing.assert_allclose(scores, [4 / 3, 1.0])
    english = "We study the songs of whales and how they travel through the oceans of the world in the winter."
    french = "Nous étudions le chant de la baleine dans les océans du monde entier, et comment il voyage en hiver."
    assert "unlike the papers" in str(DETECTOR.warning(english, scores[0]))
    assert DETECTOR.warning(english, scores[1]) is None
    assert "French" in str(DETECTOR.warning(french, 0.1))


def test_survives_the_disk(tmp_path: Path) -> None:
    """What was saved is what is loaded."""
    (tmp_path / FILE_NAME).write_bytes(DETECTOR.to_bytes())
    loaded = OodDetector.load(tmp_path, 2)
    assert (loaded.limit, loaded.title_limit, loaded.languages) == (3.0, 4.0, ("de", "en"))
    np.testing.assert_array_equal(loaded.whitening, DETECTOR.whitening)


def test_names_a_damaged_file(tmp_path: Path) -> None:
    """A file of another encoder, or a cut one, is not used."""
    (tmp_path / FILE_NAME).write_bytes(DETECTOR.to_bytes())
    with pytest.raises(AreatagError, match=r"mean should have shape \(3\)"):
        OodDetector.load(tmp_path, 3)
    (tmp_path / FILE_NAME).write_bytes(b"x")
    with pytest.raises(AreatagError, match="cannot be read"):
        OodDetector.load(tmp_path, 2)
