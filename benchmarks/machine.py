"""The machine that a benchmark ran on, in one line."""

from __future__ import annotations

import os
import platform
from pathlib import Path

_OF_INTEREST = ("amx_bf16", "amx_int8", "avx512_bf16", "avx512_vnni", "avx_vnni", "avx512f", "avx2")


def describe_machine() -> str:
    """Processor, cores this process may use, what of its instructions matters here, and the load before."""
    facts = _cpu_facts()
    flags = facts.get("flags", "").split()
    features = [name for name in _OF_INTEREST if name in flags]
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    name = facts.get("model name", platform.processor() or "unknown processor")
    return f"{name}, {cores} cores, {' '.join(features) or 'no vector extension'}, load before {load:.1f}"


def _cpu_facts() -> dict[str, str]:
    """What Linux says of the first processor."""
    try:
        first = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return {}
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in first.splitlines())}
