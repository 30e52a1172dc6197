"""The only room that names concrete adapters: builds what a door needs and hands it over. It does nothing else."""

from __future__ import annotations

from periderm.wiring.advising import advisory_bundles, advisory_source, advisory_tools
from periderm.wiring.machine import (
    all_runtimes,
    doctor,
    live_sensor,
    pins,
    record,
    recorder,
    replay,
    runtimes,
    sensor_missing,
    this_node,
)
from periderm.wiring.processes import agent, serve, service_token, uplink, worker
from periderm.wiring.reports import report_parts
from periderm.wiring.running import Running, up, up_parts
from periderm.wiring.scanning import image_scan, image_scanner, image_sources
from periderm.wiring.stored import reader, sample

__all__ = [
    "Running",
    "advisory_bundles",
    "advisory_source",
    "advisory_tools",
    "agent",
    "all_runtimes",
    "doctor",
    "image_scan",
    "image_scanner",
    "image_sources",
    "live_sensor",
    "pins",
    "reader",
    "record",
    "recorder",
    "replay",
    "report_parts",
    "runtimes",
    "sample",
    "sensor_missing",
    "serve",
    "service_token",
    "this_node",
    "up",
    "up_parts",
    "uplink",
    "worker",
]
