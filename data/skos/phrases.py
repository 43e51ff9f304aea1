"""Labels of a vocabulary as phrases of an area (`data.phrases`)."""

from data.phrases import PhraseError, parse_pattern


def phrase_of(label: str) -> str | None:
    """Return the phrase that finds a label in texts, None where the label has nothing to find or breaks the syntax.

    Words that only begin with a capital lose it, as vocabularies write "Machine Learning" and texts "machine learning";
    "DNA" and "pH" stay, and make the phrase case-sensitive.
    """
    words = [word.lower() if word.istitle() else word for word in label.split()]
    phrase = " ".join(words)
    try:
        parse_pattern(phrase)
    except PhraseError:
        return None
    return phrase


def is_plain(phrase: str) -> bool:
    """Return whether a phrase is a label that others can use: no pattern with `*` or `+`."""
    pattern = parse_pattern(phrase)
    return len(pattern.phrases) == 1 and not pattern.phrases[0].prefix
