"""Work that gives way to every other process of the machine, such as a service that tags."""

from __future__ import annotations

import os
from contextlib import suppress


def give_way() -> None:
    """Give this process the lowest priority that the system has: idle scheduling where there is one, and nice 19."""
    with suppress(OSError):  # some sandboxes forbid even lowering it; the work goes on all the same
        os.setpriority(os.PRIO_PROCESS, 0, 19)
    if hasattr(os, "SCHED_IDLE"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
