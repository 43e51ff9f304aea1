"""The tab Collection: a file of any format is read, tagged in batches, listed, filtered, kept in the browser."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.serving.conftest import Server
from tests.serving.page_driver import ABSTRACT, TITLE, expect_areas, expect_value, load, loaded, open_page

BIBTEX = r"""
@string{venue = "Imaginary Letters"}
@comment{not a paper}
@article{one, title = {We {segment} caf{\'e}s}, journal = venue, abstract = "A {"}quoted{"} depth \& width."}
@article{two, title = {Nothing known}, year = 2020}
@article{broken, title = {No end
@article(three, title = "Translating " # {songs --- and M{\"u}ller})
@misc{empty, year = 1999}
"""
NAMES = ".list-row .name"
STATUS = "#collection-tab .status"


def many(number: int) -> str:
    """Papers with the area Segmentation, as JSONL."""
    return "".join(f'{{"id": "p{n}", "title": "We segment {n}"}}\n' for n in range(number))


def hold_batch(page: Page, first: str) -> list[Route]:
    """Let the calls of the batch that begins with a paper wait; returns them as they come."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        papers = json.loads(route.request.post_data or "")["papers"]
        if papers[0].get("id") == first:
            held.append(route)
        else:
            route.continue_()

    page.route("**/tag", hold)
    return held


def wait_until_held(page: Page, held: list[Route]) -> None:
    """Wait until the batch that is to wait is asked for: the page says that it tags it a moment before."""
    expect_value(page, lambda: len(held), 1)


def test_bibtex_is_read_as_by_the_command(page: Page, server: Server) -> None:
    """Accents decoded, rejects with their lines; a paper has an address, and its neighbours are a click away."""
    open_page(page, server.url, "collection")
    loaded(page, "library.bib", BIBTEX)
    expect(page.locator(NAMES)).to_have_text(["We segment cafés", "Nothing known", "Translating songs — and Müller"])
    expect(page.locator("#unread-count")).to_have_text("2 records could not be read")
    expect(page.locator("#unread-list li")).to_have_text(
        [
            re.compile("^library.bib, line 6: "),
            re.compile("^library.bib, line 8: The record has neither a title nor an abstract"),
        ]
    )
    page.click(".list-row a >> nth=0")
    page.wait_for_selector("mark")
    expect(page.locator("#collection-answer .abstract")).to_have_text('A "quoted" depth & width.')
    for place in (2, 3):
        page.click("#paper-after")
        expect(page).to_have_url(re.compile(f"#collection/paper/{place}$"))
        expect(page.locator("#paper-place")).to_have_text(f"{place} of 3")
    expect_areas(page, "Machine translation")
    page.click("text=All papers")
    page.wait_for_selector("a.stop:focus >> text=Translating songs")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ris", f"TY  - JOUR\nTI  - {TITLE}\nAB  - {ABSTRACT}\nER  - \n"),
        ("a.bib.gz", gzip.compress(f"@misc{{a, title={{{TITLE}}}, abstract={{{ABSTRACT}}}}}".encode(), mtime=0)),
    ],
)
def test_every_format_is_read(page: Page, server: Server, name: str, content: str | bytes) -> None:
    """By the service, which reads what the command reads."""
    open_page(page, server.url, "collection")
    loaded(page, name, content)
    expect(page.locator(".list-row .names")).to_have_text("Segmentation · 3D")
    expect(page.locator("#unread:visible, #file-warnings:visible")).to_have_count(0)


def test_a_file_can_be_dropped_on_any_tab(page: Page, server: Server) -> None:
    """And the collection is shown; another one replaces it after a question only."""
    drop = """([name, title]) => {
        const data = new DataTransfer();
        data.items.add(new File([JSON.stringify([{ title }])], name));
        for (const type of ["dragover", "drop"])
            document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    open_page(page, server.url)
    page.evaluate(drop, ["one.json", TITLE])
    page.wait_for_selector("#collection-tab:not([aria-busy]) .list-row .names")
    page.evaluate(drop, ["other.json", "On clouds"])
    page.click("#confirm-dialog >> text=Cancel")
    expect(page.locator("#confirm-dialog")).to_be_hidden()
    expect(page.locator(NAMES)).to_have_text([TITLE])
    page.evaluate(drop, ["other.json", "On clouds"])
    page.click("#confirm-action")
    page.wait_for_selector(".list-row >> text=no area")
    expect(page.locator("#collection-name")).to_have_text("other.json")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"%PDF-1.7", "The input a.pdf is a PDF, which is not read: give titles and abstracts as BibTeX, "),
        ("a.json", b'[{"year": 7}]', "a.json has no paper that can be read."),
    ],
    ids=["PDF", "no paper"],
)
def test_what_cannot_be_read_is_said(page: Page, server: Server, name: str, content: bytes, sentence: str) -> None:
    """In the service's own sentence; the collection that is there stays."""
    open_page(page, server.url, "collection")
    load(page, name, content)
    page.wait_for_selector(f"#collection-tab .problem:visible >> text={sentence}")
    loaded(page, "a.jsonl", many(2))
    expect(page.locator("#collection-tab .problem:visible")).to_have_count(0)
    load(page, name, content)
    page.click("#confirm-action")
    page.wait_for_selector(f"#collection-tab .problem:visible >> text={sentence}")
    expect(page.locator(".list-row")).to_have_count(2)


def test_what_is_to_be_known_of_a_file_is_said(page: Page, server: Server) -> None:
    """Warnings that the command would print, and very many rejects."""
    open_page(page, server.url, "collection")
    loaded(page, "a.csv", "title;abstract\nÉtoiles;brûlent\n".encode("cp1252"))
    expect(page.locator("#file-warnings")).to_contain_text("Windows-1252")
    load(page, "many.jsonl", many(1) + "no json\n" * 700)
    page.click("#confirm-action")
    page.wait_for_selector("#unread:visible")
    expect(page.locator("#unread-count")).to_have_text("700 records could not be read")
    listed = page.locator("#unread-list li")
    expect(listed).to_have_count(501)
    expect(listed.first).to_be_hidden()
    page.click("#unread-count")
    expect(listed.first).to_be_visible()
    expect(listed.last).to_have_text("and 200 more; areatag papers lists them all")


def test_papers_are_tagged_in_batches_with_progress(page: Page, server: Server) -> None:
    """Meanwhile the first ones can be opened and another paper tagged; a busy service is waited for."""
    refusal = {"error": "Too much work.", "detail": []}
    held = hold_batch(page, "p16")
    open_page(page, server.url, "collection")
    load(page, "many.jsonl", many(40))
    page.wait_for_selector("text=Tagging 17 of 40 papers")
    bar = page.locator("#collection-tab progress")
    expect(bar).to_have_attribute("value", "16")
    expect(bar).to_have_attribute("max", "40")
    expect(page.locator("#groups [data-key=untagged]")).to_have_text("Not tagged 24")
    page.click(".list-row a >> nth=3")
    page.wait_for_selector("mark >> text=We segment 3")
    page.click(".tabs >> text=Tag")
    page.click("#example-button")
    page.wait_for_selector("#tag-answer .area")
    page.click(".tabs >> text=Collection")
    wait_until_held(page, held)
    held[0].fulfill(status=429, headers={"Retry-After": "1"}, json=refusal)
    page.wait_for_selector("text=Too much work. It asks for 1 s.")
    page.unroute("**/tag")
    page.wait_for_selector("text=40 papers tagged.")
    expect(page.locator("#groups [data-key=untagged]")).to_have_count(0)
    expect(page.locator(".progress:visible")).to_have_count(0)


def test_reading_and_tagging_can_be_cancelled(page: Page, server: Server) -> None:
    """What was tagged stays, nothing further is asked of the service, and a button goes on."""
    page.route("**/papers", lambda route: None, times=1)
    held = hold_batch(page, "p16")
    open_page(page, server.url, "collection")
    load(page, "many.jsonl", many(40))
    page.wait_for_selector("text=Reading many.jsonl …")
    expect(page.locator("#collection-tab progress")).not_to_have_attribute("value", re.compile(""))
    page.click("#collection-tab .cancel")
    expect(page.locator(STATUS)).to_have_text("Cancelled.")
    load(page, "many.jsonl", many(40))
    page.wait_for_selector("text=Tagging 17 of 40 papers")
    wait_until_held(page, held)
    page.click("#collection-tab .cancel")
    expect(page.locator(STATUS)).to_have_text("Cancelled: 16 of 40 papers tagged.")
    expect(page.locator("[aria-busy], .progress:visible, .problem:visible")).to_have_count(0)
    assert len(held) == 1
    page.unroute("**/tag")
    page.click("text=Go on: tag 24 more papers")
    page.wait_for_selector("text=24 papers tagged.")


def test_a_collection_survives_a_stopped_service_and_a_reload(page: Page, server: Server) -> None:
    """The browser keeps it and says so; tagging goes on where it ended; deleted, nothing is left."""
    held = hold_batch(page, "p16")
    open_page(page, server.url, "collection")
    load(page, "many.jsonl", many(40))
    page.wait_for_selector("text=Tagging 17 of 40 papers")
    wait_until_held(page, held)
    held[0].abort()
    page.wait_for_selector("text=The service cannot be reached")
    expect(page.locator("#collection-tab .problem:visible")).to_contain_text("16 of 40 papers are tagged and kept.")
    page.unroute("**/tag")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".list-row .names").first).to_have_text("Segmentation")
    expect(page.locator("#kept")).to_have_text(re.compile("^Kept in this browser"))
    page.click("text=Go on: tag 24 more papers")
    page.wait_for_selector("text=24 papers tagged.")
    page.click(".tabs >> text=Tag")
    page.click("#browser summary >> nth=0")
    page.click("text=40 in the collection")
    page.wait_for_selector("#shown-count >> text=40 papers: Segmentation")
    page.click("#delete-collection")
    page.click("#confirm-action")
    page.wait_for_selector("text=Deleted.")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#collection-empty")).to_be_visible()


def test_a_browser_that_keeps_nothing_says_so(page: Page, server: Server) -> None:
    """The collection works all the same, as long as the page is open."""
    page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { value: { open() { throw new Error('no'); } } });"
    )
    open_page(page, server.url, "collection")
    loaded(page, "many.jsonl", many(20))
    expect(page.locator("#kept")).to_have_text(
        "This browser keeps nothing here, so what is shown is lost when the page closes."
    )
    expect(page.locator(".list-row .names").first).to_have_text("Segmentation")


def test_papers_of_another_model_are_tagged_again(page: Page, server: Server) -> None:
    """A button says how many they are."""
    open_page(page, server.url, "collection")
    page.route("**/tag", _by_an_old_model, times=1)
    loaded(page, "many.jsonl", many(3))
    page.click("text=Tag 3 papers again: the model has changed")
    page.wait_for_selector("text=Tag all again")


def _by_an_old_model(route: Route) -> None:
    answer = route.fetch().json()
    route.fulfill(json={"model": "old", "results": [{**result, "model": "old"} for result in answer["results"]]})


def test_a_chart_groups_search_and_order_narrow_the_list(page: Page, server: Server) -> None:
    """Bars of areas and fields, the groups, words of texts and areas; each can be taken off again."""
    titles = ["We segment zebras", "On clouds", "Depth of seas", "We segment in depth", "Translating apes"]
    open_page(page, server.url, "collection")
    page.route("**/tag", _unsure_of_depth)
    loaded(page, "a.jsonl", "".join(json.dumps({"title": title}) + "\n" for title in titles))
    names, shown = page.locator(NAMES), page.locator("#shown-count")
    expect(page.locator(".chart-bar")).to_have_text(
        ["3D 2", "Segmentation 2", "Machine translation 1"], use_inner_text=True
    )
    page.click(".chart-bar >> text=Segmentation")
    expect(names).to_have_text([titles[0], titles[3]])
    expect(shown).to_have_text("2 of 5 papers: Segmentation")
    page.click(".chart-bar >> text=Segmentation")
    page.click("#chart-fields")
    page.click(".chart-bar >> text=Language")
    expect(names).to_have_text([titles[4]])
    page.click("#clear-filter")
    expect(page.locator("#groups button")).to_have_text(["All 5", "Unsure 2", "No area 1"])
    for group, expected in (("unsure", [titles[2], titles[3]]), ("none", [titles[1]])):
        page.click(f"#groups [data-key={group}]")
        expect(names).to_have_text(expected)
        expect(shown).to_have_text(re.compile(f"^{len(expected)} of 5 papers: "))
    page.click("#groups [data-key=all]")
    page.fill("#list-search", "translation APES")
    expect(names).to_have_text([titles[4]])
    page.fill("#list-search", "")
    page.select_option("#list-sort", "title")
    expect(names).to_have_text(sorted(titles))
    page.select_option("#list-sort", "unsure")
    expect(names.nth(0)).to_have_text(titles[1])
    expect(names.nth(1)).to_have_text(titles[2])


def _unsure_of_depth(route: Route) -> None:
    """Answer with 3D just above its threshold."""
    answer = route.fetch().json()
    for result in answer["results"]:
        for area in result["areas"]:
            area["score"] = 0.55 if area["id"] == "vision/3d" else area["score"]
    route.fulfill(json=answer)


def test_thousands_of_papers_are_a_list_of_few_elements(page: Page, server: Server) -> None:
    """5,000 are taken and the rest is named; only rows in sight are elements, and the keyboard reaches the last one."""
    page.route("**/tag", lambda route: None)
    open_page(page, server.url, "collection")
    load(page, "many.jsonl", many(5100))
    page.wait_for_selector("text=Tagging 1 of 5,000 papers")
    expect(page.locator("#file-warnings")).to_contain_text(
        "many.jsonl has 5,100 papers; this page takes the first 5,000."
    )
    page.click("#collection-tab .cancel")
    expect(page.locator(STATUS)).to_have_text("Cancelled: 0 of 5,000 papers tagged.")
    page.focus(".list-row a")
    for key, name in (("End", "We segment 4999"), ("ArrowUp", "We segment 4998"), ("Home", "We segment 0")):
        page.keyboard.press(key)
        page.wait_for_selector(f"a.stop:focus >> text={name}")
        expect(page.locator(".list-row").nth(39)).to_have_count(0)
    page.keyboard.press("PageDown")
    row = page.locator(".list-row:has(:focus)")
    expect(row).to_have_attribute("aria-posinset", "9")
    expect(row).to_have_attribute("aria-setsize", "5000")
    page.fill("#list-search", "4321")
    expect(page.locator(NAMES)).to_have_text(["We segment 4321"])
