"""OTLP in JSON, checked with the protocol's own definition."""

from __future__ import annotations

import base64
import json

from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from periderm.formats.otlp_traces import write
from periderm.model.trace import Span, SpanKind

SPANS = (
    Span(
        trace_id="0af7651916cd43dd8448eb211c80319c",
        span_id="b7ad6b7169203331",
        name="GET /x \udc80",
        kind=SpanKind.SERVER,
        start=1_700_000_000_000_000_001,
        end=1_700_000_000_000_000_002,
        attributes={"s": "x", "i": 1 << 60, "f": 0.5, "b": True},
        problem="broke",
    ),
    Span(
        trace_id="0af7651916cd43dd8448eb211c80319c",
        span_id="00f067aa0ba902b7",
        parent_id="b7ad6b7169203331",
        name="d",
        start=1,
        end=2,
    ),
)


def test_it_is_what_the_protocol_defines() -> None:
    """No field is unknown, 64-bit numbers keep their last digit, ids are hex (which the general JSON form has as base64)."""
    told = json.loads(write(SPANS, {"service.name": "periderm-server"}, "1"))
    spans = told["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert spans[0]["traceId"] == SPANS[0].trace_id
    for span in spans:
        for name in ("traceId", "spanId", "parentSpanId"):
            if name in span:
                span[name] = base64.b64encode(bytes.fromhex(span[name])).decode()
    request = Parse(json.dumps(told), ExportTraceServiceRequest())
    first, second = request.resource_spans[0].scope_spans[0].spans
    assert first.trace_id.hex() == SPANS[0].trace_id
    assert (first.start_time_unix_nano, first.kind, first.status.code) == (1_700_000_000_000_000_001, 2, 2)
    values = {one.key: one.value for one in first.attributes}
    assert (values["i"].int_value, values["b"].bool_value, values["f"].double_value) == (1 << 60, True, 0.5)
    assert second.parent_span_id.hex() == SPANS[0].span_id
    assert second.status.code == 0
    assert request.resource_spans[0].resource.attributes[0].value.string_value == "periderm-server"
