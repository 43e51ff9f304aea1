"""What pages of other origins can do with a service on loopback, in Chromium: nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route

from tests.serving.conftest import Server
from tests.serving.page_driver import chromium, new_page
from tests.support.waiting import wait_for

_REBOUND = "rebound.example"
_BODY = '{"papers":[{"title":"A page says that we segment."}]}'
_CALLS = {
    "a blob without a type": "fetch(url, {method: 'POST', mode: 'no-cors', body: new Blob([body])})",
    "text": "fetch(url, {method: 'POST', mode: 'no-cors', body})",
    "text, with cookies": "fetch(url, {method: 'POST', mode: 'no-cors', credentials: 'include', body})",
    "a beacon": "navigator.sendBeacon(url, new Blob([body]))",
    "a beacon of text": "navigator.sendBeacon(url, body)",
    "a call that lives on": "fetch(url, {method: 'POST', mode: 'no-cors', keepalive: true, body: new Blob([body])})",
    "a form": """(() => {
        const form = document.createElement("form");
        Object.assign(form, {action: url, method: "POST", enctype: "text/plain"});
        const field = document.createElement("input");
        Object.assign(field, {type: "hidden", name: body, value: ""});
        form.append(field);
        document.body.append(form);
        form.submit();
    })()""",
    "a sandboxed frame, whose origin is null": """(() => {
        const frame = document.createElement("iframe");
        frame.sandbox = "allow-scripts";
        frame.srcdoc = `<script>fetch("${url}", {method: "POST", mode: "no-cors", body: new Blob(["{}"])})<\\/script>`;
        document.body.append(frame);
    })()""",
}


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title><body>")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The address of a page that is not the service's: another port, hence another origin."""
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for which a name of the page's own leads to this machine, without the browser's own protection."""
    unprotected = "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"
    with chromium(f"--host-resolver-rules=MAP {_REBOUND} 127.0.0.1", unprotected) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new page."""
    page = new_page(browser)
    yield page
    page.context.close()


def _counted(server: Server, metric: str) -> float:
    lines = server.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(metric))


def _tagged(server: Server) -> float:
    return _counted(server, "areatag_papers_total")


@pytest.mark.parametrize("how", list(_CALLS))
def test_a_page_of_another_origin_tags_nothing(page: Page, server: Server, elsewhere: str, how: str) -> None:
    """However it sends the papers, the service refuses them."""
    refused = 'areatag_calls_total{method="POST",route="/tag",status="403"}'
    before, refused_before = _tagged(server), _counted(server, refused)
    page.goto(elsewhere)
    page.evaluate(f"([url, body]) => {{ {_CALLS[how]}; }}", [server.url + "/tag", _BODY])
    # what a beacon or a frame is answered no page hears of
    wait_for(lambda: _counted(server, refused), lambda now: now > refused_before)
    assert _tagged(server) == before


def test_a_page_of_another_origin_reads_nothing(page: Page, server: Server, elsewhere: str) -> None:
    """With JSON the browser asks first, and is told no."""
    page.goto(elsewhere)
    call = "([url, body]) => fetch(url, {method: 'POST', headers: {'Content-Type': 'application/json'}, body})"
    before = _tagged(server)
    assert page.evaluate(f"{call}.then(() => 'read', () => 'refused')", [server.url + "/tag", _BODY]) == "refused"
    get = "url => fetch(url).then(() => 'read', () => 'refused')"
    assert page.evaluate(get, server.url + "/models") == "refused"
    assert _tagged(server) == before


def test_under_a_name_of_its_own_a_page_reads_nothing(page: Page, server: Server) -> None:
    """DNS rebinding: the page's name leads to the service now, so that the browser takes them for one origin."""
    address = f"http://{_REBOUND}:{httpx.URL(server.url).port}"
    before = _tagged(server)

    def serve_page(route: Route) -> None:
        route.fulfill(content_type="text/html", body="<!doctype html><title>rebound</title>")

    page.route(f"{address}/", serve_page)
    page.goto(f"{address}/")
    read = "path => fetch(path).then(answer => answer.status)"
    assert [page.evaluate(read, path) for path in ("/models", "/model", "/ui", "/docs.json")] == [403] * 4
    tag = """body => fetch("/tag", {method: "POST", headers: {"Content-Type": "application/json"}, body})
        .then(answer => answer.status)"""
    assert page.evaluate(tag, _BODY) == 403
    assert _tagged(server) == before
