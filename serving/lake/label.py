"""A run over a lake: work items out to the workers of a cluster, outcomes back, and the accounts of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, fields
from typing import Any

from data.errors import AreatagError, UsageError
from data.readers import InputFormat
from serving.batch.counts import Counts
from serving.lake.layout import RUN, SUMMARY, Outcome, RunFolder
from serving.lake.storage import FileState, Storage
from serving.lake.work_items import WorkItem, look, plan
from serving.lake.worker import Job

Execute = Callable[[Job, Sequence[WorkItem]], AbstractContextManager[Iterable[Outcome]]]
"""Has workers label the items, and gives the outcomes as they come. The block is entered when there are workers."""


@dataclass(frozen=True, slots=True)
class LakeRun:
    """What a run is asked for."""

    inputs: tuple[str, ...]
    """Files, folders and URLs of both."""
    input_format: InputFormat | None
    job: Job
    resume: bool

    @property
    def fingerprint(self) -> dict[str, str]:
        """What a resumed run must have in common with the interrupted one, by what people call it."""
        job = self.job
        return {
            "the inputs named": str(self.inputs),
            "--input-format": str(self.input_format),
            "--format": job.file_format.value,
            "the options of labelling": str(job.options),
            "the model": job.answers_by.model,
            "the taxonomy": job.answers_by.taxonomy,
            "the labels that curators confirmed": job.answers_by.labels,
        }


@dataclass(frozen=True, slots=True)
class LakeResult:
    """The accounts of a run."""

    counts: Counts
    items: int
    warnings: tuple[str, ...]
    failed: tuple[Outcome, ...]
    """Items that could not be done."""


def label_lake(
    run: LakeRun, execute: Execute, on_progress: Callable[[Counts], None] = lambda counts: None
) -> LakeResult:
    """Label every paper of the inputs that no earlier run into the same folder has, and write the summary.

    Args:
        run: what to do.
        execute: has workers do it.
        on_progress: told the counts of what is done already before anything is labelled, then after each part.

    Raises:
        UsageError: an input is missing, or changed since the run began that is to be resumed; the folder is not empty.
        AreatagError: a worker is not like the others, the cluster fails, or another run writes there; what is done
            stays.
    """
    folder = RunFolder(Storage.at(run.job.output))
    _check_apart(run.inputs, folder.storage)
    with folder.locked():
        plan = _planned(run, folder)
        outcomes = _executed(run, folder, plan, execute, on_progress)
        folder.remove_unfinished()
        folder.write_json(SUMMARY, _summary(run, plan.items, outcomes))
    warnings = dict.fromkeys(sentence for outcome in outcomes for sentence in outcome.warnings)
    return LakeResult(
        total(outcomes), len(plan.items), tuple(warnings), tuple(outcome for outcome in outcomes if outcome.problem)
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """The work items of a run, and what to write of it when it begins; None: it goes on."""

    items: list[WorkItem]
    content: dict[str, Any] | None = None

    def begin(self, folder: RunFolder) -> None:
        """Write what the run is, or remove the accounts of the interrupted one, which hold no longer."""
        if self.content is not None:
            folder.write_json(RUN, self.content)
        else:
            folder.storage.below(SUMMARY).remove()


def _executed(
    run: LakeRun, folder: RunFolder, plan: _Plan, execute: Execute, on_progress: Callable[[Counts], None]
) -> list[Outcome]:
    """Have the items done that are not, and return the outcomes of all in their order."""
    found = folder.outcomes()
    counts = total(found.values())
    with execute(run.job, [item for item in plan.items if item.number not in found]) as outcomes:
        plan.begin(folder)  # only now: a run without workers leaves nothing behind
        on_progress(counts)
        for outcome in outcomes:
            if outcome.stops:
                raise AreatagError(outcome.problem)
            if outcome.number not in found:
                counts = total([Outcome(-1, counts), outcome])
            found[outcome.number] = outcome
            on_progress(counts)
    lost = [Outcome(item.number, problem="A worker was lost.") for item in plan.items if item.number not in found]
    return [found[number] for number in sorted(found)] + lost


def total(outcomes: Iterable[Outcome]) -> Counts:
    """Add up what became of records."""
    names = [field.name for field in fields(Counts) if field.name != "digest"]
    counts = [outcome.counts for outcome in outcomes]
    return Counts(**{name: sum(getattr(one, name) for one in counts) for name in names})


def _planned(run: LakeRun, folder: RunFolder) -> _Plan:
    """Return the plan of a run that begins, or of the one that is to go on."""
    saved = folder.read_json(RUN)
    if saved is not None and run.resume:
        return _Plan(_resumed(run, folder, saved))
    if saved is not None:
        raise UsageError(
            f"{folder.storage.name} has a run already: continue it with --resume, or write to another folder."
        )
    if folder.storage.state() is not None or folder.storage.list():
        raise UsageError(f"{folder.storage.name} is a file or has files: name an empty or new folder.")
    files = look(run.inputs)
    items = plan(files, run.input_format)
    content = {
        "asked": run.fingerprint,
        "files": [asdict(file.state) for file in files],
        "items": [item.to_record() for item in items],
    }
    return _Plan(items, content)


def _resumed(run: LakeRun, folder: RunFolder, saved: Any) -> list[WorkItem]:
    try:
        asked, items = saved["asked"], [WorkItem.from_record(record) for record in saved["items"]]
        changed = [name for name, value in run.fingerprint.items() if asked.get(name) != value]
        before = {file["name"]: FileState(**file) for file in saved["files"]}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AreatagError(f"{folder.storage.below(RUN).name} is damaged: write to another folder.") from error
    # A file that is gone concerns its own items alone; one that is new would be left out.
    now = [file.state for file in look(run.inputs, missing_ok=True)]
    changed = changed or [state.name for state in now if state != before.get(state.name)]
    if changed:
        raise UsageError(
            f"Cannot resume {folder.storage.name}: {' and '.join(changed[:3])} changed since the run began. "
            "Put that back as it was (a file with its time), or write to another folder to start over."
        )
    return items


def _check_apart(inputs: Sequence[str], output: Storage) -> None:
    for name in inputs:
        if name != "-" and Storage.at(name).holds(output):
            raise UsageError(f"{output.name} lies in the input {name} and would be read as papers: write elsewhere.")


def _summary(run: LakeRun, items: Sequence[WorkItem], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the accounts: of the run, by file, and what could not be done."""
    files = {item.number: item.file.name for item in items}
    by_file: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_file.setdefault(files[outcome.number], []).append(outcome)
    return {
        **_counts_record(outcomes),
        "model": run.job.answers_by.model,
        "taxonomy": run.job.answers_by.taxonomy,
        "confirmed_labels": run.job.answers_by.labels,
        "options": {name: _plain(value) for name, value in asdict(run.job.options).items()},
        "files": [{"file": name, **_counts_record(of_file)} for name, of_file in by_file.items()],
        "failed": [
            {"part": outcome.number, "file": files[outcome.number], "problem": outcome.problem}
            for outcome in outcomes
            if outcome.problem
        ],
    }


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def _counts_record(outcomes: Sequence[Outcome]) -> dict[str, int]:
    counts = total(outcomes)
    record = {name: int(getattr(counts, name)) for name in ("read", "labelled", "rejected", "repeated")}
    return {**record, "parts": len(outcomes), "failed_parts": sum(bool(outcome.problem) for outcome in outcomes)}
