"""A process that reads a label store as another user: `python -m tests.data.label_store.reader PATH UID [full]`.

Prints the titles of the labelled papers. With `full` it may not write a byte to any file, as on a full disk.
"""

from __future__ import annotations

import os
import resource
import sys

from data.errors import AreatagError
from data.label_store.store import LabelStore
from data.label_store.tables import empty_store


def _read(path: str, user: int, full: bool) -> int:
    with empty_store():
        pass  # everything is imported while this user may still read it
    if full:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if user != os.getuid():
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    try:
        with LabelStore.open(f"sqlite:///{path}") as store:
            titles = sorted(label.paper.title for label in store.labelled_papers())
            assert len(titles) == store.counts()[0]
    except AreatagError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    os.write(1, "".join(f"{title}\n" for title in titles).encode())
    return 0


if __name__ == "__main__":
    sys.exit(_read(sys.argv[1], int(sys.argv[2]), sys.argv[3:] == ["full"]))
