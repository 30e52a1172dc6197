"""What a scraper is told: figures of our own work, of the agents' and workers' last words, and of what waits for people."""

from __future__ import annotations

from collections.abc import Iterator

from periderm import __version__
from periderm.app.application import Application
from periderm.app.last_words import last_words
from periderm.formats.prometheus_text import MEDIA, write
from periderm.model.incident import IncidentState
from periderm.model.metric import Family, MetricKind, Sample, one
from periderm.model.query import Query
from periderm.model.severity import Severity

__all__ = ["MEDIA", "SAID", "build", "figures"]

MOST_NODES = 1000  # beats told one by one
_GAUGE, _COUNTER = MetricKind.GAUGE, MetricKind.COUNTER
# What an agent or worker says of itself, and under which name it is told here. Anything else that it says is not.
SAID: dict[str, tuple[str, MetricKind, str]] = {
    "events": ("periderm_agent_events_total", _COUNTER, "Events that an agent judged since its start."),
    "alerts": ("periderm_agent_alerts_total", _COUNTER, "Alerts that an agent made since its start."),
    "seen": ("periderm_sensor_seen_total", _COUNTER, "What the sensor saw in the kernel."),
    "sent": ("periderm_sensor_sent_total", _COUNTER, "What the sensor sent to the agent."),
    "folded": ("periderm_sensor_folded_total", _COUNTER, "Events that were counted as one with an earlier one."),
    "filtered": ("periderm_sensor_filtered_total", _COUNTER, "Events of behaviour known to the kernel."),
    "lost": ("periderm_sensor_lost_total", _COUNTER, "Events that were lost because the ring was full."),
    "unreadable": ("periderm_sensor_unreadable_total", _COUNTER, "Paths that could not be read."),
    "truncated": ("periderm_sensor_truncated_total", _COUNTER, "Strings that were cut."),
    "killed": ("periderm_sensor_killed_total", _COUNTER, "Programs that the kernel killed for a policy."),
    "spooled": ("periderm_agent_spooled_messages", _GAUGE, "Messages of an agent that wait to be sent."),
    "scans": ("periderm_worker_scans_total", _COUNTER, "Images that a worker scanned since its start."),
    "failed": ("periderm_worker_scans_failed_total", _COUNTER, "Scans of a worker that ended with a failure."),
}


def figures(app: Application) -> bytes:
    """All figures in Prometheus' text format. Whoever calls has been let in. Raises StoreError."""
    families = list(app.meters.families()) if app.meters is not None else []
    return write([*build(), *families, *_stored(app)])


def build() -> Iterator[Family]:
    """Which version this is."""
    yield Family(
        name="periderm_build_info",
        kind=_GAUGE,
        meaning="The version that answers.",
        samples=(Sample(1.0, (("version", __version__),)),),
    )


def _stored(app: Application) -> Iterator[Family]:
    store = app.store
    samples = []
    for state in IncidentState:
        above = 0
        for severity in sorted(Severity, reverse=True):
            at_least = store.incidents(Query(state=state.value, severity_at_least=severity, limit=1)).total
            labels = (("state", state.value), ("severity", severity.name.lower()))
            samples.append(Sample(float(max(0, at_least - above)), labels))
            above = at_least
    yield Family(name="periderm_incidents", kind=_GAUGE, meaning="Incidents, by state and severity.", samples=tuple(samples))
    yield one("periderm_coverage_gaps", _GAUGE, "What was not seen, as gaps that are open.", store.gaps(Query(limit=1)).total)
    queue = store.queue_state()
    states = {"waiting": queue.waiting, "running": queue.running, "retrying": queue.retrying, "given-up": queue.given_up}
    yield Family(
        name="periderm_scan_jobs",
        kind=_GAUGE,
        meaning="Images in the queue of scans, by state.",
        samples=tuple(Sample(float(count), (("state", state),)) for state, count in states.items()),
    )
    yield from _telling(app)
    yield from _beats(app)


def _telling(app: Application) -> Iterator[Family]:
    """How others are told: who hears nothing is worth an alarm by another way."""
    waiting = app.store.waiting()
    listed = [(d, s, (("destination", d.name), ("channel", d.channel.value))) for d, s in app.store.destinations()]
    if not listed:
        return
    told: tuple[tuple[str, MetricKind, str, list[float]], ...] = (
        ("sent_total", _COUNTER, "Deliveries that a destination took.", [float(s.sent) for _, s, _ in listed]),
        ("shed_total", _COUNTER, "Notices that were not kept for a destination.", [float(s.shed) for _, s, _ in listed]),
        ("waiting", _GAUGE, "Deliveries that wait for a destination.", [float(waiting.get(d.name, 0)) for d, _, _ in listed]),
        ("failures", _GAUGE, "Failures in a row of a destination; 0 if it hears.", [float(s.failures) for _, s, _ in listed]),
    )
    for name, kind, meaning, values in told:
        samples = tuple(Sample(value, labels) for value, (_, _, labels) in zip(values, listed, strict=True))
        yield Family(name=f"periderm_notify_{name}", kind=kind, meaning=meaning, samples=samples)


def _beats(app: Application) -> Iterator[Family]:
    beats = last_words(app.store)[:MOST_NODES]
    labels = [(("role", beat.role), ("node_id", beat.node_id), ("pid", str(beat.pid))) for beat in beats]
    yield Family(
        name="periderm_process_last_word_timestamp_seconds",
        kind=_GAUGE,
        meaning="When a process of the product last said that it is alive.",
        samples=tuple(Sample(beat.time / 1e9, label) for beat, label in zip(beats, labels, strict=True)),
    )
    for said, (name, kind, meaning) in SAID.items():
        pairs = [(beat.figures[said], label) for beat, label in zip(beats, labels, strict=True) if said in beat.figures]
        yield Family(name=name, kind=kind, meaning=meaning, samples=tuple(Sample(value, label) for value, label in pairs))
