"""Labels that are probably wrong: confident learning, one area at a time.

An area given to a paper is suspected where the model is surer that it does not apply than it is, on average, of papers
without the area; one that is not given, where the model is surer of it than of papers that have it (Northcutt, Jiang
and Chuang, Confident Learning, 2021). One threshold an area keeps areas comparable that the model knows more or less
well (Thyagarajan et al., Identifying Incorrect Annotations in Multi-Label Classification Data, 2022). The
probabilities should come from a model that did not learn from these labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.label_matrix import area_targets
from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy import Taxonomy

FloatArray = NDArray[np.float32]

_PRIOR_PAPERS = 5.0
"""An area's threshold is shrunk towards that of all areas, which counts as this many papers."""


@dataclass(frozen=True, slots=True)
class SuspectedError:
    """A decision about one area of one paper that the model contradicts with confidence."""

    paper: Paper
    area: str
    given: bool
    """The label says that the area applies; the model, that it does not (or the reverse)."""
    probability: float
    """Of the area, by the model."""
    score: float
    """How much surer the model is of the contrary than it usually is when that holds, in [-1, 1]; higher is worse."""

    def to_record(self) -> dict[str, object]:
        """What the command prints."""
        return {
            "id": self.paper.id,
            "title": self.paper.title,
            "area": self.area,
            "given": self.given,
            "predicted": not self.given,
            "probability": self.probability,
            "score": self.score,
        }


def suspected_errors(
    labelled: Sequence[LabelledPaper], probabilities: FloatArray, taxonomy: Taxonomy
) -> list[SuspectedError]:
    """Return the suspected errors, the most probable first.

    Args:
        labelled: n papers with their labels.
        probabilities: float32 [n, areas], calibrated, of papers outside the fit.
        taxonomy: of the columns of `probabilities`.
    """
    given = area_targets(labelled, taxonomy)
    p = probabilities.astype(np.float64)
    usual_yes = _usual_confidence(p, given == 1)  # [areas]
    usual_no = _usual_confidence(1 - p, given == 0)
    surplus_yes, surplus_no = p - usual_yes, (1 - p) - usual_no
    suspected = ((given == 1) & (surplus_no >= 0)) | ((given == 0) & (surplus_yes >= 0))
    # Of both readings that may be confident at once, the better one counts, as in the confident joint.
    margin = np.where(given == 1, surplus_no - surplus_yes, surplus_yes - surplus_no)
    rows, columns = np.nonzero(suspected & (margin > 0))
    order = np.argsort(-margin[rows, columns], kind="stable")
    return [
        SuspectedError(
            paper=labelled[row].paper,
            area=taxonomy.area_ids[column],
            given=bool(given[row, column] == 1),
            probability=round(float(p[row, column]), 4),
            score=round(float(margin[row, column]) / 2, 4),
        )
        for row, column in zip(rows[order], columns[order], strict=True)
    ]


def _usual_confidence(confidence: NDArray[np.float64], where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean confidence of each area's papers in `where`, float64 [areas], shrunk towards that of all areas."""
    total, count = np.where(where, confidence, 0.0).sum(axis=0), where.sum(axis=0)
    overall = total.sum() / max(int(count.sum()), 1)
    return np.asarray((total + _PRIOR_PAPERS * overall) / (count + _PRIOR_PAPERS))
