"""The page in a headless Chromium against the bundled model, with API keys and the label store as they are used."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import expect

from model.versions import BUNDLED
from tests.serving.conftest import StartServer
from tests.serving.page_driver import chromium, new_page, open_page, settle

_TITLE = "Pruning attention heads for faster machine translation"
_ABSTRACT = (
    "We remove attention heads of a Transformer while it learns to translate. On three language pairs a third of the "
    "heads suffices. Decoding becomes faster on a processor."
)
_TRANSLATION = "Machine translation and multilingual NLP"


@pytest.mark.slow
def test_a_correction_goes_from_the_page_to_the_next_answer(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Tagging needs no key here; a correction needs one that may label, and then stands in every later answer."""
    keys = tmp_path / "keys"
    digests = {role: sha256(f"a key to {role}".encode()).hexdigest() for role in ("tag", "label")}
    keys.write_text("".join(f"{role}:{digest}  # for tests\n" for role, digest in digests.items()))
    monkeypatch.setenv("AREATAG_API_KEYS_FILE", str(keys))
    with chromium() as browser, start_server(model=Path(BUNDLED)) as server:
        page = new_page(browser)
        failures: list[str] = []
        page.on("pageerror", lambda error: failures.append(str(error)))
        open_page(page, server.url)
        page.fill("#title", _TITLE)
        page.fill("#abstract", _ABSTRACT)
        page.click("#tag-button")
        settle(page)
        expect(page.locator(".area:visible .name").first).to_have_text(_TRANSLATION)
        expect(page.locator(".evidence:visible")).to_have_count(1)

        page.click(f"[aria-label='{_TRANSLATION}: right']")
        page.click("text=Send 1 correction")
        for reason, key in (
            ("This needs an API key: paste the one you were given.", "a key that nobody has"),
            ("This API key is not known here.", "a key to tag"),
            ("this one has the role tag.", "a key to label"),
        ):
            page.wait_for_selector(f"#key-dialog[open] >> text={reason}")
            page.fill("#key", key)
            page.keyboard.press("Enter")
        page.wait_for_selector("text=1 correction sent.")
        page.wait_for_selector(".area .score >> text=confirmed")
        settle(page)
        assert failures == []

        paper = {"title": _TITLE, "abstract": _ABSTRACT}
        (result,) = server.post("/tag", json={"papers": [paper]}).json()["results"]
        first = result["areas"][0]
        assert (first["name"], first["score"], first.get("confirmed")) == (_TRANSLATION, 1.0, True)
