"""A whole run against a server that behaves, and against one that does not."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from data.errors import AreatagError
from data.readers.labels import read_votes
from tests.support.llm_server import LlmServer, Reply, by_words, completion, in_turn, papers_of
from tests.support.waiting import PATIENCE, wait_for
from tests.training.llm_votes.conftest import KEY, WORDS, Run

GOOD = by_words(WORDS)
TITLES = ["Songs of the whale", "Ships and birds", "Mountains"]


def test_votes_are_what_weak_label_reads(run: Run, server: LlmServer) -> None:
    """Votes come in input order, an empty list where no area fits, and the reader of votes takes them."""
    report = run(TITLES, concurrency=3)
    assert run.votes == {"p0": ["sea/whales"], "p1": ["sea/ships", "sky/birds"], "p2": []}
    assert [vote.paper_id for vote in read_votes(run.options.output, run.options.taxonomy)] == ["p0", "p1", "p2"]
    assert (report.read, report.labelled, report.rejected, report.left) == (3, 3, 0, 0)
    assert (report.calls, report.tokens) == (3, 300)
    assert server.authorizations == [f"Bearer {KEY}"] * 3
    assert not run.options.rejected.exists()


def test_nothing_is_paid_twice(run: Run, server: LlmServer) -> None:
    """A second run, and a second paper of the same text, cost no call."""
    run(["A whale", "A whale"])
    assert len(server.requests) == 1
    report = run([*TITLES, "A whale"])
    assert (report.labelled, report.kept, report.calls) == (4, 1, 3)
    assert run(TITLES).calls == 0


def test_a_batch_is_answered_paper_by_paper(run: Run, server: LlmServer) -> None:
    """Several papers share a request; one that the answer leaves out is asked for alone."""

    def forgetful(request: dict[str, Any]) -> Reply:
        papers = papers_of(request)
        entries = [{"paper": paper["paper"], "areas": ["sea/ships"]} for paper in papers[:2]]
        return completion(json.dumps({"papers": entries}))

    server.answer = forgetful
    report = run(["One", "Two", "Three"], batch=3)
    assert [len(papers_of(request)) for request in server.requests] == [3, 1]
    assert report.labelled == 3


def test_the_budget_of_calls_is_kept(run: Run, server: LlmServer) -> None:
    """No request leaves beyond it; the rest of the papers are counted, and a second run does them."""
    report = run([f"Whale {number}" for number in range(7)], max_calls=3, concurrency=4)
    assert len(server.requests) == report.calls == 3
    assert (report.labelled, report.left) == (3, 4)
    assert run([f"Whale {number}" for number in range(7)]).labelled == 7


def test_the_budget_of_tokens_is_kept(run: Run, server: LlmServer) -> None:
    """What a request may cost is set aside before it leaves, also where the endpoint reports nothing."""
    server.answer = by_words(WORDS, tokens=None)
    report = run([f"Whale {number}" for number in range(9)], max_tokens=4000)
    assert 0 < report.labelled < 9
    assert report.tokens <= 4000
    assert report.read == report.labelled + report.left


def test_a_busy_endpoint_is_asked_again(run: Run, server: LlmServer) -> None:
    """429 with and without Retry-After, 500 and a response that is no JSON delay a paper and lose none."""
    server.answer = in_turn(
        Reply(429, headers={"Retry-After": "0"}), Reply(429), Reply(500, "oops"), Reply(200, "<html>"), GOOD
    )
    report = run(["A whale"], retries=4)
    assert report.labelled == 1
    assert len(server.requests) == 5


def test_a_long_pause_ends_the_run(run: Run, server: LlmServer) -> None:
    """Nobody waits an hour before a terminal; what is answered already is kept."""
    server.answer = in_turn(GOOD, Reply(429, headers={"Retry-After": "3600"}))
    with pytest.raises(AreatagError, match="pause of 3600 seconds"):
        run(TITLES)
    server.answer = GOOD
    assert run(TITLES).kept == 1


def test_a_paper_that_times_out_is_rejected(run: Run, server: LlmServer) -> None:
    """After all repetitions the paper goes to the rejected file, and the others go on."""

    def slow(request: dict[str, Any]) -> Reply:
        if "Ships" in str(papers_of(request)):
            over.wait(PATIENCE)
        return GOOD(request)

    server.answer, over = slow, threading.Event()
    report = run(TITLES, timeout=2.0, retries=1)  # long enough for the others on a busy machine
    over.set()
    assert (report.labelled, report.rejected, report.left) == (2, 1, 0)
    assert "longer than 2 seconds" in run.reasons[0]


def test_an_endpoint_that_is_down_is_given_up(run: Run, server: LlmServer) -> None:
    """Not every paper of a large pool waits through its repetitions."""
    server.answer = in_turn(Reply(503))
    with pytest.raises(AreatagError, match=r"status 503.* answers so far are kept"):
        run([f"Whale {number}" for number in range(50)], retries=0)
    assert len(server.requests) < 10


@pytest.mark.parametrize("status", [401, 403, 404, 402, 301, 400])
def test_what_no_repetition_helps_ends_the_run_at_once(run: Run, server: LlmServer, status: int) -> None:
    """A refused key, an unknown model, a redirect or an invalid first request; the message never shows the key."""
    error = {"error": {"message": f"Bad request with {KEY}\x1b[31m"}}
    server.answer = in_turn(Reply(status, json.dumps(error), {"Location": "http://127.0.0.1:9/v1"}))
    with pytest.raises(AreatagError) as caught:
        run(TITLES)
    assert len(server.requests) == 1
    assert KEY not in str(caught.value) and "\x1b" not in str(caught.value)


def test_parameters_that_the_endpoint_refuses_are_left_out(run: Run, server: LlmServer) -> None:
    """Older servers know no schemas, newer models no temperature and another name for the limit."""

    def refusing(request: dict[str, Any]) -> Reply:
        for parameter, message in {
            "response_format": "response_format is not supported",
            "temperature": "temperature does not support 0",
            "max_tokens": "use max_completion_tokens instead of max_tokens",
        }.items():
            if parameter in request:
                return Reply(400, json.dumps({"error": {"message": message}}))
        return GOOD(request)

    server.answer = refusing
    assert run(TITLES).labelled == 3
    assert set(server.requests[-1]) == {"model", "messages", "max_completion_tokens"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (completion("I would rather not say."), "not the JSON"),
        (completion('{"papers": [{"paper": 1, "areas": ["sea/wh', "length"), "truncated"),
        (completion('{"papers": [{"paper": 1, "areas": ["sky/dragons"]}]}'), "only areas that the taxonomy lacks"),
        (completion('{"papers": [{"paper": 2, "areas": []}]}'), "leaves this paper out"),
        (completion('{"papers": [{"paper": 1, "areas": [7]}]}'), "no list of ids"),
        (completion(""), "not the JSON"),
    ],
)
def test_an_unusable_answer_is_asked_for_once_more(run: Run, server: LlmServer, answer: Reply, reason: str) -> None:
    """A better second answer counts; a second bad one rejects the paper with the reason."""
    server.answer = in_turn(answer, GOOD)
    assert run(["A whale"]).labelled == 1
    server.answer = in_turn(answer, answer, GOOD)
    report = run(["A ship", "A bird"])
    assert (report.labelled, report.rejected) == (1, 1)
    assert reason in run.reasons[0]
    assert run.votes == {"p1": ["sky/birds"]}


def test_unknown_ids_are_counted_and_left_out(run: Run, server: LlmServer) -> None:
    """The known ones of the same answer count."""
    server.answer = in_turn(completion('{"papers": [{"paper": 1, "areas": ["sky/dragons", "SKY/birds"]}]}'))
    report = run(["A bird"])
    assert run.votes == {"p0": ["sky/birds"]}
    assert report.unknown == {"sky/dragons": 1}


def test_no_more_requests_at_once_than_allowed(run: Run, server: LlmServer) -> None:
    """Workers share the load up to the limit: the first ones are answered when as many have come."""

    def together(request: dict[str, Any]) -> Reply:
        wait_for(lambda: server.most_at_once, lambda most: most == 3)
        return GOOD(request)

    server.answer = together
    assert run([f"Whale {number}" for number in range(12)], concurrency=3).labelled == 12
    assert server.most_at_once == 3


def test_the_key_is_nowhere_on_the_disk(run: Run) -> None:
    """Neither the cache nor the files that are written hold it."""
    run(TITLES)
    for path in run.options.output.parent.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes()
    assert KEY not in repr(run.options)


def test_bad_records_are_rejected_with_their_line(run: Run) -> None:
    """They cost nothing, and the sum is right."""
    report = run(["A whale", "", "A ship"])
    assert (report.read, report.labelled, report.rejected, report.calls) == (3, 2, 1, 2)
    rejected = json.loads(run.options.rejected.read_text())
    assert rejected["line"] == 2
