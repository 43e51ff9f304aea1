"""Whether a text is one that the model can tag, or out of distribution (OOD): unlike all papers it was trained on.

The OOD score is the Mahalanobis distance of a text's embedding from the mean embedding of training papers, with a
shrunken covariance (Lee et al., A Simple Unified Framework for Detecting Out-of-Distribution Samples, 2018; one mean
for all areas, which did as well as one for each: training/EXPERIMENTS.md), over a limit that few real papers and most
other texts exceed. Short texts lie further out, whatever they are about, so one that is shorter than usual may exceed
the limit as far as others of its length do, if it is prose and the model is sure of an area. A text in a language that
no training paper was written in is out of distribution as well, and so is front matter (`data.front_matter`).
`training.calibration.ood` fits the detector.
"""

from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from data.errors import AreatagError
from data.front_matter import is_front_matter
from data.language import foreign_language
from data.papers import Paper
from model.tensors import Wanted, read_tensors

FILE_NAME = "typicality.safetensors"
FloatArray = NDArray[np.float32]

TOLERANCE = 1.15
"""OOD score up to which a text is tagged: unseen real papers reach 1.12."""
SURE = 0.4
"""Probability of an area from which on the model is sure enough of a short text."""
PROSE = 0.92
"""Share of letters and blanks in prose; short texts of papers that lie far out have 0.93, code and logs less."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How the limits depend on the length of a text, in characters; the values given are those of the bundled model.

    Attributes:
        paper: median length of papers; of shorter ones the limit is higher.
        title: the same of titles alone.
        exponent: the limit grows with this power of the ratio of the median length to a text's.
    """

    paper: float = 1200.0
    title: float = 75.0
    exponent: float = 0.22

    def allowance(self, paper: Paper) -> float:
        """The OOD score that texts of this length reach, at least 1."""
        usual = self.paper if paper.abstract.strip() else self.title
        return float(max(1.0, usual / max(1, len(paper.text))) ** self.exponent)


@dataclass(frozen=True, slots=True, eq=False)
class OodDetector:
    """How training papers are distributed.

    Attributes:
        mean: float32 [hidden].
        whitening: float32 [hidden, hidden]; rows are directions in which training papers have variance 1.
        limit: squared distance within which nearly all texts with an abstract lie.
        title_limit: the same for a title alone, which lies further out.
        languages: ISO 639-1 codes of the languages of the training papers.
        lengths: how the limits depend on the length of a text.
    """

    mean: FloatArray
    whitening: FloatArray
    limit: float
    title_limit: float
    languages: tuple[str, ...]
    lengths: Lengths = Lengths()

    def scores(self, features: FloatArray, title_only: NDArray[np.bool_]) -> FloatArray:
        """OOD scores, float32 [n]: distances over their limits.

        Args:
            features: float32 [n, features], embeddings first.
            title_only: bool [n], texts without an abstract.
        """
        limits = np.where(title_only, self.title_limit, self.limit)
        return np.asarray(self.distances(features) / limits, dtype=np.float32)

    def distances(self, features: FloatArray) -> FloatArray:
        """Squared Mahalanobis distances, float32 [n], of features [n, features], where embeddings come first."""
        # one product a row, so that a text's distance does not depend on what else is in the batch
        white = np.vecdot((features[:, : len(self.mean)] - self.mean)[:, None], self.whitening)
        return np.asarray(np.vecdot(white, white), dtype=np.float32)

    def warning(self, paper: Paper, score: float, best: float) -> str | None:
        """Why a paper gets no areas, for people; None where it gets some.

        Args:
            paper: what was tagged.
            score: its OOD score.
            best: the highest probability of its areas.
        """
        if is_front_matter(paper.title, paper.abstract):
            return (
                "no areas are given: the title is one of front matter, unlike the papers that the model was trained on"
            )
        if (language := foreign_language(paper.text, self.languages)) is not None:
            return f"no areas are given: the text seems to be in {language}, which the model was not trained on"
        if score <= TOLERANCE or (best >= SURE and score <= self.lengths.allowance(paper) and _is_prose(paper.text)):
            return None
        return "no areas are given: the text is unlike the papers that the model was trained on"

    def to_bytes(self) -> bytes:
        """The content of the file in a model directory."""
        limits = np.array([self.limit, self.title_limit], dtype=np.float32)
        lengths = np.array(astuple(self.lengths), dtype=np.float32)
        whitening = np.ascontiguousarray(self.whitening)
        tensors = {"mean": self.mean, "whitening": whitening, "limits": limits, "lengths": lengths}
        return save(tensors, metadata={"languages": " ".join(self.languages)})

    @classmethod
    def load(cls, folder: Path, hidden: int) -> "OodDetector":
        """Read the file of a model directory that has one.

        Raises:
            AreatagError: the file is damaged.
        """
        path = folder / FILE_NAME
        wanted = {"mean": Wanted((hidden,)), "whitening": Wanted((hidden, hidden)), "limits": Wanted((2,))}
        tensors, metadata = read_tensors(path, {**wanted, "lengths": Wanted((3,), optional=True)})
        limit, title_limit = tensors["limits"].tolist()
        lengths = Lengths(*tensors["lengths"].tolist()) if "lengths" in tensors else Lengths()
        if not (
            limit > 0 and title_limit > 0 and lengths.paper > 0 and lengths.title > 0 and 0 <= lengths.exponent <= 1
        ):
            raise AreatagError(f"{path}: the limits and lengths should be above 0; install the model again")
        languages = tuple(metadata.get("languages", "").split())
        return cls(tensors["mean"], tensors["whitening"], limit, title_limit, languages, lengths)


def _is_prose(text: str) -> bool:
    letters = sum(character.isalpha() or character.isspace() for character in text)
    return letters >= PROSE * len(text)
