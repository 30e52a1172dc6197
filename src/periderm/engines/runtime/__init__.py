"""Runtime behaviour: what processes do, judged by plain rules with context (who started whom, what the image brought).

Charter: this engine sees kernel events of containers and of the plain host, keeps the process tree, and says when an
event is bad by itself or in its context. It learns no baseline, links nothing into incidents and carries out nothing:
`response` only says which effects a policy asks for. One detector is one file under `detectors/` and one line in its
tuple.
"""

from __future__ import annotations

from collections.abc import Sequence

from periderm.engines.runtime.detectors import DETECTORS
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.engines.runtime.judging import Detector
from periderm.engines.runtime.scene import HOST, Scene, batch_of
from periderm.model.alert import Alert

__all__ = ["DETECTORS", "RuntimeEngine", "run_example"]


def run_example(detector: Detector, given: Scene) -> Sequence[Alert]:
    """What the detector, alone in a fresh engine, says of a scene."""
    engine = RuntimeEngine(HOST, (detector,))
    if given.inventory is not None:
        engine.learn_image(given.inventory)
    return engine.feed(batch_of(given.events))
