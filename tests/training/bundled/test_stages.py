"""Stages are made once for the same content, whenever they are interrupted."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from data.atomic import atomic_text
from data.errors import AreatagError, UsageError
from training.bundled.stages import LOG, Stage, Stages, content_of, locked


class Killed(BaseException):
    """Stands for the end of the process: nothing in our code catches it."""


class Copying:
    """A stage that copies its input, counts how often, and can be killed before or after its output is there."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source.txt"
        self.source.write_text("first")
        self.made = 0
        self.killed = ""

    def stage(self, **settings: object) -> Stage:
        """The stage, with these settings."""
        return Stage("copy", "copied.txt", self._make, {"source": self.source}, settings)

    def _make(self, output: Path) -> None:
        self.made += 1
        if self.killed == "before":
            raise Killed
        with atomic_text(output) as stream:
            stream.write(self.source.read_text())
        if self.killed == "after":
            raise Killed


@pytest.fixture
def copying(tmp_path: Path) -> Copying:
    """A stage and its input."""
    return Copying(tmp_path)


@pytest.fixture
def run(tmp_path: Path) -> Callable[[Stage], Path]:
    """Runs a stage as a process of its own would: nothing is remembered between two calls but files."""

    def once(stage: Stage) -> Path:
        stages = Stages(tmp_path / "work", told.append)
        return stages.run(stage)

    told: list[str] = []
    return once


def logged(folder: Path) -> list[dict[str, object]]:
    """The lines of the log."""
    return [json.loads(line) for line in (folder / "work" / LOG).read_text().splitlines()]


def test_a_stage_is_made_once(copying: Copying, run: Callable[[Stage], Path], tmp_path: Path) -> None:
    """The log has its seconds, the hashes of its inputs, its settings and the hash of its output."""
    output = run(copying.stage(seed=1))
    assert run(copying.stage(seed=1)) == output and output.read_text() == "first"
    assert copying.made == 1
    (line,) = logged(tmp_path)
    assert line["stage"] == "copy" and line["origin"] == "made" and line["seconds"] is not None
    assert line["inputs"] == {"source": content_of(copying.source)} and line["settings"] == {"seed": 1}
    assert line["output"] == content_of(output)


def test_other_content_settings_or_code_make_it_again(copying: Copying, run: Callable[[Stage], Path]) -> None:
    """And what was made before is found again when the content is as it was; a touched file is the same content."""
    run(copying.stage(seed=1))
    run(copying.stage(seed=2))
    run(replace(copying.stage(seed=2), version=2))
    assert copying.made == 3
    copying.source.write_text("second")
    assert run(copying.stage(seed=1)).read_text() == "second" and copying.made == 4
    copying.source.write_text("first")
    assert run(copying.stage(seed=1)).read_text() == "first" and copying.made == 4


@pytest.mark.parametrize(("killed", "made"), [("before", 2), ("after", 1)])
def test_killed_at_any_moment(
    copying: Copying, run: Callable[[Stage], Path], tmp_path: Path, killed: str, made: int
) -> None:
    """Before its output is there a stage runs again, afterwards it does not; the log says that it was resumed."""
    copying.killed = killed
    with pytest.raises(Killed):
        run(copying.stage())
    copying.killed = ""
    assert run(copying.stage()).read_text() == "first"
    assert copying.made == made
    assert [line["origin"] for line in logged(tmp_path)] == ["resumed"]


def test_an_output_that_was_put_there_is_taken_as_given(
    copying: Copying, run: Callable[[Stage], Path], tmp_path: Path
) -> None:
    """The log says so, it is checked, and from then on it belongs to these inputs alone."""
    given = tmp_path / "work" / "copy" / "copied.txt"
    given.parent.mkdir(parents=True)
    given.write_text("from elsewhere")

    def refuse(output: Path) -> None:
        raise UsageError(f"{output} is of another kind.")

    with pytest.raises(UsageError, match="another kind"):
        run(replace(copying.stage(), check=refuse))
    assert run(copying.stage()).read_text() == run(copying.stage()).read_text() == "from elsewhere"
    assert copying.made == 0 and [line["origin"] for line in logged(tmp_path)] == ["given"]
    copying.source.write_text("second")
    assert run(copying.stage()).read_text() == "second"


def test_an_output_that_was_changed_is_not_used(copying: Copying, run: Callable[[Stage], Path]) -> None:
    """Nor is a damaged record; removed, the stage runs again."""
    output = run(copying.stage())
    output.write_text("changed by hand")
    with pytest.raises(AreatagError, match="was changed since it was made"):
        run(copying.stage())
    output.with_name("stage.json").write_text("{")
    with pytest.raises(AreatagError, match="damaged"):
        run(copying.stage())
    output.with_name("stage.json").unlink()
    output.unlink()
    assert run(copying.stage()).read_text() == "first"


def test_an_input_that_is_not_there(copying: Copying, run: Callable[[Stage], Path]) -> None:
    """The sentence names it."""
    copying.source.unlink()
    with pytest.raises(UsageError, match=r"source\.txt is no file"):
        run(copying.stage())


def test_one_run_at_a_time(tmp_path: Path) -> None:
    """A second one is told; afterwards it may."""
    with locked(tmp_path / "work"), pytest.raises(AreatagError, match="Another run"), locked(tmp_path / "work"):
        pass
    with locked(tmp_path / "work"):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="Cannot write"), locked(tmp_path / "file" / "work"):
        pass
