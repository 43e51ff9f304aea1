"""Tests of data.readers.jsonl."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.papers import Paper, Reject
from data.readers import InputFormat, Record, read_papers, read_records
from data.text import plain_text

ReadContent = Callable[..., list[Paper | Reject]]
Titles = Callable[[list[Paper | Reject]], list[str | int]]


def test_arxiv_snapshot(read_content: ReadContent) -> None:
    """A line of arXiv's metadata snapshot gives its paper, LaTeX as it is."""
    line = {
        "id": "0704.0001",
        "submitter": "A. Nonymous",
        "title": "Counting\n  $n$ geese",
        "abstract": "We count \\emph{geese}.",
        "categories": "cs.CV stat.ML",
        "journal-ref": None,
        "update_date": "2008-11-26",
        "versions": [{"version": "v1"}],
    }
    assert read_content(json.dumps(line)) == [
        Paper(
            "0704.0001",
            "Counting\n  $n$ geese",
            "We count \\emph{geese}.",
            ("cs.CV", "stat.ML"),
            "2008-11-26",
        )
    ]


def test_blank_lines_crlf_and_marks_are_no_content(read_content: ReadContent, titles: Titles) -> None:
    """A byte order mark at the start or inside (of joined files), CRLF and blank lines change nothing."""
    content = b'\xef\xbb\xbf{"title": "A"}\r\n\r\n\xef\xbb\xbf{"title": "B"}\n   \n{"title": "C"}'
    assert titles(read_content(content)) == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"title": "x"', "not valid JSON"),
        (b"nonsense", "not valid JSON"),
        (b"[1, 2]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'{"title": true}', "'title' must be text, not a boolean"),
        (b'{"abstract": [7]}', "'abstract' must be text, not a list"),
        (b'{"title": null, "abstract": ""}', "neither a title nor an abstract"),
        (b'{"title": "\xc3\xa9 caf\xe9"}', "not valid UTF-8 (byte 0xE9)"),
        (b'{"title": "x", "id": ' + b"9" * 5000 + b"}", "number of too many digits"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"x":' * 100_000, "nested too deeply"),
        (b"\x00\x01\x02", "not valid JSON"),
    ],
)
def test_a_bad_line_is_rejected_alone(read_content: ReadContent, titles: Titles, bad: bytes, reason: str) -> None:
    """The Reject has file, line and reason; the lines around it are read."""
    records = read_content(b'{"title": "A"}\n\n' + bad + b'\n{"title": "B"}\n')
    assert titles(records) == ["A", 3, "B"]
    rejected = records[1]
    assert isinstance(rejected, Reject)
    assert reason in rejected.reason
    assert rejected.file.endswith("papers")
    assert len(rejected.excerpt) <= 120


def test_lone_surrogates_and_nul_cannot_break_a_writer(read_content: ReadContent) -> None:
    """JSON may escape half a surrogate pair; the paper's text can be encoded all the same."""
    (paper,) = read_content(r'{"title": "a\ud800b\u0000c"}')
    assert isinstance(paper, Paper)
    assert paper.title == "a?b c"


def test_numbers_as_ids_keep_their_digits(read_content: ReadContent) -> None:
    """An arXiv id that was written as a number does not lose a zero."""
    papers = read_content('{"id": 1804.05290, "title": "A"}\n{"id": 7, "title": "B"}')
    assert [paper.id for paper in papers if isinstance(paper, Paper)] == ["1804.05290", "7"]


def test_a_record_of_40_mib_is_one_reject(read_content: ReadContent, titles: Titles) -> None:
    """A line over the limit is skipped, and the rest is read."""
    content = b'{"title": "A"}\n{"title": "' + b"x" * (40 << 20) + b'"}\n{"title": "B"}'
    records = read_content(content)
    assert titles(records) == ["A", 2, "B"]
    assert "longer than 8 MiB" in str(records[1])


def test_records_keep_other_fields(tmp_path: Path) -> None:
    """Whoever needs more than a paper has (labels, say) reads records."""
    path = tmp_path / "labels.jsonl"
    path.write_text('\n{"title": "A", "areas": ["x/y"]}\n')
    assert list(read_records([path])) == [Record(str(path), 2, {"title": "A", "areas": ["x/y"]})]


_LINES = st.lists(
    st.one_of(
        st.text(min_size=1).map(lambda title: json.dumps({"title": "t" + title})),
        st.text(min_size=1).map(lambda title: json.dumps({"title": "t" + title}, ensure_ascii=False)),
        st.sampled_from(["", "  ", "{", "7", '{"title": true}', "\x85", "\u2028"]),
    ),
    max_size=12,
)


@given(_LINES, st.sampled_from(["\n", "\r\n"]))
def test_every_line_is_read_or_rejected(lines: list[str], end: str) -> None:
    """Any line comes back as its paper, or as a Reject with its number, in order; only blank ones do not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "papers.jsonl")
        path.write_bytes(end.join(lines).encode())
        records = list(read_papers([path], InputFormat.JSONL))
    expected: list[str | int] = []
    for number, line in enumerate(lines, start=1):
        try:
            title = json.loads(line)["title"]
            expected.append(plain_text(title))
        except (ValueError, TypeError, AttributeError):
            if line.encode().strip():
                expected.append(number)
    assert [item.title if isinstance(item, Paper) else item.line for item in records] == expected
