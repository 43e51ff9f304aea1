"""Labels of curators in the answers of the model: what a curator decided about a paper wins over the prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy import Taxonomy
from model.tags import Score, TagOptions, TagResult

if TYPE_CHECKING:
    from data.label_store.store import LabelStore


def apply_label(result: TagResult, label: LabelledPaper, taxonomy: Taxonomy, options: TagOptions) -> TagResult:
    """Return the result with the curator's accepted areas first, score 1, and without the rejected ones.

    A complete label leaves no predicted area. The probabilities of `all_scores` stay the model's. Areas that the
    taxonomy does not have (any more) are passed over.
    """
    accepted = [area for area in label.areas if area in taxonomy and (options.areas is None or area in options.areas)]
    refused = {*accepted, *label.rejected}
    predicted = () if label.complete else tuple(area for area in result.areas if area.id not in refused)
    indices = [taxonomy.index(area) for area in accepted]
    confirmed = tuple(Score.of(taxonomy.areas[i], 1.0, options.language, confirmed=True) for i in indices)
    areas = (*confirmed, *predicted)[: options.top_k]
    certain = {taxonomy.fields[taxonomy.field_index[i]].id: taxonomy.fields[taxonomy.field_index[i]] for i in indices}
    fields = tuple(Score.of(field, 1.0, options.language) for field in certain.values())
    if not label.complete:
        fields += tuple(field for field in result.fields if field.id not in certain)
    evidence = result.evidence
    if evidence is not None:
        evidence = {area.id: evidence.get(area.id, ()) for area in areas}
    return replace(result, areas=areas, fields=fields, abstained=not areas, evidence=evidence)


def confirm(
    results: Sequence[TagResult],
    papers: Sequence[Paper],
    store: LabelStore,
    taxonomy: Taxonomy,
    options: TagOptions,
) -> list[TagResult]:
    """Return the results of some papers with what curators decided about them, looked up at once.

    Raises:
        LabelStoreError: the store fails.
    """
    pairs = zip(results, store.current_labels(papers, taxonomy), strict=True)
    return [apply_label(result, label, taxonomy, options) if label else result for result, label in pairs]
