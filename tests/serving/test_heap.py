"""The heap of a worker process."""

from __future__ import annotations

import platform
import subprocess
import sys

from tests.serving.conftest import ROOT


def test_glibc_takes_the_settings() -> None:
    """In a process of its own, for they last; without glibc nothing is done."""
    command = "from serving.heap import give_back_large_blocks; print(give_back_large_blocks())"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(platform.libc_ver()[0] == "glibc")
