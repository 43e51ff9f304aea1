"""Takes pictures of every state of the page, wide and narrow, light and dark: `python -m docs.screens [NAME...]`.

They are written to `build/screens/`, to be looked at. A NAME takes only the scenes whose names begin so.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from docs.screens import collection, models, review, tag
from docs.screens.scene import Scene
from docs.screens.service import ROOT, chromium, running_service

FOLDER = ROOT / "build" / "screens"
SCENES: tuple[Scene, ...] = (*tag.SCENES, *collection.SCENES, *review.SCENES, *models.SCENES)
_WIDTHS = {"wide": (1280, 860), "phone": (390, 844)}
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def take_screens(url: str, scenes: Sequence[Scene], folder: Path) -> None:
    """Write a picture of each scene, whole pages, for every width and colour scheme."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for scene in scenes:
            for width, (across, down) in _WIDTHS.items():
                for scheme in _SCHEMES:
                    _take(browser, url, scene, folder / f"{scene.name}-{width}-{scheme}.png", (across, down), scheme)


def _take(
    browser: Browser, url: str, scene: Scene, file: Path, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    scene.routes(page)
    page.goto(f"{url}/ui{scene.address}")
    page.wait_for_selector("html[data-ready]")
    scene.prepare(page)
    page.mouse.move(0, 0)
    page.screenshot(path=file, full_page=True)
    page.unroute_all(behavior="ignoreErrors")
    context.close()


def main() -> None:
    """Serve the bundled model, take the pictures, and stop the service."""
    wanted = tuple(scene for scene in SCENES if not sys.argv[1:] or scene.name.startswith(tuple(sys.argv[1:])))
    with running_service() as url:
        take_screens(url, wanted, FOLDER)
    print(f"{len(wanted)} scenes are in {FOLDER}.")


if __name__ == "__main__":
    main()
