"""`areatag label` into references."""

from __future__ import annotations

from pathlib import Path

from tests.serving.cli.conftest import Command

REFERENCES = "TY  - JOUR\r\nTI  - On segmentation\r\nER  - \r\n\r\nTY  - JOUR\r\nAU  - Doe\r\nER  - \r\n"


def test_entries_are_given_back_with_keywords(areatag: Command, tmp_path: Path) -> None:
    """The output of the input's own kind is the input with the areas as keywords; twice is once; Rejects stay."""
    source, out, again = tmp_path / "refs.ris", tmp_path / "tagged.ris", tmp_path / "again.ris"
    source.write_bytes(REFERENCES.encode())
    outcome = areatag("label", source, "-o", out)
    assert outcome.code == 0 and outcome.err.splitlines()[-1] == "read 2 = labelled 1 + rejected 1"
    assert len(out.with_name("tagged.ris.rejected.jsonl").read_text().splitlines()) == 1
    before, keyword, after = out.read_bytes().partition(b"KW  - segmentation\r\n")
    assert keyword and before + after == REFERENCES.encode()
    assert areatag("label", out, "-o", again).code == 0
    assert again.read_bytes() == out.read_bytes()


def test_keywords_with_a_prefix_and_their_field(areatag: Command, tmp_path: Path) -> None:
    """--keyword-prefix and --keyword-hierarchy say how the keywords look, on stdout too."""
    source = tmp_path / "refs.bib"
    source.write_text("@misc{a, title={On segmentation}, keywords={t:Old, birds}}")
    outcome = areatag("label", source, "--format", "bibtex", "--keyword-prefix", "t:", "--keyword-hierarchy")
    assert outcome.code == 0
    assert "keywords={birds, t:" in outcome.out and " > segmentation}}" in outcome.out
