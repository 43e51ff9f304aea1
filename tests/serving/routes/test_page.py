"""The page at /ui, in a real browser: what a person reads, types, drops and corrects."""

from __future__ import annotations

import json
import re
from io import BytesIO

from playwright.sync_api import Page, Route, expect

from data.papers import Paper
from data.readers import stream_papers
from data.readers.sources import opened_stream
from tests.serving.conftest import ADMIN_KEY, Server
from tests.serving.page_driver import (
    ABSTRACT,
    TITLE,
    expect_areas,
    expect_value,
    hide_feedback,
    loaded,
    offer_feedback,
    open_page,
    settle,
    tag,
)


def test_areas_stand_against_their_thresholds(page: Page, server: Server) -> None:
    """Two areas with their probability and threshold, the field, and what was found is said aloud."""
    open_page(page, server.url)
    tag(page)
    expect_areas(page, "Segmentation", "3D")
    row = page.locator(".area .row").first
    expect(row).to_have_text("Segmentation 90% , its threshold is 50%", use_inner_text=True)
    expect(row.locator(".bar:has(.limit)")).to_have_css("--limit", "0.5")
    expect(page.locator(".fields")).to_have_text(re.compile("^Field"))
    expect(page.locator("#tag-tab .status")).to_contain_text("2 areas found")


def test_an_area_shows_its_sentences_in_the_text(page: Page, server: Server) -> None:
    """Those of the first are marked and listed at once, those of others on hover and focus; chosen, they stay."""
    open_page(page, server.url)
    tag(page)
    rows = page.locator(".area .row")
    first = [TITLE, "A network can segment them."]
    marks = page.locator("mark")
    expect(rows.nth(0)).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".evidence:visible q")).to_have_text(first)
    expect(marks).to_have_text(first)
    rows.nth(1).hover()
    expect(marks).to_have_text(["Depth keeps them apart."])
    page.mouse.move(5, 5)
    expect(marks).to_have_text(first)
    rows.nth(1).click()
    page.mouse.move(5, 5)
    expect(page.locator(".area:hover")).to_have_count(0)
    expect(marks).to_have_text(["Depth keeps them apart."])


def test_a_sentence_is_as_yellow_as_it_counts(page: Page, server: Server) -> None:
    """Half the points are half the yellow; the sentence that counts most of all has the full one."""
    drops = {"vision/segmentation": [(TITLE, 0.1), ("A network can segment them.", 0.2)], "vision/3d": [("Depth", 0.4)]}

    def explained(route: Route) -> None:
        answer = route.fetch().json()
        answer["results"][0]["evidence"] = {
            area: [{"sentence": sentence, "drop": drop} for sentence, drop in given] for area, given in drops.items()
        }
        route.fulfill(json=answer)

    page.route("**/tag", explained)
    open_page(page, server.url)
    tag(page)
    marks = page.locator("mark")
    expect(marks).to_have_count(2)
    expect(marks.nth(0)).to_have_css("--weight", "0.25")
    expect(marks.nth(1)).to_have_css("--weight", "0.50")


def test_near_misses_are_a_click_away(page: Page, server: Server) -> None:
    """The likeliest areas below their thresholds, beside those that are given, and where there are none."""
    open_page(page, server.url)
    tag(page)
    page.click("button >> text=Near misses")
    page.wait_for_selector(".misses .area.below")
    expect_areas(page, "Segmentation", "3D", "Machine translation")
    expect(page.locator(".misses .row")).to_contain_text("below its threshold")
    expect(page.locator("mark").first).to_have_text(TITLE)
    page.click("button >> text=Near misses")
    expect_areas(page, "Segmentation", "3D")
    tag(page, "On clouds", "They have shapes.")
    expect(page.locator(".abstained")).to_contain_text("No area reached its threshold")
    page.click("button >> text=Near misses")
    expect(page.locator(".area.below")).to_have_count(3)


def test_a_paper_is_copied(page: Page, server: Server) -> None:
    """As text, as BibTeX that is read again, and as JSON."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, server.url)
    title = "We segment 100% of {cells} & more_of #them"
    tag(page, title)
    copies = {}
    for name in ("Text", "BibTeX", "JSON"):
        page.click(f"[aria-label='Copy as {name}']")
        page.wait_for_selector(f"text=Copied as {name}.")
        copies[name] = page.evaluate("navigator.clipboard.readText()")
    assert "Areas: Segmentation (90%), 3D (90%)" in copies["Text"]
    assert json.loads(copies["JSON"])["title"] == title
    (paper,) = stream_papers(opened_stream("copy.bib", BytesIO(copies["BibTeX"].encode())))
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract) == (title, ABSTRACT)
    assert "keywords = {Segmentation, 3D}" in copies["BibTeX"]


def test_an_empty_page_offers_an_example_and_the_areas(page: Page, server: Server) -> None:
    """Fields with their areas, what each means, a search in them; the example is tagged with one click."""
    open_page(page, server.url)
    expect(page.locator("#browser-heading")).to_have_text("3 areas in 2 fields")
    expect(page.locator("#browser summary")).to_have_text(["Computer vision 2 areas", "Language 1 area"])
    page.fill("#browser-search", "text to")
    expect(page.locator("#browser dt:visible")).to_have_text(["Machine translation"])
    expect(page.locator("#browser dd:visible")).to_have_text(["Text to text."])
    page.fill("#browser-search", "neither this nor that")
    expect(page.locator("#browser-none")).to_have_text("No area has these words.")
    page.click("#example-button")
    settle(page)
    expect_areas(page, "Machine translation")
    page.click("#edit-button")
    expect(page.locator("#title")).to_have_value("Pruning attention heads for faster translation")
    page.click("text=Tag this paper")
    settle(page)
    page.click("#another-button")
    expect(page.locator("#title")).to_have_value("")


def test_every_tab_has_an_address(page: Page, server: Server) -> None:
    """It can be kept as a bookmark, goes back, and an unknown one leads to the first."""
    open_page(page, server.url, "models")
    expect(page.locator("#models-tab")).to_be_visible()
    for name in ("Tag", "Collection", "Review"):
        page.click(f".tabs >> text={name}")
        expect(page.locator(f"#{name.lower()}-tab")).to_be_visible()
        expect(page.locator(".tab:visible")).to_have_count(1)
        expect(page.locator(".tabs [aria-current=page]")).to_have_text(name)
        expect(page).to_have_title(re.compile(f"^{name}"))
    page.go_back()
    expect(page.locator("#collection-tab")).to_be_visible()
    open_page(page, server.url, "nowhere/%E0%A4%A")
    expect(page.locator("#tag-tab")).to_be_visible()


def test_a_service_that_cannot_be_reached_is_asked_again(page: Page, server: Server) -> None:
    """The page says so, and a button tries once more."""
    page.route("**/areas", lambda route: route.fulfill(status=500, json={"error": "Gone for now."}), times=1)
    open_page(page, server.url)
    expect(page.locator("#unmet-reason")).to_have_text("Gone for now.")
    page.click("#meet-button")
    page.wait_for_selector("#browser summary")
    expect(page.locator("#unmet")).to_be_hidden()


def test_options_apply_at_once(page: Page, server: Server) -> None:
    """A cap and one threshold for all areas change the shown paper."""
    open_page(page, server.url)
    tag(page)
    page.click(".options summary")
    page.fill("#tag-tab .top-k", "1")
    page.keyboard.press("Tab")
    expect(page.locator(".area")).to_have_count(1)
    page.fill("#tag-tab .top-k", "")
    page.check("#tag-tab .one-threshold")
    page.fill("#tag-tab .threshold", "0.05")
    page.locator("#tag-tab .threshold").dispatch_event("change")
    expect(page.locator(".area")).to_have_count(3)
    settle(page)


def test_hostile_text_stays_text(page: Page, server: Server) -> None:
    """Markup and script in a paper are shown as they are written."""
    open_page(page, server.url)
    title = "<script>alert(1)</script> We segment <img src=x onerror=alert(2)>"
    tag(page, title, "\"'><svg onload=alert(3)> Depth. {{7*7}} javascript:alert(4)")
    page.locator(".area .row").first.click()
    expect(page.locator("h3.title")).to_have_text(title)
    expect(page.locator("#tag-tab script, #tag-tab img, #tag-tab svg")).to_have_count(0)
    image = "<img src=x onerror=alert(5)>"
    answer = {
        "papers": [{"id": "<i>", "title": f"{image} {n}", "abstract": "", "warnings": [image]} for n in range(2)],
        "rejected": [{"file": image, "line": 3, "reason": image, "excerpt": "<p>"}],
        "warnings": [image],
        "keyword_format": None,
    }
    page.route("**/papers", lambda route: route.fulfill(json=answer))
    loaded(page, "<b>x</b>.jsonl", "{}")
    expect(page.locator(".list-row .name").nth(1)).to_have_text(f"{image} 1")
    expect(page.locator("#unread-list li")).to_have_text(f"{image}, line 3: {image} <p>", use_inner_text=True)
    expect(page.locator("#file-warnings")).to_have_text(image)
    page.click(".list-row a >> nth=0")
    expect(page.locator("#collection-answer .warnings")).to_have_text(image)
    expect(page.locator("#collection-tab img, #collection-tab b, #unread p, #collection-tab i")).to_have_count(0)


def test_errors_of_the_service_are_shown(page: Page, server: Server) -> None:
    """Its sentence, with the wait it asks for; nothing to send is said before any call."""
    open_page(page, server.url)
    page.click("#tag-button")
    expect(page.locator("#tag-tab .problem[role=alert]")).to_have_text("Give a title or an abstract first.")
    refusal = {"error": "Too much work.", "detail": []}
    page.route("**/tag", lambda route: route.fulfill(status=429, headers={"Retry-After": "7"}, json=refusal))
    page.fill("#title", TITLE)
    page.click("#tag-button")
    page.wait_for_selector("text=Too much work. It asks for 7 s.")
    expect(page.locator("[aria-busy]")).to_have_count(0)


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
    expect(page.locator(".mark, .correct")).to_have_count(0)


def test_a_key_is_asked_for_and_kept_for_the_session(page: Page, server: Server) -> None:
    """A call that needs a key waits for one, and goes on; another tag session does not ask again."""
    accepted = offer_feedback(page, key=ADMIN_KEY)
    open_page(page, server.url)
    tag(page)
    page.click("[aria-label='3D: wrong']")
    page.click("text=Send 1 correction")
    page.wait_for_selector("#key-dialog[open]")
    expect(page.locator("#key-reason")).to_contain_text("This needs an API key: paste the one you were given.")
    expect(page.locator("#key")).to_be_focused()
    page.keyboard.type(ADMIN_KEY)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 correction sent.")
    assert len(accepted) == 1
    assert page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [1, 0, ""]
    page.click("#key-button")
    page.click("#key-forget")
    expect(page.locator("#key-button")).to_be_hidden()
    expect_value(page, lambda: page.evaluate("sessionStorage.length"), 0)


def test_a_refused_correction_stays_on_the_page(page: Page, server: Server) -> None:
    """The service's sentence is shown, and the marks can be sent again."""
    offer_feedback(page, status=409)
    open_page(page, server.url)
    tag(page)
    page.click("[aria-label='3D: wrong']")
    page.click("text=Send 1 correction")
    page.wait_for_selector("text=The label store is full.")
    expect(page.locator("[aria-label='3D: wrong']")).to_have_attribute("aria-pressed", "true")
