"""The page for everyone: by keyboard alone, by screen reader, on a phone, in the dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.serving.conftest import Server
from tests.serving.page_driver import ABSTRACT, CONTRAST, TITLE, load, offer_feedback, open_page, settle, tag

_UNNAMED = """() => [...document.querySelectorAll("button, input, textarea, progress, summary, nav, section, dialog")]
    .filter((node) => !(node.getAttribute("aria-label") || node.getAttribute("aria-labelledby") ||
        node.labels?.length || node.textContent.trim()))
    .map((node) => node.outerHTML)"""


def _load_with_everything(page: Page) -> None:
    """Show all that there may be of a file: rejects, warnings, the list, keywords; and progress as if it went on."""
    answer = {
        "papers": [
            {"id": str(n), "title": title, "abstract": "", "warnings": ["the abstract was cut"]}
            for n, title in enumerate(["We segment. Depth", "Clouds", "Translating " + "y" * 200])
        ],
        "rejected": [{"file": "refs.bib", "line": 3, "reason": "No title.", "excerpt": "n" * 120}],
        "warnings": ["refs.bib: " + "w" * 200],
        "keyword_format": "bibtex",
    }
    page.route("**/papers", lambda route: route.fulfill(json=answer))
    load(page, "refs.bib", "{}")
    page.wait_for_selector(".paper >> nth=2")
    settle(page)
    page.click("#give-back summary")
    page.evaluate("document.querySelector('#tag-tab .progress').hidden = false")


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.getAttribute('aria-label') || ''"))


def _tab_to(page: Page, name: str) -> None:
    for _ in range(40):
        if _focused(page) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached with Tab")


def test_by_keyboard_alone(browser: Browser, server: Server) -> None:
    """From the top to a sent correction with Tab, Enter, Space and arrows; focus is visible on the way."""
    page = browser.new_page()
    accepted = offer_feedback(page)
    open_page(page, server.url)
    _tab_to(page, "title")
    page.keyboard.type(TITLE)
    page.keyboard.press("Tab")
    assert _focused(page) == "abstract"
    page.keyboard.type(ABSTRACT)
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    settle(page)
    _tab_to(page, "Segmentation: right")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.locator(".evidence:visible").count() == 1
    assert page.locator("mark").count() == 2
    _tab_to(page, "3D: wrong")
    page.keyboard.press("Space")
    _tab_to(page, "picker-1")
    page.keyboard.type("language")
    assert page.get_attribute("[role=combobox]", "aria-activedescendant") == "picker-1-0"
    page.keyboard.press("Enter")
    assert page.locator(".added li").count() == 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.get_attribute("[role=combobox]", "aria-expanded") == "false"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=2 corrections sent.")
    assert len(accepted) == 1
    page.close()


def test_on_a_phone_nothing_scrolls_sideways(browser: Browser, server: Server) -> None:
    """360 pixels hold every state of the page, with targets that a finger hits."""
    page = browser.new_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    offer_feedback(page)
    open_page(page, server.url)
    for title in (TITLE, "segment" + "x" * 300):
        tag(page, title)
        page.locator(".area .row").first.tap()
        assert page.locator(".evidence:visible").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") == 360
    _load_with_everything(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    small = "nodes => nodes.filter(n => n.checkVisibility() && n.getBoundingClientRect().height < 44).length"
    assert page.locator("main button").evaluate_all(small) == 0
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_and_names(browser: Browser, server: Server, scheme: str) -> None:
    """Every text has WCAG AA contrast, and every control and region a name."""
    page = browser.new_page(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    offer_feedback(page)
    open_page(page, server.url)
    _load_with_everything(page)
    page.locator(".area .row").first.click()
    page.click("[aria-label='3D: wrong']")
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(_UNNAMED) == []
    assert page.locator("main, header, nav.tabs").count() == 3
    assert page.locator(".tab:visible [role=status]").count() == 1
    page.close()
