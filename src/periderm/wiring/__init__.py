"""The only room that names concrete adapters: builds what a door needs and hands it over. It does nothing else.

A part is loaded when a command asks for it: none needs all of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from periderm.wiring.advising import advisory_bundles, advisory_source, advisory_tools
    from periderm.wiring.building import attestation_folder, attestations_there, build_parts, signing_key
    from periderm.wiring.doctoring import doctor, sensor_missing
    from periderm.wiring.fleet import authority_app, join, membership
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
    from periderm.wiring.notifying import kept_secrets, notifier_for, tickets_for
    from periderm.wiring.owning import owner_document, owner_documents
    from periderm.wiring.processes import agent, serve, service_token, uplink
    from periderm.wiring.registering import registry_client, registry_options
    from periderm.wiring.remembering import keep_history
    from periderm.wiring.reports import report_parts
    from periderm.wiring.responding import serve_gate, serve_responses, started
    from periderm.wiring.rules import documents, known_images, recording, rule_folder, rule_packs
    from periderm.wiring.running import Running, up, up_parts
    from periderm.wiring.scanning import image_scan, image_scanner, image_sources
    from periderm.wiring.sequencing import sequences
    from periderm.wiring.stored import fleet_history, history, keeper, reader, sample
    from periderm.wiring.testing import course, exercises, wait
    from periderm.wiring.watching import hook_secret
    from periderm.wiring.worker import worker

__all__ = [
    "Running",
    "advisory_bundles",
    "advisory_source",
    "advisory_tools",
    "agent",
    "all_runtimes",
    "attestation_folder",
    "attestations_there",
    "authority_app",
    "build_parts",
    "course",
    "doctor",
    "documents",
    "exercises",
    "fleet_history",
    "history",
    "hook_secret",
    "image_scan",
    "image_scanner",
    "image_sources",
    "join",
    "keep_history",
    "keeper",
    "kept_secrets",
    "known_images",
    "live_sensor",
    "membership",
    "notifier_for",
    "owner_document",
    "owner_documents",
    "pins",
    "reader",
    "record",
    "recorder",
    "recording",
    "registry_client",
    "registry_options",
    "replay",
    "report_parts",
    "rule_folder",
    "rule_packs",
    "runtimes",
    "sample",
    "sensor_missing",
    "sequences",
    "serve",
    "serve_gate",
    "serve_responses",
    "service_token",
    "signing_key",
    "started",
    "this_node",
    "tickets_for",
    "up",
    "up_parts",
    "uplink",
    "wait",
    "worker",
]

_PART = {
    "authority_app": "fleet",
    "join": "fleet",
    "membership": "fleet",
    "course": "testing",
    "exercises": "testing",
    "wait": "testing",
    "Running": "running",
    "advisory_bundles": "advising",
    "advisory_source": "advising",
    "advisory_tools": "advising",
    "agent": "processes",
    "all_runtimes": "machine",
    "attestation_folder": "building",
    "attestations_there": "building",
    "build_parts": "building",
    "signing_key": "building",
    "doctor": "doctoring",
    "documents": "rules",
    "fleet_history": "stored",
    "history": "stored",
    "hook_secret": "watching",
    "image_scan": "scanning",
    "image_scanner": "scanning",
    "image_sources": "scanning",
    "keep_history": "remembering",
    "known_images": "rules",
    "keeper": "stored",
    "live_sensor": "machine",
    "kept_secrets": "notifying",
    "notifier_for": "notifying",
    "owner_document": "owning",
    "owner_documents": "owning",
    "pins": "machine",
    "reader": "stored",
    "record": "machine",
    "recorder": "machine",
    "recording": "rules",
    "registry_client": "registering",
    "registry_options": "registering",
    "replay": "machine",
    "report_parts": "reports",
    "rule_folder": "rules",
    "rule_packs": "rules",
    "runtimes": "machine",
    "sample": "stored",
    "sensor_missing": "doctoring",
    "sequences": "sequencing",
    "serve": "processes",
    "serve_gate": "responding",
    "serve_responses": "responding",
    "service_token": "processes",
    "started": "responding",
    "this_node": "machine",
    "tickets_for": "notifying",
    "up": "running",
    "up_parts": "running",
    "uplink": "processes",
    "worker": "worker",
}


def __getattr__(name: str) -> object:
    """What is asked for, from its part."""
    part = _PART.get(name)
    if part is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(f"{__name__}.{part}"), name)
    globals()[name] = found
    return found
