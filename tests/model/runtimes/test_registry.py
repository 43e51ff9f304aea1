"""The runtimes by device."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from data.errors import UsageError
from model.runtimes.load import load_runtime
from model.runtimes.registry import Device, Runtime


def test_every_runtime_has_its_file() -> None:
    """And auto, which has none, comes first; the CPU, which every machine has, is tried last."""
    runtimes = {device: device.runtime for device in Device}
    assert [device.value for device, runtime in runtimes.items() if runtime is None] == ["auto"]
    assert all(find_spec(f"model.runtimes.{runtime.module}") for runtime in runtimes.values() if runtime)
    last = list(Device)[-1].runtime
    assert last is not None and last.visible() and not last.packages


def test_a_device_that_cannot_be_had_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do; its module is not even imported where a package is missing."""
    monkeypatch.setattr(Device.CUDA, "runtime", Runtime("no_such_module", ("no_such_package",), advice="Buy a GPU."))
    with pytest.raises(UsageError, match=r"Buy a GPU\."):
        load_runtime(Path("encoder"), "cuda")
