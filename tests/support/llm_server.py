"""A small server that speaks OpenAI's chat completions on loopback, and misbehaves as told."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What one request gets."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


Answer = Callable[[dict[str, Any]], Reply]


@dataclass(slots=True)
class LlmServer:
    """The running server."""

    url: str
    answer: Answer
    """Told the decoded request, in a thread of that request, which it may keep waiting; may be replaced."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    most_at_once: int = 0


def completion(content: str, finish: str = "stop", tokens: int | None = 100) -> Reply:
    """A regular answer with this content."""
    record: dict[str, Any] = {"choices": [{"message": {"role": "assistant", "content": content}}]}
    record["choices"][0]["finish_reason"] = finish
    if tokens is not None:
        record["usage"] = {"total_tokens": tokens}
    return Reply(body=json.dumps(record))


def papers_of(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The papers that a request asks about."""
    return [json.loads(line) for line in request["messages"][1]["content"].splitlines()]


def by_words(words: dict[str, str], tokens: int | None = 100) -> Answer:
    """Answer with the areas whose word stands in a paper's title or abstract."""

    def answer(request: dict[str, Any]) -> Reply:
        entries = []
        for paper in papers_of(request):
            text = f"{paper.get('title', '')} {paper.get('abstract', '')}".lower()
            entries.append({"paper": paper["paper"], "areas": [area for word, area in words.items() if word in text]})
        return completion(json.dumps({"papers": entries}), tokens=tokens)

    return answer


def in_turn(*answers: Answer | Reply) -> Answer:
    """One answer after another; the last one stays."""
    left = list(answers)
    lock = threading.Lock()

    def answer(request: dict[str, Any]) -> Reply:
        with lock:
            current = left.pop(0) if len(left) > 1 else left[0]
        return current if isinstance(current, Reply) else current(request)

    return answer


@contextmanager
def llm_server(answer: Answer) -> Iterator[LlmServer]:
    """Serve on a free port of 127.0.0.1 until the block ends."""
    lock = threading.Lock()
    running = 0

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal running
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                running += 1
                state.most_at_once = max(state.most_at_once, running)
                state.requests.append(json.loads(body))
                state.authorizations.append(self.headers.get("Authorization"))
            try:
                reply = state.answer(json.loads(body)) if re.search(r"/chat/completions$", self.path) else Reply(404)
            finally:
                with lock:
                    running -= 1
            content = reply.body.encode()
            try:
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(content)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
            except OSError:  # the client has given up
                pass

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state = LlmServer(f"http://127.0.0.1:{server.server_port}/v1", answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
