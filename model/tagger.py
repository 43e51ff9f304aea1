"""Papers to areas: the one path that the CLI, the service and the evaluation share."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper
from data.taxonomy import Taxonomy
from model.artefact import Artefact
from model.explain import explain
from model.runtime import EncoderRuntime, load_runtime
from model.tags import Evidence, Score, TagOptions, TagResult
from model.tokenization import Tokenizer
from model.versions import resolve_model

FloatArray = NDArray[np.float32]

_DEFAULT_OPTIONS = TagOptions()


class Tagger:
    """A loaded model. It is safe to use from one thread at a time."""

    def __init__(self, artefact: Artefact, runtime: EncoderRuntime) -> None:
        self.artefact = artefact
        self._runtime = runtime
        self._tokenizer = Tokenizer(artefact.encoder_path / "tokenizer.json")
        self._field_index = np.array(artefact.taxonomy.field_index, dtype=np.int64)

    @classmethod
    def load(cls, ref: str | Path | None = None, device: str = "auto", threads: int | None = None) -> "Tagger":
        """Load a model by reference (see `model.versions.resolve_model`) onto a device.

        Raises:
            AreatagError: there is no such model, it is damaged, or the device cannot be used.
        """
        artefact = Artefact.open(resolve_model(ref))
        return cls(artefact, load_runtime(artefact, device, threads))

    @property
    def version(self) -> str:
        """Name of the model version."""
        return self.artefact.version

    @property
    def taxonomy(self) -> Taxonomy:
        """The taxonomy the model was trained on."""
        return self.artefact.taxonomy

    def embed(self, papers: Sequence[Paper]) -> FloatArray:
        """Pooled embeddings float32 [n, hidden]."""
        texts = [paper.text for paper in papers]
        return self._runtime.embed(self._tokenizer.encode(texts, self.artefact.max_tokens))

    def predict(self, papers: Sequence[Paper]) -> FloatArray:
        """Calibrated probabilities float32 [n, areas + fields], areas first, both in the taxonomy's order.

        A field is never less probable than one of its areas.
        """
        area_logits, field_logits = self.artefact.heads.logits(self.embed(papers))
        areas = self.artefact.area_calibration.probabilities(area_logits)
        fields = self.artefact.field_calibration.probabilities(field_logits)
        for column, position in enumerate(self._field_index):
            np.maximum(fields[:, position], areas[:, column], out=fields[:, position])
        return np.concatenate([areas, fields], axis=1)

    def probabilities(self, papers: Sequence[Paper]) -> FloatArray:
        """Calibrated probabilities of the areas, float32 [n, areas]."""
        return self.predict(papers)[:, : len(self.taxonomy.areas)]

    def tag(self, papers: Sequence[Paper], options: TagOptions = _DEFAULT_OPTIONS) -> list[TagResult]:
        """Areas of each paper, in input order."""
        return self.results(papers, self.predict(papers), options) if papers else []

    def results(
        self, papers: Sequence[Paper], predictions: FloatArray, options: TagOptions = _DEFAULT_OPTIONS
    ) -> list[TagResult]:
        """Turn predictions into areas, so that papers with different options can share one pass of the encoder.

        Args:
            predictions: from `predict`, float32 [n, areas + fields].
        """
        return [self._result(paper, row, options) for paper, row in zip(papers, predictions, strict=True)]

    def _result(self, paper: Paper, row: FloatArray, options: TagOptions) -> TagResult:
        taxonomy, count = self.taxonomy, len(self.taxonomy.areas)
        considered = np.array([options.areas is None or area.id in options.areas for area in taxonomy.areas])
        chosen = np.flatnonzero((row[:count] >= self._thresholds(options)) & considered)
        chosen = chosen[np.argsort(-row[chosen], kind="stable")][: options.top_k]
        return TagResult(
            id=paper.id,
            title=paper.title,
            areas=tuple(Score(taxonomy.areas[i].id, taxonomy.areas[i].name, _rounded(row[i])) for i in chosen),
            fields=self._fields(row, chosen, considered, options),
            abstained=not len(chosen),
            warnings=(),
            model=self.version,
            scores=(
                {area.id: _rounded(row[i]) for i, area in enumerate(taxonomy.areas) if considered[i]}
                if options.all_scores
                else None
            ),
            evidence=self._evidence(paper, row, chosen.tolist()) if options.explain else None,
        )

    def _thresholds(self, options: TagOptions) -> FloatArray | float:
        if options.threshold is not None:
            return options.threshold
        return np.asarray(self.artefact.area_calibration.thresholds, dtype=np.float32)

    def _fields(
        self, row: FloatArray, chosen: NDArray[np.intp], considered: NDArray[np.bool_], options: TagOptions
    ) -> tuple[Score, ...]:
        """Fields of the chosen areas, and those that are certain enough without any area."""
        scores = row[len(self.taxonomy.areas) :]
        limits = np.asarray(self.artefact.field_calibration.thresholds, dtype=np.float32)
        shown = scores >= (limits if options.threshold is None else options.threshold)
        shown[self._field_index[chosen]] = True
        open_fields = np.zeros(len(scores), dtype=bool)
        open_fields[self._field_index[considered]] = True
        order = np.argsort(-scores, kind="stable")
        fields = self.taxonomy.fields
        return tuple(
            Score(fields[i].id, fields[i].name, _rounded(scores[i])) for i in order if shown[i] and open_fields[i]
        )

    def _evidence(self, paper: Paper, row: FloatArray, chosen: list[int]) -> dict[str, tuple[Evidence, ...]]:
        found = explain(paper, row, chosen, self.predict)
        return {self.taxonomy.areas[column].id: evidence for column, evidence in found.items()}


def _rounded(probability: np.float32) -> float:
    """Four digits: more than the calibration can tell apart."""
    return round(float(probability), 4)
