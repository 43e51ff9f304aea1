"""The page at /ui, in a real browser: what a person reads, types, drops and corrects."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.serving.conftest import Server
from tests.serving.page_driver import (
    TITLE,
    area_names,
    hide_feedback,
    load,
    offer_feedback,
    open_page,
    settle,
    tag,
)


def test_areas_stand_against_their_thresholds(page: Page, server: Server) -> None:
    """Two areas with their probability and threshold, the field, and what was found is said aloud."""
    open_page(page, server.url)
    tag(page)
    assert area_names(page) == ["Segmentation", "3D"]
    row = page.locator(".area .row").first.inner_text()
    assert " ".join(row.split()) == "Segmentation 90% , its threshold is 50%"
    assert page.locator(".limit").first.evaluate("node => node.parentNode.style.getPropertyValue('--limit')") == "0.5"
    assert page.locator(".fields").inner_text().split("\n")[0].startswith("Field")
    assert "2 areas found" in page.inner_text("#tag-tab .status")


def test_an_area_shows_its_sentences_in_the_text(page: Page, server: Server) -> None:
    """On hover and focus they are marked; chosen, they are also listed, and stay."""
    open_page(page, server.url)
    tag(page)
    rows = page.locator(".area .row")
    assert page.locator("mark").count() == 0
    rows.nth(1).hover()
    assert page.locator("mark").all_inner_texts() == ["Depth keeps them apart."]
    rows.nth(0).click()
    page.mouse.move(5, 5)
    assert page.locator("mark").all_inner_texts() == [TITLE, "A network can segment them."]
    assert page.locator(".evidence:visible q").all_inner_texts() == [TITLE, "A network can segment them."]
    assert rows.nth(0).get_attribute("aria-expanded") == "true"


def test_an_abstention_is_said_and_the_closest_areas_are_offered(page: Page, server: Server) -> None:
    """No area is no empty page."""
    open_page(page, server.url)
    tag(page, "On clouds", "They have shapes.")
    assert "No area reached its threshold" in page.inner_text(".abstained")
    page.click("text=Show the closest areas")
    page.wait_for_selector(".area.below")
    assert len(area_names(page)) == 3
    assert "below its threshold" in page.locator(".area .row").first.inner_text()


def test_options_apply_at_once(page: Page, server: Server) -> None:
    """A cap and one threshold for all areas change the shown paper."""
    open_page(page, server.url)
    tag(page)
    page.click(".options summary")
    page.fill("#top-k", "1")
    page.keyboard.press("Tab")
    expect(page.locator(".area")).to_have_count(1)
    page.fill("#top-k", "")
    page.check("#one-threshold")
    page.fill("#threshold", "0.05")
    page.locator("#threshold").dispatch_event("change")
    expect(page.locator(".area")).to_have_count(3)
    settle(page)


def test_hostile_text_stays_text(page: Page, server: Server) -> None:
    """Markup and script in a paper are shown as they are written."""
    open_page(page, server.url)
    title = "<script>alert(1)</script> We segment <img src=x onerror=alert(2)>"
    tag(page, title, "\"'><svg onload=alert(3)> Depth. {{7*7}} javascript:alert(4)")
    page.locator(".area .row").first.click()
    assert page.inner_text("h3.title") == title
    assert page.locator("#results script, #results img, #results svg").count() == 0
    image = "<img src=x onerror=alert(5)>"
    answer = {
        "papers": [{"id": "<i>", "title": f"{image} {n}", "abstract": "", "warnings": [image]} for n in range(2)],
        "rejected": [{"file": image, "line": 3, "reason": image, "excerpt": "<p>"}],
        "warnings": [image],
        "keyword_format": None,
    }
    page.route("**/papers", lambda route: route.fulfill(json=answer))
    load(page, "x.jsonl", "{}")
    page.wait_for_selector(".paper >> nth=1")
    settle(page)
    assert page.locator(".paper .name").nth(1).inner_text() == f"{image} 1"
    assert page.inner_text("#unread-list li") == f"{image}, line 3: {image}\n<p>"
    assert page.inner_text("#file-warnings") == image
    assert page.inner_text("#paper .warnings") == image
    assert page.locator("#results img, #unread p, #results i").count() == 0


def test_errors_of_the_service_are_shown(page: Page, server: Server) -> None:
    """Its sentence, with the wait it asks for; nothing to send is said before any call."""
    open_page(page, server.url)
    page.click("#tag-button")
    assert page.inner_text("#tag-tab .problem[role=alert]") == "Give a title or an abstract first."
    refusal = {"error": "Too much work.", "detail": []}
    page.route("**/tag", lambda route: route.fulfill(status=429, headers={"Retry-After": "7"}, json=refusal))
    page.fill("#title", TITLE)
    page.click("#tag-button")
    page.wait_for_selector("text=Too much work. It asks for 7 s.")
    assert page.locator("[aria-busy]").count() == 0


def test_corrections_are_sent_as_a_label(page: Page, server: Server) -> None:
    """Right, wrong and added areas in the format of the contract."""
    accepted = offer_feedback(page)
    open_page(page, server.url)
    tag(page)
    page.click("[aria-label='Segmentation: right']")
    page.click("[aria-label='3D: wrong']")
    page.fill("[role=combobox]", "transl")
    page.keyboard.press("Enter")
    page.click("text=Send 3 corrections")
    page.wait_for_selector("text=3 corrections sent.")
    [body] = accepted
    [label] = body["labels"]
    assert label.pop("paper")["title"] == TITLE
    assert label == {
        "areas": ["vision/segmentation", "language/translation"],
        "not": ["vision/3d"],
        "complete": False,
    }


def test_a_complete_label_counts_what_is_unmarked_as_right(page: Page, server: Server) -> None:
    """One wrong area, and the rest is all there is."""
    accepted = offer_feedback(page)
    open_page(page, server.url)
    tag(page)
    page.click("[aria-label='3D: wrong']")
    page.check(".correct input[type=checkbox]")
    page.click("text=Send 1 correction")
    page.wait_for_selector("text=1 correction sent.")
    [label] = accepted[0]["labels"]
    assert (label["areas"], label["not"], label["complete"]) == (["vision/segmentation"], ["vision/3d"], True)


def test_without_feedback_there_are_no_controls_for_it(page: Page, server: Server) -> None:
    """No dead buttons."""
    hide_feedback(page)
    open_page(page, server.url)
    tag(page)
    assert page.locator(".mark, .correct").count() == 0


def test_a_key_is_asked_for_and_kept_for_the_session(page: Page, server: Server) -> None:
    """A call that needs a key waits for one, and goes on; another tag session does not ask again."""
    accepted = offer_feedback(page, key="let me in")
    open_page(page, server.url)
    tag(page)
    page.click("[aria-label='3D: wrong']")
    page.click("text=Send 1 correction")
    page.wait_for_selector("#key-dialog[open]")
    assert page.inner_text("#key-reason") == "POST /feedback needs an API key."
    assert page.evaluate("document.activeElement.id") == "key"
    page.keyboard.type("let me in")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 correction sent.")
    assert len(accepted) == 1
    assert page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [1, 0, ""]
    page.click("#key-button")
    page.click("#key-forget")
    assert page.evaluate("sessionStorage.length") == 0
    assert page.locator("#key-button:visible").count() == 0


def test_a_refused_correction_stays_on_the_page(page: Page, server: Server) -> None:
    """The service's sentence is shown, and the marks can be sent again."""
    offer_feedback(page, status=409)
    open_page(page, server.url)
    tag(page)
    page.click("[aria-label='3D: wrong']")
    page.click("text=Send 1 correction")
    page.wait_for_selector("text=The label store is full.")
    assert page.locator("[aria-label='3D: wrong']").get_attribute("aria-pressed") == "true"
