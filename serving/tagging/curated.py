"""The tagger of commands: what curators decided wins over the model, and papers are kept where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from data.label_store.location import label_store_exists
from data.papers import Paper
from data.taxonomy import Taxonomy
from model.tags import PaperTagger, TagOptions, TagResult
from serving.tagging.confirmed import confirm
from serving.tagging.elsewhere import with_crosswalks
from serving.tagging.tagged_cache import keep

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from data.label_store.store import LabelStore

    FloatArray = NDArray[np.float32]

_DEFAULT_OPTIONS = TagOptions()


class CuratedTagger:
    """A tagger whose answers heed the label store, with one look into it for each call.

    Args:
        tagger: answers first.
        taxonomy: of the tagger.
        store: of the labels; None: there are none.
        kept: papers to keep, as `data.tagged_papers.cached_papers_limit` says.
    """

    def __init__(self, tagger: PaperTagger, taxonomy: Taxonomy, store: LabelStore | None, kept: int) -> None:
        self._tagger, self._taxonomy, self._store, self._kept = tagger, taxonomy, store, kept
        self.problem: str | None = None
        """Why the last papers could not be kept; from then on none is."""

    def predict(self, papers: Sequence[Paper]) -> FloatArray:
        """As the tagger does."""
        return self._tagger.predict(papers)

    def results(
        self, papers: Sequence[Paper], predictions: FloatArray, options: TagOptions = _DEFAULT_OPTIONS
    ) -> list[TagResult]:
        """One result a paper, in the order of the papers; raises LabelStoreError when the store fails."""
        results = self._tagger.results(papers, predictions, options)
        if self._store is not None:
            results = confirm(results, papers, self._store, self._taxonomy, options)
        if options.crosswalk:
            results = with_crosswalks(results, self._taxonomy)
        if self._kept and self.problem is None:
            self.problem = keep(papers, self._kept)
        return results

    def cancel(self) -> None:
        """Let the predictions that are being made end soon."""
        self._tagger.cancel()


@contextmanager
def curated(tagger: PaperTagger, taxonomy: Taxonomy, kept: int) -> Iterator[CuratedTagger]:
    """The tagger with the label store, if there is one.

    Raises:
        LabelStoreError: the store cannot be used; labels must not be ignored silently.
    """
    with ExitStack() as stack:
        store: LabelStore | None = None
        if label_store_exists():
            # Only where there are labels does tagging pay for importing SQLAlchemy.
            from data.label_store.store import LabelStore

            store = stack.enter_context(LabelStore.open())
        yield CuratedTagger(tagger, taxonomy, store, kept)
