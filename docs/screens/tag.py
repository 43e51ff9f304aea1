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


def _abstained(page: Page) -> None:
    page.fill("#title", "Sobre la lectura de los mapas antiguos")
    page.click("#tag-button")
    page.wait_for_selector("#tag-tab:not([aria-busy]) .abstained")


def _near(page: Page) -> None:
    _answer(page)
    page.click("button >> text=Near misses")
    page.wait_for_selector(".misses .area")


def _working(page: Page) -> None:
    page.route("**/tag", lambda route: None)
    page.click("#example-button")
    page.wait_for_selector("text=Tagging …")


def _refused(page: Page) -> None:
    page.route("**/tag", lambda route: route.fulfill(status=429, json={"error": "Too much work now.", "detail": []}))
    page.click("#example-button")
    page.wait_for_selector("text=Too much work now.")


def _stopped(page: Page) -> None:
    page.route("**/areas", lambda route: route.abort())


def _browse(page: Page) -> None:
    page.fill("#browser-search", "translation")


SCENES = (
    Scene("tag-empty", "#tag"),
    Scene("tag-browse", "#tag", _browse),
    Scene("tag-answer", "#tag", _answer),
    Scene("tag-near-misses", "#tag", _near),
    Scene("tag-abstained", "#tag", _abstained),
    Scene("tag-working", "#tag", _working),
    Scene("tag-refused", "#tag", _refused),
    Scene("tag-stopped", "#tag", routes=_stopped),
)
