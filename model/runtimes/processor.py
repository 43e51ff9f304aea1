"""What the processor multiplies, where OpenVINO does not say."""

from functools import cache
from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")


@cache
def prefers_int8() -> bool:
    """Whether products of 8-bit integers (VNNI) are the fastest that there are; with AMX those in bfloat16 are as fast.

    Only Linux says so; elsewhere they are not counted on.
    """
    try:
        lines = _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = set(next((line.partition(":")[2] for line in lines if line.startswith("flags")), "").split())
    return bool(flags & {"avx512_vnni", "avx_vnni"}) and "amx_bf16" not in flags
