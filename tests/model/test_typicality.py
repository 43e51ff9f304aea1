"""Distances from training papers, and the file that holds them."""

from pathlib import Path

import numpy as np
import pytest

from data.errors import AreatagError
from model.typicality import FILE_NAME, Typicality

TYPICALITY = Typicality(
    mean=np.array([1.0, 0.0], np.float32),
    whitening=np.array([[0.5, 0.0], [0.0, 2.0]], np.float32),
    limit=3.0,
    title_limit=4.0,
    languages=("de", "en"),
)


def test_distances_by_hand() -> None:
    """The first direction varies with standard deviation 2, the second with 0.5."""
    distances = TYPICALITY.distances(np.array([[1, 0], [3, 0], [1, 1]], np.float32))
    np.testing.assert_allclose(distances, [0.0, 1.0, 4.0])


def test_survives_the_disk(tmp_path: Path) -> None:
    """What was saved is what is loaded."""
    TYPICALITY.save(tmp_path)
    loaded = Typicality.load(tmp_path, 2)
    assert (loaded.limit, loaded.title_limit, loaded.languages) == (3.0, 4.0, ("de", "en"))
    np.testing.assert_array_equal(loaded.whitening, TYPICALITY.whitening)


def test_names_a_damaged_file(tmp_path: Path) -> None:
    """A file of another encoder, or a cut one, is not used."""
    TYPICALITY.save(tmp_path)
    with pytest.raises(AreatagError, match=r"mean should have shape \(3\)"):
        Typicality.load(tmp_path, 3)
    (tmp_path / FILE_NAME).write_bytes(b"x")
    with pytest.raises(AreatagError, match="cannot be read"):
        Typicality.load(tmp_path, 2)
