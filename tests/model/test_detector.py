"""What a detector says of itself."""

from __future__ import annotations

import pytest

from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text


def test_a_detector_is_one_whole_value() -> None:
    """Identity, examples of both kinds and remediation are required; the rest has defaults."""
    name = Text("Find a thing", "发现某物")
    spec = DetectorSpec(
        id="IMG-999",
        title=name,
        message=Text("{what} is there", "存在 {what}"),
        severity=Severity.LOW,
        maturity=Maturity.EXPERIMENTAL,
        remediation=name,
        fires=(Example(1, "one"),),
        quiet=(Example(0, "none"),),
    )
    assert spec.message.fill(what="x") == Text("x is there", "存在 x")
    assert (spec.techniques, spec.behaviours, spec.references) == ((), (), ())
    with pytest.raises(TypeError):
        DetectorSpec(id="IMG-999", title=name)  # type: ignore[call-arg]
