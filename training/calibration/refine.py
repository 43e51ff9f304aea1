"""A small correction of calibrated probabilities from few labels: one slope and one offset, held back by a prior.

Full calibration (`training.calibration.fit_calibration`) fits offsets and thresholds of all areas, for which the few
corrections of a curator are not enough. A retrained model starts from calibrated answers
(`training.retraining.adapted_model`), so little is to be corrected.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from model.calibration import Calibration

FloatArray = NDArray[np.float32]

SLOPE_SPREAD = 0.2
OFFSET_SPREAD = 0.5
"""Standard deviations of the normal priors of slope (around 1) and offset (around 0, in logits)."""


def refine(logits: FloatArray, targets: FloatArray, before: Calibration) -> Calibration:
    """Fit one slope and one offset for all outputs (Platt scaling with a prior); the identity without known targets.

    Args:
        logits: float32 [n, outputs], log-odds of papers that the model was not trained on.
        targets: float32 [n, outputs], NaN where nothing is known.
        before: the calibration whose thresholds, of outputs and of precisions, stay.
    """
    known = ~np.isnan(targets)
    scores, wanted = logits[known].astype(np.float64), targets[known].astype(np.float64)

    def objective(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        slope, offset = parameters
        scaled = slope * scores + offset
        error = expit(scaled) - wanted
        prior = np.array([(slope - 1) / SLOPE_SPREAD**2, offset / OFFSET_SPREAD**2])
        loss = (np.logaddexp(0.0, scaled) - wanted * scaled).sum()
        value = loss + 0.5 * ((slope - 1) * prior[0] + offset * prior[1])
        return float(value), np.array([error @ scores, error.sum()]) + prior

    slope, offset = minimize(objective, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x
    # a negative slope would turn the ranking round; the prior makes it all but impossible
    return replace(before, slope=max(float(slope), 0.05), offsets=(float(offset),) * len(before.thresholds))
