"""Exit codes, sentences and start-up of the command line as a process."""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest
import typer

import serving.cli.main as cli
from data.errors import AreatagError, UsageError
from data.label_store.records import Decision
from data.label_store.store import LabelStore
from data.labels import LabelledPaper
from data.papers import Paper
from tests.serving.cli.conftest import Command, write_lines
from tests.serving.cli.fake_tagger import SECONDS_A_CALL, STUCK_AFTER
from tests.support.waiting import PATIENCE, wait_for

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("torch", "transformers", "datasets", "pandas", "sklearn", "openvino", "bentoml", "pyarrow", "numpy")


def start(
    *arguments: str | Path,
    seconds: float = 0.0,
    stuck_after: float = math.inf,
    stdout: int | BinaryIO = subprocess.PIPE,
    file_bytes: int = -1,
) -> subprocess.Popen[bytes]:
    """Start a command as a process, with the fake tagger; no file may grow beyond ``file_bytes``."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    tagger = {SECONDS_A_CALL: str(seconds), STUCK_AFTER: str(stuck_after)}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.serving.cli.fake_tagger", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **tagger},
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, -1)),
    )


def finish(process: subprocess.Popen[bytes], stdin: bytes = b"") -> tuple[int, str, str]:
    """Wait for a process; its exit code, stdout and stderr."""
    out, err = process.communicate(stdin, timeout=PATIENCE)
    return process.returncode, (out or b"").decode(), err.decode()


def records_read(checkpoint: Path) -> int:
    """How many records a running command has read and done with; none before it has a checkpoint."""
    return int(json.loads(checkpoint.read_bytes())["counts"]["read"]) if checkpoint.exists() else 0


def many_papers(path: Path, count: int) -> Path:
    """A file of short papers, every 50th line of which is bad."""
    words = ("segmentation", "translation", "proofs")
    return write_lines(
        path,
        (
            {"id": str(number), "title": f"Notes on {words[number % 3]}, part {number}"} if number % 50 else "{bad"
            for number in range(count)
        ),
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["label", "--help"], 0),
        (["label", "no-such-file.jsonl"], 2),
        (["label"], 2),
        (["labl"], 2),
        (["label", "-", "--top-k", "0"], 2),
        (["label", "-", "--no-such-option"], 2),
        (["label", "-"], 2),
    ],
)
def test_exit_codes(arguments: list[str], code: int) -> None:
    """A process ends with 0 when done and 2 for a wrong command or path, and never with a traceback."""
    got, out, err = finish(start(*arguments))
    assert got == code, err
    assert "Traceback" not in err
    assert err.count("\n") == (code != 0)
    assert bool(out) == (code == 0)


def test_importing_the_commands_is_light() -> None:
    """Help and light commands start without numpy, torch or any other big package."""
    script = f"import sys, serving.cli.main; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_kill_and_resume(tmp_path: Path) -> None:
    """A run killed with SIGKILL and resumed leaves the same files as a run never interrupted."""
    source = many_papers(tmp_path / "papers.jsonl", 1700)
    whole, killed = tmp_path / "whole.jsonl", tmp_path / "killed.jsonl"
    assert finish(start("label", source, "-o", whole))[0] == 0
    process = start("label", source, "-o", killed, stuck_after=1)
    wait_for(lambda: records_read(tmp_path / "killed.jsonl.partial.json"), lambda read: read == 512)
    process.kill()
    process.communicate()
    assert not killed.exists()
    code, out, err = finish(start("label", source, "-o", killed, "--resume"))
    assert (code, out) == (0, "")
    assert "read 1700 = labelled 1666 + rejected 34" in err
    assert killed.read_bytes() == whole.read_bytes()
    rejected = "jsonl.rejected.jsonl"
    assert (tmp_path / f"killed.{rejected}").read_bytes() == (tmp_path / f"whole.{rejected}").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {
        "papers.jsonl",
        *(f"{name}.{suffix}" for name in ("whole", "killed") for suffix in ("jsonl", rejected)),
    }


@pytest.mark.parametrize("again", [0, 1, 3])
def test_interrupt(tmp_path: Path, again: int) -> None:
    """Ctrl-C ends a run with 130 and a sentence that says how to go on, also when it is pressed again meanwhile."""
    source = many_papers(tmp_path / "papers.jsonl", 600)
    # a test run in the background ignores the signal, and its children would too
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = start("label", source, "-o", tmp_path / "out.jsonl", stuck_after=0)
    finally:
        signal.signal(signal.SIGINT, ours)
    wait_for((tmp_path / "out.jsonl.partial.json").exists)
    process.send_signal(signal.SIGINT)
    for _ in range(again):
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.2)  # somebody who presses it once more
        process.send_signal(signal.SIGINT)
    code, _, err = finish(process)
    assert code == 130
    assert err.count("--resume") == 1 and "Traceback" not in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["label", "{papers}"], ["papers", "{papers}"], ["feedback", "list"]], ids=" ".join
)
def test_reader_of_the_pipe_leaves(tmp_path: Path, arguments: list[str]) -> None:
    """A closed pipe (`areatag label ... | head -1`) ends the run without a word."""
    source = many_papers(tmp_path / "papers.jsonl", 1700)
    if arguments[0] == "feedback":
        paper = Paper("1", "On segmentation", "Cells and walls. " * 200)
        with LabelStore.open() as store:
            store.add([Decision(LabelledPaper(replace(paper, title=f"Part {part}"), ())) for part in range(60)])
    else:
        arguments = [*arguments, "--rejected", str(tmp_path / "rejected.jsonl")]
    process = start(*(word.format(papers=source) for word in arguments), seconds=0.2)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(PATIENCE) == 1
    process.stderr.close()
    assert process.stdin is not None
    process.stdin.close()


def _commands() -> list[tuple[str, ...]]:
    """Every command and group of commands, as the words that call it."""

    def below(command: object, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        inner = getattr(command, "commands", {}).items()
        return [path, *(found for name, part in inner for found in below(part, (*path, name)))]

    return below(typer.main.get_command(cli.app), ())


def _without_reader(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """A command whose stdout nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        return start(*arguments, stdout=pipe)


def test_every_command_without_a_reader() -> None:
    """The reader of the pipe has left before the first word: every command ends without one of its own."""
    for first in range(0, len(_commands()), 8):
        processes = {path: _without_reader(*path, "--help") for path in _commands()[first : first + 8]}
        ended = {path: finish(process) for path, process in processes.items()}
        assert ended == {path: (1, "", "") for path in processes}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["models", "list"],
        ["models", "list", "--json"],
        ["models", "show", "bundled"],
        ["rules", "check", str(ROOT / "data/labelling_rules")],
        ["feedback", "list"],
        ["feedback", "check", "--json"],
        ["papers", "-"],
        ["taxonomy", "check", str(ROOT / "data/taxonomies/areas.yaml")],
        ["keys", "new", "--role", "tag"],
        ["label", "-", "--rejected", "{folder}/rejected.jsonl"],
    ],
    ids=" ".join,
)
def test_results_without_a_reader(arguments: list[str], tmp_path: Path) -> None:
    """Results that nobody takes end the command quietly, with exit code 1."""
    with LabelStore.open() as store:
        store.add([Decision(LabelledPaper(Paper("1", "On segmentation"), ()))])
    process = _without_reader(*(argument.format(folder=tmp_path) for argument in arguments))
    assert finish(process, b'{"title": "On segmentation"}\n') == (1, "", "")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_from_the_start(tmp_path: Path, closed: str) -> None:
    """A process without stdin, stdout or stderr does its work, and writes messages into no file of its own."""
    source = many_papers(tmp_path / "papers.jsonl", 60)
    for more in ([], ["-o", str(tmp_path / "out.jsonl")]):
        command = [sys.executable, "-m", "tests.serving.cli.fake_tagger", "label", str(source), *more]
        shell = subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", *command], cwd=ROOT, capture_output=True, text=True)
        assert shell.returncode == 0, shell.stderr
        assert "Traceback" not in shell.stderr and "read 60" not in shell.stdout
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [str(n) for n in range(60) if n % 50]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("arguments", [["--version"], ["label", "-"], ["label", "-", "-o", "/dev/full"]])
def test_full_device(arguments: list[str]) -> None:
    """Output that cannot be written is one sentence and exit code 1."""
    with Path("/dev/full").open("wb") as full:
        code, _, err = finish(start(*arguments, stdout=full), b'{"title": "On segmentation"}\n')
    assert code == 1
    assert "No space left on device" in err
    assert "Traceback" not in err and "Exception ignored" not in err


def test_file_that_cannot_grow(tmp_path: Path) -> None:
    """A run out of room fails with a sentence, keeps what is done, and is resumed when there is room."""
    source = many_papers(tmp_path / "papers.jsonl", 1700)
    whole, cramped = tmp_path / "whole.jsonl", tmp_path / "cramped.jsonl"
    assert finish(start("label", source, "-o", whole))[0] == 0
    code, _, err = finish(start("label", source, "-o", cramped, file_bytes=whole.stat().st_size // 2))
    assert code == 1
    assert err.count("\n") == 1 and "cramped.jsonl.partial: File too large" in err and "--resume" in err
    assert not cramped.exists()
    assert finish(start("label", source, "-o", cramped, "--resume"))[0] == 0
    assert cramped.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (AreatagError("The model is gone: train one."), 1, "The model is gone: train one."),
        (UsageError("No such folder: create it."), 2, "No such folder: create it."),
        (
            PermissionError(13, "Permission denied", "/x/y"),
            2,
            "Cannot use /x/y: permission denied; choose another path",
        ),
        (OSError(36, "File name too long", "/x/y"), 2, "Cannot use /x/y: the name is too long; choose a shorter one."),
        (OSError(5, "Input/output error", "/x/y"), 1, "/x/y: Input/output error."),
        (ValueError("a\nb"), 1, "Unexpected ValueError: a b."),
        (MemoryError(), 1, "Out of memory"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_errors_become_sentences(
    areatag: Command, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, sentence: str
) -> None:
    """Every error is one line on stderr and the exit code of its kind; --debug adds the traceback."""

    def fail(path: Path) -> None:
        raise error

    monkeypatch.setattr("data.taxonomy_file.load_taxonomy", fail)
    outcome = areatag("taxonomy", "check", "x.yaml")
    assert outcome.code == code
    assert sentence in outcome.err and "Traceback" not in outcome.err
    assert outcome.err.count("\n") <= 1
    if sentence:
        debugged = areatag("taxonomy", "check", "x.yaml", "--debug")
        assert debugged.code == code and "Traceback" in debugged.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [("areatag mod", "models"), ("areatag models li", "list"), ("areatag models list --j", "--json")],
)
def test_completion_in_the_shell(words: str, expected: str) -> None:
    """What `areatag --install-completion` makes bash ask for."""
    environment = {"_AREATAG_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = subprocess.run(
        [sys.executable, "-m", "serving.cli.main"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [expected], "")


def test_completion_is_offered(areatag: Command) -> None:
    """In the help of the whole."""
    assert "--install-completion" in areatag("--help").out


def test_debug_after_two_dashes_is_an_argument() -> None:
    """A file may be called --debug."""
    assert cli._take_debug(["label", "--", "--debug"]) == (["label", "--", "--debug"], False)
