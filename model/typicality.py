"""How unlike its training papers a text is to the model, and which languages those papers are written in.

The distance is that of Mahalanobis between a text's embedding and the mean embedding of training papers, with a
shrunken covariance (Lee et al., A Simple Unified Framework for Detecting Out-of-Distribution Samples, 2018; one mean
for all areas, which did as well as one for each: training/EXPERIMENTS.md). Few real papers lie beyond the limit, and
most texts that are no papers do. `training.calibration.text_checks` fits it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from data.errors import AreatagError
from model.tensors import Wanted, read_tensors

FILE_NAME = "typicality.safetensors"
FloatArray = NDArray[np.float32]

TOLERANCE = 1.15
"""Distance over the limit up to which a text is still judged: unseen real papers lie up to 1.12 times as far out."""


@dataclass(frozen=True, slots=True, eq=False)
class Typicality:
    """What training papers look like.

    Attributes:
        mean: float32 [hidden].
        whitening: float32 [hidden, hidden]; rows are directions in which training papers have variance 1.
        limit: largest squared distance of a text with an abstract that counts as typical.
        title_limit: the same for a title alone, which lies further out.
        languages: ISO 639-1 codes of the languages of the training papers.
    """

    mean: FloatArray
    whitening: FloatArray
    limit: float
    title_limit: float
    languages: tuple[str, ...]

    def distances(self, features: FloatArray) -> FloatArray:
        """Squared Mahalanobis distances, float32 [n], of features [n, features], where embeddings come first."""
        # one product a row, so that a text's distance does not depend on what else is in the batch
        white = np.vecdot((features[:, : len(self.mean)] - self.mean)[:, None], self.whitening)
        return np.asarray(np.vecdot(white, white), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write the file into a model directory, before its manifest is written."""
        limits = np.array([self.limit, self.title_limit], dtype=np.float32)
        tensors = {"mean": self.mean, "whitening": np.ascontiguousarray(self.whitening), "limits": limits}
        save_file(tensors, folder / FILE_NAME, metadata={"languages": " ".join(self.languages)})

    @classmethod
    def load(cls, folder: Path, hidden: int) -> "Typicality":
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
