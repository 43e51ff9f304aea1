"""Zero-shot votes with a stand-in encoder that counts words."""

from collections.abc import Sequence

import numpy as np

from data.papers import Paper
from data.taxonomy import Area, Field, Taxonomy
from training.votes.material import Floats32
from training.votes.zero_shot import ZeroShot, remembering

WORDS = ("image", "proof", "market", "cell")
TAXONOMY = Taxonomy(1, (Field("f", "F", (), tuple(Area(word, word) for word in WORDS)),))
PAPERS = [Paper(str(i), f"{word} study") for i, word in enumerate(WORDS * 3)]


def embed(texts: Sequence[str]) -> Floats32:
    """One dimension a word, and one that all texts share."""
    counts = np.array([[1.0] + [text.lower().count(word) for word in WORDS] for text in texts], np.float32)
    return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True), dtype=np.float32)


def test_the_nearest_area_gets_votes_and_far_ones_get_votes_against() -> None:
    """The first function votes for one area a paper; the last one against those below the paper's mean."""
    source = ZeroShot.fit(TAXONOMY, embed, PAPERS)
    votes = source.vote(PAPERS[:4])
    names = [function.name for function in source.functions]
    assert (votes[names.index("zero-shot.first")] == np.eye(4)).all()
    assert (votes[names.index("zero-shot.low")] == np.eye(4) - 1).all()
    assert source.vote([]).shape == (len(names), 0, 4)


def test_levels_are_nested() -> None:
    """A pair above a higher level is above the lower ones too."""
    source = ZeroShot.fit(TAXONOMY, embed, PAPERS)
    levels = source.vote(PAPERS)[1:-1]
    assert (levels[1:] <= levels[:-1]).all()


def test_remembering_asks_once() -> None:
    """The same texts asked again are not embedded again."""
    asked: list[int] = []

    def counted(texts: Sequence[str]) -> Floats32:
        asked.append(len(texts))
        return embed(texts)

    once = remembering(counted)
    assert (once(["image"]) == once(["image"])).all()
    once(["cell"])
    assert asked == [1, 1]
