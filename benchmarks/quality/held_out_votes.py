"""Split recorded votes into those that train and those that judge.

    python -m benchmarks.quality.held_out_votes PAPERS... --votes VOTES.jsonl --fit FIT.jsonl --judge JUDGE.jsonl

JUDGE is a gold file of 1,002 papers, for `areatag train --held-out` and `areatag evaluate --gold`; FIT is a votes file,
for `areatag weak-label --votes`.
"""

import hashlib
import json
from pathlib import Path
from typing import Annotated

import typer

from data.atomic import atomic_text
from data.papers import Paper
from data.readers import read_papers
from data.readers.labels import read_votes
from data.taxonomy_file import load_taxonomy


def held_out(paper_id: str) -> bool:
    """Whether a paper is one of the 1,002 held out; those who wrote the labelling rules looked at none of them."""
    return int(hashlib.sha1(paper_id.encode(), usedforsecurity=False).hexdigest(), 16) % 3600 >= 2600


def main(
    papers: Annotated[list[Path], typer.Argument(help="The papers the votes speak of.")],
    votes: Annotated[Path, typer.Option(help="Recorded votes.")],
    fit: Annotated[Path, typer.Option(help="Votes file to write.")],
    judge: Annotated[Path, typer.Option(help="Gold file to write.")],
) -> None:
    """Write both files and say how many papers each holds."""
    recorded = {vote.paper_id: vote for vote in read_votes(votes, load_taxonomy())}
    judging = {paper_id for paper_id in recorded if held_out(paper_id)}
    with atomic_text(fit) as stream:
        for paper_id, vote in recorded.items():
            if paper_id not in judging:
                stream.write(json.dumps({"id": paper_id, "areas": list(vote.areas)}) + "\n")
    written = 0
    with atomic_text(judge) as stream:
        for paper in read_papers(papers):
            if isinstance(paper, Paper) and paper.id in judging and recorded[paper.id].areas:
                record = {"id": paper.id, "title": paper.title, "abstract": paper.abstract}
                stream.write(json.dumps({**record, "areas": list(recorded[paper.id].areas)}) + "\n")
                written += 1
    typer.echo(f"{len(recorded) - len(judging)} papers in {fit}, {written} of {len(judging)} in {judge}")


if __name__ == "__main__":
    typer.run(main)
