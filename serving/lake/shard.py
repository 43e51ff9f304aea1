"""One work item: its papers are read, tagged and written as one shard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.atomic import FullDiskError, write_error
from data.errors import AreatagError
from data.papers import Reject
from model.tags import PaperTagger, TagOptions, TagResult
from serving.batch.counts import Counts
from serving.batch.label import label_papers
from serving.batch.writers import OutputFormat, encode_rejects, encode_results, parquet_from_jsonl
from serving.lake.item_records import item_papers
from serving.lake.layout import LABELS, REJECTED, Outcome, RunFolder, temporary_folder
from serving.lake.work_items import WorkItem


def label_item(
    item: WorkItem, tagger: PaperTagger, options: TagOptions, folder: RunFolder, file_format: OutputFormat
) -> Outcome:
    """Label the papers of an item, unless that was done before; its files are complete when this returns.

    An error becomes its outcome: most concern this item alone, so that the others go on.
    """
    try:
        if done := folder.outcome(item.number):
            return done  # by a worker that was lost before it could say so
        warnings: list[str] = []
        with temporary_folder() as temporary:
            shard = _Shard(temporary, file_format, options)
            counts = label_papers(item_papers(item, warnings.append), tagger, options, shard)
            shard.publish(folder, item.number)
        outcome = Outcome(item.number, counts, tuple(warnings))
        folder.mark_done(outcome)
        return outcome
    except FullDiskError as error:  # all other parts would be tagged for nothing
        return Outcome(item.number, problem=f"{error} What is done is kept; go on with --resume.", stops=True)
    except AreatagError as error:
        return Outcome(item.number, problem=str(error))
    except Exception as error:  # what nobody foresaw costs this item, not the days of all others
        return Outcome(item.number, problem=f"{item.name}: unexpected {type(error).__name__} ({error}).")


@dataclass(slots=True)
class _Shard:
    """The output of an item: files on this machine until it is complete."""

    folder: Path
    format: OutputFormat
    options: TagOptions
    counts: Counts = field(default_factory=Counts)
    finished = False
    window_path: Path | None = None

    def write(self, results: Sequence[TagResult], rejects: Sequence[Reject], counts: Counts) -> None:
        """Append a chunk."""
        self.counts = counts
        # Parquet is made of JSON Lines in the end, as for a file.
        self._append(LABELS, encode_results(results, OutputFormat.JSONL, self.options, header=False))
        self._append(REJECTED, encode_rejects(rejects))

    def finish(self) -> None:
        """Nothing is left to do until `publish`."""

    def publish(self, folder: RunFolder, number: int) -> None:
        """Put the files in their places; raises AreatagError."""
        labels, rejected = self.folder / LABELS, self.folder / REJECTED
        if self.counts.labelled and self.format is OutputFormat.PARQUET:
            table = self.folder / "table"
            parquet_from_jsonl(labels, table, self.options)
            folder.part(LABELS, number, ".parquet").put(table)
        elif self.counts.labelled:
            folder.part(LABELS, number, ".jsonl").put(labels)
        if self.counts.rejected:
            folder.part(REJECTED, number, ".jsonl").put(rejected)

    def _append(self, name: str, content: bytes) -> None:
        path = self.folder / name
        try:
            with path.open("ab") as file:
                file.write(content)
        except OSError as error:
            raise write_error(path, error) from error
