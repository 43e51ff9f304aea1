"""Takes the picture of the page in the README, docs/page.png, with Debian's Chromium: `python -m docs.picture`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "page.png"
_PORT = 3987


def take_picture(url: str, picture: Path) -> None:
    """Tag the paper of `examples/paper.json` on the page of the service at `url`, and write what a browser shows."""
    paper = json.loads((ROOT / "examples" / "paper.json").read_text())["papers"][0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1120, "height": 640}, color_scheme="light")
        page.goto(f"{url}/ui")
        page.wait_for_selector("html[data-ready]")
        page.fill("#title", paper["title"])
        page.fill("#abstract", paper["abstract"])
        page.click("#tag-button")
        page.wait_for_selector("#results:not([aria-busy]) article")
        page.mouse.move(0, 0)
        page.screenshot(path=picture)
        browser.close()


def main() -> None:
    """Serve the bundled model, take the picture, and stop the service."""
    command = [sys.executable, "-m", "serving.cli.main", "serve", "--model", "bundled", "--port", str(_PORT)]
    url = f"http://127.0.0.1:{_PORT}"
    with subprocess.Popen(command, cwd=ROOT) as service:
        try:
            while not _ready(url) and service.poll() is None:
                time.sleep(0.2)
            take_picture(url, PICTURE)
        finally:
            service.terminate()


def _ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/readyz") as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


if __name__ == "__main__":
    main()
