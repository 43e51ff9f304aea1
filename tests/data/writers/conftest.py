"""Fixtures of the writer tests."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from data.papers import Paper
from data.writers import KeywordFormat, open_library

GiveBack = Callable[..., bytes]


@pytest.fixture
def give_back(tmp_path: Path) -> GiveBack:
    """Return a function that writes some content back with the same keywords for every paper."""

    def give_back(
        content: str | bytes, file_format: KeywordFormat, names: Sequence[str] = ("Geese",), prefix: str = ""
    ) -> bytes:
        path = tmp_path / "library"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        pieces: list[bytes] = []
        with open_library([path], file_format, prefix=prefix) as library:
            for record in library.records():
                if isinstance(record, Paper):
                    pieces += library.written([names])
            pieces += library.rest()
        return b"".join(pieces)

    return give_back
