"""What a resumed training must have in common with the one that was interrupted."""

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import AreatagError, UsageError
from tests.support.properties import SHARED_FIXTURES
from training.fine_tuning.train_options import TrainOptions
from training.work_folder import nothing_to_resume, open_work_folder, work_folder

FILES = ("soft_labels", "labels", "validation", "taxonomy", "held_out", "encoder")
OTHER: dict[str, Any] = {
    "papers": 7,
    "layers": 3,
    "feed_forward_width": 8,
    "skip_function_words": True,
    "imitate": True,
    "epochs": 3.0,
    "max_tokens": 64,
    "inference_tokens": 64,
    "batch_size": 4,
    "learning_rate": 1e-3,
    "head_rate": 3.0,
    "warmup": 0.5,
    "weight_decay": 0.5,
    "dropout": 0.5,
    "lexical": False,
    "seed": 9,
}
HEEDED: dict[str, Any] = {"device": "cpu", "checkpoint_minutes": 1.0}


def started(folder: Path) -> TrainOptions:
    """A training with every kind of input, interrupted as soon as it had begun."""
    for name in (*FILES, "held_out_too"):
        (folder / name).write_text(f"content of {name}")
    encoder = folder / "model" / "encoder"
    encoder.mkdir(parents=True)
    for name in ("config.json", "model.safetensors"):
        (encoder / name).write_text(name)
    files: dict[str, Any] = {name: folder / name for name in FILES if name not in ("held_out", "encoder")}
    options = TrainOptions(
        output=folder / "out",
        held_out=(folder / "held_out", folder / "held_out_too"),
        encoder=str(folder / "model"),
        resume=True,
        **files,
    )
    open_work_folder(options)
    return options


@settings(max_examples=20, suppress_health_check=SHARED_FIXTURES)
@given(name=st.sampled_from([*FILES[:-1], "held_out_too", "model/encoder/config.json"]), content=st.binary(max_size=9))
def test_other_content_under_the_same_name(tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes) -> None:
    """Whatever file changed, the training is not continued, and the sentence names its option; put back, it is."""
    folder = tmp_path_factory.mktemp("training")
    options = started(folder)
    before = (folder / name).read_bytes()
    (folder / name).write_bytes(content)
    option = "encoder" if "encoder" in name else name.removesuffix("_too").replace("_", " ")
    with pytest.raises(UsageError, match=f"other options or inputs .content of {option}."):
        open_work_folder(options)
    (folder / name).write_bytes(before)
    open_work_folder(options)


def test_the_same_content_elsewhere(tmp_path: Path) -> None:
    """A folder that was moved with all that belongs to it is continued, also where an earlier release noted paths."""
    (tmp_path / "before").mkdir()
    options = started(tmp_path / "before")
    (tmp_path / "before").rename(tmp_path / "now")
    run = tmp_path / "now" / "out.training" / "run.json"
    run.write_text(json.dumps({**json.loads(run.read_text()), "labels": "labels", "held_out": "(PosixPath('a'),)"}))
    moved: dict[str, Any] = {name: tmp_path / "now" / name for name in FILES if name not in ("held_out", "encoder")}
    held_out = (tmp_path / "now" / "held_out", tmp_path / "now" / "held_out_too")
    there = dataclasses.replace(
        options, output=tmp_path / "now" / "out", encoder=str(tmp_path / "now" / "model"), held_out=held_out, **moved
    )
    open_work_folder(there)
    with pytest.raises(UsageError, match="held out"):
        open_work_folder(dataclasses.replace(there, held_out=held_out[::-1][:1]))


def test_other_options(tmp_path: Path) -> None:
    """Every option is heeded or refused."""
    options = started(tmp_path)
    for name, value in OTHER.items():
        with pytest.raises(UsageError, match=name.replace("_", " ")):
            open_work_folder(dataclasses.replace(options, **{name: value}))
    for name, value in HEEDED.items():
        open_work_folder(dataclasses.replace(options, **{name: value}))
    assert {field.name for field in dataclasses.fields(TrainOptions)} == {*FILES, *OTHER, *HEEDED, "output", "resume"}


def test_a_model_that_is_complete(tmp_path: Path, tiny_model: Path) -> None:
    """There is nothing to resume, and the work of a run killed at its very end goes; another folder is no model."""
    options = started(tmp_path)
    work = tmp_path / "out.training"
    assert work.is_dir() and not nothing_to_resume(options.output)
    shutil.copytree(tiny_model, options.output)
    assert nothing_to_resume(options.output) and not work.exists()
    (options.output / "manifest.json").unlink()
    assert not nothing_to_resume(options.output)
    with pytest.raises(UsageError, match="exists already"):
        open_work_folder(options)


def test_one_process_trains_a_model_at_a_time(tmp_path: Path, tiny_model: Path) -> None:
    """Another one is refused in the same sentence, whether it begins, resumes or has nothing to do; nothing is left."""
    options = started(tmp_path)
    fresh = dataclasses.replace(options, resume=False)
    with work_folder(options) as work:
        assert work == tmp_path / "out.training" and work.is_dir()
        for other in (options, fresh):
            with pytest.raises(AreatagError, match=r"Another run is writing .*out: wait for it"), work_folder(other):
                pass
        shutil.copytree(tiny_model, options.output)
        with pytest.raises(AreatagError, match="Another run is writing"):
            nothing_to_resume(options.output)
        assert work.is_dir()
    assert nothing_to_resume(options.output)
    assert not list(tmp_path.glob("out.training*"))
