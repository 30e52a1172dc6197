"""The only room that names concrete adapters: builds what a door needs and hands it over. It does nothing else.

A part is loaded when a command asks for it: none needs all of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from periderm.wiring.advising import advisory_bundles, advisory_source, advisory_tools
    from periderm.wiring.doctoring import doctor, sensor_missing
    from periderm.wiring.machine import (
        all_runtimes,
        live_sensor,
        pins,
        record,
        recorder,
        replay,
        runtimes,
        this_node,
    )
    from periderm.wiring.processes import agent, serve, service_token, uplink, worker
    from periderm.wiring.remembering import keep_history
    from periderm.wiring.reports import report_parts
    from periderm.wiring.responding import serve_gate, serve_responses, started
    from periderm.wiring.rules import documents, known_images, recording, rule_folder, rule_packs
    from periderm.wiring.running import Running, up, up_parts
    from periderm.wiring.scanning import image_scan, image_scanner, image_sources
    from periderm.wiring.stored import history, keeper, reader, sample
    from periderm.wiring.testing import course, exercises, wait

__all__ = [
    "Running",
    "advisory_bundles",
    "advisory_source",
    "advisory_tools",
    "agent",
    "all_runtimes",
    "course",
    "doctor",
    "documents",
    "exercises",
    "history",
    "image_scan",
    "image_scanner",
    "image_sources",
    "keep_history",
    "keeper",
    "known_images",
    "live_sensor",
    "pins",
    "reader",
    "record",
    "recorder",
    "recording",
    "replay",
    "report_parts",
    "rule_folder",
    "rule_packs",
    "runtimes",
    "sample",
    "sensor_missing",
    "serve",
    "serve_gate",
    "serve_responses",
    "service_token",
    "started",
    "this_node",
    "up",
    "up_parts",
    "uplink",
    "wait",
    "worker",
]

_PART = {
    "course": "testing",
    "exercises": "testing",
    "wait": "testing",
    "Running": "running",
    "advisory_bundles": "advising",
    "advisory_source": "advising",
    "advisory_tools": "advising",
    "agent": "processes",
    "all_runtimes": "machine",
    "doctor": "doctoring",
    "documents": "rules",
    "history": "stored",
    "image_scan": "scanning",
    "image_scanner": "scanning",
    "image_sources": "scanning",
    "keep_history": "remembering",
    "known_images": "rules",
    "keeper": "stored",
    "live_sensor": "machine",
    "pins": "machine",
    "reader": "stored",
    "record": "machine",
    "recorder": "machine",
    "recording": "rules",
    "replay": "machine",
    "report_parts": "reports",
    "rule_folder": "rules",
    "rule_packs": "rules",
    "runtimes": "machine",
    "sample": "stored",
    "sensor_missing": "doctoring",
    "serve": "processes",
    "serve_gate": "responding",
    "serve_responses": "responding",
    "service_token": "processes",
    "started": "responding",
    "this_node": "machine",
    "up": "running",
    "up_parts": "running",
    "uplink": "processes",
    "worker": "processes",
}


def __getattr__(name: str) -> object:
    """What is asked for, from its part."""
    part = _PART.get(name)
    if part is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(f"{__name__}.{part}"), name)
    globals()[name] = found
    return found
