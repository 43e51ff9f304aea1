"""Takes the picture of the page in the README, docs/page.png, with Debian's Chromium: `python -m docs.picture`."""

from __future__ import annotations

import json
from pathlib import Path

from docs.screens.service import ROOT, chromium, running_service

PICTURE = ROOT / "docs" / "page.png"


def take_picture(url: str, picture: Path) -> None:
    """Tag the paper of `examples/paper.json` on the page of the service at `url`, and write what a browser shows."""
    paper = json.loads((ROOT / "examples" / "paper.json").read_text())["papers"][0]
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1120, "height": 640}, color_scheme="light")
        page.goto(f"{url}/ui")
        page.wait_for_selector("html[data-ready]")
        page.fill("#title", paper["title"])
        page.fill("#abstract", paper["abstract"])
        page.click("#tag-button")
        page.wait_for_selector("#tag-tab:not([aria-busy]) article")
        page.mouse.move(0, 0)
        page.screenshot(path=picture)


def main() -> None:
    """Serve the bundled model, take the picture, and stop the service."""
    with running_service() as url:
        take_picture(url, PICTURE)


if __name__ == "__main__":
    main()
