"""Batches of texts of similar length."""

from model.runtimes.batching import batches_by_length


def test_batches_cover_every_text_once_longest_first() -> None:
    """Nothing is lost or repeated, and the padding is masked."""
    texts = [[1] * length for length in (3, 9, 1, 5, 9)]
    seen: list[int] = []
    widths = []
    for positions, ids, mask in batches_by_length(texts, 2):
        seen += positions.tolist()
        widths.append(ids.shape[1])
        assert mask.sum(1).tolist() == [len(texts[position]) for position in positions]
        assert (ids[mask == 0] == 0).all()
    assert sorted(seen) == [0, 1, 2, 3, 4]
    assert widths == [16, 8, 8]  # whole steps: the CPU runtime keeps memory for every shape


def test_a_much_shorter_text_is_not_padded() -> None:
    """It begins a batch of its own; one text alone, and texts of one length, are padded to a whole step at most."""
    texts = [[1] * length for length in (100, 95, 60, 58, 100, 10)]
    batches = [
        ([len(texts[position]) for position in positions], ids.shape)
        for positions, ids, _ in batches_by_length(texts, 8, most_padding=0.1)
    ]
    assert batches == [([100, 100, 95], (3, 104)), ([60, 58], (2, 64)), ([10], (1, 16))]
    assert [ids.shape for _, ids, _ in batches_by_length([[1] * 7], 8)] == [(1, 8)]
