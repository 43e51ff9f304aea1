"""`areatag label` into references."""

from __future__ import annotations

from pathlib import Path

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from data.taxonomy_file import load_taxonomy
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


def test_what_curators_decided_reaches_the_keywords(areatag: Command, tmp_path: Path) -> None:
    """Confirmed areas come, rejected ones do not, and a complete label leaves no other one."""
    titles = ["On segmentation of moss", "On segmentation of ferns", "On segmentation of reeds"]
    source, out = tmp_path / "refs.bib", tmp_path / "tagged.bib"
    source.write_text("".join(f"@misc{{m{n}, title={{{title}}}}}\n" for n, title in enumerate(titles)))
    papers = [Paper(str(n), title) for n, title in enumerate(titles)]
    with LabelStore.open() as store:
        store.add(
            [
                Decision(LabelledPaper(papers[0], ("vision/3d",), complete=False), "ada", ""),
                Decision(LabelledPaper(papers[1], (), ("vision/segmentation",), complete=False), "ada", ""),
                Decision(LabelledPaper(papers[2], ("vision/3d",)), "ada", ""),
            ]
        )
    assert areatag("label", source, "-o", out).code == 0
    confirmed = load_taxonomy().areas[load_taxonomy().index("vision/3d")].name
    first, second, third = out.read_text().splitlines()
    assert first == f"@misc{{m0, title={{{titles[0]}}}, keywords={{{confirmed}, segmentation}}}}"
    assert second == f"@misc{{m1, title={{{titles[1]}}}}}"
    assert third == f"@misc{{m2, title={{{titles[2]}}}, keywords={{{confirmed}}}}}"
