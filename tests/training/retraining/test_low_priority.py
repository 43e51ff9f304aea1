"""Work that gives way."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_a_process_gives_way_to_all_others() -> None:
    """In a process of its own, for nobody can take priority back."""
    script = (
        "import os; from training.retraining.low_priority import give_way; give_way(); give_way()\n"
        "print(os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0) == os.SCHED_IDLE)"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["19", "True"]


def test_where_that_is_forbidden_the_work_goes_on() -> None:
    """Some sandboxes allow no change at all."""
    script = (
        "import os\n"
        "def forbidden(*_): raise PermissionError\n"
        "os.setpriority = os.sched_setscheduler = forbidden\n"
        "from training.retraining.low_priority import give_way; give_way()"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
