"""Memory that large request bodies took goes back to the system."""

from __future__ import annotations

import ctypes

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # of <malloc.h>
_LARGE_BYTES = 1 << 20
_ARENAS = 2


def give_back_large_blocks() -> bool:
    """Let glibc map blocks of a megabyte or more one by one, and keep few heaps; False where there is no glibc.

    It would raise that limit by itself to 32 MB once such a block is freed, and give every thread a heap of its own:
    hostile bodies then left a process 100 MB larger (benchmarks/serving).
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)) and bool(mallopt(_M_ARENA_MAX, _ARENAS))
