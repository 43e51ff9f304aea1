"""What a folder may hold after the power was cut: the writes of a program, recorded by strace and replayed with losses.

A disk keeps what was synced before the cut. Of what came later to a file, some first writes may have reached it, the
last of them torn, or none; of new, renamed and removed names likewise, until the folder is synced.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CALLS = "openat,lseek,write,pwrite64,ftruncate,fsync,fdatasync,link,rename,unlink"
_LINE = re.compile(r"(?P<call>\w+)\((?P<arguments>.*)\) = (?P<result>-?\d+)")
_DESCRIPTOR = re.compile(r"(?P<number>\d+)<(?P<path>[^>]*)>")
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_NOT_KEPT = "-shm"  # SQLite makes its index of the log anew

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call that changed a file or a name of the folder, or printed something ("said")."""

    kind: str
    name: str = ""
    """Of the file in the folder; empty: the folder itself."""
    data: bytes = b""
    offset: int = 0
    """Of a write; the new size of a cut."""
    new_name: str = ""


def strace_works() -> bool:
    """Whether programs can be traced here."""
    command = ["strace", "-o", "/dev/null", "-e", "trace=fsync", "true"]
    return shutil.which("strace") is not None and subprocess.run(command, check=False).returncode == 0


def record(command: Sequence[str], folder: Path, log: Path, cwd: Path) -> list[Operation]:
    """Run a program of one thread and return what it did in a folder, in order."""
    options = ["-o", str(log), "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}"]
    subprocess.run(["strace", *options, *command], cwd=cwd, check=True, stdout=subprocess.DEVNULL)
    return list(_Reader(folder).operations(log.read_text().splitlines()))


class _Reader:
    """Makes operations of strace's lines."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._positions: dict[str, int] = {}  # by descriptor

    def operations(self, lines: Sequence[str]) -> Iterator[Operation]:
        """Yield those of the folder, and what was printed."""
        for line in lines:
            match = _LINE.match(line)
            if match is None or int(match["result"]) < 0:
                continue
            call, arguments = match["call"], match["arguments"]
            texts = [bytes.fromhex(text.replace("\\x", "")) for text in _HEX.findall(arguments)]
            if call in ("link", "rename", "unlink", "openat"):
                yield from self._of_names(call, arguments, [text.decode() for text in texts])
                if call == "openat":
                    self._positions[match["result"]] = 0
            else:
                yield from self._of_descriptor(call, arguments, texts, int(match["result"]))

    def _of_names(self, call: str, arguments: str, paths: Sequence[str]) -> Iterator[Operation]:
        names = [name for name in (_name(path, self._folder) for path in paths) if name is not None]
        if len(names) < len(paths):
            return
        if call != "openat":
            yield Operation(call, names[0], new_name=names[-1])
            return
        if "O_CREAT" in arguments:
            yield Operation("make", names[0])
        if "O_TRUNC" in arguments:
            yield Operation("cut", names[0])

    def _of_descriptor(self, call: str, arguments: str, texts: list[bytes], result: int) -> Iterator[Operation]:
        descriptor = _DESCRIPTOR.match(arguments)
        assert descriptor is not None
        number = descriptor["number"]
        if call == "write" and number == "1":
            yield Operation("said", data=texts[0])
            return
        path = re.sub(r"\\x([0-9a-f]{2})", lambda byte: chr(int(byte[1], 16)), descriptor["path"])
        name = "" if path == str(self._folder) else _name(path, self._folder)
        if name is None:
            return
        position = self._positions.get(number, 0)
        if call == "lseek":
            self._positions[number] = result
        elif call in ("fsync", "fdatasync"):
            yield Operation("sync", name)
        elif call == "ftruncate":
            yield Operation("cut", name, offset=int(arguments.rpartition(", ")[2], 0))
        elif call == "pwrite64":
            yield Operation("write", name, texts[0], int(arguments.rpartition(", ")[2]))
        else:
            yield Operation("write", name, texts[0][:result], position)
            self._positions[number] = position + result


def _name(path: str, folder: Path) -> str | None:
    inside = Path(path).parent == folder and not path.endswith(_NOT_KEPT)
    return Path(path).name if inside else None


@dataclass(slots=True)
class _File:
    synced: bytes = b""
    later: list[Operation] = field(default_factory=list)

    def after(self, count: int, torn: bool) -> bytes:
        """Its content with the first `count` of the later changes, the last of which is cut in half."""
        content = bytearray(self.synced)
        for place, change in enumerate(self.later[:count], start=1):
            if change.kind == "cut":
                content = content[: change.offset].ljust(change.offset, b"\0")
                continue
            data = change.data[: len(change.data) // 2] if torn and place == count else change.data
            content = content.ljust(change.offset, b"\0")
            content[change.offset : change.offset + len(data)] = data
        return bytes(content)


class Disk:
    """The folder while a program writes to it."""

    def __init__(self) -> None:
        self._names: dict[str, _File] = {}
        self._synced_names: dict[str, _File] = {}
        self._later_names: list[dict[str, _File]] = []

    def apply(self, operation: Operation) -> None:
        """Do what the program did."""
        name, names = operation.name, self._names
        if operation.kind == "sync" and not name:
            self._synced_names, self._later_names = dict(names), []
        elif operation.kind == "sync":
            file = names[name]
            file.synced, file.later = file.after(len(file.later), torn=False), []
        elif operation.kind in ("write", "cut"):
            names[name].later.append(operation)
        elif operation.kind != "said" and not (operation.kind == "make" and name in names):
            self._rename(operation)
            self._later_names.append(dict(names))

    def _rename(self, operation: Operation) -> None:
        if operation.kind == "make":
            self._names[operation.name] = _File()
        elif operation.kind == "link":
            self._names[operation.new_name] = self._names[operation.name]
        elif operation.kind == "rename":
            self._names[operation.new_name] = self._names.pop(operation.name)
        else:
            del self._names[operation.name]

    def least(self) -> Files:
        """What is there if all that was not synced is lost."""
        return {name: file.synced for name, file in self._synced_names.items()}

    def some(self, chance: random.Random) -> Files:
        """What is there if a part of it has reached the disk."""
        names = chance.choice([self._synced_names, *self._later_names])
        return {
            name: file.after(chance.randint(0, len(file.later)), chance.random() < 0.5) for name, file in names.items()
        }


def power_cuts(operations: Sequence[Operation], chance: random.Random) -> Iterator[tuple[Files, list[str]]]:
    """Yield what may be in the folder after a cut at any moment, and the lines that were printed before it."""
    disk, said = Disk(), b""
    seen: set[tuple[int, int]] = set()
    for operation in operations:
        disk.apply(operation)
        said += operation.data if operation.kind == "said" else b""
        for files in (disk.least(), disk.some(chance)):
            state = hash(tuple(sorted(files.items()))), len(said)
            if state not in seen:
                seen.add(state)
                yield files, said.decode().split("\n")[:-1]


def restore(files: Files, folder: Path) -> Path:
    """Make a folder of what the cut has left, and return it."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder
