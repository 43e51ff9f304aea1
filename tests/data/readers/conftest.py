"""Fixtures of the reader tests."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data.papers import Paper, Reject
from data.readers import InputFormat, read_papers

ReadContent = Callable[..., list[Paper | Reject]]


@pytest.fixture
def read_content(tmp_path: Path) -> ReadContent:
    """Return a function that writes content to a file and reads its papers."""

    def read(
        content: str | bytes, input_format: InputFormat | None = None, name: str = "papers"
    ) -> list[Paper | Reject]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(read_papers([path], input_format))

    return read


@pytest.fixture
def titles() -> Callable[[list[Paper | Reject]], list[str | int]]:
    """Return a function that gives the title of every paper and the line of every Reject."""
    return lambda records: [item.title if isinstance(item, Paper) else item.line for item in records]
