"""Texts to token ids, with a tiny tokenizer."""

from pathlib import Path

import pytest

from data.errors import AreatagError
from model.runtimes.tokenization import Tokenizer
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
