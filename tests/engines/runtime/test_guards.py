"""What nobody can have hit."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.guards import EXEMPT, exempted, guarded
from periderm.engines.runtime.scene import HOST, SHOP
from periderm.model.effect import Target
from periderm.model.policy import DEFAULT_POLICY


@given(st.builds(Target, pid=st.integers(3), executable=st.text(), argv=st.tuples(st.text()), on_host=st.just(False)))
def test_a_name_protects_nobody_in_a_container(target: Target) -> None:
    """There anybody can be called runc: only being a kernel thread or one of ours helps."""
    assert (guarded(target, ()) is None) is not target.kernel_thread
    assert guarded(target, {target.pid}) is not None


@pytest.mark.parametrize("name", ["conmon", "containerd-shim-runc-v2", "runc", "dockerd", "kubelet"])
def test_the_runtime_is_protected_by_name_on_the_host(name: str) -> None:
    """With its helpers, also when the file was replaced by an upgrade."""
    assert guarded(Target(pid=900, executable=f"/usr/bin/{name}"), ()) is not None
    assert guarded(Target(pid=900, executable=f"/usr/bin/{name} (deleted)"), ()) is not None
    assert guarded(Target(pid=900, executable=f"/usr/bin/{name}x"), ()) is None


def test_exemption_goes_by_policy_and_by_the_machines_list() -> None:
    """By name of container or node; a policy's word is enough, and no glob matches by accident."""
    assert exempted(SHOP, DEFAULT_POLICY, ()) is None
    assert exempted(SHOP, DEFAULT_POLICY, ("other", "")) is None
    assert exempted(SHOP, DEFAULT_POLICY, (SHOP.name[:2] + "*",)) == EXEMPT.fill(name=SHOP.name)
    assert exempted(HOST, msgspec.structs.replace(DEFAULT_POLICY, exempt=True), ()) == EXEMPT.fill(name=HOST.name)
