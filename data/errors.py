"""Errors whose message is written for the user: what is wrong, where, and what to do."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_LONG_SECRET = 8  # characters, from which on no word of a message contains it by chance
_LONGEST = 60  # characters of a user's text that an error message repeats


class AreatagError(Exception):
    """The work failed; the message is complete and can be shown as it is."""

    exit_code = 1


class UsageError(AreatagError):
    """A wrong option, path or format, which the user can correct in the command."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: the line (from 1) and a sentence that says what to do."""

    line: int
    message: str


class ContentError(AreatagError):
    """A file whose content cannot be used; `problems` holds all that was found, the message the first."""

    def __init__(self, source: str, problems: Collection[Problem]) -> None:
        self.source = source
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        first, others = self.problems[0], len(self.problems) - 1
        more = f" ({others} more problem{'s' if others > 1 else ''} in this file.)" if others else ""
        super().__init__(f"{source}, line {first.line}: {first.message}{more}")


def quoted(text: str) -> str:
    """`text` in quotes, control characters escaped, cut to 60 characters."""
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def without_secret(text: str, secret: str, mark: str) -> str:
    """`text` with a mark for every place that has the secret.

    A long one is masked wherever it stands; a short one, such as "a", only where no letter or digit touches it, so that
    words stay readable.
    """
    if not secret:
        return text
    pattern = re.escape(secret)
    return re.sub(pattern if len(secret) >= _LONG_SECRET else rf"(?<![^\W_]){pattern}(?![^\W_])", mark, text)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The sentence " Did you mean 'x'?" with the known name nearest to `word`, or "" when none is near."""
    nearest = get_close_matches(word[: 2 * _LONGEST], known, n=1, cutoff=0.6)
    return f" Did you mean {quoted(nearest[0])}?" if nearest else ""
