"""How many processor cores this process may use."""

import os
from pathlib import Path

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Microseconds of processor time and the period that they are for, of the container (control groups, version 2)."""


def usable_cores() -> int:
    """Return the cores that this process may run on, or fewer where its container may use only their share of time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _quota_cores(cores)))


def _quota_cores(cores: int) -> int:
    try:
        quota, period = _QUOTA.read_text(encoding="ascii").split()
        return cores if quota == "max" else round(int(quota) / int(period))
    except (OSError, ValueError, ZeroDivisionError):
        return cores
