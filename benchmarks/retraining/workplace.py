"""Where a benchmark works: a folder for what is costly to make, and an AREATAG_HOME of its own."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from data.atomic import atomic_text
from data.labels import LabelledPaper
from data.papers import Paper

_ELSEWHERE = ("AREATAG_LABEL_STORE", "AREATAG_CACHE_PAPERS")
"""Variables that would lead out of the home folder or change what is replayed."""


@contextmanager
def workplace(folder: Path | None) -> Iterator[Path]:
    """The folder, which is kept, or a temporary one."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="areatag-benchmark-") as temporary:
        yield Path(temporary)


@contextmanager
def home_at(folder: Path) -> Iterator[None]:
    """Make a folder AREATAG_HOME for the length of the block."""
    before = {name: os.environ.pop(name, None) for name in ("AREATAG_HOME", *_ELSEWHERE)}
    os.environ["AREATAG_HOME"] = str(folder)
    try:
        yield
    finally:
        del os.environ["AREATAG_HOME"]
        os.environ.update({name: value for name, value in before.items() if value is not None})


def write_labels(path: Path, labels: Iterable[LabelledPaper]) -> Path:
    """Write a gold file of complete labels."""
    with atomic_text(path) as stream:
        stream.writelines(json.dumps({**_record(label.paper), "areas": label.areas}) + "\n" for label in labels)
    return path


def write_papers(path: Path, papers: Iterable[Paper]) -> Path:
    """Write a file of papers without labels."""
    with atomic_text(path) as stream:
        stream.writelines(json.dumps(_record(paper)) + "\n" for paper in papers)
    return path


def _record(paper: Paper) -> dict[str, str]:
    return {"id": paper.id, "title": paper.title, "abstract": paper.abstract}
