"""Where results and rejected records of a command go: stdout and stderr, pipes, or files that appear when complete."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from data.atomic import atomic_write, check_names_a_file
from data.papers import Reject
from serving.batch.outputs import is_stream
from serving.batch.paths import STDIN, default_rejected
from serving.batch.writers import encode_rejects, is_gzip
from serving.cli.console import show_reject

Write = Callable[[bytes], object]


def resolve_destinations(output: Path | None, rejected: Path | None) -> tuple[Path | None, Path | None]:
    """Return the file of the results (None: stdout) and that of the rejects (None: stderr) for the options given."""
    if output == Path(STDIN):
        output = None
    for path in (output, rejected):
        if path is not None:
            check_names_a_file(path)
    if rejected is None and output is not None and not is_stream(output):
        rejected = default_rejected(output)
    return output, rejected


def results_to(output: Path | None, stack: ExitStack) -> Write:
    """Return the function that writes results: to stdout, to a pipe, or to a file that appears when complete."""
    if output is None:
        return sys.stdout.buffer.write
    stream: BinaryIO | FileIO
    if is_stream(output):
        stream = stack.enter_context(open_stream(output))
    else:
        stream = stack.enter_context(atomic_write(output))
        if is_gzip(output):
            return stack.enter_context(gzip.GzipFile(fileobj=stream, mode="wb", mtime=0)).write
    return stream.write


def open_stream(path: Path) -> FileIO:
    """Open a pipe or a device, without a buffer: closing would try again to write what a full device did not take."""
    return path.open("wb", buffering=0)


@contextmanager
def rejects_to(rejected: Path | None) -> Iterator[Callable[[Sequence[Reject]], None]]:
    """Yield the function that takes rejects: to the rejected file, which is there only if there are some, or stderr."""
    with ExitStack() as stack:
        write: Write | None = None

        def take(rejects: Sequence[Reject]) -> None:
            nonlocal write
            if rejected is None:
                for reject in rejects:
                    show_reject(reject)
            elif rejects:
                write = write or results_to(rejected, stack)
                write(encode_rejects(rejects))

        yield take
        if rejected is not None and write is None:
            rejected.unlink(missing_ok=True)
