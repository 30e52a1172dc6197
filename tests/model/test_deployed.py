"""How an image is to be run."""

from __future__ import annotations

import msgspec

from periderm.model.deployed import Deployed


def test_it_travels() -> None:
    """It is the same after it was written as JSON; what a manifest does not say is empty."""
    deployed = Deployed(workload="Pod/a", name="web", ports=("tcp/80",), probes=(("curl", "x"),))
    assert msgspec.json.decode(msgspec.json.encode(deployed), type=Deployed) == deployed
    assert (deployed.command, deployed.user, deployed.first) == ((), "", False)
