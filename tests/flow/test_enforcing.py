"""A policy as the kernel side carries it out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.engines.baseline.enforcing import Strangers
from periderm.engines.runtime.scene import HOST, SHOP
from periderm.flow.enforcing import Enforcing, nobody
from periderm.model.asset import Container
from periderm.model.policy import Policy, PolicyMode
from tests.flow.test_returning import KILL
from tests.hardened import batch

POLICY = Policy(
    id="pol-1", name="shop", mode=PolicyMode.ENFORCE, enforce_baseline=True, kill_executables=("/bin/nc",), return_after=1
)
FILES = {"/bin/sh": 1, "/bin/busybox": 1, "/usr/bin/curl": 2, "/usr/bin/wget": 1}


def inodes_of(_container: Container, paths: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """One file under several names, as in busybox."""
    return tuple((1, FILES[path]) for path in paths if path in FILES)


def test_strangers_and_drift_are_killed_but_no_file_that_is_known_too() -> None:
    """/usr/bin/wget is the same file as the shell that the workload runs."""
    enforcing = Enforcing(lambda _: Strangers(("/usr/bin/curl", "/usr/bin/wget"), ("/bin/sh",)), inodes_of)
    found = enforcing.effective(POLICY, SHOP)
    assert found.kill_executables == ("/bin/nc", "/usr/bin/curl")
    assert found.kill_drift
    assert found.kill_memory
    assert enforcing.again()
    assert not enforcing.again()


def test_without_a_converged_baseline_the_rest_of_the_policy_holds() -> None:
    """And on the plain host: nothing of a baseline is enforced there."""
    for found in (Enforcing(nobody, inodes_of).effective(POLICY, SHOP), Enforcing(nobody, inodes_of).effective(POLICY, HOST)):
        assert not found.enforce_baseline
        assert not found.kill_drift
        assert found.kill_executables == ("/bin/nc",)
        assert found.mode is PolicyMode.ENFORCE


def test_where_it_hurt_it_only_tells_until_it_is_set_again() -> None:
    """In the kernel's policy as well as in what answers alerts."""
    enforcing = Enforcing(lambda _: Strangers((), ()), inodes_of)
    (gap,) = enforcing.look(batch(KILL), lambda subject: enforcing.effective(POLICY, subject))
    assert gap.detail == "pol-1"
    assert enforcing.effective(POLICY, SHOP).mode is PolicyMode.ALERT
    assert enforcing.told(POLICY, SHOP).mode is PolicyMode.ALERT
    again = msgspec.structs.replace(POLICY, changed=1)
    enforcing.use([again])
    assert enforcing.effective(again, SHOP).mode is PolicyMode.ENFORCE
