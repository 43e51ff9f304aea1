"""Tests of serving.batch.written_back."""

from pathlib import Path

from data.papers import Reject
from data.taxonomy import Area, Field, Taxonomy
from data.writers import KeywordFormat, open_library
from model.tags import Score, TagResult
from serving.batch.counts import Counts
from serving.batch.written_back import KeywordOutput, area_names

TAXONOMY = Taxonomy(1, (Field("birds", "Birds", areas=(Area("birds/geese", "Geese"),)),))


def result(*areas: Score) -> TagResult:
    """Return the result of a paper with these areas."""
    return TagResult("a", "A", areas, (), not areas, (), "fake")


def test_names_of_areas() -> None:
    """They stand alone or behind their field; an area that the taxonomy lacks stands alone."""
    areas = Score("birds/geese", "Geese", 0.9), Score("gone", "Gone", 0.8)
    assert area_names(TAXONOMY, hierarchy=False)(result(*areas)) == ["Geese", "Gone"]
    assert area_names(TAXONOMY, hierarchy=True)(result(*areas)) == ["Birds > Geese", "Gone"]


def test_chunks_are_written_in_turn(tmp_path: Path) -> None:
    """Each result goes to its entry, Rejects are handed on, and the end of the file comes last."""
    path = tmp_path / "a.bib"
    path.write_text("@misc{a, title={A}}\n@misc{bad}\n@misc{b, title={B}}\nend")
    written: list[bytes] = []
    rejects: list[Reject] = []
    with open_library([path], KeywordFormat.BIBTEX) as library:
        records = list(library.records())
        output = KeywordOutput(library, written.append, area_names(TAXONOMY, hierarchy=False), rejects.extend)
        output.write([result(Score("birds/geese", "Geese", 0.9))], [], Counts(1, 1))
        output.write([result()], [record for record in records if isinstance(record, Reject)], Counts(3, 2, 1))
        output.finish()
    assert b"".join(written).decode() == "@misc{a, title={A}, keywords={Geese}}\n@misc{bad}\n@misc{b, title={B}}\nend"
    assert len(rejects) == 1 and output.counts.rejected == 1
