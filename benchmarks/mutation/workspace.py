"""A copy of the repository in which cosmic-ray may break one statement after the other."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import AreatagError

_ROOT = Path(__file__).parents[2]
_LEFT_OUT = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__", "recorded_votes")
_METADATA = "Metadata-Version: 2.1\nName: areatag-mutation\nVersion: 0\n"
_ENTRY_POINT = "[cosmic_ray.operator_providers]\nareatag = benchmarks.mutation.removed_statements:Provider\n"
_KEPT = (
    r"core/(AddNot|ReplaceTrueWithFalse|ReplaceFalseWithTrue|ReplaceAndWithOr|ReplaceOrWithAnd|NumberReplacer",
    r"ReplaceBreakWithContinue|ReplaceContinueWithBreak|ExceptionReplacer|ZeroIterationForLoop",
    r"ReplaceUnaryOperator_Delete_Not|ReplaceComparisonOperator_(Eq_NotEq|NotEq_Eq|Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt)",
    r"ReplaceComparisonOperator_(Is_IsNot|IsNot_Is|In_NotIn|NotIn_In)|ReplaceBinaryOperator_(Add_Sub|Sub_Add))$",
)
"""Operators of cosmic-ray that are used. The others make mutants that say the same again, or change annotations."""

_READ_ONLY = """set -e
mount --bind "$0" /mnt && mount -t tmpfs none /tmp && mkdir -p "$0" && mount --bind /mnt "$0" && umount /mnt
mount -o remount,bind,ro / && mount -o remount,bind,ro /dev
cd "$0/areatag" && exec "$@"
"""
"""Shell commands for a name space of mounts, in which only the copy and an empty /tmp can be written."""
_PLUGINS = ("-p", "no:cacheprovider", "-p", "pytest_timeout")
"""The plugins of pytest that the tests need: importing all that are installed takes as long as many a test file."""
_LEAST_SECONDS, _SLOWER = 20.0, 4
"""How long the tests of a mutant may take: so many seconds, or so many times what they take without a mutation."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a module, and whether its tests failed."""

    line: int
    operator: str
    survived: bool
    difference: str
    """As a unified diff."""


class Workspace:
    """The copy, outside of which no mutant may write.

    A mutant may do whatever its user may: one of `atomic_write` replaces /dev/null by a file. So those that root starts
    see all other folders as read-only.

    Args:
        folder: where it goes; must not exist.

    Raises:
        AreatagError: cosmic-ray is not installed; this is root, who may not mount here.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "areatag"
        self._program = Path(sys.executable).with_name("cosmic-ray")
        if not self._program.exists():
            raise AreatagError("Mutation testing needs cosmic-ray: pip install -c constraints.txt '.[mutation]'.")
        folder.chmod(0o711)  # some tests read as another user
        shutil.copytree(_ROOT, self._folder, ignore=_LEFT_OUT)
        plugin = self._folder / "areatag_mutation-0.dist-info"
        plugin.mkdir()
        (plugin / "METADATA").write_text(_METADATA)
        (plugin / "entry_points.txt").write_text(_ENTRY_POINT)
        self._apart: tuple[str, ...] = ()
        if os.geteuid() == 0:
            self._apart = ("unshare", "--mount", "sh", "-c", _READ_ONLY, str(folder))
            if self._start(["true"]).returncode:
                raise AreatagError("Mutants could break what belongs to root, so run this as another user.")

    def mutants(self, module: str, tests: Sequence[str]) -> list[Mutant]:
        """Make every mutant of a module and run the tests on each; those that never end count as failed.

        Raises:
            AreatagError: the tests fail without any mutation.
        """
        command = [sys.executable, "-m", "pytest", "-x", "-q", *_PLUGINS, *tests]
        start = time.monotonic()
        if self._start(command).returncode:
            raise AreatagError(f"The tests of {module} fail as it is: run {' '.join(command[1:])} to see why.")
        most = max(_LEAST_SECONDS, _SLOWER * (time.monotonic() - start))
        (self._folder / "mutation.toml").write_text(_settings(module, command, most))
        session = self._folder / "session.sqlite"
        session.unlink(missing_ok=True)
        self._run("init", "mutation.toml", session.name)
        self._run(str(self._program.with_name("cr-filter-operators")), session.name, "mutation.toml")
        self._run("exec", "mutation.toml", session.name)
        dumped = self._run("dump", session.name)
        return [mutant for line in dumped.splitlines() if (mutant := read_mutant(line)) is not None]

    def _run(self, *arguments: str) -> str:
        command = arguments if arguments[0].startswith("/") else (str(self._program), *arguments)
        done = self._start(command)
        if done.returncode:
            raise AreatagError(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}")
        return done.stdout

    def _start(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        home = str(self._folder.parent)
        folders = {"PYTHONPATH": str(self._folder), "HOME": home, "TMPDIR": home, "AREATAG_HOME": f"{home}/home"}
        python = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return subprocess.run(
            [*self._apart, *command],
            cwd=self._folder,
            env={**os.environ, **folders, **python},
            capture_output=True,
            text=True,
            check=False,
        )


def read_mutant(line: str) -> Mutant | None:
    """Return what one line of `cosmic-ray dump` says; None for an operator that is not used."""
    item, result = json.loads(line)
    if result is None or result["worker_outcome"] == "skipped":
        return None
    (mutation,) = item["mutations"]
    return Mutant(
        line=mutation["start_pos"][0],
        operator=mutation["operator_name"].partition("/")[2],
        survived=result["test_outcome"] == "survived",
        difference=result["diff"] or "",
    )


def _settings(module: str, command: Sequence[str], seconds: float) -> str:
    kept = "|".join(_KEPT)
    return "\n".join(
        [
            "[cosmic-ray]",
            f"module-path = {json.dumps(module)}",
            f"timeout = {seconds}",
            "excluded-modules = []",
            f"test-command = {json.dumps(shlex.join(command))}",
            "[cosmic-ray.distributor]",
            'name = "local"',
            "[cosmic-ray.filters.operators-filter]",
            f"exclude-operators = [{json.dumps(f'(?!areatag/|{kept})')}]",
        ]
    )
