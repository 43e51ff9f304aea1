"""The service and the browser that pictures of the page are taken with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]


@contextmanager
def running_service() -> Iterator[str]:
    """Serve the bundled model with an empty home, and give the address; the service ends with the block.

    Raises:
        RuntimeError: it does not start.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with TemporaryDirectory() as home:
        command = [sys.executable, "-m", "serving.cli.main", "serve", "--model", "bundled", "--port", str(port)]
        url = f"http://127.0.0.1:{port}"
        with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "AREATAG_HOME": home}) as service:
            try:
                while not _ready(url):
                    if service.poll() is not None:
                        raise RuntimeError("The service did not start; what it printed says why.")
                    time.sleep(0.2)
                yield url
            finally:
                service.terminate()


def _ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/readyz") as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            browser.close()
