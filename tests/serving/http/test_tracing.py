"""Traces of calls: what their spans hold, that they reach a collector, and that nothing is traced unasked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.applications import Starlette
from starlette.testclient import TestClient

from data.errors import UsageError
from serving.http import tracing
from serving.http.tracing import Tracing, load_exporters
from tests.serving.conftest import Serve, StartServer
from tests.serving.fake_tagger import FakeTagger

_SECRET = "xylophone"
_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
_PARENT = {"traceparent": f"00-{_TRACE}-00f067aa0ba902b7-01"}


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Where the spans of a service that starts afterwards go."""
    memory = InMemorySpanExporter()
    monkeypatch.setattr(tracing, "load_exporters", lambda: [lambda: memory])
    return memory


@pytest.fixture
def traced(exporter: InMemorySpanExporter, serve: Serve) -> Iterator[TestClient]:
    """A traced service in this process."""
    with serve(FakeTagger()) as client:
        yield client


def _spans(client: TestClient, exporter: InMemorySpanExporter) -> list[ReadableSpan]:
    state = client.app.state.service  # type: ignore[attr-defined]
    state.tracing.provider.force_flush()
    return list(exporter.get_finished_spans())


def test_a_call_has_spans_for_waiting_encoding_and_tagging(traced: TestClient, exporter: InMemorySpanExporter) -> None:
    """They lie one after the other inside the call's span, which has its ids and no text."""
    papers = [{"title": f"We segment a {_SECRET}."}, {"title": "Depth"}]
    headers = {**_PARENT, "X-Request-ID": "call-1"}
    assert traced.post("/tag", json={"papers": papers}, headers=headers).status_code == 200
    waiting, encoding, tagging, call = _spans(traced, exporter)
    assert [span.name for span in (waiting, encoding, tagging, call)] == ["waiting", "encoding", "tagging", "POST /tag"]
    assert call.attributes is not None
    assert call.attributes["areatag.request_id"] == "call-1"
    assert call.attributes["areatag.model"] == "fake-1"
    assert call.attributes["areatag.papers"] == 2
    assert call.attributes["http.route"] == "/tag"
    assert f"{call.context.trace_id:032x}" == _TRACE
    times = [call.start_time, waiting.start_time, encoding.start_time, encoding.end_time, tagging.end_time]
    assert times == sorted(time for time in times if time is not None)
    for part in (waiting, encoding, tagging):
        assert part.parent is not None
        assert part.parent.span_id == call.context.span_id
    assert _SECRET not in "".join(span.to_json() for span in (waiting, encoding, tagging, call))


def test_an_explained_call_has_the_same_parts(traced: TestClient, exporter: InMemorySpanExporter) -> None:
    """Each explained paper is a batch of its own."""
    body = {"papers": [{"title": "We segment."}, {"title": "Depth"}], "explain": True}
    assert traced.post("/tag", json=body).status_code == 200
    waiting, encoding, call = _spans(traced, exporter)
    assert (waiting.name, encoding.name, call.name) == ("waiting", "encoding", "POST /tag")
    assert encoding.attributes == {"areatag.batches": 2}


def test_spans_are_named_by_route_and_probes_have_none(traced: TestClient, exporter: InMemorySpanExporter) -> None:
    """A client cannot make names without bound."""
    for method, path in (("GET", "/nothing/1"), ("DELETE", "/feedback/17"), ("ODD", "/tag"), ("GET", "/readyz")):
        traced.request(method, path)
    names = {"GET other", "DELETE /feedback/{entry}", "other /tag"}
    assert {span.name for span in _spans(traced, exporter)} == names


def test_untraced_services_have_no_tracing_layer(client: TestClient) -> None:
    """Also not BentoML's own, which records calls although it exports nothing."""
    app = client.app
    assert isinstance(app, Starlette)
    layers: list[object] = [middleware.cls for middleware in app.user_middleware]
    assert OpenTelemetryMiddleware not in layers
    assert app.state.service.tracing is None


def test_traces_reach_a_collector(start_server: StartServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """OTLP over HTTP to the standard variable's address, the last ones at the stop; the log has the trace's id."""
    collected = ExportTraceServiceRequest()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collected.MergeFromString(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as collector:
        threading.Thread(target=collector.serve_forever, daemon=True).start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test")
        with start_server() as server:
            body = {"papers": [{"title": "We segment."}]}
            assert server.post("/tag", json=body, headers=_PARENT).status_code == 200
        collector.shutdown()
    (resource,) = {str(group.resource) for group in collected.resource_spans}
    assert "areatag" in resource
    assert "deployment.environment" in resource
    spans = [s for group in collected.resource_spans for scope in group.scope_spans for s in scope.spans]
    assert {span.name for span in spans} >= {"waiting", "encoding", "tagging", "POST /tag"}
    assert _trace_of_call(server.log) == _TRACE


def _trace_of_call(log: Path) -> str:
    records = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return str(next(record["trace_id"] for record in records if record.get("route") == "/tag"))


@pytest.mark.parametrize(
    ("environment", "count"),
    [
        ({}, 0),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, 0),
        ({"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "console"}, 0),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, 1),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://x"}, 1),
        ({"OTEL_TRACES_EXPORTER": "console, otlp"}, 2),
    ],
)
def test_what_turns_tracing_on(environment: dict[str, str], count: int) -> None:
    """An exporter or an address of OTLP, unless it is disabled."""
    assert len(load_exporters(environment)) == count


def test_an_exporter_that_is_missing_is_named() -> None:
    """With the extra that brings one."""
    with pytest.raises(UsageError, match=r"zipkin.*areatag\[tracing\]"):
        load_exporters({"OTEL_TRACES_EXPORTER": "zipkin"})
    with pytest.raises(UsageError, match="otlp_proto_grpc"):
        load_exporters({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})


def test_a_wrong_value_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback of the SDK."""
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "-1")
    with pytest.raises(UsageError, match="max_queue_size must be a positive integer"):
        Tracing.from_environment()
