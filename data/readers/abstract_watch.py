"""Watching whether an input has abstracts: where none is found, the columns that may be some are named."""

import re
from collections import Counter
from collections.abc import Mapping

from data.errors import quoted
from data.field_names import is_known, text_field
from data.papers import Paper, Reject

_FEWEST_WORDS = 15
_MOST_NAMES = 50
_OTHER_TEXTS = re.compile(
    r"author|affiliat|address|keyword|reference|cited|citation|fund|licen|copyright|link|url|editor|note|subject",
    re.IGNORECASE,
)


class AbstractWatch:
    """Sees the records of one input."""

    def __init__(self) -> None:
        self._has_abstract = False
        self._papers = 0
        self._long: Counter[str] = Counter()

    def see(self, fields: Mapping[str, object], paper: Paper | Reject) -> None:
        """Take note of a record and of what was made of it."""
        if self._has_abstract or isinstance(paper, Reject):
            return
        self._papers += 1
        if paper.abstract:
            self._has_abstract = True
        elif len(self._long) < _MOST_NAMES:
            self._long.update(name for name, value in fields.items() if _may_be_abstract(name, value))

    def warning(self) -> str:
        """Return a sentence for the user when no paper had an abstract and others texts are long; else ""."""
        names = [] if self._has_abstract else [name for name, count in self._long.items() if 2 * count >= self._papers]
        if not names:
            return ""
        shown = ", ".join(map(quoted, names[:5]))
        return f"no record has an abstract, but there are long texts in {shown}: name the right one 'abstract'."


def _may_be_abstract(name: str, value: object) -> bool:
    if not isinstance(value, str) or (is_known(name) and not text_field(name)) or _OTHER_TEXTS.search(name):
        return False
    words = value.count(" ") + 1
    return words >= _FEWEST_WORDS and 10 * value.count(";") < words and text_field(name) != "title"
