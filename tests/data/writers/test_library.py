"""Tests of data.writers.library."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data.errors import ContentError, UsageError
from data.papers import Paper, Reject
from data.readers import InputFormat
from data.readers.labels import read_labels
from data.taxonomy_file import parse_taxonomy
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


@pytest.mark.parametrize(
    ("file_format", "content"),
    [(KeywordFormat.BIBTEX, "@misc{a, title={Gänse}}"), (KeywordFormat.RIS, "TY  - JOUR\nTI  - Gänse\nER  - \n")],
)
def test_letters_that_the_encoding_lacks(
    give_back: GiveBack, caplog: pytest.LogCaptureFixture, file_format: KeywordFormat, content: str
) -> None:
    """They are lost with a warning, and the keywords are still found the next time."""
    names = ["Łabędzie", "Möwen", "雁"]
    once = give_back(content.encode("cp1252"), file_format, names)
    assert "The encoding cp1252 lacks letters of 'Łabędzie'" in caplog.text
    assert "?ab?dzie" in once.decode("cp1252") and "Möwen" in once.decode("cp1252")
    assert give_back(once, file_format, names) == once


_NAMES = ["Geese, herons and storks", "R&D of C#", "Lakes"]


@pytest.mark.parametrize("prefix", ["", "area: ", "t:"])
@pytest.mark.parametrize(
    ("file_format", "content"),
    [
        (KeywordFormat.BIBTEX, "@misc{a, title={A}, keywords={birds; ice}}"),
        (KeywordFormat.BIBTEX, "@misc{a, title={A}}"),
        (KeywordFormat.RIS, "TY  - JOUR\nTI  - A\nKW  - birds\nKW  - ice, snow\nER  - \n"),
        (KeywordFormat.CSL_JSON, '[{"type": "book", "title": "A", "keyword": "birds, ice"}]'),
    ],
)
@pytest.mark.parametrize("hierarchy", ["", "Birds > "])
def test_what_is_written_back_is_read_as_labels(
    give_back: GiveBack, tmp_path: Path, file_format: KeywordFormat, content: str, prefix: str, hierarchy: str
) -> None:
    """The keywords that name areas are the areas; other keywords are none."""
    areas = ", ".join(f"{{id: b/{number}, name: '{name}'}}" for number, name in enumerate(_NAMES))
    taxonomy = parse_taxonomy(f"fields: [{{id: b, name: Birds, areas: [{areas}]}}]", "t")
    path = tmp_path / "labels"
    path.write_bytes(give_back(content, file_format, [hierarchy + name for name in _NAMES[:2]], prefix))
    (label,) = read_labels(path, taxonomy)
    assert (label.areas, label.complete) == (("b/0", "b/1"), True)


def test_keywords_without_an_area_are_no_labels(tmp_path: Path) -> None:
    """They would say that no area applies; the message says what to do."""
    taxonomy = parse_taxonomy("fields: [{id: b, name: Birds, areas: [{id: b/0, name: Geese}]}]", "t")
    path = tmp_path / "labels.bib"
    path.write_text("@misc{a, title={A}, keywords={ice}}")
    with pytest.raises(ContentError, match="no field 'areas', and none of its 'keywords' is an area; add the field"):
        list(read_labels(path, taxonomy))
