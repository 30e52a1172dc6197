"""Writes spans as OTLP in JSON. Reads none.

Source: opentelemetry/proto/collector/trace/v1/trace_service.proto in proto3's JSON form, with what OTLP says apart
(https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids are hex, enums numbers, 64-bit integers strings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from periderm.model.trace import Span

_ERROR = 2  # Status.STATUS_CODE_ERROR
SCOPE = "periderm"


def write(spans: Iterable[Span], resource: Mapping[str, str], version: str) -> bytes:
    """An ExportTraceServiceRequest. `resource` says whose spans they are ('service.name', …)."""
    request = {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes(resource)},
                "scopeSpans": [{"scope": {"name": SCOPE, "version": version}, "spans": [_span(one) for one in spans]}],
            }
        ]
    }
    return msgspec.json.encode(request)


def _span(one: Span) -> dict[str, Any]:
    told: dict[str, Any] = {
        "traceId": one.trace_id,
        "spanId": one.span_id,
        "name": _plain(one.name),
        "kind": int(one.kind),
        "startTimeUnixNano": str(one.start),
        "endTimeUnixNano": str(one.end),
        "attributes": _attributes(one.attributes),
    }
    if one.parent_id:
        told["parentSpanId"] = one.parent_id
    if one.problem:
        told["status"] = {"code": _ERROR, "message": _plain(one.problem)}
    return told


def _attributes(values: Mapping[str, str | int | float | bool]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: str | float | bool) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": _plain(value)}


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
