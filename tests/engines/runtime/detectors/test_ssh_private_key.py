"""Who reads private SSH keys."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.ssh_private_key import DETECTOR
from periderm.engines.runtime.scene import HOST, opens, runs, scene
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("path", "fires"),
    [
        ("/root/.ssh/id_rsa", True),
        ("/home/a/.ssh/deploy_key", True),
        ("/srv/keys/id_ed25519", True),
        ("/root/.ssh/id_rsa.pub", False),
        ("/root/.ssh/config", False),
        ("/srv/id_rsa_docs.txt", False),
    ],
)
def test_which_files(path: str, fires: bool) -> None:
    """Private halves only."""
    assert bool(run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, path)))) == fires


def test_below_a_servers_shell_even_ssh_is_an_intruder() -> None:
    """Who uses the key there is not who it was given to."""
    events = (
        runs(1, 0, "/usr/sbin/nginx", "nginx"),
        runs(2, 1, "/usr/bin/dash", "sh"),
        runs(3, 2, "/usr/bin/ssh", "ssh", "a@b"),
        opens(3, "/root/.ssh/id_rsa"),
    )
    assert run_example(DETECTOR, scene(*events))[0].severity is Severity.HIGH


def test_a_user_reads_the_own_key_on_a_host() -> None:
    """A note, no alarm."""
    events = (runs(9, 1, "/usr/bin/cat", "cat", on=HOST, uid=1000), opens(9, "/home/a/.ssh/id_rsa", on=HOST, uid=1000))
    assert [alert.severity for alert in run_example(DETECTOR, scene(*events))] == [Severity.LOW]
