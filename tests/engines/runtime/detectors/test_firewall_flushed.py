"""Firewalls that are opened."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.firewall_flushed import DETECTOR
from periderm.engines.runtime.scene import runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("exe", "argv", "fires"),
    [
        ("/usr/sbin/iptables", ("iptables", "-t", "nat", "-F"), True),
        ("/usr/sbin/ip6tables-legacy", ("ip6tables-legacy", "--flush", "INPUT"), True),
        ("/usr/sbin/xtables-legacy-multi", ("xtables-legacy-multi", "iptables", "-X"), True),
        ("/usr/sbin/nft", ("nft", "delete", "table", "inet", "filter"), True),
        ("/usr/bin/systemctl", ("systemctl", "stop", "nftables.service"), True),
        ("/usr/sbin/iptables", ("iptables", "-A", "INPUT", "-j", "ACCEPT"), False),
        ("/usr/sbin/iptables", ("iptables", "-F", "DOCKER-USER"), False),
        ("/usr/sbin/iptables", ("iptables", "-P", "INPUT", "DROP"), False),
        ("/usr/bin/systemctl", ("systemctl", "restart", "nftables"), False),
    ],
)
def test_words(exe: str, argv: tuple[str, ...], fires: bool) -> None:
    """Throwing away, not adding."""
    assert bool(run_example(DETECTOR, scene(runs(2, 900, exe, *argv, flags=EventFlag.EXEC_SESSION)))) == fires


def test_a_side_car_that_sets_up_the_mesh_is_not_high() -> None:
    """istio-init flushes before it fills, within the first minute."""
    events = (runs(1, 0, "/usr/bin/dash", "sh", "/init.sh", at=0.0), runs(2, 1, "/usr/sbin/iptables", "iptables", "-F", at=1.0))
    assert [alert.severity for alert in run_example(DETECTOR, scene(*events))] == [Severity.MEDIUM]
