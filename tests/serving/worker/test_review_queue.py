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
            found = queue.next(tagger, [], 5, 60)  # type: ignore[arg-type]
            assert found.items and (len(found.pool.candidates), found.considered) == (len(PAPERS), len(PAPERS))
        assert sum(tagger.batches) == len(PAPERS)


def test_without_time_one_batch_is_looked_at_and_the_next_call_goes_on(queue: ReviewQueue) -> None:
    """So that no call is without an answer, and tagging comes in between."""
    remember(PAPERS, 100)
    tagger = FakeTagger()
    assert queue.next(tagger, [], 5, -1).considered == ENCODER_BATCH  # type: ignore[arg-type]
    assert queue.next(tagger, [], 5, -1).considered == 2 * ENCODER_BATCH  # type: ignore[arg-type]
    assert tagger.batches == [ENCODER_BATCH, ENCODER_BATCH]


def test_completely_labelled_papers_are_not_asked_about(queue: ReviewQueue) -> None:
    """Incompletely labelled ones are, also where nothing is kept."""
    remember(PAPERS[:2], 100)
    labels = [
        LabelledPaper(PAPERS[0], ("vision/segmentation",)),
        LabelledPaper(PAPERS[5], ("vision/segmentation",), (), complete=False),
    ]
    found = queue.next(FakeTagger(), labels, 5, 60)  # type: ignore[arg-type]
    assert (len(found.pool.candidates), found.considered, found.pool.labelled) == (2, 2, 1)
    assert {item.paper.id for item in found.items} <= {"1", "5"}


def test_nothing_to_ask_about(queue: ReviewQueue) -> None:
    """No candidate, no look."""
    found = queue.next(FakeTagger(), [], 5, 60)  # type: ignore[arg-type]
    assert (found.items, found.pool.candidates, found.considered) == ([], [], 0)


def test_papers_of_the_call_are_candidates_too(queue: ReviewQueue) -> None:
    """Beside those that are kept, each content once; nothing of them is kept."""
    remember(PAPERS[:1], 100)
    found = queue.next(FakeTagger(), [], 5, 60, PAPERS[:3])  # type: ignore[arg-type]
    assert len(found.pool.candidates) == found.considered == 3
    assert len(queue.next(FakeTagger(), [], 5, 60).pool.candidates) == 1  # type: ignore[arg-type]


def test_labels_are_checked_by_what_the_model_saw(queue: ReviewQueue) -> None:
    """Without time those of one batch; the next call goes on."""
    labels = [LabelledPaper(paper, ("vision/segmentation",)) for paper in PAPERS]
    wrong = LabelledPaper(Paper("w", "Whales and how to segment them", ENGLISH), ())
    tagger = FakeTagger()
    assert queue.check(tagger, [wrong, *labels], -1).labelled == ENCODER_BATCH  # type: ignore[arg-type]
    check = queue.check(tagger, [wrong, *labels], 60)  # type: ignore[arg-type]
    assert (check.labelled, check.learned) == (len(labels) + 1, 0)
    assert [(error.paper.id, error.area, error.given) for error in check.suspected] == [
        ("w", "vision/segmentation", False)
    ]
    assert queue.check(tagger, [], 60).suspected == ()  # type: ignore[arg-type]


def test_a_guide_shows_labels_and_what_reviews_looked_at(queue: ReviewQueue) -> None:
    """A label counts, whatever the model says of its paper; another model has seen nothing yet."""
    label = LabelledPaper(Paper("l", "Masks for every pixel", ENGLISH), ("vision/segmentation",))
    tagger = FakeTagger()
    queue.next(tagger, [], 5, 60, PAPERS[:1])  # type: ignore[arg-type]
    typical = queue.guide(tagger, [label], "vision/segmentation").typical  # type: ignore[arg-type]
    assert [paper.id for paper in typical] == ["l", "0"]
    (alone,) = queue.guide(FakeTagger("v2"), [label], "vision/segmentation").typical  # type: ignore[arg-type]
    assert alone.id == "l"
