"""Lexical features where papers are few: how much they count is cross-validated on the training papers themselves.

Both sides are asked about papers that they were not fitted to: the heads of the linear probe, and a regression from the
terms of the other folds. Fine-tuning makes the encoder's side better than the probe was; the share of the probe was as
good or better nevertheless, also where enough validation papers could have chosen one (training/EXPERIMENTS.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.label_matrix import output_targets
from data.taxonomy import Taxonomy
from model.artefact import ModelParts
from model.calibration import Calibration
from model.embedding_calibration import EmbeddingCalibration
from model.lexical import LexicalFeatures
from training.calibration.fit_calibration import folds
from training.fine_tuning.examples import Example
from training.fine_tuning.lexical import fit_lexical, fit_share, with_lexical
from training.fine_tuning.linear_probe import Probe, calibration_of_targets

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class WeighedLexical:
    """Lexical features with what goes with them.

    Attributes:
        features: fitted to all training papers.
        shares: logit per unit of a feature, of areas and of fields.
        areas, fields: calibrations of embedding and features together, with thresholds that suit papers left out.
    """

    features: LexicalFeatures
    shares: tuple[float, float]
    areas: Calibration
    fields: Calibration

    def added_to(self, parts: ModelParts) -> ModelParts:
        """A model whose heads read the features too; before, they read the embedding alone, calibrated as they were."""
        return replace(
            parts,
            heads=with_lexical(parts.heads, self.shares),
            lexical=self.features,
            area_calibration=self.areas,
            field_calibration=self.fields,
            embedding_calibration=EmbeddingCalibration(parts.area_calibration, parts.field_calibration),
        )


def weigh_lexical(
    examples: Sequence[Example], taxonomy: Taxonomy, probe: Probe, seed: int = 0
) -> WeighedLexical | None:
    """Fit lexical features, and choose their share beside a linear probe.

    Args:
        examples: the training papers (n), as the probe had them.
        taxonomy: the areas and fields.
        probe: heads fitted to these papers, with the log-odds of each paper by heads that it took no part in.
        seed: of the folds.

    Returns:
        The features with their share; None where the papers have no terms to learn from, or terms add nothing.
    """
    whole = fit_lexical(examples, taxonomy)
    if whole is None:
        return None
    features = np.zeros_like(probe.held_out)
    for fit, out in folds(len(examples), seed):
        learned = fit_lexical([examples[row] for row in fit], taxonomy)
        if learned is not None:
            features[out] = learned([examples[row].paper for row in out])
    targets = output_targets(np.stack([example.areas for example in examples]), taxonomy)
    count = len(taxonomy.areas)
    shares, calibrations = [], []
    for part in (slice(0, count), slice(count, None)):
        wanted, logits, added = targets[:, part], probe.held_out[:, part], features[:, part]
        known = ~np.isnan(wanted)
        shares.append(fit_share(logits[known], added[known], wanted[known] >= 0.5))
        calibrations.append(calibration_of_targets(logits + np.float32(shares[-1]) * added, wanted, seed))
    if not any(shares):
        return None
    return WeighedLexical(whole, (shares[0], shares[1]), *calibrations)
