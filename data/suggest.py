"""Wording shared by error messages: a short quotation of a user's text and the nearest known name."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 60  # characters of a user's text that an error message repeats


def quoted(text: str) -> str:
    """`text` in quotes, control characters escaped, cut to 60 characters."""
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The sentence " Did you mean 'x'?" with the known name nearest to `word`, or "" when none is near."""
    nearest = get_close_matches(word[: 2 * _LONGEST], known, n=1, cutoff=0.6)
    return f" Did you mean {quoted(nearest[0])}?" if nearest else ""
