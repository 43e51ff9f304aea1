"""A process and all below it, from Linux's /proc: their memory, and their end."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def process_tree(pid: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdecimal() and (parent := _parent(folder)) is not None:
            children.setdefault(parent, []).append(int(folder.name))
    tree = [pid]
    for member in tree:  # grows meanwhile
        tree += children.get(member, [])
    return tree


def workers_of(pid: int) -> list[int]:
    """Ids of the worker processes below a supervisor.

    Multiprocessing's own helpers are none, nor is what a worker forks: until it runs its program it has the worker's
    command line.
    """
    spawned = {child for child in process_tree(pid)[1:] if b"spawn_main" in _command_line(child)}
    return sorted(child for child in spawned if _parent(_PROC / str(child)) not in spawned)


def pss_mib(pid: int) -> float:
    """Proportional set size of the whole tree in MiB: pages that processes share count once."""
    return sum(_pss_kib(member) for member in process_tree(pid)) / 1024


def _parent(folder: Path) -> int | None:
    try:
        # The name, in brackets, may itself contain blanks and brackets.
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):  # it has ended
        return None


def _command_line(pid: int) -> bytes:
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:  # it has ended
        return b""


def _pss_kib(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def kill_tree(pid: int) -> None:
    """Send SIGKILL to a process and all below it."""
    for member in process_tree(pid):
        with suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
