"""Files on the page: every format is read, tagged in batches that can be cancelled, and given back with keywords."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.serving.conftest import Server
from tests.serving.page_driver import ABSTRACT, TITLE, area_names, load, open_page, settle

BIBTEX = r"""
@string{venue = "Imaginary Letters"}
@comment{not a paper}
@article{one, title = {We {segment} caf{\'e}s}, journal = venue, abstract = "A {"}quoted{"} depth \& width."}
@article{two, title = {Nothing known}, year = 2020}
@article{broken, title = {No end
@article(three, title = "Translating " # {songs --- and M{\"u}ller})
@misc{empty, year = 1999}
"""


def _many(number: int) -> str:
    return "".join(f'{{"id": "p{n}", "title": "We segment {n}"}}\n' for n in range(number))


def test_bibtex_is_read_as_by_the_command(page: Page, server: Server) -> None:
    """Several papers, accents decoded, and what is wrong is named with its line."""
    open_page(page, server.url)
    load(page, "library.bib", BIBTEX)
    page.wait_for_selector(".paper >> nth=2")
    settle(page)
    names = page.locator(".paper .name").all_inner_texts()
    assert names == ["We segment cafés", "Nothing known", "Translating songs — and Müller"]
    assert page.inner_text(".abstract") == 'A "quoted" depth & width.'
    assert page.inner_text("#unread-count") == "2 records could not be read"
    broken, empty = page.locator("#unread-list li").all_inner_texts()
    assert broken.startswith("library.bib, line 6: ")
    assert empty.startswith("library.bib, line 8: The record has neither a title nor an abstract")
    page.locator(".paper").nth(2).click()
    settle(page)
    assert area_names(page) == ["Machine translation"]
    assert page.locator(".paper").nth(2).get_attribute("aria-current") == "true"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ris", f"TY  - JOUR\nTI  - {TITLE}\nAB  - {ABSTRACT}\nER  - \n"),
        ("a.csv", f"Title;Abstract\n{TITLE};{ABSTRACT}\n"),
        ("a.nbib", f"PMID- 1\nTI  - {TITLE}\nAB  - {ABSTRACT}\n"),
        ("a.bib.gz", gzip.compress(f"@misc{{a, title={{{TITLE}}}, abstract={{{ABSTRACT}}}}}".encode())),
        ("a.json", json.dumps({"papers": [{"title": TITLE, "abstract": ABSTRACT}]})),
    ],
)
def test_every_format_is_read(page: Page, server: Server, name: str, content: str | bytes) -> None:
    """The only paper of a file also goes into the form."""
    open_page(page, server.url)
    load(page, name, content)
    settle(page)
    assert area_names(page) == ["Segmentation", "3D"]
    assert (page.input_value("#title"), page.input_value("#abstract")) == (TITLE, ABSTRACT)
    assert page.locator("#unread:visible, #file-warnings:visible").count() == 0


def test_a_file_can_be_dropped(page: Page, server: Server) -> None:
    """Anywhere on the page."""
    open_page(page, server.url)
    page.evaluate(
        """([title, abstract]) => {
            const data = new DataTransfer();
            data.items.add(new File([JSON.stringify([{ title, abstract }])], "one.json"));
            for (const name of ["dragover", "drop"])
                document.body.dispatchEvent(
                    new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [TITLE, ABSTRACT],
    )
    settle(page)
    assert area_names(page) == ["Segmentation", "3D"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"%PDF-1.7", "The input a.pdf is a PDF, which is not read: give titles and abstracts as BibTeX, "),
        ("a.txt", b"Dear all", "The input a.txt is in no known format; "),
        ("a.json", b" \n", "The input a.json is empty; give one that has papers."),
        ("a.json", b'[{"year": 7}]', "a.json has no paper that can be read."),
    ],
    ids=["PDF", "prose", "empty", "no paper"],
)
def test_what_cannot_be_read_is_said(page: Page, server: Server, name: str, content: bytes, sentence: str) -> None:
    """The service's own sentence; nothing of an earlier answer stays."""
    open_page(page, server.url)
    load(page, "a.jsonl", _many(2))
    page.wait_for_selector(".paper >> nth=1")
    settle(page)
    load(page, name, content)
    page.wait_for_selector(".problem:visible")
    assert page.inner_text("#tag-tab .problem[role=alert]").startswith(sentence)
    assert page.locator(".paper, .area, #give-back:visible, .progress:visible").count() == 0


def test_what_is_to_be_known_of_a_file_is_said(page: Page, server: Server) -> None:
    """Warnings that the command would print, those of single papers beside their areas, and very many rejects."""
    open_page(page, server.url)
    content = "title;abstract\nÉtoiles;" + "brûlent " * 4000 + "\n" + ";\n" * 2 + "Moss;Green\n"
    load(page, "a.csv", content.encode("cp1252"))
    page.wait_for_selector("#file-warnings:visible")
    settle(page)
    assert "Windows-1252" in page.inner_text("#file-warnings")
    assert "abstract" in page.inner_text("#paper .warnings")
    load(page, "many.jsonl", _many(2) + "no json\n" * 700)
    page.wait_for_selector("text=700 records could not be read")
    settle(page)
    assert page.locator("#unread-list li:visible").count() == 0
    page.click("#unread-count")
    assert page.locator("#unread-list li").count() == 501
    assert page.locator("#unread-list li").last.inner_text() == "and 200 more; areatag papers lists them all"
    assert page.locator("#file-warnings:visible").count() == 0


def test_papers_are_tagged_in_batches_with_progress(page: Page, server: Server) -> None:
    """The first ones are there while others are under way, and one that is opened ends nothing."""
    held: list[Route] = []

    def hold_second(route: Route) -> None:
        papers = json.loads(route.request.post_data or "")["papers"]
        if papers[0]["id"] == "p16":
            held.append(route)
        else:
            route.continue_()

    page.route("**/tag", hold_second)
    open_page(page, server.url)
    load(page, "many.jsonl", _many(40))
    page.wait_for_selector("text=Tagging 17 of 40 papers")
    assert page.locator(".paper").count() == 16
    bar = page.locator("#tag-tab progress")
    assert (bar.get_attribute("value"), bar.get_attribute("max")) == ("16", "40")
    page.locator(".paper").nth(3).click()
    page.wait_for_selector(".title >> text=We segment 3")
    [route] = held
    route.continue_()
    page.wait_for_selector("text=40 papers tagged.")
    settle(page)
    assert page.locator(".paper").count() == 40
    assert page.locator(".progress:visible").count() == 0
    assert page.inner_text(".title") == "We segment 3"
    page.locator(".area .row").first.hover()
    assert page.locator("mark").all_inner_texts() == ["We segment 3"]


def test_tagging_can_be_cancelled(page: Page, server: Server) -> None:
    """What was tagged stays and can be had as keywords; nothing further is asked of the service."""
    asked: list[str] = []

    def hold_second(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "")["papers"][0]["id"])
        if asked[-1] != "p16":
            route.continue_()

    page.route("**/tag", hold_second)
    open_page(page, server.url)
    load(page, "many.bib", "".join(f"@misc{{p{n}, title={{We segment {n}}}}}\n" for n in range(40)))
    page.wait_for_selector("text=Tagging 17 of 40 papers")
    page.click("#tag-tab .cancel")
    assert page.inner_text("#tag-tab .status") == "Cancelled: 16 of 40 papers tagged."
    assert page.locator("[aria-busy], .progress:visible, .problem:visible").count() == 0
    with page.expect_download() as download:
        page.click("#download-button")
    assert Path(download.value.path()).read_text().count("keywords={Segmentation}") == 16
    assert asked == ["p0", "p16"]


def test_reading_can_be_cancelled(page: Page, server: Server) -> None:
    """And another file be read then."""
    page.route("**/papers", lambda route: None, times=1)
    open_page(page, server.url)
    load(page, "a.bib", BIBTEX)
    page.wait_for_selector("text=Reading a.bib …")
    assert page.locator("#tag-tab progress").get_attribute("value") is None
    page.click("#tag-tab .cancel")
    assert page.inner_text("#tag-tab .status") == "Cancelled."
    load(page, "a.bib", BIBTEX)
    page.wait_for_selector(".paper >> nth=2")
    settle(page)


def test_a_busy_service_is_waited_for(page: Page, server: Server) -> None:
    """A long list is not given up because others ask too."""
    refusal = {"error": "Too much work.", "detail": []}
    page.route("**/tag", lambda route: route.fulfill(status=429, headers={"Retry-After": "1"}, json=refusal), times=1)
    open_page(page, server.url)
    load(page, "many.jsonl", _many(20))
    page.wait_for_selector("text=Too much work. It asks for 1 s.")
    page.wait_for_selector("text=20 papers tagged.")


@pytest.mark.parametrize(
    ("name", "content", "added", "saved"),
    [
        (
            "refs.bib",
            "@misc{a, title={We segment}}\n@misc{b, title={Moss}}",
            ", keywords={t: Segmentation}",
            "refs.bib",
        ),
        ("refs.ris.gz", "TY  - JOUR\nTI  - We segment\nER  - \n", "KW  - t: Segmentation\n", "refs.ris"),
        ("refs", '[{"type": "book", "title": "We segment"}]', ', "keyword": "t: Segmentation"', "refs.json"),
    ],
    ids=["BibTeX", "RIS", "CSL-JSON"],
)
def test_references_can_be_had_with_keywords(
    page: Page, server: Server, name: str, content: str, added: str, saved: str
) -> None:
    """The same file but for the areas, under its own name."""
    open_page(page, server.url)
    load(page, name, gzip.compress(content.encode()) if name.endswith(".gz") else content)
    page.wait_for_selector("#give-back:visible")
    settle(page)
    page.click("#give-back summary")
    page.fill("#keyword-prefix", "t:")
    with page.expect_download() as download:
        page.click("#download-button")
    assert download.value.suggested_filename == saved
    before, found, after = Path(download.value.path()).read_text().partition(added.replace("t: ", "t:"))
    assert found
    assert before + after == content
    assert page.inner_text("#tag-tab .status") == f"{saved} is downloaded with the areas as keywords."


def test_areas_below_their_threshold_are_no_keywords(page: Page, server: Server) -> None:
    """The closest areas are shown on demand only."""
    open_page(page, server.url)
    load(page, "refs.bib", "@misc{a, title={On clouds}}")
    page.wait_for_selector(".abstained")
    page.click("text=Show the closest areas")
    page.wait_for_selector(".area.below")
    settle(page)
    with page.expect_download() as download:
        page.click("#download-button")
    assert Path(download.value.path()).read_text() == "@misc{a, title={On clouds}}"


def test_entries_that_share_an_id_share_their_areas(page: Page, server: Server) -> None:
    """Which is said, for the service knows entries by their ids."""
    open_page(page, server.url)
    load(page, "refs.bib", "@misc{a, title={We segment}}\n@misc{a, title={Translating}}")
    page.wait_for_selector("#give-back:visible")
    settle(page)
    with page.expect_download() as download:
        page.click("#download-button")
    assert Path(download.value.path()).read_text().count("keywords={Segmentation, Machine translation}") == 2
    assert page.inner_text("#tag-tab .status").endswith("1 paper has the id of another one and got its areas too.")


def test_other_files_are_not_offered_with_keywords(page: Page, server: Server) -> None:
    """Nor is a paper that was typed after a file."""
    open_page(page, server.url)
    load(page, "refs.bib", "@misc{a, title={We segment}}")
    expect(page.locator("#give-back")).to_be_visible()
    settle(page)
    page.click("#tag-button")
    expect(page.locator("#give-back")).to_be_hidden()
    settle(page)
    load(page, "a.jsonl", _many(1))
    settle(page)
    expect(page.locator("#give-back")).to_be_hidden()


def test_a_failed_download_is_said_and_can_be_repeated(page: Page, server: Server) -> None:
    """With the service's sentence."""
    page.route(
        "**/papers/keywords*",
        lambda route: route.fulfill(status=503, json={"error": "The label store cannot be read now.", "detail": []}),
        times=1,
    )
    open_page(page, server.url)
    load(page, "refs.bib", "@misc{a, title={We segment}}")
    page.wait_for_selector("#give-back:visible")
    settle(page)
    page.click("#download-button")
    page.wait_for_selector(".problem >> text=The label store cannot be read now.")
    with page.expect_download():
        page.click("#download-button")
    expect(page.locator("#tag-tab .problem[role=alert]")).to_be_hidden()
