"""Traces of the server's answers, for its doors. What a trace is, is in flow."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager

from periderm.flow.tracing import OpenSpan, parent_of, span
from periderm.model.trace import SpanKind


def server_span(name: str, header: bytes, *, quiet: bool = False) -> AbstractContextManager[OpenSpan]:
    """The work for one request, below what the caller's `traceparent` says; one that is `quiet` is in no trace."""
    if quiet:
        return contextlib.nullcontext(OpenSpan(name, {}))
    return span(name, SpanKind.SERVER, parent=parent_of(header))
