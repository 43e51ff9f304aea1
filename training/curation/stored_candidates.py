"""Candidates for review out of this machine's cache and label store, and what is labelled there; light to import."""

from collections.abc import Iterator, Sequence

from data.label_store.location import label_store_exists
from data.labels import LabelledPaper
from data.papers import Paper, content_id
from data.tagged_papers import tagged_papers
from data.taxonomy import Taxonomy
from training.curation.candidate_pool import Candidate


def stored_candidates(labelled: Sequence[LabelledPaper]) -> Iterator[Candidate]:
    """Yield the papers of the cache of tagged papers, newest first, and those whose label is not complete."""
    for paper in reversed(tagged_papers()):
        yield Candidate(paper)
    for label in labelled:
        if not label.complete:
            yield Candidate(label.paper)


def stored_labels(taxonomy: Taxonomy) -> list[LabelledPaper]:
    """What curators decided, in the terms of a taxonomy; empty where there is no label store."""
    if not label_store_exists():
        return []
    # Only where there are labels does a review pay for importing SQLAlchemy.
    from data.label_store.store import LabelStore

    with LabelStore.open() as store:
        return list(store.labelled_papers(taxonomy))


def settled(labelled: Sequence[LabelledPaper]) -> frozenset[str]:
    """Content ids of the papers with a complete label: nothing is left to ask about them."""
    return frozenset(content_of(label.paper) for label in labelled if label.complete)


def content_of(paper: Paper) -> str:
    """The content id of a paper."""
    return content_id(paper.title, paper.abstract)
