"""Texts to token ids, with a tiny tokenizer, and to batches of texts of similar length."""

from pathlib import Path

import pytest

from data.errors import AreatagError
from model.runtimes.tokenization import Tokenizer, batches_by_length
from tests.support.tiny import write_tiny_encoder


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tokenizer of a tiny encoder."""
    return write_tiny_encoder(tmp_path_factory.mktemp("tiny") / "encoder") / "tokenizer.json"


def test_special_tokens_frame_each_text(file: Path) -> None:
    """Texts are not padded to one length; an empty one has the special tokens alone."""
    tokenizer = Tokenizer(file)
    first, second, empty = tokenizer.encode(["the whale", "the song of a whale", ""], 32)
    assert len(first) == 4 and len(second) == 7 and len(empty) == 2
    assert first[:2] == second[:2] and first[-2:] == second[-2:]
    assert empty == [first[0], first[-1]]


def test_a_cut_text_keeps_its_special_tokens(file: Path) -> None:
    """The limit counts them, and may change from call to call."""
    tokenizer = Tokenizer(file)
    whole = tokenizer.encode(["the song of a whale"], 32)[0]
    assert tokenizer.encode(["the song of a whale"], 5)[0] == [*whole[:4], whole[-1]]
    assert tokenizer.encode(["the song of a whale"], 32)[0] == whole


def test_padding_is_a_token_of_its_own(file: Path) -> None:
    """No text has it, so the mask alone says what is padding."""
    tokenizer = Tokenizer(file)
    assert tokenizer.padding_id not in tokenizer.encode(["the whale of an unknown word"], 32)[0]


@pytest.mark.parametrize("content", [None, "", "{}", "no JSON"])
def test_a_missing_or_damaged_file_is_named(tmp_path: Path, content: str | None) -> None:
    """The library's own error says neither the file nor what to do."""
    path = tmp_path / "tokenizer.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(AreatagError, match=r"tokenizer\.json: the tokenizer cannot be read .* install the model again"):
        Tokenizer(path)


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
