"""`areatag weak-label` and `areatag train`: their options reach the training code."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from data.papers import Reject
from tests.serving.cli.conftest import Command
from tests.support.tiny import TAXONOMY, records, write_jsonl
from training.fine_tuning.train_options import TrainOptions

ROOT = Path(__file__).parents[3]


@dataclass(slots=True)
class Training:
    """What the fake training code was called with."""

    weak_label: list[SimpleNamespace] = field(default_factory=list)
    train: list[TrainOptions] = field(default_factory=list)


def fake(monkeypatch: pytest.MonkeyPatch, name: str, **contents: object) -> None:
    """Put a module in the place of a real one."""
    module = ModuleType(name)
    vars(module).update(contents)
    monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Training:
    """Training code that trains nothing."""
    seen = Training()

    def weak_label(options: SimpleNamespace, progress: Any) -> SimpleNamespace:
        progress("voting", 1, 2)
        seen.weak_label.append(options)
        return SimpleNamespace(
            rejects=(Reject("p.jsonl", 3, "bad"),), to_table=lambda: "the analysis", to_record=lambda: {"papers": 3}
        )

    def train(options: TrainOptions, progress: Any) -> SimpleNamespace:
        progress(1, 2, 0.5)
        seen.train.append(options)
        evaluation = SimpleNamespace(to_table=lambda: "the metrics") if options.validation else None
        return SimpleNamespace(
            path=options.output, version="v9", papers=7, evaluation=evaluation, calibration="uncalibrated"
        )

    fake(monkeypatch, "training.weak_label", WeakLabelOptions=SimpleNamespace, weak_label=weak_label)
    fake(monkeypatch, "training.encoder.text_embedding", text_embedder=lambda encoder, device: (encoder, device))
    fake(monkeypatch, "training.train", train=train)
    advice = "Recommended: another model."
    fake(monkeypatch, "training.untrained_alternative", recommendation=lambda options, _: options.taxonomy and advice)
    return seen


def test_weak_label(areatag: Command, training: Training) -> None:
    """Inputs and sources reach the pipeline; the analysis is the result, rejects are messages."""
    arguments = ["--votes", "a.jsonl", "--votes", "b.jsonl", "--functions", "f.py", "--taxonomy", "t.yaml"]
    outcome = areatag("weak-label", "p.jsonl", "more/", "-o", "soft.parquet", *arguments, "--report", "r.html")
    assert (outcome.code, outcome.out) == (0, "the analysis\n")
    assert outcome.err == "Rejected p.jsonl, line 3: bad.\n"
    (options,) = training.weak_label
    assert vars(options) == {
        "inputs": ("p.jsonl", "more/"),
        "output": Path("soft.parquet"),
        "taxonomy": Path("t.yaml"),
        "rules": None,
        "votes": (Path("a.jsonl"), Path("b.jsonl")),
        "functions": (Path("f.py"),),
        "report": Path("r.html"),
        "embed": (None, "auto"),
    }


def test_rules_are_tried_out_without_torch(tmp_path: Path) -> None:
    """Nor with matplotlib: both take longer to start than a change of a phrase takes to vote."""
    papers = write_jsonl(tmp_path / "papers.jsonl", records(20))
    (tmp_path / "taxonomy.yaml").write_text(TAXONOMY)
    script = "import sys; from serving.cli.main import main\ntry: main()\nfinally: print(sorted(sys.modules))"
    options = ["--taxonomy", str(tmp_path / "taxonomy.yaml"), "--no-zero-shot", "-o", str(tmp_path / "soft.parquet")]
    command = [sys.executable, "-c", script, "weak-label", str(papers), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1]
    assert "'training.weak_label'" in loaded
    assert [name for name in ("torch", "transformers", "matplotlib") if f"'{name}'" in loaded] == []


def test_weak_label_for_scripts(areatag: Command, training: Training) -> None:
    """The same analysis as JSON."""
    outcome = areatag("weak-label", "p.jsonl", "-o", "soft.parquet", "--json")
    assert json.loads(outcome.out) == {"papers": 3} and len(training.weak_label) == 1


def test_train(areatag: Command, training: Training) -> None:
    """Options reach the training; what is left out keeps its default."""
    outcome = areatag("train", "--labels", "l.jsonl", "-o", "out")
    assert (outcome.code, outcome.out) == (0, "")
    assert "use it with --model out" in outcome.err and "It is uncalibrated.\n" in outcome.err
    arguments = ["--soft-labels", "s.parquet", "--validation", "g.jsonl", "--epochs", "0.5", "--resume"]
    arguments += [
        "--max-tokens",
        "64",
        "--learning-rate",
        "1e-4",
        "--seed",
        "3",
        "--encoder",
        "e",
        "--device",
        "cpu",
    ]
    assert areatag("train", "-o", "out", *arguments).out == "the metrics\n"
    assert training.train == [
        TrainOptions(output=Path("out"), labels=Path("l.jsonl")),
        TrainOptions(
            output=Path("out"),
            soft_labels=Path("s.parquet"),
            validation=Path("g.jsonl"),
            encoder="e",
            device="cpu",
            resume=True,
            epochs=0.5,
            max_tokens=64,
            learning_rate=1e-4,
            seed=3,
        ),
    ]


def test_resume_of_a_complete_model(areatag: Command, training: Training, tiny_model: Path) -> None:
    """Says so, and does nothing."""
    outcome = areatag("train", "--labels", "l.jsonl", "-o", tiny_model, "--resume")
    assert (outcome.code, outcome.out) == (0, "") and "is complete: there is nothing to resume" in outcome.err
    assert training.train == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["-o", "out"],
        ["--labels", "l.jsonl"],
        ["--labels", "l.jsonl", "-o", "out", "--epochs", "0"],
        ["--labels", "l.jsonl", "-o", "out", "--learning-rate", "nan"],
        ["--labels", "l.jsonl", "-o", "out", "--max-tokens", "0"],
    ],
    ids=" ".join,
)
def test_bad_usage(areatag: Command, training: Training, arguments: list[str]) -> None:
    """A training without labels, without a place, or with impossible numbers is refused before it starts."""
    outcome = areatag("train", *arguments)
    assert outcome.code == 2 and outcome.err.count("\n") == 1
    assert training.train == []


def test_few_labels_are_compared_with_none(areatag: Command, training: Training) -> None:
    """Whatever the comparison recommends is said at the end."""
    outcome = areatag("train", "--labels", "l.jsonl", "--taxonomy", "t.yaml", "-o", "out")
    assert outcome.err.endswith("Recommended: another model.\n")
    assert "Recommended" not in areatag("train", "--labels", "l.jsonl", "-o", "out").err
