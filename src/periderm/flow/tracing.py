"""Traces of our own work: what runs inside what, and for how long. Off unless somebody began it; sends nothing itself.

There is one tracer for a process, as there is one log. The context of a piece of work goes with its thread and task.
"""

from __future__ import annotations

import contextlib
import contextvars
import dataclasses
import re
from collections.abc import Callable, Iterator

from periderm.model.errors import PeridermError
from periderm.model.trace import Span, SpanContext, SpanKind
from periderm.ports.clock import Clock

MOST_ATTRIBUTE = 256
# https://www.w3.org/TR/trace-context/#traceparent-header: version, trace-id, parent-id, flags; all zeroes are invalid.
_PARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.{0,200})?")
_here: contextvars.ContextVar[SpanContext | None] = contextvars.ContextVar("periderm_span", default=None)


@dataclasses.dataclass(frozen=True, slots=True)
class Tracer:
    """`send` takes each finished span and does not wait. `random` gives that many random bytes; `share` of all traces that
    begin here is kept."""

    send: Callable[[Span], None]
    clock: Clock
    random: Callable[[int], bytes]
    share: float = 1.0


_tracer: Tracer | None = None


def begin(tracer: Tracer | None) -> None:
    """From now on work of this process is traced by it; None ends that."""
    global _tracer  # noqa: PLW0603  # one for a process, as its log
    _tracer = tracer


@dataclasses.dataclass(slots=True)
class OpenSpan:
    """Work that goes on: its name and attributes may still change."""

    name: str
    attributes: dict[str, str | int | float | bool]
    problem: str = ""

    def answered(self, method: str, route: str, status: int) -> None:
        """A request's end, named by its route (https://opentelemetry.io/docs/specs/semconv/http/http-spans/)."""
        self.name = f"{method} {route}"
        self.attributes.update({"http.request.method": method, "http.route": route, "http.response.status_code": status})
        if status >= 500:
            self.problem = str(status)


@contextlib.contextmanager
def span(
    name: str, kind: SpanKind = SpanKind.INTERNAL, *, parent: SpanContext | None = None, **attributes: str | int | float | bool
) -> Iterator[OpenSpan]:
    """A piece of work while the block runs, below `parent` or what is under way here. An error that passes marks it."""
    made = OpenSpan(name, dict(attributes))
    tracer = _tracer
    if tracer is None:
        yield made
        return
    above = parent or _here.get()
    if above is None:
        kept = int.from_bytes(tracer.random(7)) < tracer.share * (1 << 56)
        above = SpanContext(tracer.random(16).hex(), "", kept)
    mine = SpanContext(above.trace_id, tracer.random(8).hex(), above.kept)
    token = _here.set(mine)
    start, began = tracer.clock.now(), tracer.clock.monotonic()
    try:
        yield made
    except BaseException as error:
        made.problem = made.problem or (error.what if isinstance(error, PeridermError) else type(error).__name__)
        raise
    finally:
        # Reset only where it was set: a generator may be ended by another task.
        with contextlib.suppress(ValueError):
            _here.reset(token)
        if mine.kept:
            tracer.send(
                Span(
                    trace_id=mine.trace_id,
                    span_id=mine.span_id,
                    parent_id=above.span_id,
                    name=made.name,
                    kind=kind,
                    start=start,
                    end=start + tracer.clock.monotonic() - began,
                    attributes={k: v[:MOST_ATTRIBUTE] if isinstance(v, str) else v for k, v in made.attributes.items()},
                    problem=made.problem[:MOST_ATTRIBUTE],
                )
            )


def context() -> SpanContext | None:
    """Where the work of this thread or task stands."""
    return _here.get()


def traceparent() -> str:
    """The header for a request that belongs to what is under way; '' if nothing is."""
    found = _here.get()
    return f"00-{found.trace_id}-{found.span_id}-{'01' if found.kept else '00'}" if found is not None else ""


def parent_of(header: bytes) -> SpanContext | None:
    """What a caller's header says; None if it says nothing that is valid."""
    match = _PARENT.fullmatch(header[:300])
    if match is None:
        return None
    return SpanContext(match[1].decode(), match[2].decode(), bool(int(match[3], 16) & 1))
