"""Whether a text is one that the model can tag, or out of distribution (OOD): unlike all papers it was trained on.

The OOD score is the Mahalanobis distance of a text's embedding from the mean embedding of training papers, with a
shrunken covariance (Lee et al., A Simple Unified Framework for Detecting Out-of-Distribution Samples, 2018; one mean
for all areas, which did as well as one for each: training/EXPERIMENTS.md), over a limit that few real papers and most
other texts exceed. A text in a language that no training paper was written in is out of distribution as well.
`training.calibration.ood` fits the detector.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from data.errors import AreatagError
from data.language import foreign_language
from model.tensors import Wanted, read_tensors

FILE_NAME = "typicality.safetensors"
FloatArray = NDArray[np.float32]

TOLERANCE = 1.15
"""OOD score up to which a text is tagged: unseen real papers reach 1.12."""


@dataclass(frozen=True, slots=True, eq=False)
class OodDetector:
    """How training papers are distributed.

    Attributes:
        mean: float32 [hidden].
        whitening: float32 [hidden, hidden]; rows are directions in which training papers have variance 1.
        limit: squared distance within which nearly all texts with an abstract lie.
        title_limit: the same for a title alone, which lies further out.
        languages: ISO 639-1 codes of the languages of the training papers.
    """

    mean: FloatArray
    whitening: FloatArray
    limit: float
    title_limit: float
    languages: tuple[str, ...]

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

    def warning(self, text: str, score: float) -> str | None:
        """Why a text of this OOD score gets no areas, for people; None where it gets some."""
        if (language := foreign_language(text, self.languages)) is not None:
            return f"no areas are given: the text seems to be in {language}, which the model was not trained on"
        if score > TOLERANCE:
            return "no areas are given: the text is unlike the papers that the model was trained on"
        return None

    def to_bytes(self) -> bytes:
        """The content of the file in a model directory."""
        limits = np.array([self.limit, self.title_limit], dtype=np.float32)
        tensors = {"mean": self.mean, "whitening": np.ascontiguousarray(self.whitening), "limits": limits}
        return save(tensors, metadata={"languages": " ".join(self.languages)})

    @classmethod
    def load(cls, folder: Path, hidden: int) -> "OodDetector":
        """Read the file of a model directory that has one.

        Raises:
            AreatagError: the file is damaged.
        """
        path = folder / FILE_NAME
        shapes = {"mean": (hidden,), "whitening": (hidden, hidden), "limits": (2,)}
        tensors, metadata = read_tensors(path, {name: Wanted(shape) for name, shape in shapes.items()})
        limit, title_limit = tensors["limits"].tolist()
        if not (limit > 0 and title_limit > 0):
            raise AreatagError(f"{path}: the limits should be above 0; install the model again")
        languages = tuple(metadata.get("languages", "").split())
        return cls(tensors["mean"], tensors["whitening"], limit, title_limit, languages)
