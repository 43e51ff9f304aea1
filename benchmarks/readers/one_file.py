"""Read one file with the readers of some checkout: `python one_file.py CHECKOUT FILE` prints what it took as JSON.

It is a process of its own, so that the peak of its memory is that of this one file.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def main() -> None:
    """Read all papers of the file."""
    checkout, file = sys.argv[1:]
    sys.path.insert(0, checkout)
    import data
    from data.readers import read_papers

    if not str(data.__file__).startswith(checkout):  # that of an installation
        sys.exit(f"There is no package data in {checkout}.")
    start = time.process_time()
    papers = sum(1 for _ in read_papers([file]))
    seconds = time.process_time() - start
    # not of getrusage, which begins with the memory of the process that started this one
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    mebibytes = int(peak.split()[1]) / 1024
    print(json.dumps({"papers": papers, "seconds": seconds, "mebibytes": mebibytes}))


if __name__ == "__main__":
    main()
