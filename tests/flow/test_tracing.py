"""Traces of our own work."""

from __future__ import annotations

import contextvars
import itertools
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.flow import tracing
from periderm.flow.tracing import Tracer, parent_of, span, traceparent
from periderm.model.errors import StoreError
from periderm.model.trace import Span, SpanKind
from tests.story import FixedClock


@pytest.fixture
def sent() -> Iterator[list[Span]]:
    """What is traced, with ids that count."""
    found: list[Span] = []
    numbers = itertools.count(1)
    tracing.begin(Tracer(found.append, FixedClock(), lambda size: next(numbers).to_bytes(size)))
    yield found
    tracing.begin(None)


def test_what_runs_inside_is_below(sent: list[Span]) -> None:
    """Parents are right, also on a thread that goes on in the same context; ids have their lengths."""
    with span("outer", SpanKind.SERVER, size=3) as outer:
        outer.answered("GET", "/x/{id}", 503)
        with span("inner"):
            work = contextvars.copy_context()
            thread = threading.Thread(target=lambda: work.run(lambda: span("deep").__enter__() and None))
            thread.start()
            thread.join()
            header = traceparent()
    assert traceparent() == ""
    inner, done = sent[-2:]
    assert (inner.name, inner.parent_id, inner.trace_id) == ("inner", done.span_id, done.trace_id)
    assert header == f"00-{inner.trace_id}-{inner.span_id}-01"
    assert (len(done.trace_id), len(done.span_id), done.parent_id) == (32, 16, "")
    assert (done.name, done.problem, done.attributes["http.route"], done.attributes["size"]) == (
        "GET /x/{id}",
        "503",
        "/x/{id}",
        3,
    )


def test_a_failure_marks_it(sent: list[Span]) -> None:
    """And passes on; the next piece of work stands alone."""
    with pytest.raises(StoreError), span("a"):
        raise StoreError("full", "free room")
    with pytest.raises(KeyError), span("b"):
        raise KeyError("secret")
    assert [one.problem for one in sent] == ["full", "KeyError"]
    assert sent[0].trace_id != sent[1].trace_id


def test_a_share_is_kept_as_a_whole() -> None:
    """What runs inside what is not kept is not kept either; a caller's word goes before the share."""
    found: list[Span] = []
    tracing.begin(Tracer(found.append, FixedClock(), lambda size: b"\xff" * size, share=0.5))
    try:
        with span("a"), span("b"):
            assert traceparent().endswith("-00")
        assert found == []
        with span("c", parent=parent_of(b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")):
            pass
        assert [one.parent_id for one in found] == ["b7ad6b7169203331"]
    finally:
        tracing.begin(None)


def test_without_a_tracer_nothing_is_made() -> None:
    """And work goes on as ever."""
    with span("a") as made:
        assert traceparent() == ""
        assert tracing.context() is None
    assert made.problem == ""


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"00-" + b"0" * 32 + b"-b7ad6b7169203331-01",
        b"00-0af7651916cd43dd8448eb211c80319c-" + b"0" * 16 + b"-01",
        b"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        b"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" + b"x" * 500,
    ],
)
def test_a_wrong_header_says_nothing(header: bytes) -> None:
    """As the W3C's recommendation asks."""
    assert parent_of(header) is None


@given(st.binary(max_size=400))
def test_no_header_is_too_strange(header: bytes) -> None:
    """It is valid, or it says nothing."""
    found = parent_of(header)
    assert found is None or len(found.trace_id) == 32
