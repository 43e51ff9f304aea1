"""A model without its lexical features: what it can be in formats that hold an encoder and heads only.

Lexical features need the words of a paper; a graph or a Hugging Face model gets tokens. The rows of the heads over the
embedding were fitted before the lexical features came, and these are 0 on average, so the embedding's part of a head
stands alone. Its log-odds are less sure, though, and need a calibration and thresholds of their own, which training
fits on the same validation papers (`training.export.embedding_alone`).
"""

from __future__ import annotations

from dataclasses import replace

from data.errors import UsageError
from model.artefact import ModelParts
from model.calibration import NO_ADJUSTMENT

METRICS = "embedding_alone"
"""Entry of a model's metrics: what was measured without lexical features, under the names of `areatag evaluate`."""


def embedding_only(parts: ModelParts) -> ModelParts:
    """The model as other formats hold it: no lexical features, OOD detector, or correction for titles alone.

    Raises:
        UsageError: it has lexical features, and no calibration without them.
    """
    plain = replace(parts, ood=None, title_areas=NO_ADJUSTMENT, title_fields=NO_ADJUSTMENT, embedding_calibration=None)
    found = parts.embedding_calibration
    if found is None and parts.lexical is None:
        return plain
    if found is None:
        raise UsageError(
            f"The model {parts.version} has no calibration without its lexical features, which this format cannot "
            "hold: name labelled papers to fit one on with --gold GOLD.jsonl, or use --format areatag."
        )
    return replace(
        plain,
        lexical=None,
        heads=parts.heads.over_embedding(parts.hidden_size),
        area_calibration=found.areas,
        field_calibration=found.fields,
        metrics=parts.metrics.get(METRICS, {}),
    )
