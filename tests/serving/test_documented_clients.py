"""The clients that docs/rest.md shows work as they are printed there."""

from __future__ import annotations

import contextlib
import io
import re

import pytest

from tests.serving.conftest import ROOT, Server

_ADDRESS = "http://localhost:3000"
_PAGE = (ROOT / "docs/rest.md").read_text()
_BLOCKS = [block for block in re.findall(r"(?ms)^```python\n(.*?)^```$", _PAGE) if _ADDRESS in block]


@pytest.mark.parametrize("block", _BLOCKS, ids=lambda block: block.split()[1])
def test_a_client_of_the_documentation(server: Server, block: str) -> None:
    """Only the address is another one; the output names an area."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block.replace(_ADDRESS, server.url), "docs/rest.md", "exec"), {})
    assert "'language/translation'" in printed.getvalue()


def test_the_documentation_shows_both_clients() -> None:
    """BentoML's, and a plain one."""
    assert [block.split()[1] for block in _BLOCKS] == ["bentoml", "httpx"]
