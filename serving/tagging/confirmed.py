"""Labels of curators in the answers of the model: what a curator decided about a paper wins over the prediction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from data.label_store.location import label_store_exists
from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy import Taxonomy
from model.tags import PaperTagger, Score, TagOptions, TagResult

if TYPE_CHECKING:
    from data.label_store.store import LabelStore

_DEFAULT_OPTIONS = TagOptions()


def apply_label(result: TagResult, label: LabelledPaper, taxonomy: Taxonomy, options: TagOptions) -> TagResult:
    """Return the result with the curator's accepted areas first, score 1, and without the rejected ones.

    A complete label leaves no predicted area. The probabilities of `all_scores` stay the model's. Areas that the
    taxonomy does not have (any more) are passed over.
    """
    accepted = [area for area in label.areas if area in taxonomy and (options.areas is None or area in options.areas)]
    refused = {*accepted, *label.rejected}
    predicted = () if label.complete else tuple(area for area in result.areas if area.id not in refused)
    indices = [taxonomy.index(area) for area in accepted]
    confirmed = tuple(Score(area, taxonomy.areas[i].name, 1.0, True) for area, i in zip(accepted, indices, strict=True))
    areas = (*confirmed, *predicted)[: options.top_k]
    certain = {taxonomy.fields[taxonomy.field_index[i]].id: taxonomy.fields[taxonomy.field_index[i]] for i in indices}
    fields = tuple(Score(field.id, field.name, 1.0) for field in certain.values())
    if not label.complete:
        fields += tuple(field for field in result.fields if field.id not in certain)
    evidence = result.evidence
    if evidence is not None:
        evidence = {area.id: evidence.get(area.id, ()) for area in areas}
    return replace(result, areas=areas, fields=fields, abstained=not areas, evidence=evidence)


def apply_labels(
    results: Sequence[TagResult],
    labels: Sequence[LabelledPaper | None],
    taxonomy: Taxonomy,
    options: TagOptions,
) -> list[TagResult]:
    """Apply each paper's label, where there is one."""
    pairs = zip(results, labels, strict=True)
    return [apply_label(result, label, taxonomy, options) if label else result for result, label in pairs]


class ConfirmingTagger:
    """A tagger whose answers heed the label store, with one look into it for each call."""

    def __init__(self, tagger: PaperTagger, taxonomy: Taxonomy, store: LabelStore) -> None:
        self._tagger, self._taxonomy, self._store = tagger, taxonomy, store

    def tag(self, papers: Sequence[Paper], options: TagOptions = _DEFAULT_OPTIONS) -> list[TagResult]:
        """One result a paper, in the order of the papers; raises LabelStoreError when the store fails."""
        results = self._tagger.tag(papers, options)
        return apply_labels(results, self._store.current_labels(papers, self._taxonomy), self._taxonomy, options)


@contextmanager
def confirming(tagger: PaperTagger, taxonomy: Taxonomy) -> Iterator[PaperTagger]:
    """The tagger, made to heed the label store where there is one.

    Raises:
        LabelStoreError: the store cannot be used; labels must not be ignored silently.
    """
    if not label_store_exists():
        yield tagger
        return
    # Only where there are labels does tagging pay for importing SQLAlchemy.
    from data.label_store.store import LabelStore

    with LabelStore.open() as store:
        yield ConfirmingTagger(tagger, taxonomy, store)
