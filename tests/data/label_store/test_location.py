"""Where the label store is looked for."""

from pathlib import Path

import pytest

from data.label_store.location import FILE_NAME, VARIABLE, label_store_exists, label_store_url


def test_without_the_variable_it_is_a_file_of_the_home(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And there are no labels before there is the file."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert label_store_url() == f"sqlite:///{own_home / FILE_NAME}"
    assert not label_store_exists()
    own_home.mkdir(exist_ok=True)
    (own_home / FILE_NAME).touch()
    assert label_store_exists()


def test_the_variable_names_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a database has labels only it can tell; an empty variable is none."""
    monkeypatch.setenv(VARIABLE, "postgresql+psycopg://db.example/labels")
    assert label_store_url() == "postgresql+psycopg://db.example/labels"
    assert label_store_exists()
    monkeypatch.setenv(VARIABLE, "")
    assert label_store_url().endswith(FILE_NAME)
    assert not label_store_exists()
