"""The files of the page: served whole, under a strict policy, and from nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from serving.routes import page

PAGE = Path(page.__file__).parents[1] / "page"
FILES = sorted(file.relative_to(PAGE).as_posix() for file in PAGE.rglob("*") if file.is_file())


def test_the_page_is_html_under_a_strict_policy(client: TestClient) -> None:
    """No inline script or style, no other host, no framing, no text parsed as HTML, no guessing of types."""
    answer = client.get("/ui")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    # What default-src does not stand for has to be said; where it does, the page in a browser shows what is missing.
    assert set(policy.split("; ")) >= {
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    }
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", [name for name in FILES if name != "index.html"])
def test_every_file_is_served(client: TestClient, name: str) -> None:
    """With its media type, and 304 to who has it already."""
    answer = client.get(f"/ui/{name}")
    assert answer.content == (PAGE / name).read_bytes()
    assert answer.headers["content-type"].split(";")[0] in {"text/javascript", "text/css", "image/svg+xml"}
    again = client.get(f"/ui/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert re.fullmatch('"[0-9a-f]{32}"', answer.headers["etag"])
    changed = client.get(f"/ui/{name}", headers={"If-None-Match": '"another"'})
    assert (changed.status_code, changed.content) == (200, answer.content)
    for each in (answer, again):  # a browser keeps the file with the headers that it got last
        assert each.headers["content-security-policy"] == page.CONTENT_SECURITY_POLICY
        assert (each.headers["cache-control"], each.headers["referrer-policy"]) == ("no-cache", "no-referrer")


@pytest.mark.parametrize("path", ["/ui/", "/ui/none.js", "/ui/../ui.py", "/ui/%2e%2e/ui.py", "/ui/index.html"])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    """A path never names a file of the machine."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_another_host_or_parses_text_as_html(name: str) -> None:
    """The page works without a network, and hostile text stays text."""
    text = (PAGE / name).read_text()
    assert set(re.findall(r"https?://[^\s\"']+", text)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|DOMParser", text)
    assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", text)
