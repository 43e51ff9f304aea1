"""A tokenizer that does not read function words and punctuation: of an abstract's tokens four in ten.

They hold sentences together and say little about the area; an encoder that is trained without them reads more of a
paper in the same time. Negations are read: an area may be named only to be denied.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import tokenizers
from tokenizers.pre_tokenizers import Sequence, Split

from data.errors import UsageError
from training.encoder.base_encoder import GENERIC, name_tokenizer_class, save_tokenizer

_KINDS = {
    "articles, demonstratives, pronouns": "a an the this that these those it its itself they them their we our us you "
    "your he his she her i my one",
    "conjunctions": "and or but nor so yet if then than because since although though while whereas both either "
    "neither",
    "prepositions and particles": "as of in on at by for with from to into onto over under between among through "
    "during within across against toward towards upon via per about above below after before up out off down",
    "auxiliary verbs": "is are was were be been being am do does did have has had having can could may might must "
    "shall should will would",
    "questions and relatives": "who whom whose which what when where how why here there",
    "quantifiers and adverbs": "each every any all some such more most many much few less least other others another "
    "same several very too only just even still often well also thus hence however therefore moreover furthermore "
    "further again once ever",
    "what is left of abbreviations and possessives: e.g., et al., don't": "e g et al s t respectively namely",
}
FUNCTION_WORDS = frozenset(word for words in _KINDS.values() for word in words.split())
"""In lower case, as English tokenizers without case see them."""
PUNCTUATION = ",.;:()[]\"'`!?-\u2013\u2014/$\\{}^_~|*&+=<>%@"


def write_tokenizer_without_function_words(encoder: str, folder: Path) -> None:
    """Write the tokenizer of an encoder, changed so that it passes over function words and punctuation.

    Args:
        encoder: from `training.encoder.base_encoder.resolve_encoder`.
        folder: gets `tokenizer.json` and `tokenizer_config.json`.

    Raises:
        UsageError: there is no such encoder, or its tokenizer does not split texts into lower-case words first.
    """
    save_tokenizer(encoder, folder)
    path = folder / "tokenizer.json"
    tokenizer = tokenizers.Tokenizer.from_file(str(path))
    parts = json.loads(tokenizer.to_str())
    words = (parts["pre_tokenizer"] or {}).get("type") == "BertPreTokenizer"
    if not words or not (parts["normalizer"] or {}).get("lowercase"):
        raise UsageError(
            f"The tokenizer of {encoder} does not split texts into words in lower case, so it cannot pass over some."
        )
    skipped = f"^(?:{_pattern(FUNCTION_WORDS)}|[{re.escape(PUNCTUATION)}])$"
    passes_over = Split(tokenizers.Regex(skipped), behavior="removed")
    tokenizer.pre_tokenizer = Sequence([tokenizer.pre_tokenizer, passes_over])
    tokenizer.save(str(path))
    # the class of an architecture's tokenizer makes its parts anew when transformers loads it, without the change
    name_tokenizer_class(folder, GENERIC)


def _pattern(words: Iterable[str]) -> str:
    """A regular expression for words, which looks at each letter once: alternatives in a row take twice as long."""
    rest: dict[str, list[str]] = {}
    for word in sorted(words):
        rest.setdefault(word[:1], []).append(word[1:])
    ends = rest.pop("", None) is not None
    ways = [re.escape(letter) + _pattern(more) for letter, more in rest.items()]
    found = f"(?:{'|'.join(ways)})" if ways else ""
    return f"{found}?" if ends and ways else found
