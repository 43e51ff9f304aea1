"""A model adapted to the taxonomy of a retraining: which of its areas it tags, and which it learned.

The base of a retraining, the active model and the candidate are compared in this form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper
from data.taxonomy import Taxonomy
from model.artefact import Artefact, ModelParts
from model.heads import Heads
from model.measurement import untrained_areas
from model.new_areas import changes_between, with_taxonomy
from model.runtimes.load import load_runtime
from model.tagger import Tagger
from model.versions import resolve_model

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]
_LEARNED = {"kept", "renamed", "merged"}
"""Changes of the taxonomy after which an area's head is what was learned for it, not a guess from its text."""


@dataclass(frozen=True, slots=True, eq=False)
class AdaptedModel:
    """A model that answers in the terms of a taxonomy.

    Attributes:
        known: bool [areas], areas that it tags as it stands; the others came with the taxonomy.
        learned: bool [areas], those of them that it was trained on; its answers about the others are guesses from
            their texts (`model.new_areas`).
    """

    tagger: Tagger
    known: BoolArray
    learned: BoolArray

    @property
    def artefact(self) -> ModelParts:
        """The model, with the heads and the calibration of the taxonomy."""
        return self.tagger.artefact

    def cut_to(self, max_tokens: int) -> AdaptedModel:
        """The same model, which reads no more than so many tokens of a paper.

        A teacher should see what its pupil sees (Beyer et al., Knowledge Distillation: A Good Teacher is Patient and
        Consistent, 2022).
        """
        shorter = replace(self.artefact, max_tokens=min(max_tokens, self.artefact.max_tokens))
        return replace(self, tagger=Tagger(shorter, self.tagger.runtime))


def load_adapted(
    ref: str | None, taxonomy: Taxonomy | None, device: str = "auto", threads: int | None = None
) -> AdaptedModel:
    """Load a model by reference, adapted to a taxonomy; None: its own.

    Raises:
        AreatagError: there is no such model, it is damaged, or the device cannot be used.
    """
    model = Artefact.open(resolve_model(ref)).parts
    runtime = load_runtime(model.encoder_path, device, threads)
    wanted = taxonomy or model.taxonomy
    changes, guessed = changes_between(model.taxonomy, wanted), untrained_areas(model.card)
    known = np.array([changes[area].kind in _LEARNED for area in wanted.area_ids])
    learned = known & np.array([guessed.isdisjoint(changes[area].sources) for area in wanted.area_ids])
    if wanted != model.taxonomy:
        plain = Tagger(model, runtime)
        model = with_taxonomy(model, wanted, lambda texts: plain.embed([Paper("", text) for text in texts]))
    return AdaptedModel(Tagger(replace(model, heads=_trainable(model)), runtime), known, learned)


def _trainable(model: ModelParts) -> Heads:
    """The heads; a field that came with a taxonomy and never answers (zeros) starts at the mean of its areas."""
    heads, taxonomy = model.heads, model.taxonomy
    weight, bias = heads.field_weight.copy(), heads.field_bias.copy()
    for row in np.flatnonzero(~weight.any(axis=1)):
        members = np.flatnonzero(np.array(taxonomy.field_index) == row)
        weight[row] = heads.area_weight[members].mean(axis=0)
        bias[row] = heads.area_bias[members].mean()
    return Heads(heads.area_weight, heads.area_bias, weight, bias)
