"""Traces of answers."""

from __future__ import annotations

from periderm.app.tracing import server_span
from periderm.flow import tracing
from periderm.flow.tracing import Tracer
from periderm.model.trace import Span, SpanKind
from tests.story import FixedClock


def test_a_request_is_below_its_caller() -> None:
    """As its header says; what is quiet is in no trace."""
    found: list[Span] = []
    tracing.begin(Tracer(found.append, FixedClock(), lambda size: b"\1" * size))
    try:
        with server_span("GET", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") as span:
            span.answered("GET", "/x", 200)
        with server_span("GET", b"", quiet=True) as span:
            span.answered("GET", "/healthz", 200)
    finally:
        tracing.begin(None)
    assert [(one.name, one.kind, one.parent_id) for one in found] == [("GET /x", SpanKind.SERVER, "b7ad6b7169203331")]
