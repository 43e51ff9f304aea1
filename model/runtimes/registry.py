"""The runtimes of the encoder by device: a new one is a file here, and an entry below."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from data.extras import how_to_install


def _gpu_visible() -> bool:
    """Whether an NVIDIA driver has made a device, asked without importing torch."""
    return Path("/dev/nvidiactl").exists() or Path("/dev/dxg").exists()


@dataclass(frozen=True, slots=True)
class Runtime:
    """A file that runs the encoder; it is imported only when its turn comes."""

    module: str
    """Name of the module in `model.runtimes`, which has `start` (`model.runtimes.load.RuntimeModule`)."""
    packages: tuple[str, ...] = ()
    """What must be installed for it beside the light runtime."""
    visible: Callable[[], bool] = lambda: True
    """Whether its device may be there, asked without importing anything."""
    advice: str = ""
    """What to tell those who ask for it where it cannot be had."""


class Device(StrEnum):
    """Where the encoder computes: the values of --device, in the order in which auto tries them."""

    runtime: Runtime | None
    """None: the first of the others that can be had."""

    def __new__(cls, value: str, runtime: Runtime | None = None) -> "Device":
        """Make a member that is its name in options and knows its runtime."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.runtime = runtime
        return member

    AUTO = "auto"
    CUDA = (
        "cuda",
        Runtime(
            "torch",
            packages=("torch", "transformers"),
            visible=_gpu_visible,
            advice=(
                f"No GPU can be used: install a CUDA build of torch, {how_to_install('train')} brings one, or use "
                "--device cpu."
            ),
        ),
    )
    CPU = "cpu", Runtime("openvino")
