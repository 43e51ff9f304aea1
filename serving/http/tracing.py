"""OpenTelemetry traces of the calls: on when the standard OTEL_* variables ask for them, else without cost.

A trace has a span for the call and, below it, one each for waiting, encoding and tagging. It never holds a text of a
paper. BentoML has tracing of its own, which this replaces: it knows no OTEL_* variables, records every call even when
nothing is exported, and has a span for every piece of a body. The instrumentation library is the same.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Self

from opentelemetry import trace
from starlette.applications import Starlette

from data.errors import UsageError
from data.extras import how_to_install
from serving.http.routing import RouteTable, method_name

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

EXPORTER, DISABLED = "OTEL_TRACES_EXPORTER", "OTEL_SDK_DISABLED"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROBES = r"/(livez|healthz|readyz|metrics)$"

ObserveBatch = Callable[[float, float], None]
"""Told when (time.monotonic) an encoder batch with papers of the call started and ended."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """The tracer of one worker process whose calls are traced."""

    tracer: trace.Tracer
    provider: TracerProvider

    @classmethod
    def from_environment(cls) -> Self | None:
        """Read the OTEL_* variables; None: nothing is traced.

        Raises:
            UsageError: what they ask for cannot be had.
        """
        exporters = load_exporters()
        if not exporters:
            return None
        # The SDK is of no use to a service that is not traced.
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        resource = Resource.create({"service.name": "areatag"}).merge(OTELResourceDetector().detect())
        provider = TracerProvider(resource=resource)
        try:
            for exporter in exporters:
                provider.add_span_processor(BatchSpanProcessor(exporter()))
        except ValueError as error:
            raise UsageError(f"An OTEL_ variable has a wrong value: {str(error).rstrip('.')}.") from None
        return cls(provider.get_tracer("areatag"), provider)

    def install(self, app: Starlette, routes: RouteTable) -> None:
        """Trace the calls of an app, as its outermost layer."""
        # Of no use to a service that is not traced, as the SDK.
        from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware

        def details(scope: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
            route = routes.name_of(scope["path"])
            return f"{method_name(scope['method'])} {route}", {"http.route": route}

        app.add_middleware(
            OpenTelemetryMiddleware,
            excluded_urls=os.environ.get("OTEL_PYTHON_EXCLUDED_URLS", _PROBES),
            default_span_details=details,
            tracer_provider=self.provider,
            exclude_spans=["receive", "send"],
        )

    @contextmanager
    def encoder(self) -> Iterator[ObserveBatch | None]:
        """Give the call's span its parts "waiting" and "encoding", from what is observed inside the block."""
        if not trace.get_current_span().is_recording():
            yield None
            return
        entered = time.monotonic()
        batches: list[tuple[float, float]] = []
        try:
            yield lambda start, end: batches.append((start, end))
        finally:
            encoding = min((start for start, _ in batches), default=time.monotonic())
            self._add("waiting", entered, encoding)
            if batches:
                self._add("encoding", encoding, max(end for _, end in batches), len(set(batches)))

    def _add(self, name: str, start: float, end: float, batches: int | None = None) -> None:
        """Add a part that is over; times are of time.monotonic, a span's are nanoseconds since 1970."""
        epoch = time.time() - time.monotonic()
        attributes = None if batches is None else {"areatag.batches": batches}
        span = self.tracer.start_span(name, start_time=int((epoch + start) * 1e9), attributes=attributes)
        span.end(int((epoch + end) * 1e9))

    def describe_call(self, **attributes: str | int) -> None:
        """Say more about the current call in its span, under names that begin with "areatag."."""
        span = trace.get_current_span()
        if span.is_recording():
            span.set_attributes({f"areatag.{name}": value for name, value in attributes.items()})

    def ids(self) -> dict[str, str]:
        """The ids of the current span, as log records carry them; empty for a call that is not traced."""
        context = trace.get_current_span().get_span_context()
        if not context.is_valid:
            return {}
        return {"trace_id": trace.format_trace_id(context.trace_id), "span_id": trace.format_span_id(context.span_id)}

    def shutdown(self) -> None:
        """Send what is recorded; may take seconds."""
        self.provider.shutdown()


def load_exporters(environment: Mapping[str, str] | None = None) -> list[Callable[[], SpanExporter]]:
    """Return the makers of the exporters that the environment asks for; none: no tracing.

    Raises:
        UsageError: an exporter is not installed.
    """
    source = os.environ if environment is None else environment
    if source.get(DISABLED, "").strip().lower() == "true":
        return []
    default = "otlp" if any(source.get(name) for name in _ENDPOINTS) else "none"
    names = [name.strip().lower() for name in (source.get(EXPORTER) or default).split(",")]
    return [_load(name, source) for name in names if name not in ("", "none")]


def _load(name: str, source: Mapping[str, str]) -> Callable[[], SpanExporter]:
    protocol = next((source[variable] for variable in _PROTOCOLS if source.get(variable)), "http/protobuf")
    if name == "otlp":
        name = "otlp_proto_grpc" if protocol == "grpc" else "otlp_proto_http"
    for entry in entry_points(group="opentelemetry_traces_exporter", name=name):
        maker: Callable[[], SpanExporter] = entry.load()
        return maker
    raise UsageError(
        f"Traces are to be exported with {name}, which is not installed: {how_to_install('tracing')} brings OTLP "
        f"over HTTP; {EXPORTER}=none turns tracing off."
    )
