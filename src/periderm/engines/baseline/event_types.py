"""All event types of deviations: family, number, name; what is said of each, and one example that is told and one that is not.

The numbers are stable for ever. Families: 01 a known process, 02 a new process, 03 file, 04 network, 05 rights, 06 sequence.
They say nothing of scores (`surprise`).
"""

from __future__ import annotations

from collections.abc import Sequence

from periderm.engines.baseline import (
    event_types_file,
    event_types_network,
    event_types_process,
    event_types_rights,
    event_types_sequence,
)
from periderm.engines.baseline.cases import Case, EventType, run
from periderm.model.alert import Alert

DETECTORS: tuple[EventType, ...] = tuple(
    sorted(
        (
            *event_types_process.TYPES,
            *event_types_file.TYPES,
            *event_types_network.TYPES,
            *event_types_rights.TYPES,
            *event_types_sequence.TYPES,
        ),
        key=lambda each: each.number,
    )
)
EVENT_TYPES: dict[str, EventType] = {each.number: each for each in DETECTORS}


def run_example(detector: EventType, given: Case) -> Sequence[Alert]:
    """What the judgement says of a case; of the other event types too, so that a quiet example is quiet."""
    del detector
    return run(DETECTORS, given)
