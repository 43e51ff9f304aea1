"""Tests of data.readers.abstract_watch."""

import json
from collections.abc import Callable

import pytest

from data.papers import Paper, Reject

ReadContent = Callable[..., list[Paper | Reject]]

LONG = "We count the geese that rest on the lake in the evening, and compare their number with that of last year."


@pytest.mark.parametrize("write", ["csv", "jsonl"])
def test_long_columns_are_named_where_nothing_is_an_abstract(
    write: str, read_content: ReadContent, caplog: pytest.LogCaptureFixture
) -> None:
    """The titles are read, and one warning names the column."""
    rows = [{"title": f"Geese {number}", "first page": LONG, "year": "2020"} for number in range(3)]
    if write == "csv":
        content = "title,first page,year\n" + "".join(f'{row["title"]},"{LONG}",2020\n' for row in rows)
    else:
        content = "".join(map("{}\n".format, map(json.dumps, rows)))
    assert len(read_content(content)) == 3
    (message,) = caplog.messages
    assert "no record has an abstract" in message and "'first page'" in message and "'year'" not in message


@pytest.mark.parametrize(
    "rows",
    [
        [{"title": "A", "abstract": "We count.", "body": LONG}, {"title": "B", "body": LONG}],
        [{"title": "A", "References": LONG, "Authors with affiliations": LONG}],
        [{"title": "A", "body": "short"}],
        [{"title": "A", "body": LONG}, {"title": "B"}, {"title": "C"}],
        [{"body": LONG}],
    ],
)
def test_no_warning(rows: list[dict[str, str]], read_content: ReadContent, caplog: pytest.LogCaptureFixture) -> None:
    """One abstract is enough; lists of authors and references are none; most records must have the text."""
    read_content("".join(map("{}\n".format, map(json.dumps, rows))))
    assert caplog.messages == []
