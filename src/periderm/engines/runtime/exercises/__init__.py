"""Harmless exercises of what the detectors must see, in the order of an attack. Values only: `app.selftest` has them done."""

from __future__ import annotations

from periderm.engines.runtime.exercises import credentials, escape, execution, network, persistence, traces, variants
from periderm.model.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (
    *execution.EXERCISES,
    *credentials.EXERCISES,
    *persistence.EXERCISES,
    *escape.EXERCISES,
    *traces.EXERCISES,
    *network.EXERCISES,
    *variants.EXERCISES,
)
