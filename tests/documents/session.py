"""One page in one shell, in a copy of `examples/`, with a home and a port of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.documents.pages import ROOT, Command, blocks, commands
from tests.support.ports import free_port

_PORT = re.compile(r"\b3000\b")
_MARK = "\x01"
_READER = "/home/ada/areatag"
_KEY = "areatag_key-of-the-pages"
_SERVE = """export AREATAG_API_KEYS=admin:$(printf %s "$KEY" | sha256sum | cut -d' ' -f1)
areatag serve --port {port} > serve.log 2>&1 &
unset AREATAG_API_KEYS
until curl -sf localhost:{port}/readyz > serve.ready || ! kill -0 $!; do sleep 0.2; done"""
"""What `make serve` is to a page; its commands have the key of an administrator in `$KEY`."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What a command of a page printed, stderr among it, and its exit status."""

    command: Command
    text: str
    status: int


def programs(page: str) -> set[str]:
    """Programs beside ours that the commands of a page want."""
    text = "\n".join(command.text for block in blocks(page) if not block.not_run for command in commands(block))
    return {name for name in ("curl", "jq") if re.search(rf"\b{name}\b", text)}


def run(page: str, folder: Path, seconds: float = 1700) -> list[Printed]:
    """Write the files that a page shows and run its commands, in order, where they are not marked.

    `folder` is made. A page that asks localhost:3000 has a service there, which ends with it, as does what it starts
    in the background.
    """
    examples = folder / "examples"
    shutil.copytree(ROOT / "examples", examples, ignore=shutil.ignore_patterns("__pycache__"))
    port = str(free_port())
    for program in examples.glob("*.py"):
        program.write_text(_PORT.sub(port, program.read_text()))
    script, run_here = ["exec 2>&1"], []
    if "localhost:3000" in page:
        script.append(_SERVE.format(port=port))
    for number, block in enumerate(blocks(page)):
        if block.file:
            content = _PORT.sub(port, "\n".join(block.lines))
            script.append(f"cat > {block.file} <<'END{number}'\n{content}\nEND{number}")
        if block.language == "console" and not block.not_run:
            for command in commands(block):
                run_here.append(command)
                script += [f"printf '{_MARK}'", _PORT.sub(port, command.text), f"printf '{_MARK}%d\\n' $?"]
    output = folder / "output"
    _run_shell("\n".join(script), examples, output, seconds)
    pieces = output.read_text().split(_MARK)[1:]
    done = zip(run_here, pieces[::2], pieces[1::2], strict=False)
    return [Printed(command, _elsewhere(text, port, examples), int(status)) for command, text, status in done]


def _run_shell(script: str, folder: Path, output: Path, seconds: float) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AREATAG_")}
    environment |= {"PATH": path, "AREATAG_HOME": str(folder / "home"), "COLUMNS": "120"}
    environment |= {"PYTHONPATH": str(ROOT), "KEY": _KEY}
    with (
        output.open("wb") as stream,
        subprocess.Popen(
            ["bash"], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=stream, start_new_session=True
        ) as shell,
    ):
        try:
            shell.communicate(script.encode(), timeout=seconds)
        finally:
            with suppress(ProcessLookupError):  # nothing is left
                os.killpg(shell.pid, signal.SIGKILL)  # what it started in the background too


def _elsewhere(text: str, port: str, examples: Path) -> str:
    """What would be printed in a reader's copy of the repository."""
    text = text.replace(str(examples), f"{_READER}/examples").replace(str(ROOT), _READER)
    return re.sub(rf"\b{port}\b", "3000", text)
