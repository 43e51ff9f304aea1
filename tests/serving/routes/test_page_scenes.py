"""Every state of the page that has its picture: axe finds nothing, light and dark, and nothing scrolls sideways."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from docs.screens.__main__ import SCENES
from docs.screens.scene import Scene
from tests.serving.conftest import Server
from tests.serving.page_driver import expect_value

_AXE = Axe()
_PHONE = 390
_SMALL = (
    "nodes => nodes.filter(n => n.checkVisibility() && n.getBoundingClientRect().height < 44).map(n => n.outerHTML)"
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_on_a_phone(page: Page, server: Server, scene: Scene) -> None:
    """For screen readers, for fingers, in both colour schemes."""
    page.set_viewport_size({"width": _PHONE, "height": 844})
    scene.routes(page)
    page.goto(f"{server.url}/ui{scene.address}")
    page.wait_for_selector("html[data-ready]")
    scene.prepare(page)
    assert _violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert _violations(page, "color-contrast") == []
    expect_value(page, lambda: page.evaluate("document.documentElement.scrollWidth"), _PHONE)
    expect_value(page, lambda: page.locator("main button").evaluate_all(_SMALL), [])


def _violations(page: Page, *rules: str) -> list[tuple[str, Any]]:
    """What axe finds, all of it or by these rules alone: rule and elements."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found = _AXE.run(page, options=options).response["violations"]
    return [(violation["id"], [node["html"][:200] for node in violation["nodes"]]) for violation in found]
