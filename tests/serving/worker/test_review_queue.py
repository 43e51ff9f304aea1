"""What to label next, out of what the service keeps."""

from __future__ import annotations

import pytest

from data.labels import LabelledPaper
from data.papers import Paper
from data.tagged_papers import remember
from serving.http.settings import ENCODER_BATCH
from serving.worker.encoder_queue import BatchItem, EncoderQueue, Outcome
from serving.worker.review_queue import ReviewQueue
from tests.serving.fake_tagger import FakeTagger
from tests.training.curation.test_candidate_pool import ENGLISH

PAPERS = [Paper(str(number), f"How we segment whales, part {number}", ENGLISH) for number in range(2 * ENCODER_BATCH)]


async def _never(item: BatchItem) -> Outcome:
    raise AssertionError("a review waits for no batch of tagging")


@pytest.fixture
def queue() -> ReviewQueue:
    """Over an encoder of its own."""
    return ReviewQueue(EncoderQueue(_never))


def test_each_paper_is_looked_at_once_by_each_model(queue: ReviewQueue) -> None:
    """Another model looks again."""
    remember(PAPERS, 100)
    for tagger in (FakeTagger("v1"), FakeTagger("v2")):
        for _ in range(2):
            items, candidates, seen = queue.next(tagger, [], 5, 60)  # type: ignore[arg-type]
            assert items and (candidates, seen) == (len(PAPERS), len(PAPERS))
        assert sum(tagger.batches) == len(PAPERS)


def test_without_time_one_batch_is_looked_at_and_the_next_call_goes_on(queue: ReviewQueue) -> None:
    """So that no call is without an answer, and tagging comes in between."""
    remember(PAPERS, 100)
    tagger = FakeTagger()
    assert queue.next(tagger, [], 5, -1)[2] == ENCODER_BATCH  # type: ignore[arg-type]
    assert queue.next(tagger, [], 5, -1)[2] == 2 * ENCODER_BATCH  # type: ignore[arg-type]
    assert tagger.batches == [ENCODER_BATCH, ENCODER_BATCH]


def test_completely_labelled_papers_are_not_asked_about(queue: ReviewQueue) -> None:
    """Incompletely labelled ones are, also where nothing is kept."""
    remember(PAPERS[:2], 100)
    labels = [
        LabelledPaper(PAPERS[0], ("vision/segmentation",)),
        LabelledPaper(PAPERS[5], ("vision/segmentation",), (), complete=False),
    ]
    items, candidates, seen = queue.next(FakeTagger(), labels, 5, 60)  # type: ignore[arg-type]
    assert (candidates, seen) == (2, 2) and {item.paper.id for item in items} <= {"1", "5"}


def test_nothing_to_ask_about(queue: ReviewQueue) -> None:
    """No candidate, no look."""
    assert queue.next(FakeTagger(), [], 5, 60) == ([], 0, 0)  # type: ignore[arg-type]
