"""`areatag label` in processes that are killed at any point, race for one output, and are resumed."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from serving.batch import chunks, outputs
from serving.cli.main import run
from tests.serving.cli.conftest import write_lines
from tests.serving.cli.fake_tagger import DIGEST, FakeTagger, use_fake_tagger
from tests.support.properties import SHARED_FIXTURES
from tests.support.waiting import PATIENCE

NAMES = ("out.jsonl", "out.jsonl.gz", "out.csv", "out.parquet")
FILE_EVENTS = {"open", "fcntl.flock", "os.rename", "os.remove"}
# each example starts processes; to make a failing one smaller would start very many
FEW = settings(phases=[Phase.generate], suppress_health_check=SHARED_FIXTURES)
PROCESSES = get_context("fork")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code, negative for a signal, and what it said."""

    code: int
    err: str


def start(log: Path, arguments: Sequence[str | Path], prepare: Callable[[], None] = lambda: None) -> int:
    """Start a command in a process of its own, prepared there; its id."""
    child = os.fork()
    if child == 0:
        with log.open("w") as messages:
            sys.stderr, sys.stdout = messages, messages
            prepare()
            code = run([str(argument) for argument in arguments])
        os._exit(code)
    return child


def end(child: int, log: Path) -> Ended:
    """Wait for a process."""
    _, status = os.waitpid(child, 0)
    return Ended(os.waitstatus_to_exitcode(status), log.read_text())


def kill_itself(*_: object) -> NoReturn:
    """End as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL cannot be caught")


def dying_at(step: int) -> Callable[[], None]:
    """Make a process kill itself at its n-th use of a file below: opened, locked, renamed, removed, half written."""

    def prepare() -> None:
        left = step

        def count() -> bool:
            nonlocal left
            left -= 1
            return left < 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            if event in FILE_EVENTS and (event != "open" or "partial" in str(arguments[0])) and count():
                kill_itself()

        def write_half(file: object, data: bytes) -> None:
            if count():
                write_all(file, data[: len(data) // 2])
                kill_itself()
            write_all(file, data)

        write_all: Callable[[object, bytes], None] = outputs._write_all  # type: ignore[assignment]
        pytest.MonkeyPatch().setattr(outputs, "_write_all", write_half)
        sys.addaudithook(hook)

    return prepare


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Papers, of which a few are none, that are labelled three at a time."""
    use_fake_tagger(monkeypatch)
    monkeypatch.setattr(chunks, "CHUNK_RECORDS", 3)
    words = ("segmentation", "translation", "lattices")
    lines = [{"id": str(n), "title": f"On {words[n % 3]}, part {n}"} if n % 5 else "{bad" for n in range(14)]
    return write_lines(tmp_path / "papers.jsonl", lines)


def label(log: Path, *arguments: str | Path, prepare: Callable[[], None] = lambda: None) -> Ended:
    """Run `areatag label` to its end."""
    return end(start(log, ["label", *arguments], prepare), log)


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", NAMES)
@settings(FEW, max_examples=4)
@given(steps=st.lists(st.integers(0, 45), max_size=4))
def test_killed_anywhere_and_resumed(
    source: Path, tmp_path_factory: pytest.TempPathFactory, name: str, steps: list[int]
) -> None:
    """Killed with SIGKILL at any use of a file, again and again, a run ends with the bytes of a whole one."""
    whole, killed = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("killed")
    log = source.with_suffix(".log")
    assert label(log, source, "-o", whole / name).code == 0
    for step in steps:
        ended = label(log, source, "-o", killed / name, "--resume", prepare=dying_at(step))
        assert ended.code in (0, -signal.SIGKILL), ended.err
    ended = label(log, source, "-o", killed / name, "--resume")
    assert ended.code == 0, ended.err
    assert contents(killed) == contents(whole)
    again = label(log, source, "-o", killed / name, "--resume")
    assert again.code == 0 and "is complete: there is nothing to resume" in again.err
    assert contents(killed) == contents(whole)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("name", NAMES)
def test_told_to_stop_and_resumed(source: Path, tmp_path: Path, name: str, sent: signal.Signals, code: int) -> None:
    """By a scheduler or by Ctrl-C: one sentence says how to go on, and the end is that of a whole run."""
    log, whole, stopped = tmp_path / "log", tmp_path / "whole", tmp_path / "stopped"
    whole.mkdir()
    stopped.mkdir()

    def stop_in_the_second_chunk() -> None:
        append, calls = outputs.WorkFile.append, iter(range(2))

        def write(file: outputs.WorkFile, data: bytes) -> None:
            append(file, data)
            if next(calls, None) is None:
                os.kill(os.getpid(), sent)

        signal.signal(signal.SIGINT, signal.default_int_handler)
        pytest.MonkeyPatch().setattr(outputs.WorkFile, "append", write)

    assert label(log, source, "-o", whole / name).code == 0
    ended = label(log, source, "-o", stopped / name, prepare=stop_in_the_second_chunk)
    assert ended.code == code
    assert ended.err.splitlines()[-1].startswith("Interrupted after 3 records: continue with --resume.")
    assert label(log, source, "-o", stopped / name, "--resume").code == 0
    assert contents(stopped) == contents(whole)


def test_told_to_stop_while_references_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half written is left; --resume does not go with that output, and is not promised."""
    use_fake_tagger(monkeypatch)
    source = tmp_path / "papers.bib"
    source.write_text("@article{a, title={On segmentation}}\n")
    out, log = tmp_path / "out", tmp_path / "log"
    out.mkdir()

    def stop() -> None:
        def results(*_: object) -> NoReturn:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
            raise AssertionError("SIGTERM does not come")

        pytest.MonkeyPatch().setattr(FakeTagger, "results", results)

    ended = label(log, source, "-o", out / "tagged.bib", prepare=stop)
    assert (ended.code, ended.err, list(out.iterdir())) == (143, "", [])


@pytest.mark.parametrize("then", ["--resume", "killed", "labels"])
def test_a_run_that_locks_as_another_ends(source: Path, tmp_path: Path, then: str) -> None:
    """Whoever found the lock taken a moment ago must not write into the file that was finished meanwhile."""
    opened, ended = PROCESSES.Event(), PROCESSES.Event()
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    log = tmp_path / "log"
    assert label(log, source, "-o", whole).code == 0

    def wait_with_the_end() -> None:
        write = outputs.WorkFile.publish

        def publish(file: outputs.WorkFile, length: int) -> None:
            assert opened.wait(PATIENCE)
            write(file, length)

        pytest.MonkeyPatch().setattr(outputs.WorkFile, "publish", publish)

    def late_to_lock() -> None:
        flock = fcntl.flock

        def lock(file: int, how: int) -> None:
            if not opened.is_set():
                opened.set()
                assert ended.wait(PATIENCE)
            flock(file, how)

        pytest.MonkeyPatch().setattr(fcntl, "flock", lock)
        if then == "killed":
            pytest.MonkeyPatch().setattr(outputs.WorkFile, "append", kill_itself)

    first = start(log, ["label", source, "-o", out], wait_with_the_end)
    late_log = tmp_path / "late"
    more = ["--resume"] if then == "--resume" else []
    second = start(late_log, ["label", source, "-o", out, *more], late_to_lock)
    assert end(first, log).code == 0
    assert out.read_bytes() == whole.read_bytes()
    ended.set()
    late = end(second, late_log)
    assert late.code == (-signal.SIGKILL if then == "killed" else 0)
    assert ("is complete" in late.err) == (then == "--resume")
    assert out.read_bytes() == whole.read_bytes()


def test_many_runs_for_one_output(source: Path, tmp_path: Path) -> None:
    """Of runs that start at once one writes; the others say so, or come after it; nothing is mixed."""
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    assert label(tmp_path / "log", source, "-o", whole).code == 0
    go: Event = PROCESSES.Event()
    logs = [tmp_path / f"log{number}" for number in range(8)]

    def wait() -> None:
        assert go.wait(PATIENCE)

    children = [start(log, ["label", source, "-o", out], wait) for log in logs]
    go.set()
    ends = [end(child, log) for child, log in zip(children, logs, strict=True)]
    assert {ended.code for ended in ends} <= {0, 1} and any(ended.code == 0 for ended in ends)
    assert all("Another run is writing" in ended.err for ended in ends if ended.code)
    assert out.read_bytes() == whole.read_bytes()
    assert not list(tmp_path.glob("*partial*"))


@settings(FEW, max_examples=6)
@given(line=st.integers(0, 8), field=st.sampled_from(["id", "title", "abstract", "gone", "swapped"]))
def test_changed_inputs(source: Path, tmp_path_factory: pytest.TempPathFactory, line: int, field: str) -> None:
    """Other records in place of those that were labelled are refused, though size and time of the file are the same."""
    folder = tmp_path_factory.mktemp("changed")
    records: list[object] = [{"id": f"p{n}", "title": f"On part {n}", "abstract": "We prove it."} for n in range(14)]
    papers = write_lines(folder / "papers.jsonl", records)
    before = papers.stat()
    log, out = folder / "log", folder / "out.jsonl"

    def dies_in_the_fourth_chunk() -> None:
        append, calls = outputs.WorkFile.append, iter(range(3))

        def write(file: outputs.WorkFile, data: bytes) -> None:
            if next(calls, None) is None:
                kill_itself()
            append(file, data)

        pytest.MonkeyPatch().setattr(outputs.WorkFile, "append", write)

    assert label(log, papers, "-o", out, prepare=dies_in_the_fourth_chunk).code == -signal.SIGKILL
    record = records[line]
    assert isinstance(record, dict)
    if field == "swapped":
        records[line], records[line + 5] = records[line + 5], records[line]
    elif field == "gone":
        records[line] = "{" + " " * 60
    else:
        records[line] = {**record, field: str(record[field])[:-1] + "!"}
    write_lines(papers, records)
    size = papers.stat().st_size
    with papers.open("ab") as file:
        file.write(b" " * max(0, before.st_size - size))
    os.truncate(papers, before.st_size)
    os.utime(papers, ns=(before.st_atime_ns, before.st_mtime_ns))
    kept = contents(folder)
    del kept["log"], kept["out.jsonl.partial.lock"], kept["out.jsonl.rejected.jsonl.partial.lock"]
    ended = label(log, papers, "-o", out, "--resume")
    assert ended.code == 2 and "the inputs changed" in ended.err and "without --resume" in ended.err
    assert contents(folder) == kept | {"log": log.read_bytes()}


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (["--top-k", "1"], "the options of labelling"),
        (["--threshold", "0.3"], "the options of labelling"),
        (["--all-scores"], "the options of labelling"),
        (["--explain"], "the options of labelling"),
        (["--format", "csv"], "--format"),
        (["--rejected", "other.jsonl"], "--rejected"),
        (["--model", "other"], "the model"),
        (["--device", "cpu"], "--device"),
        (["--input-format", "jsonl"], "--input-format"),
        (["--strict"], "Stopped at"),
        ([], "the model"),
    ],
)
def test_changed_options_and_model(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: list[str], what: str
) -> None:
    """What would give other records than those already written is refused, also another model of the same name."""
    log, out = tmp_path / "log", tmp_path / "out.jsonl"
    monkeypatch.chdir(tmp_path)
    assert label(log, source, "-o", out, prepare=dying_at(28)).code == -signal.SIGKILL
    if not changed:
        monkeypatch.setenv(DIGEST, "another model, installed under the name of the first")
    ended = label(log, source, "-o", out, "--resume", *changed)
    assert ended.code in (1, 2) and what in ended.err, ended.err
    assert not out.exists()
    monkeypatch.delenv(DIGEST, raising=False)
    assert label(log, source, "-o", out, "--resume").code == 0
