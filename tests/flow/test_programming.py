"""What the kernel side is told of subjects and policies."""

from __future__ import annotations

import msgspec

from periderm.adapters.clock_system import SystemClock
from periderm.flow.attribute import Attribution
from periderm.flow.enforcing import Enforcing, nobody
from periderm.flow.programming import Programming, kernel_policy
from periderm.model.effect import KillProcess
from periderm.model.event import Subject
from periderm.model.policy import Policy, PolicyMode
from periderm.model.text import Text
from periderm.ports.sensor import KernelPolicy
from tests.flow.conftest import CONTAINER, NODE
from tests.flow.rows import Player

ENFORCING = Policy(id="pol-1", name="shop", mode=PolicyMode.ENFORCE, kill_drift=True, priority=5, reason="test")


class Kernel(Player):
    """Notes each policy that it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def set_policy(self, subject: Subject, policy: KernelPolicy) -> None:
        self.told.append(subject.id)
        super().set_policy(subject, policy)


def programming(kernel: Kernel, *exempt: str) -> Programming:
    """With one container that runs."""
    attribution = Attribution(NODE, (), SystemClock())
    attribution.replace([CONTAINER])
    return Programming(kernel, attribution, Enforcing(nobody, None), exempt=exempt)


def test_only_what_changed_is_told() -> None:
    """A policy for a subject goes down once, and again when it is another."""
    kernel = Kernel()
    made = programming(kernel)
    made.program()
    made.program()
    assert sorted(kernel.told) == sorted([NODE.id, CONTAINER.id])
    assert made.use((ENFORCING,))
    made.program()
    assert kernel.policies[CONTAINER.id].enforce
    assert not made.use((ENFORCING,))


def test_only_enforcing_acts() -> None:
    """In mode alert the kernel computes what it would have done; an exempt workload is never enforced."""
    assert kernel_policy(ENFORCING, ()).enforce
    for policy in (
        msgspec.structs.replace(ENFORCING, mode=PolicyMode.ALERT),
        msgspec.structs.replace(ENFORCING, exempt=True),
    ):
        assert not kernel_policy(policy, ()).enforce
        assert kernel_policy(policy, ()).kill_drift


def test_an_exempt_workload_is_held_back() -> None:
    """By its name in the settings, whatever the policy says; and the reason is told."""
    kernel = Kernel()
    made = programming(kernel, CONTAINER.name)
    made.use((ENFORCING,))
    made.program()
    assert not kernel.policies[CONTAINER.id].enforce
    effect = KillProcess(
        id="eff-1",
        node_id=NODE.id,
        asset_id=CONTAINER.id,
        reason=Text("r", "r"),
        blast_radius=Text("b", "b"),
        decided_by="user:a",
        decided_at=1,
        pid=4001,
        process_key=2,
        started=1,
    )
    assert made.held_back(effect) is not None
    assert programming(Kernel()).held_back(effect) is None


def test_what_is_exempt_may_change_while_it_lasts() -> None:
    """The kernel is told to let it be, and to act again, without a restart."""
    kernel = Kernel()
    made = programming(kernel)
    made.use((ENFORCING,))
    made.program()
    assert kernel.policies[CONTAINER.id].enforce
    assert made.spare([CONTAINER.name])
    made.program()
    assert not kernel.policies[CONTAINER.id].enforce
    assert not made.spare([CONTAINER.name])
    assert made.spare([])
    made.program()
    assert kernel.policies[CONTAINER.id].enforce
