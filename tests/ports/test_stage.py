"""What every stage promises (see `periderm/ports/stage.py`)."""

from __future__ import annotations

import pytest

from periderm.adapters.stage_podman import PodmanStage
from periderm.model.exercise import Exercise
from periderm.model.text import Text
from periderm.ports.stage import Stage


@pytest.mark.container
@pytest.mark.root
@pytest.mark.parametrize("make", [PodmanStage])
def test_a_stage_does_what_it_is_given_and_goes(make: type[PodmanStage]) -> None:
    """An id of 64 hexadecimal digits, the status of each script, and nothing is left after a stop, which may come twice."""
    stage: Stage = make()
    if missing := stage.available():
        pytest.skip(missing)
    try:
        identity = stage.start()
        assert len(identity) == 64
        int(identity, 16)
        done = stage.perform(Exercise(id="E", title=Text("t", "t"), detectors=("RUN-001",), script="echo said; exit 4"))
        assert (done.status, done.said) == (4, "said\n")
        assert stage.has("sh")
    finally:
        stage.stop()
        stage.stop()
