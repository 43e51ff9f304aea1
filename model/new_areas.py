"""Heads for a changed taxonomy, at once and without training: the encoder stays, areas come, go and change names.

Areas that stay, or are only renamed, keep their row and their calibration bit for bit. The others get a start from
what is known, until the next retraining:

- A new area: what its text has over the mean text (label embedding: Akata et al., 2013), whitened by how papers, known
  texts and trained rows vary, as linear discriminant analysis would (shrunk as in Friedman, 1989). Its length and bias
  are such that over papers its logit has the mean and the spread of the other areas', whose calibration it borrows:
  mean offset, median threshold. How papers vary the model knows where it has an OOD detector (`model.ood`); else the
  area texts stand for them. `benchmarks/quality/withheld_areas.py` measures all this on areas that no training saw.
- A part of a split area: the old row plus what the part's text has over the mean text of all parts, times the factor.
- A merged area: a row distilled from the old ones, by ridge regression on the area texts; its targets are the
  log-odds that any of the old areas applies. On 491 pairs of siblings: micro-F1 0.88 (0.92 by the old rows together).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.taxonomy import Area, Taxonomy, area_texts
from model.artefact import ModelParts
from model.calibration import Calibration
from model.embedding_calibration import EmbeddingCalibration
from model.heads import Heads

FloatArray = NDArray[np.float32]
_Rows = NDArray[np.float64]
EmbedTexts = Callable[[list[str]], FloatArray]
"""Texts to features float32 [n, features], by the model (`Tagger.embed`)."""

_RIDGE = 0.1
_SHRINKAGE = 8.0
"""Weight of the identity beside each covariance, in units of its mean variance."""
_NEVER = -30.0
"""Bias of the head of a new field: the field is as probable as its most probable area (`Tagger.predict`)."""
_LARGEST_LOGIT = 8.0


@dataclass(frozen=True, slots=True)
class Change:
    """Where the row of an area comes from."""

    kind: str
    """"kept", "renamed", "new", "split" or "merged"."""
    sources: tuple[str, ...] = ()
    """Areas of the earlier taxonomy."""


def changes_between(before: Taxonomy, after: Taxonomy) -> dict[str, Change]:
    """Where each area of the later taxonomy comes from, by its id."""
    return {area.id: _change(area, before, after) for area in after.areas}


def with_taxonomy(parts: ModelParts, taxonomy: Taxonomy, embed: EmbedTexts) -> ModelParts:
    """Adapt a model to a changed taxonomy, without training: its heads and calibrations, made from those that it has.

    Args:
        parts: the model.
        taxonomy: the changed one.
        embed: the model's, called only when an area needs its text.
    """
    before = parts.taxonomy
    changes = changes_between(before, taxonomy)
    old, calibration = parts.heads, parts.area_calibration
    rows = np.empty((len(taxonomy.areas), parts.feature_size), dtype=np.float32)
    biases = np.full(len(taxonomy.areas), old.area_bias.mean(), dtype=np.float32)
    like = [_like(changes[area.id], before) for area in taxonomy.areas]
    texts = None
    for number, area in enumerate(taxonomy.areas):
        change = changes[area.id]
        sources = [before.index(source) for source in change.sources]
        if (row := like[number]) is not None:
            rows[number], biases[number] = old.area_weight[row], old.area_bias[row]
        if change.kind in ("kept", "renamed"):
            continue
        texts = texts or _Texts.embedded(parts, taxonomy, embed)
        if change.kind == "merged":
            rows[number], biases[number] = _merged(parts, sources, texts)
        elif change.kind == "new":
            rows[number], biases[number] = texts.new_rows[number], texts.new_biases[number]
        else:
            split = [taxonomy.index(part) for part in taxonomy.successors[change.sources[0]]]
            rows[number] += texts.factor * (texts.after[number] - texts.after[split].mean(axis=0))
    known = {name: row for row, name in enumerate(before.field_ids)}
    like_fields = [known.get(name) for name in taxonomy.field_ids]
    field_weight, field_bias = _fields(parts, like_fields)
    alone = parts.embedding_calibration
    return replace(
        parts,
        taxonomy=taxonomy,
        heads=Heads(rows, biases, field_weight, field_bias),
        area_calibration=_borrowed(calibration, like, float(np.mean(calibration.offsets))),
        field_calibration=_borrowed(parts.field_calibration, like_fields, 0.0),
        embedding_calibration=alone
        and EmbeddingCalibration(
            _borrowed(alone.areas, like, float(np.mean(alone.areas.offsets))),
            _borrowed(alone.fields, like_fields, 0.0),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Texts:
    before: _Rows  # [areas before, features]
    after: _Rows  # [areas after, features]
    factor: float  # rows of heads per unit of centred text embedding
    new_rows: _Rows  # [areas after, features], the row that each would get as a new area
    new_biases: _Rows  # [areas after]

    @classmethod
    def embedded(cls, parts: ModelParts, taxonomy: Taxonomy, embed: EmbedTexts) -> "_Texts":
        count = len(parts.taxonomy.areas)
        texts = embed([*area_texts(parts.taxonomy), *area_texts(taxonomy)]).astype(np.float64)
        before, after = texts[:count], texts[count:]
        rows = parts.heads.area_weight.astype(np.float64)
        rows -= rows.mean(axis=0)
        centred = before - before.mean(axis=0)
        factor = (centred * rows).sum() / max((centred**2).sum(), 1e-12)
        return cls(before, after, float(factor), *_new_rows(parts, before, after))


def _new_rows(parts: ModelParts, before: _Rows, after: _Rows) -> tuple[_Rows, _Rows]:
    """Rows [areas after, features] and biases [areas after] from texts alone; lexical features have no weight yet."""
    hidden = parts.hidden_size
    before, after = before[:, :hidden], after[:, :hidden]
    weight = parts.heads.area_weight[:, :hidden].astype(np.float64)
    bias = parts.heads.area_bias.astype(np.float64)
    mean, covariance = _papers(parts, before)
    shrunk = _shrunk(covariance) + _shrunk(_covariance(before)) + _shrunk(_covariance(weight))
    rows: _Rows = np.linalg.solve(shrunk, (after - before.mean(axis=0)).T).T
    spread = _deviations(weight - weight.mean(axis=0), covariance).mean()
    rows *= (spread / np.maximum(_deviations(rows, covariance), 1e-12))[:, None]
    # lexical features are 0 on average over papers, so they do not move a mean logit
    biases = (weight @ mean + bias).mean() - rows @ mean
    return np.pad(rows, ((0, 0), (0, parts.feature_size - hidden))), biases


def _papers(parts: ModelParts, texts: _Rows) -> tuple[_Rows, _Rows]:
    """Mean [hidden] and covariance [hidden, hidden] of papers' embeddings, or those of area texts for want of them."""
    known = parts.ood
    if known is None:
        return texts.mean(axis=0), _covariance(texts)
    whitening = known.whitening.astype(np.float64)
    covariance: _Rows = np.asarray(np.linalg.inv(whitening.T @ whitening), dtype=np.float64)
    return known.mean.astype(np.float64), covariance


def _covariance(sample: _Rows) -> _Rows:
    centred = sample - sample.mean(axis=0)
    return np.asarray(centred.T @ centred / len(sample), dtype=np.float64)


def _shrunk(covariance: _Rows) -> _Rows:
    """The covariance in units of its mean variance, plus the identity `_SHRINKAGE` times."""
    hidden = len(covariance)
    scale = hidden / max(float(np.trace(covariance)), 1e-12)
    return np.asarray(scale * covariance + _SHRINKAGE * np.eye(hidden), dtype=np.float64)


def _deviations(rows: _Rows, covariance: _Rows) -> _Rows:
    """Standard deviation [n] over papers of the logits by rows [n, hidden]."""
    return np.asarray(np.sqrt(np.einsum("nh,hg,ng->n", rows, covariance, rows)), dtype=np.float64)


def _change(area: Area, before: Taxonomy, after: Taxonomy) -> Change:
    sources = tuple(dict.fromkeys(source for source in (area.id, *area.replaces) if source in before))
    if not sources:
        return Change("new")
    if len(sources) > 1:
        return Change("merged", sources)
    if sources[0] == area.id:
        return Change("kept", sources)
    return Change("renamed" if len(after.successors[sources[0]]) == 1 else "split", sources)


def _merged(parts: ModelParts, sources: list[int], texts: _Texts) -> tuple[_Rows, float]:
    """Row and bias by dual ridge regression around the sum of the old rows, on the texts of all areas."""
    calibration, heads = parts.area_calibration, parts.heads
    inputs = np.concatenate([texts.before, texts.after])
    logits = inputs @ heads.area_weight[sources].T.astype(np.float64) + heads.area_bias[sources]
    log_odds = calibration.slope * logits + np.asarray(calibration.offsets)[sources]
    none = np.clip(np.prod(1.0 / (1.0 + np.exp(log_odds)), axis=1), 1e-6, 1 - 1e-6)  # none of them applies
    wanted = np.clip(np.log((1 - none) / none), -_LARGEST_LOGIT, _LARGEST_LOGIT)
    wanted = (wanted - np.mean(calibration.offsets)) / calibration.slope
    start = heads.area_weight[sources].sum(axis=0, dtype=np.float64)
    rest = wanted - inputs @ start
    bias = float(rest.mean())
    kernel = inputs @ inputs.T
    penalty = _RIDGE * np.trace(kernel) / len(kernel)
    dual = np.linalg.solve(kernel + penalty * np.eye(len(kernel)), rest - bias)
    return start + inputs.T @ dual, bias


def _fields(parts: ModelParts, like: list[int | None]) -> tuple[FloatArray, FloatArray]:
    """Known fields keep their head; a new one is as probable as its areas."""
    weight = np.zeros((len(like), parts.feature_size), dtype=np.float32)
    bias = np.full(len(like), _NEVER, dtype=np.float32)
    for number, row in enumerate(like):
        if row is not None:
            weight[number], bias[number] = parts.heads.field_weight[row], parts.heads.field_bias[row]
    return weight, bias


def _like(change: Change, before: Taxonomy) -> int | None:
    """The row of the earlier taxonomy whose head and calibration an area starts with; None where there is no one."""
    return before.index(change.sources[0]) if change.kind in ("kept", "renamed", "split") else None


def _borrowed(calibration: Calibration, like: list[int | None], offset: float) -> Calibration:
    """A calibration for other outputs, each like an earlier one; without one it has an offset and median threshold."""
    median = float(np.median(calibration.thresholds))
    return replace(
        calibration,
        offsets=tuple(offset if row is None else calibration.offsets[row] for row in like),
        thresholds=tuple(median if row is None else calibration.thresholds[row] for row in like),
    )
