"""`areatag retrain` and `areatag models diff`, on the tiny model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model import versions
from serving.cli.main import run
from tests.support.retraining import prepare, replay_file


@pytest.fixture(autouse=True)
def usual_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own process keeps its priority."""
    monkeypatch.setattr("training.retraining.low_priority.give_way", lambda: None)


def areatag(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command: exit code, stdout, stderr."""
    capsys.readouterr()
    code = run(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_retrain_report_and_diff(tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The tables name verdict and forgetting, JSON has the same; the two versions can be compared."""
    before = prepare(tiny_model)
    code, out, err = areatag(capsys, "retrain")
    assert code == 0 and "verdict: insufficient evidence" in out and "areas that the active model knew already" in out
    assert "areatag models activate" in err and versions.active_reference() == before
    made = next(name for name in versions.versions() if name not in ("bundled", before))
    assert f"areatag models diff {before} {made}\n" in err and "about 200 completely labelled papers" in out
    code, out, err = areatag(capsys, "retrain", "--promote", "force", "--json", "--seed", "2")
    report = json.loads(out)
    assert code == 0 and report["forced"] and report["report"]["gate"]["papers"] > 0
    assert versions.active_reference() == report["version"] and "although" in err
    papers = str(replay_file(tmp_path))
    code, out, _ = areatag(capsys, "models", "diff", before, "--papers", papers, "--json")
    assert code == 0 and json.loads(out)["papers"] == 40 and json.loads(out)["second"] == report["version"]
    code, out, _ = areatag(capsys, "models", "diff", before)
    assert code == 0 and "agreement (micro-F1)" in out and "60 papers" in out


def test_resume_heeds_or_refuses(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Options on the command line of --resume are heeded or refused; on a finished job it says so and does nothing."""
    before = prepare(tiny_model)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("training.retraining.make_candidate.train_candidate", interrupted)
        assert areatag(capsys, "retrain", "--promote", "force", "--seed", "2")[0] == 130
    code, _, err = areatag(capsys, "retrain", "--resume", "--seed", "1", "--learning-rate", "0.1")
    assert code == 2 and "another --learning-rate and --seed" in err
    code, out, _ = areatag(capsys, "retrain", "--resume", "--seed", "2", "--promote", "never", "--json")
    assert code == 0 and not json.loads(out)["promoted"] and versions.active_reference() == before
    code, out, err = areatag(capsys, "retrain", "--resume")
    assert (code, out) == (0, "") and "has finished, there is nothing to resume" in err
    code, _, err = areatag(capsys, "retrain", "--resume", "--promote", "force")
    assert code == 2 and "--promote cannot be heeded any more" in err and versions.active_reference() == before


def test_retrain_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with one sentence and the exit code of its kind."""
    code, _, err = areatag(capsys, "retrain", "--papers", "-")
    assert code == 2 and "standard input" in err
    code, _, err = areatag(capsys, "retrain", "--resume")
    assert code == 2 and "no retraining to resume" in err
    code, _, err = areatag(capsys, "retrain", "--promote", "maybe")
    assert code == 2
    code, _, err = areatag(capsys, "retrain", "--base", "no-such-model")
    assert code == 2 and "no-such-model" in err
    code, _, err = areatag(capsys, "retrain", "--learning-rate", "nan")
    assert code == 2 and "--learning-rate" in err
    code, _, err = areatag(capsys, "models", "diff", "bundled", "bundled")
    assert code == 2 and "are the same model" in err
