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
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from data.errors import AreatagError

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
    def load(cls, folder: Path, hidden: int) -> "Typicality | None":
        """Read the file of a model directory; None where a model has none.

        Raises:
            AreatagError: the file is damaged.
        """
        path = folder / FILE_NAME
        if not path.is_file():
            return None
        try:
            with safe_open(path, framework="numpy") as file:
                mean, whitening, limits = (file.get_tensor(name) for name in ("mean", "whitening", "limits"))
                languages = (file.metadata() or {}).get("languages", "")
        except (SafetensorError, OSError) as error:
            raise AreatagError(f"{path}: cannot be read ({error}); install the model again") from error
        if mean.shape != (hidden,) or whitening.shape != (hidden, hidden) or limits.shape != (2,):
            raise AreatagError(f"{path}: does not belong to an encoder of {hidden} dimensions; install the model again")
        return cls(mean, whitening, float(limits[0]), float(limits[1]), tuple(languages.split()))
