"""What the tab Tag shows."""

from __future__ import annotations

import json

from playwright.sync_api import Page

from docs.screens.scene import Scene
from docs.screens.service import ROOT


def _answer(page: Page) -> None:
    paper = json.loads((ROOT / "examples" / "paper.json").read_text())["papers"][0]
    page.fill("#title", paper["title"])
    page.fill("#abstract", paper["abstract"])
    page.click("#tag-button")
    page.wait_for_selector("#tag-tab:not([aria-busy]) article")


SCENES = (Scene("tag-empty", "#tag"), Scene("tag-answer", "#tag", _answer))
