"""Tests of data.writers.library."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import UsageError
from data.papers import Paper, Reject
from data.readers import InputFormat
from data.writers import KeywordFormat, keyword_format_of, open_library

GiveBack = Callable[..., bytes]

BIBTEX = "@misc{a, title={A}}\n@misc{bad}\n% text\n@misc{c, title={C}}\nend"


def test_entries_are_read_and_written_in_turn(tmp_path: Path) -> None:
    """Papers and Rejects come as from `read_papers`; each set of keywords goes to its paper."""
    path = tmp_path / "a.bib"
    path.write_text(BIBTEX)
    with open_library([path], KeywordFormat.BIBTEX) as library:
        records = list(library.records())
        assert [type(record) for record in records] == [Paper, Reject, Paper]
        written = b"".join([*library.written([["X"]]), *library.written([["Y", "Z"]]), *library.rest()])
    assert written.decode() == BIBTEX.replace("{A}", "{A}, keywords={X}").replace("{C}", "{C}, keywords={Y, Z}")


def test_a_paper_without_keywords_stays_as_it_is(tmp_path: Path) -> None:
    """None are not no keywords, which would take those with the prefix away."""
    path = tmp_path / "a.bib"
    path.write_text(BIBTEX.replace("{A}", "{A}, keywords={x: Y}"))
    for keywords, expected in ((None, "x: Y"), ((), "")):
        with open_library([path], KeywordFormat.BIBTEX, prefix="x:") as library:
            list(library.records())
            written = b"".join([*library.written([keywords]), *library.rest()])
        assert written.decode() == BIBTEX.replace("{A}", f"{{A}}, keywords={{{expected}}}")


@pytest.mark.parametrize(
    ("input_format", "head", "expected"),
    [
        (InputFormat.BIBTEX, b"@misc{", KeywordFormat.BIBTEX),
        (InputFormat.RIS, b"TY  - ", KeywordFormat.RIS),
        (InputFormat.JSON, b'[{"type": "book"}]', KeywordFormat.CSL_JSON),
        (InputFormat.JSONL, b'{"type": "book"}', KeywordFormat.CSL_JSON),
        (InputFormat.JSON, b'[{"title": "A"}]', None),
        (InputFormat.CSV, b"type,title", None),
        (None, b"", None),
    ],
)
def test_what_can_be_given_back_is_known(
    input_format: InputFormat | None, head: bytes, expected: KeywordFormat | None
) -> None:
    """From the format and the first bytes."""
    assert keyword_format_of(input_format, head) is expected


def test_what_was_written_before_can_be_skipped(tmp_path: Path) -> None:
    """The rest of a file is given back as if all had been written at once."""
    path = tmp_path / "a.bib"
    path.write_text(BIBTEX)
    with open_library([path], KeywordFormat.BIBTEX) as library:
        list(library.records())
        library.skip(1)
        written = b"".join([*library.written([["Y"]]), *library.rest()])
    assert written == b"\n@misc{bad}\n% text\n@misc{c, title={C}, keywords={Y}}\nend"


@pytest.mark.parametrize(
    ("names", "words"),
    [(["a.ris"], "a.ris is no bibtex file"), (["a.bib", "b.bib"], "name one file, not"), (["."], "name one file, not")],
)
def test_other_inputs_are_refused(tmp_path: Path, names: list[str], words: str) -> None:
    """One file of the same format is asked for."""
    (tmp_path / "a.ris").write_text("TY  - JOUR\nTI  - A\nER  - \n")
    for name in ("a.bib", "b.bib"):
        (tmp_path / name).write_text(BIBTEX)
    with (
        pytest.raises(UsageError, match=words),
        open_library([tmp_path / name for name in names], KeywordFormat.BIBTEX),
    ):
        pass


def test_json_without_types_is_no_csl(tmp_path: Path) -> None:
    """Other JSON than CSL-JSON is refused with the way out."""
    path = tmp_path / "a.json"
    path.write_text('[{"title": "A"}]')
    with pytest.raises(UsageError, match=r"-o OUT\.jsonl"), open_library([path], KeywordFormat.CSL_JSON):
        pass
