"""Which files reached the disk, and which got their names, in which order: calls of `os` by Python code, recorded."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

Event = tuple[str, ...]
_TEMPORARY = re.compile(r"\.areatag-[0-9a-f]+\.tmp")


def opened_as(descriptor: int) -> str:
    """The path of an open file."""
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


def record_syncs(patch: pytest.MonkeyPatch, root: Path) -> list[Event]:
    """Return a list to which each later call is added: ("sync", NAME) or ("rename", FROM, TO).

    Names are relative to `root`; the random part of temporary ones is left out.
    """
    events: list[Event] = []
    sync = os.fsync

    def name(path: Any) -> str:
        return _TEMPORARY.sub("TEMPORARY", os.path.relpath(path, root))

    def recorded_sync(descriptor: int) -> None:
        sync(descriptor)
        events.append(("sync", name(opened_as(descriptor))))

    def recorded(rename: Any) -> Any:
        def call(source: Any, target: Any, **options: Any) -> None:
            rename(source, target, **options)
            events.append(("rename", name(source), name(target)))

        return call

    patch.setattr(os, "fsync", recorded_sync)
    for kind in ("rename", "replace"):
        patch.setattr(os, kind, recorded(getattr(os, kind)))
    return events
