"""What an encoder is trained and run on."""

from collections.abc import Callable

import torch


def uses_gpu(device: str) -> bool:
    """Whether training runs on a GPU: for "auto" when there is one."""
    return device == "cuda" or (device == "auto" and torch.cuda.is_available())


def cpu_has_bf16() -> bool:
    """Whether matrix products in bfloat16 are native (AMX or AVX512-BF16); elsewhere they are many times slower."""
    capabilities = torch.backends.cpu.get_cpu_capability() if hasattr(torch.backends, "cpu") else ""
    supported: Callable[[], bool] | None = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return "AMX" in capabilities or bool(supported and supported())
