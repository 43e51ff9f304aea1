"""A small lake, and workers in this process that label it with the tagger without a model."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data.readers import InputFormat
from model.tags import TagOptions
from serving.batch.writers import OutputFormat
from serving.lake.label import LakeResult, LakeRun, label_lake
from serving.lake.layout import Outcome, RunFolder
from serving.lake.same_model import AnswersBy
from serving.lake.shard import label_item
from serving.lake.storage import Storage
from serving.lake.work_items import WorkItem
from serving.lake.worker import Job
from tests.serving.cli.fake_tagger import FakeTagger


def record(number: int) -> dict[str, str]:
    """An invented paper."""
    subject = ("segmentation of maps", "translation of songs", "counting of geese")[number % 3]
    return {"id": f"paper-{number}", "title": f"On the {subject}", "abstract": f"We report on case {number}."}


def make_lake(folder: Path) -> Path:
    """Forty papers in four files of different formats, one with a record that is no paper, and a file for people."""
    (folder / "more").mkdir(parents=True)
    lines = [json.dumps(record(number)) for number in range(30)]
    (folder / "a.jsonl").write_text("\n".join([*lines[:10], "{no record", *lines[10:15]]) + "\n")
    (folder / "more" / "b.jsonl.gz").write_bytes(gzip.compress("\n".join(lines[15:25]).encode()))
    rows = [",".join(record(number).values()) for number in range(25, 30)]
    (folder / "more" / "c.csv").write_text("\n".join(["id,title,abstract", *rows]) + "\n")
    table = pa.Table.from_pylist([record(number) for number in range(30, 40)])
    pq.write_table(table, folder / "d.parquet", row_group_size=3)
    (folder / "README.md").write_text("# Papers of ours\n")
    return folder


def lake_run(
    inputs: Sequence[str | Path],
    output: str | Path,
    *,
    resume: bool = False,
    file_format: OutputFormat = OutputFormat.JSONL,
    options: TagOptions | None = None,
    input_format: InputFormat | None = None,
) -> LakeRun:
    """A run as the command line asks for it."""
    job = Job(str(output), file_format, options or TagOptions(), None, AnswersBy("m", "t", "l"))
    return LakeRun(tuple(map(str, inputs)), input_format, job, resume)


class Workers:
    """Executes items one after the other in this process.

    Args:
        most: items after which the driver is interrupted.
    """

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.done: list[int] = []

    @contextmanager
    def __call__(self, job: Job, items: Sequence[WorkItem]) -> Iterator[Iterable[Outcome]]:
        """Label as the outcomes are taken."""
        yield self.outcomes(job, items)

    def outcomes(self, job: Job, items: Sequence[WorkItem]) -> Iterator[Outcome]:
        """Label and yield."""
        for item in items:
            if self.most is not None and len(self.done) >= self.most:
                raise KeyboardInterrupt
            outcome = label_item(item, FakeTagger(), job.options, RunFolder(Storage.at(job.output)), job.file_format)
            self.done.append(item.number)
            yield outcome


def label(run: LakeRun, workers: Workers | None = None) -> LakeResult:
    """Run to the end."""
    return label_lake(run, workers or Workers())


def labels_in(output: Path) -> list[dict[str, Any]]:
    """All label records of an output folder, by part."""
    found = []
    for path in sorted((output / "labels").iterdir()):
        if path.suffix == ".parquet":
            found += pq.read_table(path).to_pylist()
        else:
            found += [json.loads(line) for line in path.read_text().splitlines()]
    return found


def files_in(output: Path) -> dict[str, bytes]:
    """All files of an output folder with their content."""
    return {str(path.relative_to(output)): path.read_bytes() for path in sorted(output.rglob("*")) if path.is_file()}
