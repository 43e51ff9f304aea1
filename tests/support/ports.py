"""Ports of this machine for services that tests start."""

from __future__ import annotations

import random
import socket
from pathlib import Path

_LOWEST = 10_000
_HANDED_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """Find a port of 127.0.0.1 at which a process can be started.

    It lies below those that the system gives to connections, one of which could have taken it before the process does.
    """
    end = int(_HANDED_OUT.read_text().split()[0]) if _HANDED_OUT.exists() else 30_000
    for port in random.SystemRandom().sample(range(_LOWEST, end), end - _LOWEST):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:  # somebody has it
            continue
    raise AssertionError(f"no port from {_LOWEST} to {end} is free")
