"""Papers to areas: the one path that the CLI, the service and the evaluation share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.papers import Paper
from data.taxonomy import Taxonomy
from model.artefact import Artefact, ModelParts
from model.calibration import Calibration
from model.calibration_note import calibration_of
from model.explain import explain
from model.runtimes.load import EncoderRuntime, load_runtime
from model.runtimes.tokenization import Tokenizer
from model.tags import Evidence, Score, TagOptions, TagResult
from model.versions import resolve_model

FloatArray = NDArray[np.float32]

_DEFAULT_OPTIONS = TagOptions()


class Tagger:
    """A loaded model. Predictions may be made in several threads at a time, all else in one."""

    def __init__(self, artefact: ModelParts, runtime: EncoderRuntime) -> None:
        self.artefact = artefact
        self.on_tokens: Callable[[int], object] | None = None
        """Told how many tokens are about to be encoded, special tokens included."""
        self.runtime = runtime
        self._tokenizer = Tokenizer(artefact.encoder_path / "tokenizer.json")
        self._field_index = np.array(artefact.taxonomy.field_index, dtype=np.int64)
        self._areas, self._fields = artefact.area_calibration, artefact.field_calibration
        self._title_areas = self._areas.adjusted(artefact.title_areas)
        self._title_fields = self._fields.adjusted(artefact.title_fields)
        # The areas of a field stand side by side in the taxonomy's order.
        self._fields_with_areas, self._first_areas = np.unique(self._field_index, return_index=True)
        self._uncalibrated_areas = frozenset(calibration_of(artefact).uncalibrated)

    @classmethod
    def load(
        cls, ref: str | Path | None = None, device: str = "auto", threads: int | None = None, streams: int = 1
    ) -> "Tagger":
        """Load a model by reference (see `model.versions.resolve_model`) onto a device (`model.runtimes.load`).

        Raises:
            AreatagError: there is no such model, it is damaged, or the device cannot be used.
        """
        artefact = Artefact.open(resolve_model(ref))
        return cls(artefact, load_runtime(artefact.encoder_path, device, threads, streams=streams))

    @property
    def version(self) -> str:
        """Name of the model version."""
        return self.artefact.version

    @property
    def taxonomy(self) -> Taxonomy:
        """The taxonomy the model was trained on."""
        return self.artefact.taxonomy

    def embed(self, papers: Sequence[Paper]) -> FloatArray:
        """Features of papers, float32 [n, features]: pooled embeddings, then lexical features where there are any."""
        embeddings, lexical = self.pooled_embeddings(papers), self.artefact.lexical
        return embeddings if lexical is None else np.hstack([embeddings, lexical(papers)])

    def pooled_embeddings(self, papers: Sequence[Paper]) -> FloatArray:
        """Pooled embeddings of papers, float32 [n, hidden], without lexical features."""
        texts = [paper.text for paper in papers]
        tokens = self._tokenizer.encode(texts, self.artefact.max_tokens)
        if self.on_tokens is not None:
            self.on_tokens(sum(map(len, tokens)))
        return self.runtime.embed(tokens)

    def predict(self, papers: Sequence[Paper]) -> FloatArray:
        """Calibrated probabilities and the OOD score of each text, float32 [n, areas + fields + 1].

        Areas come first, then fields, both in the taxonomy's order; a field is never less probable than one of its
        areas. The last column is the OOD score (`model.ood`), 0 where the model has no detector.
        """
        return self.predict_from(self.embed(papers), papers)

    def predict_from(self, embeddings: FloatArray, papers: Sequence[Paper] | None = None) -> FloatArray:
        """As `predict`, from features float32 [n, features] that `embed` returned.

        Args:
            embeddings: float32 [n, features], from `embed`.
            papers: where not given, all count as papers with an abstract.
        """
        area_logits, field_logits = self.artefact.heads.logits(embeddings)
        titles = _title_only(papers) if papers is not None else np.zeros(len(embeddings), dtype=bool)
        areas, fields = self._areas.probabilities(area_logits), self._fields.probabilities(field_logits)
        if titles.any():
            areas[titles] = self._title_areas.probabilities(area_logits[titles])
            fields[titles] = self._title_fields.probabilities(field_logits[titles])
        best = np.maximum.reduceat(areas, self._first_areas, axis=1)  # of each field that has areas
        fields[:, self._fields_with_areas] = np.maximum(fields[:, self._fields_with_areas], best)
        detector = self.artefact.ood
        ood = np.zeros(len(embeddings), np.float32) if detector is None else detector.scores(embeddings, titles)
        return np.concatenate([areas, fields, ood[:, None]], axis=1)

    def thresholds(self, papers: Sequence[Paper]) -> FloatArray:
        """The areas' own thresholds for each paper, float32 [n, areas]."""
        pair = (np.asarray(calibration.thresholds, np.float32) for calibration in (self._areas, self._title_areas))
        return np.asarray(np.stack(list(pair))[_title_only(papers).astype(np.intp)])

    def precision_thresholds(self, papers: Sequence[Paper], precision: float) -> FloatArray:
        """For each paper the probability from which on areas are right that often, float32 [n]."""
        pair = [calibration.threshold_at(precision) for calibration in (self._areas, self._title_areas)]
        return np.array(pair, dtype=np.float32)[_title_only(papers).astype(np.intp)]

    def ood_warnings(self, papers: Sequence[Paper], predictions: FloatArray) -> list[str | None]:
        """Why each text is out of distribution and gets no areas, for people; None where it gets some.

        Args:
            papers: n papers.
            predictions: from `predict`.
        """
        detector = self.artefact.ood
        if detector is None:
            return [None] * len(papers)
        best = predictions[:, : len(self.taxonomy.areas)].max(axis=1, initial=0.0)
        rows = zip(papers, predictions[:, -1], best, strict=True)
        return [detector.warning(paper, float(score), float(sure)) for paper, score, sure in rows]

    def probabilities(self, papers: Sequence[Paper]) -> FloatArray:
        """Calibrated probabilities of the areas, float32 [n, areas]."""
        return self.predict(papers)[:, : len(self.taxonomy.areas)]

    def tag(self, papers: Sequence[Paper], options: TagOptions = _DEFAULT_OPTIONS) -> list[TagResult]:
        """Areas of each paper, in input order."""
        return self.results(papers, self.predict(papers), options) if papers else []

    def cancel(self) -> None:
        """Let the predictions that other threads make now end soon, with a `concurrent.futures.CancelledError`."""
        self.runtime.cancel()

    def results(
        self, papers: Sequence[Paper], predictions: FloatArray, options: TagOptions = _DEFAULT_OPTIONS
    ) -> list[TagResult]:
        """Turn predictions into areas, so that papers with different options can share one pass of the encoder.

        Args:
            papers: n papers.
            predictions: from `predict`, float32 [n, areas + fields + 1].
            options: of the answer, the same for all papers.
        """
        considered = np.array([options.areas is None or area.id in options.areas for area in self.taxonomy.areas])
        open_fields = np.zeros(len(self.taxonomy.fields), dtype=bool)
        open_fields[self._field_index[considered]] = True
        asked = [
            _Asked(
                options,
                considered,
                open_fields,
                _thresholds(areas, options),
                _thresholds(fields, options),
                _thresholds(areas, _DEFAULT_OPTIONS),
            )
            for areas, fields in ((self._areas, self._fields), (self._title_areas, self._title_fields))
        ]
        warnings = self.ood_warnings(papers, predictions)
        rows = zip(papers, predictions, warnings, strict=True)
        return [self._result(paper, row, warning, asked[_has_title_only(paper)]) for paper, row, warning in rows]

    def _result(self, paper: Paper, row: FloatArray, warning: str | None, asked: "_Asked") -> TagResult:
        taxonomy, options, areas = self.taxonomy, asked.options, row[: len(self.taxonomy.areas)]
        allowed = asked.considered & (warning is None)
        found = np.flatnonzero(allowed & (areas >= asked.area_thresholds))
        chosen = found[np.argsort(-row[found], kind="stable")][: options.top_k]
        return TagResult(
            id=paper.id,
            title=paper.title,
            areas=tuple(Score.of(taxonomy.areas[i], _rounded(row[i]), options.language) for i in chosen),
            fields=self._shown_fields(row, chosen, asked) if warning is None else (),
            abstained=not len(chosen),
            warnings=self._uncalibrated(chosen) if warning is None else (warning,),
            model=self.version,
            scores=(
                {area.id: _rounded(row[i]) for i, area in enumerate(taxonomy.areas) if asked.considered[i]}
                if options.all_scores
                else None
            ),
            evidence=self._evidence(paper, row, chosen.tolist()) if options.explain else None,
            at_precision=(
                (len(found), int((allowed & (areas >= asked.own_thresholds)).sum()))
                if options.min_precision is not None
                else None
            ),
        )

    def _uncalibrated(self, chosen: NDArray[np.intp]) -> tuple[str, ...]:
        """A warning where scores of the answer were never fitted to labelled papers."""
        if not self._uncalibrated_areas:
            return ()
        areas = [area for area in (self.taxonomy.areas[i].id for i in chosen) if area in self._uncalibrated_areas]
        return (f"uncalibrated scores, fitted to no labelled papers: {', '.join(areas)}",) if areas else ()

    def _shown_fields(self, row: FloatArray, chosen: NDArray[np.intp], asked: "_Asked") -> tuple[Score, ...]:
        """Fields of the chosen areas, and those that are certain enough without any area."""
        scores = row[len(self.taxonomy.areas) : -1]
        shown = scores >= asked.field_thresholds
        shown[self._field_index[chosen]] = True
        found = np.flatnonzero(shown & asked.open_fields)
        order = found[np.argsort(-scores[found], kind="stable")]
        fields, language = self.taxonomy.fields, asked.options.language
        return tuple(Score.of(fields[i], _rounded(scores[i]), language) for i in order)

    def _evidence(self, paper: Paper, row: FloatArray, chosen: list[int]) -> dict[str, tuple[Evidence, ...]]:
        found = explain(paper, row, chosen, self.predict)
        return {self.taxonomy.areas[column].id: evidence for column, evidence in found.items()}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What all papers of a call that have an abstract, or none of them, are compared with."""

    options: TagOptions
    considered: NDArray[np.bool_]
    """[areas]"""
    open_fields: NDArray[np.bool_]
    """[fields], those of the areas considered."""
    area_thresholds: FloatArray | float
    field_thresholds: FloatArray | float
    own_thresholds: FloatArray | float
    """The areas' own."""


def _thresholds(calibration: Calibration, options: TagOptions) -> FloatArray | float:
    if options.threshold is not None:
        return options.threshold
    if options.min_precision is not None:
        return calibration.threshold_at(options.min_precision)
    return np.asarray(calibration.thresholds, dtype=np.float32)


def _has_title_only(paper: Paper) -> bool:
    return not paper.abstract.strip()


def _title_only(papers: Sequence[Paper]) -> NDArray[np.bool_]:
    return np.array([_has_title_only(paper) for paper in papers], dtype=bool)


def _rounded(probability: np.float32) -> float:
    """Four digits: more than the calibration can tell apart."""
    return round(float(probability), 4)
