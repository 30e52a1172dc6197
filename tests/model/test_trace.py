"""Spans as values."""

from __future__ import annotations

from periderm.model.trace import Span, SpanContext, SpanKind


def test_defaults() -> None:
    """A span stands alone, inside, without a problem; a context is kept. The kinds' numbers are those of OTLP."""
    span = Span(trace_id="a", span_id="b", name="x", start=1, end=2)
    assert (span.parent_id, span.kind, span.problem, SpanContext("a", "b").kept) == ("", SpanKind.INTERNAL, "", True)
    assert [int(kind) for kind in SpanKind] == [1, 2, 3]
