"""The papers of evaluation votes, which name papers by their id alone, as a file of labelled papers."""

import json
from collections.abc import Sequence
from pathlib import Path

from data.atomic import atomic_text
from data.errors import AreatagError
from data.papers import Paper
from data.readers import read_papers
from data.readers.labels import read_votes
from data.taxonomy import Taxonomy


def write_evaluation_papers(inputs: Sequence[Path], votes: Path, taxonomy: Taxonomy, output: Path) -> None:
    """Write the papers that the votes speak of, with their areas, in the order of the pool.

    Args:
        inputs: files and folders of papers.
        votes: their recorded votes.
        taxonomy: of the votes.
        output: labels file (JSONL).

    Raises:
        AreatagError: a paper is not among the inputs, so that it would not be kept out of training.
    """
    areas = {vote.paper_id: vote.areas for vote in read_votes(votes, taxonomy)}
    with atomic_text(output) as stream:
        for paper in read_papers(inputs):
            if isinstance(paper, Paper) and paper.id in areas:
                record = {"id": paper.id, "title": paper.title, "abstract": paper.abstract}
                stream.write(json.dumps({**record, "areas": list(areas.pop(paper.id))}) + "\n")
        if areas:
            raise AreatagError(
                f"{len(areas)} papers of {votes.name} are not among the papers given ({next(iter(areas))} is one); "
                "give all the files that they come from."
            )
