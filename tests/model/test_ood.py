"""The OOD detector, and the file that holds it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from data.errors import AreatagError
from data.papers import Paper
from model.ood import FILE_NAME, SURE, TOLERANCE, Lengths, OodDetector

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
    assert "unlike the papers" in str(DETECTOR.warning(Paper("1", "", english), scores[0], 0.1))
    assert DETECTOR.warning(Paper("1", "", english), scores[1], 0.1) is None
    assert "French" in str(DETECTOR.warning(Paper("1", "", french), 0.1, 0.9))


@given(
    length=st.integers(1, 5000),
    score=st.floats(0, 10),
    best=st.floats(0, 1),
    is_title=st.booleans(),
    more=st.floats(0, 1),
)
def test_length_is_not_oddity(length: int, score: float, best: float, is_title: bool, more: float) -> None:
    """What would be tagged at its length is tagged where it is shorter or less odd, and if the model is surer."""
    detector = replace(DETECTOR, lengths=Lengths(1000.0, 60.0, 0.3))

    def warning(size: int, score: float, best: float) -> str | None:
        text = "w" * size
        return detector.warning(Paper("1", text if is_title else "", "" if is_title else text), score, best)

    if warning(length, score, best) is None:
        assert warning(max(1, int(length * more)), score, best) is None
        assert warning(length, score * more, best) is None
        assert warning(length, score, max(best, more)) is None
    if score <= TOLERANCE:
        assert warning(length, score, best) is None
    elif best < SURE or length >= 1000:
        assert warning(length, score, best) is not None


def test_a_short_text_is_judged_beside_short_ones() -> None:
    """With an abstract of a sentence, where the model is sure; the same distance is odd for a long text."""
    short = Paper("1", "Ringing petrels", "We count seabirds that breed on small islands in the north.")
    long = Paper("1", "Ringing petrels", short.abstract * 30)
    assert DETECTOR.warning(short, 1.4, 0.8) is None
    assert "unlike the papers" in str(DETECTOR.warning(short, 1.4, 0.2))
    assert "unlike the papers" in str(DETECTOR.warning(short, 2.9, 0.8))
    assert "unlike the papers" in str(DETECTOR.warning(long, 1.4, 0.8))
    code = Paper("1", "", "for (bird = 0; bird < 9; bird++) { count[bird] += ring(bird); }")
    assert "unlike the papers" in str(DETECTOR.warning(code, 1.4, 0.8))


def test_front_matter_is_no_paper() -> None:
    """However sure the model is of an area of scholarly publishing."""
    assert "front matter, unlike the papers" in str(DETECTOR.warning(Paper("1", "Author index"), 0.1, 0.99))
    assert DETECTOR.warning(Paper("1", "Author names in indexes"), 0.1, 0.99) is None


def test_survives_the_disk(tmp_path: Path) -> None:
    """What was saved is what is loaded."""
    (tmp_path / FILE_NAME).write_bytes(DETECTOR.to_bytes())
    loaded = OodDetector.load(tmp_path, 2)
    assert (loaded.limit, loaded.title_limit, loaded.languages) == (3.0, 4.0, ("de", "en"))
    np.testing.assert_array_equal(loaded.whitening, DETECTOR.whitening)


def test_lengths_survive_the_disk_and_may_be_missing(tmp_path: Path) -> None:
    """Detectors that were written before there were any have those of the bundled model."""
    lengths = Lengths(900.0, 50.0, 0.25)
    content = replace(DETECTOR, lengths=lengths).to_bytes()
    (tmp_path / FILE_NAME).write_bytes(content)
    assert OodDetector.load(tmp_path, 2).lengths == lengths
    tensors = load(content)
    del tensors["lengths"]
    (tmp_path / FILE_NAME).write_bytes(save(tensors, metadata={"languages": "en"}))
    assert OodDetector.load(tmp_path, 2).lengths == Lengths()


@pytest.mark.parametrize("lengths", [(0.0, 1.0, 0.2), (1.0, -1.0, 0.2), (1.0, 1.0, 1.5)])
def test_lengths_that_make_no_sense_are_refused(tmp_path: Path, lengths: tuple[float, float, float]) -> None:
    """As limits of 0 are."""
    (tmp_path / FILE_NAME).write_bytes(replace(DETECTOR, lengths=Lengths(*lengths)).to_bytes())
    with pytest.raises(AreatagError, match="limits and lengths"):
        OodDetector.load(tmp_path, 2)


def test_names_a_damaged_file(tmp_path: Path) -> None:
    """A file of another encoder, or a cut one, is not used."""
    (tmp_path / FILE_NAME).write_bytes(DETECTOR.to_bytes())
    with pytest.raises(AreatagError, match=r"mean should have shape \(3\)"):
        OodDetector.load(tmp_path, 3)
    (tmp_path / FILE_NAME).write_bytes(b"x")
    with pytest.raises(AreatagError, match="cannot be read"):
        OodDetector.load(tmp_path, 2)
