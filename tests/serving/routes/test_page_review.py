"""The tab Review in a real browser: deciding by keyboard, saving, undoing, and what stays when something fails."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from docs.screens.answers import answer, refuse, stop
from docs.screens.review import DOUBTFUL, GUIDE, NOTHING, QUEUE, begin, offer_review, save
from tests.serving.conftest import Server
from tests.serving.page_driver import expect_value, kept_marks, open_page

PRESSED = ".answer[aria-pressed='true']"


def _sent(page: Page) -> list[dict[str, Any]]:
    """The labels that the page sends from now on."""
    labels: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/feedback"):
            labels.extend(json.loads(request.post_data or "")["labels"])

    page.on("request", note)
    return labels


def _open(page: Page, server: Server, tab: str = "review") -> None:
    offer_review(page)
    open_page(page, server.url, tab)


def test_the_text_stands_before_every_area_to_decide(page: Page, server: Server) -> None:
    """Also areas below their threshold; nothing is ticked beforehand, and completeness least of all."""
    _open(page, server)
    begin(page)
    text, first = page.locator("#review-paper article"), page.locator(".question").first
    assert text.bounding_box()["y"] < first.bounding_box()["y"]  # type: ignore[index]  # both are shown
    asked = [question["name"] for question in QUEUE["papers"][0]["questions"]]
    expect(page.locator(".question .about-area")).to_have_text(asked)
    expect(page.locator(PRESSED)).to_have_count(0)
    expect(page.locator(".deciding input[type='checkbox']")).not_to_be_checked()
    expect(page.locator("#review-guide")).to_contain_text("Learning to segment cells from few examples")
    expect(page.locator("#review-count")).to_have_text("0 of 20 papers decided")


def test_by_keyboard_alone(page: Page, server: Server) -> None:
    """Yes, no, a number, completeness, save, next; what is sent is what was said."""
    _open(page, server)
    sent = _sent(page)
    begin(page)
    page.keyboard.press("y")
    expect(page.locator(".question").nth(1)).to_be_focused()
    page.keyboard.press("n")
    page.keyboard.press("2")
    page.keyboard.press("y")
    page.keyboard.press("c")
    asked = [question["id"] for question in QUEUE["papers"][0]["questions"]]
    expect(page.locator(".question[data-answer='']")).to_have_count(len(asked) - 2)
    for _ in asked[2:]:
        page.keyboard.press("n")
    page.keyboard.press("Enter")
    expect(page.locator(".saved .next")).to_be_focused()
    (label,) = sent
    assert (label["areas"], label["not"]) == (asked[:2], asked[2:])
    assert label["complete"] and (label["annotator"], label["model"]) == ("ada", "fake-1")
    assert label["paper"] == {name: QUEUE["papers"][0][name] for name in ("id", "title", "abstract")}
    page.keyboard.press("Enter")
    expect(page.locator(".place[aria-current]")).to_have_text("2")
    page.keyboard.press("s")
    expect(page.locator(".place[aria-current]")).to_have_text("3")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".place[aria-current]")).to_have_text("2")


def test_letters_in_a_field_are_letters(page: Page, server: Server) -> None:
    """A name with y and n decides nothing."""
    _open(page, server)
    begin(page)
    page.click("#review-name")
    page.keyboard.type("yn2c")
    expect(page.locator("#review-name")).to_have_value(re.compile("yn2c$"))
    expect(page.locator(PRESSED)).to_have_count(0)


def test_a_decision_stays_visible_and_can_be_undone(page: Page, server: Server) -> None:
    """Also after a look at another paper and a reload; undone, the answers are there to be changed."""
    _open(page, server)
    begin(page)
    save(page)
    expect(page.locator(".saved")).to_contain_text("Saved as entry 17 by ada")
    page.keyboard.press("ArrowRight")
    page.reload()
    page.click(".place >> nth=0")
    expect(page.locator(".saved")).to_contain_text("The list is complete.")
    with page.expect_request(lambda request: request.method == "DELETE") as withdrawn:
        page.click("text=Undo")
    assert withdrawn.value.url.endswith("feedback/17?annotator=ada")
    page.wait_for_selector("text=Entry 17 is withdrawn")
    asked = len(QUEUE["papers"][0]["questions"])
    expect(page.locator(".question")).to_have_count(asked)
    expect(page.locator(".answer.yes[aria-pressed='true']")).to_have_count(asked)


def test_marks_that_are_not_sent_survive_a_reload_and_a_refusal(page: Page, server: Server) -> None:
    """Nothing that a person has decided is lost, whatever happens to the service."""
    _open(page, server)
    begin(page)
    page.keyboard.press("y")
    first = QUEUE["papers"][0]["questions"][0]["id"]
    expect_value(page, lambda: [marks["answers"] for marks in kept_marks(page)], [{first: "yes"}])
    page.reload()
    expect(page.locator(PRESSED)).to_have_count(1)
    refuse(page, "POST", "feedback", "The label store cannot be used now.", 503)
    page.click("text=Save this decision")
    expect(page.locator("#review-tab .problem")).to_have_text("The label store cannot be used now.")
    stop(page, "feedback")
    page.click("text=Save this decision")
    expect(page.locator("#review-tab .problem")).to_contain_text("cannot be reached")
    expect(page.locator(PRESSED)).to_have_count(1)
    answer(page, "POST", "feedback", {"stored": 1, "entries": [21]})
    page.click("text=Save this decision")
    page.wait_for_selector("text=Saved as entry 21")


def test_nothing_is_guessed(page: Page, server: Server) -> None:
    """Without an answer nothing is sent; a complete list asks for each area."""
    _open(page, server)
    sent = _sent(page)
    begin(page)
    page.click("text=Save this decision")
    expect(page.locator("#review-tab .problem")).to_contain_text("Nothing is decided yet")
    page.keyboard.press("y")
    page.keyboard.press("c")
    page.click("text=Save this decision")
    expect(page.locator("#review-tab .problem")).to_contain_text("A complete list needs a yes or no")
    assert sent == []
    page.keyboard.press("c")
    page.click("text=Save this decision")
    page.wait_for_selector("text=Other areas stay open.")
    assert (len(sent[0]["areas"]), sent[0]["not"], sent[0]["complete"]) == (1, [], False)


def test_an_area_is_added_by_what_it_is_about(page: Page, server: Server) -> None:
    """The picker finds words of names, ids, fields, descriptions and phrases."""
    _open(page, server)
    begin(page)
    page.keyboard.press("a")
    page.keyboard.type("text to text")
    expect(page.locator(".options-list:visible [role=option]")).to_have_text(
        ["Machine translation Language · Text to text."]
    )
    page.keyboard.press("Enter")
    added = page.locator(".question").last
    expect(added).to_contain_text("added by you")
    expect(added).to_have_attribute("data-answer", "yes")


def test_a_key_is_asked_for_before_the_first_refusal(page: Page, server: Server) -> None:
    """In words for a person, who may also leave it."""
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url.rpartition("/")[2]))
    open_page(page, server.url, "review")
    page.click("#review-find")
    page.wait_for_selector("#key-dialog[open] >> text=the service asks who may give them")
    page.locator("#key-dialog").evaluate(
        "dialog => dialog.addEventListener('close', () => { document.title = 'Nothing is given'; })"
    )
    page.keyboard.press("Escape")
    expect(page).to_have_title("Nothing is given")  # now the page has been told, too
    expect(page.locator("#review-work")).to_be_hidden()
    assert "review" not in calls


@pytest.mark.parametrize("left", [NOTHING, {**NOTHING, "labelled": 0, "unanswerable": 0}])
def test_an_empty_queue_says_why(page: Page, server: Server, left: dict[str, Any]) -> None:
    """And what to do."""
    _open(page, server)
    answer(page, "POST", "review", left)
    answer(page, "GET", "review", left)
    page.click("#review-find")
    expect(page.locator("#review-tab .status")).to_contain_text("in the tab Collection")


def test_labels_that_may_be_wrong_are_a_queue_of_their_own(page: Page, server: Server) -> None:
    """A decision there speaks of the doubtful areas alone."""
    _open(page, server, "review/errors")
    sent = _sent(page)
    begin(page)
    expect(page.locator("#review-tab .status")).to_contain_text("may repeat their errors")
    expect(page.locator(".deciding input[type='checkbox']")).to_have_count(0)
    page.keyboard.press("y")
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    page.wait_for_selector(".saved")
    errors = [error["id"] for error in DOUBTFUL["papers"][0]["errors"]]
    assert (sent[0]["areas"], sent[0]["not"], sent[0]["complete"]) == (errors[:1], errors[1:], False)
    page.click("#review-queues a >> nth=0")
    expect(page.locator("#review-work")).to_be_hidden()


def test_when_all_is_decided_it_says_what_is_next(page: Page, server: Server) -> None:
    """The last paper leads to the next queue."""
    _open(page, server)
    answer(page, "POST", "review", {**QUEUE, "papers": QUEUE["papers"][:1]})
    answer(page, "GET", "review", {**QUEUE, "papers": QUEUE["papers"][:1]})
    begin(page)
    save(page)
    expect(page.locator("#review-count")).to_have_text("1 of 1 paper decided")
    page.keyboard.press("Enter")
    expect(page.locator("#review-find")).to_be_focused()


def test_examples_stay_whichever_worker_is_asked(page: Page, server: Server) -> None:
    """The guides came with the queue, also after a reload; another process may know other examples, or none."""
    _open(page, server)
    answer(page, "GET", "guide", {**GUIDE, "typical": [], "confusable": []})
    begin(page)
    guide = page.locator("#review-guide")
    expect(guide).to_contain_text("Learning to segment cells from few examples")
    save(page)
    page.keyboard.press("Enter")
    expect(guide).to_contain_text("Learning to segment cells from few examples")
    page.reload()
    expect(guide).to_contain_text("Learning to segment cells from few examples")


def test_a_paper_is_no_example_of_what_it_is_asked(page: Page, server: Server) -> None:
    """Neither a typical one nor a near miss, also once its label is stored; for another paper it is."""
    _open(page, server)
    own = {"id": "p0", "content": QUEUE["papers"][0]["content"], "title": "The paper to be judged"}
    sibling = {**GUIDE["confusable"][0], "near_misses": [own]}
    guides = [{**GUIDE, "typical": [own, *GUIDE["typical"]], "confusable": [sibling]}]
    for method in ("GET", "POST"):
        answer(page, method, "review", {**QUEUE, "guides": guides})
    begin(page)
    guide = page.locator("#review-guide")
    expect(guide).to_contain_text("Outlines of leaves without a single click")
    expect(guide).not_to_contain_text("The paper to be judged")
    page.keyboard.press("s")
    expect(guide).to_contain_text("The paper to be judged")


def test_the_end_of_a_queue_is_said(page: Page, server: Server) -> None:
    """Not only that the last decision is stored."""
    _open(page, server)
    for method in ("GET", "POST"):
        answer(page, method, "review", {**QUEUE, "papers": QUEUE["papers"][:1]})
    begin(page)
    save(page)
    expect(page.locator("#review-tab .status")).to_contain_text("All of these are decided")
