"""A tokenizer that passes over function words."""

import json
from pathlib import Path

import pytest
import tokenizers
from transformers import AutoTokenizer, RobertaTokenizerFast

from data.errors import UsageError
from model.runtimes.tokenization import Tokenizer
from tests.support.tiny import write_tiny_encoder
from training.encoder.base_encoder import save_tokenizer
from training.encoder.function_words import FUNCTION_WORDS, PUNCTUATION, write_tokenizer_without_function_words

FURTHER = ["theory", "=", "$", "andes", "upon", "its", "no", "-", ",", "(", ")"]
TEXT = "The THEORY of whale song, and its nest (upon a ship-sail) = $ no $ ocean."
WORDS = ["theory", "whale", "song", "nest", "ship", "sail", "no", "ocean"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tokenizer of a tiny encoder without function words."""
    encoder = write_tiny_encoder(tmp_path / "encoder", further=FURTHER)
    write_tokenizer_without_function_words(str(encoder), tmp_path / "without")
    return tmp_path / "without"


def test_they_are_not_read(folder: Path) -> None:
    """Nor is punctuation; negations and words that contain them are; as many fit in as were asked for."""
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    ids = Tokenizer(folder / "tokenizer.json").encode([TEXT, "andes", "of the, and.", ""], 16)
    assert [tokenizer.id_to_token(number) for number in ids[0]] == ["[CLS]", *WORDS, "[SEP]"]
    assert tokenizer.id_to_token(ids[1][1]) == "andes"
    assert ids[2] == ids[3] == [tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")]
    assert Tokenizer(folder / "tokenizer.json").encode([TEXT], 5)[0] == [*ids[0][:4], ids[0][-1]]


def test_every_one_of_them_is_passed_over(folder: Path) -> None:
    """Each word and sign alone, in upper case too."""
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    for word in [*FUNCTION_WORDS, *PUNCTUATION]:
        assert len(tokenizer.encode(word.upper()).ids) == 2, word
        assert len(tokenizer.encode(f"{word}x" if word.isalpha() else "x").ids) > 2, word


def test_transformers_reads_it_alike(folder: Path, tmp_path: Path) -> None:
    """Also what it saved itself, by a class that all its releases know."""
    ids = Tokenizer(folder / "tokenizer.json").encode([TEXT], 16)[0]
    save_tokenizer(str(folder), tmp_path / "again")
    for path in (folder, tmp_path / "again"):
        assert AutoTokenizer.from_pretrained(path)(TEXT)["input_ids"] == ids
        assert json.loads((path / "tokenizer_config.json").read_text())["tokenizer_class"] == "PreTrainedTokenizerFast"


def test_a_tokenizer_of_another_kind(tmp_path: Path) -> None:
    """Where there are no words before tokens, none can be passed over."""
    vocabulary = {word: row for row, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", "<mask>", "a", "b"])}
    RobertaTokenizerFast(vocab=vocabulary, merges=[]).save_pretrained(tmp_path / "other")
    (tmp_path / "other" / "config.json").write_text('{"model_type": "roberta"}')
    with pytest.raises(UsageError, match="does not split texts into words"):
        write_tokenizer_without_function_words(str(tmp_path / "other"), tmp_path / "without")
