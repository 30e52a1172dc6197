"""Behaviour that is not normal for its workload: what no rule knows, told by what the image promised and what was learned.

Charter: this engine sees the same kernel events as the runtime engine, learns what each workload does in six dimensions, and
tells what deviates, how surprising that is and what would make it normal. It knows no rule, links nothing into incidents and
carries out nothing; whom to distrust it is told (`quarantine`). Its own process table is small: who runs what, since when,
below whom.
"""

from __future__ import annotations

from periderm.engines.baseline.cases import EventType
from periderm.engines.baseline.event_types import DETECTORS, run_example

__all__ = ["DETECTORS", "EventType", "run_example"]
