"""What every process that lasts has: its log, its traces, its settings taken over while it runs, and a word to systemd.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypedDict

from periderm import __version__
from periderm.model.settings import Settings
from periderm.wiring import told

if TYPE_CHECKING:
    from periderm.app.configuration import InForce
    from periderm.app.meters import Meters
    from periderm.app.reloading import Reloading
    from periderm.model.trace import Span
    from periderm.ports.console_settings import ConsoleSettings


@dataclasses.dataclass(frozen=True, slots=True)
class Lasting:
    """What a process has while it lasts. `layers` is what the settings' file and the console say by now."""

    reloading: Reloading
    meters: Meters
    layers: Callable[[], told.Layers]


log = logging.getLogger(__name__)


class Measured(TypedDict):
    """Fields of the application."""

    meters: Meters
    room: Callable[[], int]
    metrics_token: str
    live: Callable[[], Settings]
    in_force: Callable[[], InForce]
    console_settings: ConsoleSettings
    reload: Callable[[], object]


_now: list[Lasting] = []  # this process's, if it lasts


def under_way() -> Lasting | None:
    """This process's, None in one that is soon over."""
    return _now[-1] if _now else None


@contextlib.contextmanager
def lasting(settings: Settings, role: str, *, hang_up: bool = True) -> Iterator[Lasting]:
    """While the block runs. With `hang_up` SIGHUP reads the settings' file at once; else that signal is somebody else's."""
    from periderm.adapters.log_lines import write_lines, write_no_lines
    from periderm.adapters.settings_file import mark_of
    from periderm.app.meters import Meters
    from periderm.app.reloading import Reloading
    from periderm.flow.steady import Steady, figures
    from periderm.flow.tracing import context

    def place() -> tuple[str, str]:
        found = context()
        return (found.trace_id, found.span_id) if found is not None else ("", "")

    # Somebody at a terminal is told by the command itself what goes on.
    quiet = role == "up" and not managed()
    handlers = [write_lines("warning" if quiet else settings.log_level, settings.log_format, role, place)]
    path, named = told.config_path(told.named_file())
    meters = Meters()
    meters.probe(figures)
    latest = [told.layers()]

    def read() -> dict[str, str]:
        found = told.read_layers(path, named=named)
        latest[0] = found
        return found.values

    reloading = Reloading(
        settings,
        latest[0].values,
        read=read,
        mark=lambda: (mark_of(path), mark_of(told.console_path())),
        fixed=lambda variable: bool(os.environ.get(variable)),
        count=lambda outcome: meters.count("periderm_config_reloads_total", outcome=outcome),
    )
    reloading.listen(lambda new: handlers.append(write_lines(new.log_level, new.log_format, role, place)))
    stop = threading.Event()
    thread = Steady(reloading.run, stop, "settings")
    ours = Lasting(reloading, meters, lambda: latest[0])
    _now.append(ours)
    give_back = _hung_up(reloading) if hang_up else lambda: None
    try:
        with _traced(settings, role):
            thread.start()
            log.info("periderm %s: the %s process starts", __version__, role)
            yield ours
    finally:
        log.info("the %s process ends", role)
        stop.set()
        reloading.asked.set()
        thread.join(5.0)
        give_back()
        _now.remove(ours)
        for handler in handlers:
            write_no_lines(handler)


def _hung_up(reloading: Reloading) -> Callable[[], object]:
    """SIGHUP has the file looked at; gives what ends that. Only the main thread may be told of signals."""
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    before = signal.signal(signal.SIGHUP, lambda *_: reloading.asked.set())
    return lambda: signal.signal(signal.SIGHUP, before)


@contextlib.contextmanager
def _traced(settings: Settings, role: str) -> Iterator[None]:
    """Traces are sent while the block runs, where somebody wants them."""
    if not settings.traces_endpoint:
        yield
        return
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.secret_file import read_secret
    from periderm.adapters.traces_http import HttpTraces, header_lines
    from periderm.flow.tracing import Tracer, begin
    from periderm.formats.otlp_traces import write

    resource = {"service.name": f"periderm-{role}", "service.version": __version__, "process.pid": str(os.getpid())}

    def encode(spans: Sequence[Span]) -> bytes:
        return write(spans, resource, __version__)

    headers = header_lines(read_secret(settings.traces_headers_file)) if settings.traces_headers_file else {}
    traces = HttpTraces(settings.traces_endpoint, encode, headers)
    traces.start()
    begin(Tracer(traces.put, SystemClock(), os.urandom, settings.traces_share))
    try:
        yield
    finally:
        begin(None)
        traces.close()


def measured(settings: Settings, *, store_path: str) -> Measured:
    """What the server's figures, its readiness and its live settings come from."""
    from periderm.adapters.own_process import free_bytes, own_figures, size_of
    from periderm.adapters.secret_file import ensure_secret
    from periderm.adapters.settings_file import ConsoleSettingsFile
    from periderm.app.meters import Meters
    from periderm.model.metric import Family, MetricKind, one

    ours = under_way()
    meters = ours.meters if ours is not None else Meters()

    def sizes() -> Iterator[Family]:
        yield one("periderm_store_size_bytes", MetricKind.GAUGE, "Bytes of the store's file.", size_of(store_path))
        yield one("periderm_state_free_bytes", MetricKind.GAUGE, "Bytes free where the state lies.", free_bytes(settings.state))

    meters.probe(own_figures)
    meters.probe(sizes)
    live = (lambda: ours.reloading.settings) if ours is not None else (lambda: settings)
    token = ensure_secret(settings.metrics_token)
    return {
        "meters": meters,
        "room": lambda: free_bytes(settings.state),
        "metrics_token": token,
        "live": live,
        "in_force": in_force,
        "console_settings": ConsoleSettingsFile(settings.console_settings),
        "reload": (lambda: ours.reloading.step(asked=True)) if ours is not None else (lambda: None),
    }


def in_force() -> InForce:
    """What this process was told by its settings' file and its environment."""
    from periderm.app.configuration import InForce

    ours = under_way()
    path, _ = told.config_path(told.named_file())
    start = told.layers()
    now = ours.layers() if ours is not None else start
    return InForce(
        path=path,
        at_start=start.file,
        now=now.file,
        environment=os.environ,
        console_at_start=start.console,
        console_now=now.console,
        lines=now.lines,
        locked=now.locked,
    )


def ready() -> None:
    """Tell systemd that the service answers; and from then on that it lives, if systemd wants to hear it."""
    from periderm.adapters.service_notify import notify, watchdog_seconds

    log.info("this process is ready")
    notify("READY=1")
    every = watchdog_seconds()
    if every:

        def beat() -> None:
            never = threading.Event()
            while not never.wait(every):
                notify("WATCHDOG=1")

        threading.Thread(target=beat, name="watchdog", daemon=True).start()


def managed() -> bool:
    """Whether systemd started this process and waits for its word."""
    return bool(os.environ.get("NOTIFY_SOCKET"))


def stopping() -> None:
    """Tell systemd that the service is about to end."""
    from periderm.adapters.service_notify import notify

    notify("STOPPING=1")
