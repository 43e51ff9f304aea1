"""The settings of the recipe are read from one file, and a mistake there is named."""

from pathlib import Path

import pytest

from data.errors import UsageError
from training.bundled.settings import SETTINGS_FILE, read_settings


def test_the_settings_of_the_bundled_model() -> None:
    """The pool once, then the recorded votes at least three times; no student yet."""
    settings = read_settings()
    assert settings.pool.epochs == 1 and settings.votes.epochs >= 3
    assert settings.student is None and settings.teacher_probabilities is None


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("pool: {epochs: 0, max_tokens: 128, seed: 7}", r"pool\.epochs"),
        ("pool: {epochs: 1, max_tokens: 128, seed: 7, leraning_rate: 1}", r"pool\.leraning_rate"),
        ("student: yes", "student"),
        ("- a list", "cannot be read"),
    ],
)
def test_a_setting_that_cannot_be(tmp_path: Path, line: str, problem: str) -> None:
    """Out of range, misspelt, or no settings at all."""
    path = tmp_path / "settings.yaml"
    path.write_text(f"{SETTINGS_FILE.read_text()}\n{line}\n")
    with pytest.raises(UsageError, match=problem):
        read_settings(path)


def test_a_path_is_relative_to_the_file(tmp_path: Path) -> None:
    """So that settings and a teacher's answers travel together."""
    path = tmp_path / "settings.yaml"
    path.write_text(f"{SETTINGS_FILE.read_text()}\nteacher_probabilities: a.parquet\n")
    assert read_settings(path).teacher_probabilities == tmp_path / "a.parquet"
    with pytest.raises(UsageError, match="cannot be read"):
        read_settings(tmp_path / "missing.yaml")


def test_a_teacher_that_is_not_there_cannot_be_imitated(tmp_path: Path) -> None:
    """Probabilities in a file are no embeddings."""
    path = tmp_path / "settings.yaml"
    path.write_text(f"{SETTINGS_FILE.read_text()}\nteacher_probabilities: a.parquet\nstudent_imitates: true\n")
    with pytest.raises(UsageError, match="student_imitates needs the teacher itself"):
        read_settings(path)
