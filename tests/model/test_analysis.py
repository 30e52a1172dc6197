"""What analysers say, on its way."""

from __future__ import annotations

import msgspec

from periderm.model.analysis import Analysis, AnalysisResult
from periderm.model.severity import Severity


def test_it_survives_the_wire() -> None:
    """The process that reads a report answers with it."""
    one = AnalysisResult(tool="t", rule="r", title="a", message="b", severity=Severity.HIGH, weaknesses=("CWE-79",))
    said = Analysis((one,), ("left",))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(said), type=Analysis) == said
