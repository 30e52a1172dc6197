"""One piece of our own work with its time and place in a trace, as OpenTelemetry means it. Values only.

Source: https://opentelemetry.io/docs/specs/otel/trace/api/.
"""

from __future__ import annotations

import enum

import msgspec


class SpanKind(enum.IntEnum):
    """The numbers are those of opentelemetry/proto/trace/v1/trace.proto."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """`trace_id` has 32 and `span_id` 16 lower-case hex digits, `parent_id` 16 or none; times are Unix nanoseconds. `problem`
    is not '' for work that failed."""

    trace_id: str
    span_id: str
    parent_id: str = ""
    name: str
    kind: SpanKind = SpanKind.INTERNAL
    start: int
    end: int
    attributes: dict[str, str | int | float | bool] = {}
    problem: str = ""


class SpanContext(msgspec.Struct, frozen=True):
    """Where a span stands, for what belongs below it. `kept` is whether the trace is sent at all."""

    trace_id: str
    span_id: str
    kept: bool = True
