"""`areatag serve`."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from tests.serving.cli.conftest import Command


def test_options_reach_the_service(areatag: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Address, workers and model go to the service."""
    calls: list[tuple[object, ...]] = []
    module = ModuleType("serving.server")
    vars(module)["run"] = lambda *arguments: calls.append(arguments)
    monkeypatch.setitem(sys.modules, "serving.server", module)
    assert areatag("serve").code == 0
    assert areatag("serve", "--host", "0.0.0.0", "--port", "80", "--workers", "2", "--model", "v2").code == 0
    assert calls == [("127.0.0.1", 3000, 1, None), ("0.0.0.0", 80, 2, "v2")]


@pytest.mark.parametrize("arguments", [["--port", "0"], ["--port", "70000"], ["--workers", "0"]])
def test_bad_usage(areatag: Command, arguments: list[str]) -> None:
    """Ports and workers out of range are refused."""
    assert areatag("serve", *arguments).code == 2
