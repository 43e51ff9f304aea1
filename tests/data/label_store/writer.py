"""A process that stores labels until it is killed: `python -m tests.data.label_store.writer URL NAME COUNT`.

Prints the title of each paper once its label is acknowledged, so that a test can tell what must be there.
"""

from __future__ import annotations

import sys

from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper


def _write(url: str, name: str, count: int) -> None:
    with LabelStore.open(url) as store:
        for number in range(count):
            paper = Paper(f"{name}-{number}", f"{name} {number}", "An abstract. " * 100)
            store.add([Decision(LabelledPaper(paper, ("fish",)), name)])
            print(paper.title, flush=True)


if __name__ == "__main__":
    _write(sys.argv[1], sys.argv[2], int(sys.argv[3]))
