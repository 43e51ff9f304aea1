"""What the tab Collection gives away: tables, and the collection's own file with the areas as keywords."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.spreadsheet_cells import unguarded
from tests.serving.conftest import Server
from tests.serving.page_driver import load, loaded, open_page
from tests.serving.routes.test_page_collection import STATUS, hold_batch, wait_until_held


def _downloaded(page: Page, button: str) -> tuple[str, str]:
    """Click, and return name and content of the file."""
    with page.expect_download() as download:
        page.click(button)
    return download.value.suggested_filename, Path(download.value.path()).read_bytes().decode()


def test_tables_have_ids_and_names_and_no_formulas(page: Page, server: Server) -> None:
    """CSV whose cells no spreadsheet runs, and JSONL; of all papers, the listed ones or the selected ones."""
    titles = ['=HYPERLINK("x") we segment, "depth"', "On\tclouds", "  +Translating", "Depth"]
    open_page(page, server.url, "collection")
    loaded(page, "my refs.jsonl.gz", gzip.compress("".join(json.dumps({"title": t}) + "\n" for t in titles).encode()))
    name, text = _downloaded(page, "#download-csv")
    assert name == "my refs-areas.csv"
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [unguarded(row["title"]) for row in rows] == [json.loads(json.dumps(t)).strip() for t in titles]
    assert [row["title"].startswith("'") for row in rows] == [True, False, True, False]
    assert (rows[0]["areas"], rows[0]["area_names"]) == ("vision/segmentation;vision/3d", "Segmentation;3D")
    assert (rows[0]["fields"], rows[0]["field_names"], rows[0]["abstained"]) == ("vision", "Computer vision", "false")
    assert rows[1]["abstained"] == "true"
    page.fill("#list-search", "translation")
    expect(page.locator("#download-what")).to_have_text("Download 1 paper")
    records = [json.loads(line) for line in _downloaded(page, "#download-jsonl")[1].splitlines()]
    assert [[area["id"] for area in record["areas"]] for record in records] == [["language/translation"]]
    page.fill("#list-search", "")
    page.check(".list-row input >> nth=0")
    page.check(".list-row input >> nth=3")
    expect(page.locator("#download-what")).to_have_text("Download the selected 2 papers")
    assert len(_downloaded(page, "#download-jsonl")[1].splitlines()) == 2
    page.check("#select-shown")
    expect(page.locator("#download-what")).to_have_text("Download the selected 4 papers")
    expect(page.locator("#give-back")).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "content", "added", "saved"),
    [
        ("refs.bib", "@misc{a, title={We segment}}\n@misc{b, title={Moss}}", ", keywords={t:Segmentation}", "refs.bib"),
        ("refs.ris.gz", "TY  - JOUR\nTI  - We segment\nER  - \n", "KW  - t:Segmentation\n", "refs.ris"),
        ("refs", '[{"type": "book", "title": "We segment"}]', ', "keyword": "t:Segmentation"', "refs.json"),
    ],
    ids=["BibTeX", "RIS", "CSL-JSON"],
)
def test_references_can_be_had_with_keywords(
    page: Page, server: Server, name: str, content: str, added: str, saved: str
) -> None:
    """The same file but for the areas, under its own name; after a reload too, whatever became of the file."""
    open_page(page, server.url, "collection")
    loaded(page, name, gzip.compress(content.encode()) if name.endswith(".gz") else content)
    page.reload()
    page.wait_for_selector("#give-back:visible")
    page.click("#give-back summary")
    page.fill("#keyword-prefix", "t:")
    given, text = _downloaded(page, "#download-button")
    before, found, after = text.partition(added)
    assert (given, bool(found)) == (saved, True)
    assert before + after == content
    expect(page.locator(STATUS)).to_have_text(f"{saved} is downloaded.")


def test_papers_without_a_result_get_no_keywords(page: Page, server: Server) -> None:
    """Those that were cancelled, say; entries that share an id share their areas, which is said."""
    held = hold_batch(page, "p16")
    open_page(page, server.url, "collection")
    load(page, "many.bib", "".join(f"@misc{{p{n}, title={{We segment {n}}}}}\n" for n in range(40)))
    page.wait_for_selector("text=Tagging 17 of 40 papers")
    wait_until_held(page, held)
    page.click("#collection-tab .cancel")
    expect(page.locator("#download-what")).to_have_text("Download all 16 papers (24 more not tagged yet)")
    assert _downloaded(page, "#download-button")[1].count("keywords={Segmentation}") == 16
    page.unroute("**/tag")
    load(page, "refs.bib", "@misc{a, title={We segment}}\n@misc{a, title={Translating}}")
    page.click("#confirm-action")
    page.wait_for_selector("text=2 papers tagged.")
    assert _downloaded(page, "#download-button")[1].count("keywords={Segmentation, Machine translation}") == 2
    expect(page.locator(STATUS)).to_contain_text("1 paper has the id of another one and got its areas too.")


def test_a_failed_download_is_said_and_can_be_repeated(page: Page, server: Server) -> None:
    """With the service's sentence."""
    page.route(
        "**/papers/keywords*",
        lambda route: route.fulfill(status=503, json={"error": "The label store cannot be read now.", "detail": []}),
        times=1,
    )
    open_page(page, server.url, "collection")
    loaded(page, "refs.bib", "@misc{a, title={We segment}}")
    page.click("#download-button")
    page.wait_for_selector("#collection-tab .problem >> text=The label store cannot be read now.")
    _downloaded(page, "#download-button")
    expect(page.locator("#collection-tab .problem")).to_have_count(2)
    expect(page.locator("#collection-tab .problem:visible")).to_have_count(0)
