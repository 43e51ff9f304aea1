"""The sample of unlabelled papers."""

from data.papers import Paper, Reject
from training.rule_suggestion.pool import sample_pool

PAPERS = [Paper(str(number), f"Paper {number}") for number in range(50)]


def test_a_small_input_is_taken_whole() -> None:
    """Rejects are told, papers to be left out are, and the order stays."""
    told: list[Reject] = []
    records: list[Paper | Reject] = [PAPERS[0], Reject("f", 2, "broken"), *PAPERS[1:5]]
    pool = sample_pool(records, 10, 0, lambda paper: paper.id == "3", told.append)
    assert [paper.id for paper in pool.papers] == ["0", "1", "2", "4"]
    assert (pool.read, pool.rejected, len(told)) == (4, 1, 1)


def test_a_large_input_is_sampled() -> None:
    """The sample has the size asked for, each paper once, in input order; every paper has the same chance."""
    times = dict.fromkeys((paper.id for paper in PAPERS), 0)
    for seed in range(300):
        pool = sample_pool(PAPERS, 10, seed, lambda paper: False, lambda reject: None)
        ids = [paper.id for paper in pool.papers]
        assert len(set(ids)) == 10 and ids == sorted(ids, key=int) and pool.read == 50
        for paper_id in ids:
            times[paper_id] += 1
    assert all(30 <= count <= 95 for count in times.values())  # 60 expected, with a deviation of 7
