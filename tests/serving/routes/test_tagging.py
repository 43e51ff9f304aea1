"""What the routes promise, in one process with the fake tagger."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from data.errors import AreatagError
from data.text import TEXT_CHARACTERS
from model.tagger import Tagger
from tests.serving.conftest import Serve
from tests.serving.fake_tagger import FakeTagger


def test_tag_answers_in_the_order_of_the_papers(client: TestClient) -> None:
    """One result a paper, with its id, its areas and the one model."""
    papers = [{"id": f"p{n}", "title": "We segment." if n % 3 else "We translate."} for n in range(256)]
    answer = client.post("/tag", json={"papers": papers}).json()
    assert answer["model"] == "fake-1"
    assert [result["id"] for result in answer["results"]] == [paper["id"] for paper in papers]
    found = [result["areas"][0]["id"] for result in answer["results"]]
    assert found == ["vision/segmentation" if n % 3 else "language/translation" for n in range(256)]
    assert {result["model"] for result in answer["results"]} == {"fake-1"}


def test_a_record_has_the_keys_of_a_label_record(client: TestClient) -> None:
    """Optional keys are absent when they were not asked for."""
    (result,) = client.post("/tag", json={"papers": [{"abstract": "Nothing known."}]}).json()["results"]
    assert set(result) == {"id", "title", "areas", "fields", "abstained", "warnings", "model"}
    assert result["abstained"] is True
    assert result["id"].startswith("sha1:")


def test_null_means_absent_and_further_fields_are_ignored(client: TestClient) -> None:
    """A record of a repository can be posted as it is, with a number as its id."""
    paper = {"id": 17, "title": None, "abstract": "We segment.", "categories": ["cs.CV"], "venue": None}
    body = {"papers": [paper], "top_k": None, "threshold": None, "areas": None}
    (result,) = client.post("/tag", json=body).json()["results"]
    assert result["id"] == "17"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["vision/segmentation", "vision/3d"]),
        ({"top_k": 1}, ["vision/segmentation"]),
        ({"top_k": 2.0}, ["vision/segmentation", "vision/3d"]),
        ({"threshold": 0.95}, []),
        ({"threshold": 0}, ["vision/segmentation", "vision/3d", "language/translation"]),
        ({"areas": ["vision/3d", "vision/3d"]}, ["vision/3d"]),
    ],
)
def test_options_apply(client: TestClient, options: dict[str, object], expected: list[str]) -> None:
    """top_k caps, threshold replaces the areas' own, areas restricts."""
    body = {"papers": [{"title": "We segment depth."}], **options}
    (result,) = client.post("/tag", json=body).json()["results"]
    assert [area["id"] for area in result["areas"]] == expected


def test_explain_adds_evidence(client: TestClient) -> None:
    """Each returned area comes with its sentences."""
    body = {"papers": [{"title": "We segment."}, {"title": "Nothing."}], "explain": True}
    first, second = client.post("/tag", json=body).json()["results"]
    assert first["evidence"] == {"vision/segmentation": [{"sentence": "We segment.", "drop": 0.8}]}
    assert second["evidence"] == {}


def test_long_text_is_cut_with_a_warning(client: TestClient) -> None:
    """What lies beyond the limit is not read, and the result says so, in the words of `areatag label`."""
    limit = TEXT_CHARACTERS
    body = {"papers": [{"title": "x" * (limit + 1), "abstract": "x" * limit + "segment"}, {"title": "y" * limit}]}
    first, second = client.post("/tag", json=body).json()["results"]
    assert first["warnings"] == [
        f"the title was cut to {limit} characters; it has {limit + 1}",
        f"the abstract was cut to {limit} characters; it has {limit + 7}",
    ]
    assert first["abstained"] is True
    assert second["warnings"] == []


def test_a_text_is_read_from_its_first_character_on(client: TestClient) -> None:
    """Blanks and control characters before it do not use up the limit."""
    body = {"papers": [{"title": " \u0000" * 100_000 + "segment"}]}
    (result,) = client.post("/tag", json=body).json()["results"]
    assert result["areas"][0]["id"] == "vision/segmentation"
    assert result["warnings"] == []


@pytest.mark.parametrize("title", ["N/A", "<p></p>", "-", "\u200b", "\x7f"])
def test_a_title_without_any_text_is_answered(client: TestClient, title: str) -> None:
    """What is no text gets no areas; it is no fault of the service."""
    answer = client.post("/tag", json={"papers": [{"title": title}]})
    assert answer.status_code == 200 and answer.json()["results"][0]["abstained"] is True


def test_unknown_fields_with_text_get_a_warning(client: TestClient) -> None:
    """A text under another name is not ignored in silence; other fields of a record are no matter."""
    fields = {
        "Abstract": "We segment.",
        "summary": "We segment.",
        "notes": "many words " * 30,
        "year": 2020,
        "doi": "1",
    }
    (result,) = client.post("/tag", json={"papers": [{"title": "Geese", **fields}]}).json()["results"]
    assert result["warnings"] == [
        f"the field {name!r} is not read; send its text as 'abstract'" for name in ("Abstract", "summary", "notes")
    ]


def test_repeated_ids_get_a_warning(client: TestClient) -> None:
    """Both papers are tagged."""
    body = {"papers": [{"id": "a", "title": "One"}, {"id": "a", "title": "Two"}]}
    first, second = client.post("/tag", json=body).json()["results"]
    assert first["warnings"] == []
    assert second["warnings"] == ["an earlier paper of this call has the same id"]


def test_areas_is_the_taxonomy(client: TestClient) -> None:
    """Fields with their areas, in the order of the taxonomy."""
    answer = client.get("/areas").json()
    assert [field["id"] for field in answer["fields"]] == ["vision", "language"]
    assert answer["fields"][1]["areas"][0] == {
        "id": "language/translation",
        "name": "Machine translation",
        "description": "Text to text.",
        "arxiv": [],
        "phrases": [],
        "threshold": 0.5,
    }


def test_model_describes_the_active_version(client: TestClient) -> None:
    """Version, encoder, metrics and origin."""
    answer = client.get("/model").json()
    assert answer["version"] == "fake-1"
    assert answer["encoder"] == "tiny"
    assert answer["metrics"] == {"micro_f1": 0.5, "auc": None}
    assert (answer["trained_on"], answer["trained_at"]) == ("nothing", "2026-01-01")
    assert (answer["fields"], answer["areas"]) == (2, 3)


def test_concurrent_calls_share_encoder_batches(serve: Serve) -> None:
    """Single-paper calls that arrive during a batch go into the next one together."""
    tagger = FakeTagger(seconds=0.05)
    with serve(tagger) as client, ThreadPoolExecutor(24) as pool:
        body = {"papers": [{"title": "We segment."}]}
        for _ in range(2):  # the dispatcher takes its first calls one by one, to learn their pace
            answers = list(pool.map(lambda _: client.post("/tag", json=body).status_code, range(48)))
            assert set(answers) == {200}
    assert max(tagger.batches) > 4


def test_a_paper_that_fails_does_not_fail_its_neighbours(serve: Serve) -> None:
    """Papers of a failed batch are encoded one by one; only the call with the failing one fails."""
    with serve(FakeTagger(seconds=0.02)) as client, ThreadPoolExecutor(12) as pool:
        titles = ["A poison title" if n == 5 else "We segment." for n in range(24)]
        answers = list(pool.map(lambda title: client.post("/tag", json={"papers": [{"title": title}]}), titles))
    assert [answer.status_code for answer in answers] == [500 if n == 5 else 200 for n in range(24)]
    assert "Traceback" not in answers[5].text
    assert answers[5].json()["detail"] == []


class _Loading:
    """Stands for Tagger.load: waits for a signal, then returns a tagger or fails."""

    def __init__(self, outcome: FakeTagger | Exception) -> None:
        self.outcome = outcome
        self.go = threading.Event()

    def __call__(self, *_: object, **__: object) -> FakeTagger:
        self.go.wait(30)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def loading_client(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    """A service whose model loads when `loading.go` is set."""
    from serving.service import areatag

    monkeypatch.setattr(Tagger, "load", request.param)
    monkeypatch.setenv("AREATAG_MAX_QUEUE_SECONDS", "0.2")  # how long a call waits for the model
    with TestClient(areatag.to_asgi(), "http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client
        request.param.go.set()


_GOOD, _BAD = _Loading(FakeTagger()), _Loading(AreatagError("/secret/model: altered"))


@pytest.mark.parametrize("loading_client", [_GOOD], indirect=True)
def test_not_ready_until_the_model_has_tagged(loading_client: TestClient) -> None:
    """Before, the process lives, and every call that needs the model says 503 with Retry-After."""
    assert loading_client.get("/livez").status_code == 200
    calls = [loading_client.get(path) for path in ("/readyz", "/areas", "/model")]
    calls.append(loading_client.post("/tag", json={"papers": [{"title": "x"}]}))
    for answer in calls:
        assert answer.status_code == 503
        assert answer.json()["error"] == "The model is still loading; ask again in a moment."
        assert answer.headers["retry-after"] == "1"
    assert loading_client.get("/docs.json").status_code == 200
    _GOOD.go.set()
    while loading_client.get("/readyz").status_code != 200:
        pass
    assert _GOOD.outcome.batches == [1]  # type: ignore[union-attr]


@pytest.mark.parametrize("loading_client", [_BAD], indirect=True)
def test_a_model_that_fails_ends_liveness(loading_client: TestClient) -> None:
    """An orchestrator restarts the process; clients do not see the paths in the reason."""
    _BAD.go.set()
    while loading_client.get("/livez").status_code == 200:
        pass
    answer = loading_client.get("/readyz")
    assert answer.status_code == 503
    assert "secret" not in answer.text


def test_metrics_count_papers_areas_and_batches(client: TestClient) -> None:
    """Tagging, batching and waiting each have a metric."""
    client.post("/tag", json={"papers": [{"title": "We segment."}]})
    text = client.get("/metrics").text
    for name in (
        'areatag_papers_total{model="fake-1"}',
        'areatag_area_total{area="vision/segmentation"}',
        "areatag_abstained_total",
        "areatag_queue_seconds_bucket",
        "areatag_batch_papers_bucket",
        "areatag_encoder_seconds_bucket",
        "areatag_waiting_papers 0.0",
        'areatag_model{version="fake-1"} 1.0',
        'areatag_calls_total{method="POST",route="/tag",status="200"}',
    ):
        assert name in text


def test_metrics_do_not_grow_with_paths(client: TestClient) -> None:
    """Unknown paths and methods share one label."""
    before = client.get("/metrics").text.count("\n")
    for number in range(50):
        client.request(f"METHOD{number}", f"/nothing/{number}")
    client.get("/nothing")
    assert client.get("/metrics").text.count("\n") < before + 40


def test_request_ids_are_given_and_kept(client: TestClient) -> None:
    """A sane id of the client comes back; another is replaced."""
    assert client.get("/livez", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert client.get("/livez", headers={"X-Request-ID": "a b\t{"}).headers["x-request-id"] != "a b\t{"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/tag/", 404),
        ("POST", "/encode", 404),
        ("GET", "/static_content/%00", 404),
        ("GET", "/%ff%fe", 404),
        ("GET", "/tag", 405),
        ("DELETE", "/areas", 405),
        ("POST", "/livez", 405),
    ],
)
def test_routing_errors_are_json(client: TestClient, method: str, path: str, status: int) -> None:
    """Unknown paths and wrong methods answer in the shape of every error; BentoML's own routes are gone."""
    answer = client.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "detail"}
    assert ("allow" in answer.headers) == (status == 405)
