"""The page for everyone: by keyboard alone, by screen reader, on a phone, in the dark."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.serving.conftest import Server
from tests.serving.page_driver import (
    ABSTRACT,
    TITLE,
    expect_value,
    load,
    loaded,
    new_page,
    offer_feedback,
    open_page,
    settle,
    tag,
    violations,
)


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
    loaded(page, "refs.bib", "{}")
    page.click("#give-back summary")
    page.click("#collection-options summary")
    page.evaluate("document.querySelector('#collection-tab .progress').hidden = false")


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
    page = new_page(browser)
    accepted = offer_feedback(page)
    open_page(page, server.url)
    _tab_to(page, "title")
    page.keyboard.type(TITLE)
    page.keyboard.press("Tab")
    expect(page.locator("#abstract")).to_be_focused()
    page.keyboard.type(ABSTRACT)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    settle(page)
    _tab_to(page, "Segmentation: right")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".evidence:visible")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(".evidence:visible")).to_have_count(1)
    expect(page.locator("mark")).to_have_count(2)
    _tab_to(page, "3D: wrong")
    page.keyboard.press("Space")
    _tab_to(page, "picker-1")
    page.keyboard.type("language")
    picker = page.locator("#picker-1")
    expect(picker).to_have_attribute("aria-activedescendant", "picker-1-0")
    page.keyboard.press("Enter")
    expect(page.locator(".added li")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(picker).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(picker).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=2 corrections sent.")
    assert len(accepted) == 1
    page.context.close()


def test_a_collection_by_keyboard_alone(browser: Browser, server: Server) -> None:
    """From the tabs to a filter, into the list with arrows, to a paper and back to its row."""
    page = new_page(browser)
    open_page(page, server.url, "collection")
    loaded(page, "a.jsonl", "".join(f'{{"title": "We segment {n}. Depth"}}\n' for n in range(30)))
    page.keyboard.press("Tab")
    page.locator(".chart-bar").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chart-bar[aria-pressed=true]:focus")).to_have_count(1)
    _tab_to(page, "list-search")
    page.keyboard.type("depth")
    _tab_to(page, "Select We segment 0. Depth")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("#download-what")).to_have_text("Download 1 paper")
    expect(page.get_by_label("Select We segment 1. Depth")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_selector("#collection-answer mark")
    expect(page.locator("#collection-answer")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("a.stop:focus >> text=We segment 29")
    page.context.close()


def test_on_a_phone_nothing_scrolls_sideways(browser: Browser, server: Server) -> None:
    """360 pixels hold every state of the page, with targets that a finger hits."""
    page = new_page(browser, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    small = (
        "nodes => nodes.filter(n => n.checkVisibility() && n.getBoundingClientRect().height < 44).map(n => n.outerHTML)"
    )

    def check() -> None:
        expect_value(page, lambda: page.evaluate("document.documentElement.scrollWidth"), 360)
        targets = page.locator("main button, main a.stop, .tabs a, summary")
        expect_value(page, lambda: targets.evaluate_all(small), [])

    offer_feedback(page)
    open_page(page, server.url)
    page.locator("#browser summary").first.tap()
    check()
    for title in (TITLE, "segment" + "x" * 300):
        tag(page, title)
        expect(page.locator(".evidence:visible")).to_have_count(1)
        check()
    page.locator(".tabs >> text=Collection").tap()
    expect(page.locator("#collection-tab")).to_be_visible()
    _load_with_everything(page)
    page.locator("#chart summary").tap()
    check()
    page.locator(".list-row a").last.tap()
    page.wait_for_selector("#collection-answer .area")
    check()
    page.context.close()


def test_axe_finds_nothing(browser: Browser, server: Server) -> None:
    """Contrast, names, roles and order where much is shown at once; the scenes have every state, narrow and dark."""
    page = new_page(browser, reduced_motion="reduce")
    offer_feedback(page)
    open_page(page, server.url)
    page.click("#browser summary >> nth=0")
    assert violations(page) == []
    tag(page)
    page.click("button >> text=Near misses")
    page.wait_for_selector(".misses .area")
    page.click("[aria-label='3D: wrong']")
    assert violations(page) == []
    page.click(".tabs >> text=Collection")
    expect(page.locator("#collection-tab")).to_be_visible()
    assert violations(page) == []
    load(page, "a.pdf", "%PDF-1.7")
    page.wait_for_selector("#collection-tab .problem:visible")
    _load_with_everything(page)
    page.click(".chart-bar >> nth=0")
    expect(page.locator(".chart-bar[aria-pressed=true]")).to_have_count(1)
    assert violations(page) == []
    page.click("#delete-collection")
    expect(page.locator("#confirm-dialog")).to_be_visible()
    assert violations(page) == []
    page.click("#confirm-dialog >> text=Cancel")
    page.fill("#list-search", "nothing like this")
    expect(page.locator("#list-none")).to_be_visible()
    assert violations(page) == []
    page.click("#clear-filter")
    page.click(".list-row a >> nth=0")
    page.wait_for_selector("#collection-answer .area")
    assert violations(page) == []
    page.context.close()
