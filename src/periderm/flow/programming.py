"""Tells the kernel side who is who and what may be done to whom, by the policies that hold; only what changed.

Which policy holds is `engines.runtime.response`'s, what a baseline adds to it `flow.enforcing`'s answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from periderm.engines.runtime import response
from periderm.engines.runtime.guards import exempted
from periderm.flow.attribute import Attribution
from periderm.flow.enforcing import Enforcing
from periderm.flow.guarding import Guarding
from periderm.model.asset import Container
from periderm.model.effect import Effect
from periderm.model.event import Subject
from periderm.model.policy import Policy
from periderm.model.text import Text
from periderm.ports.sensor import KernelPolicy, Sensor


def kernel_policy(policy: Policy, inodes: tuple[tuple[int, int], ...]) -> KernelPolicy:
    """What the kernel side does under a policy: only mode `enforce` acts, `alert` computes what it would have done."""
    enforce = policy.mode.value == "enforce" and not policy.exempt
    return KernelPolicy(
        report=True,
        enforce=enforce,
        kill_drift=policy.kill_drift,
        kill_inodes=inodes if policy.kill_executables else (),
        kill_memory=policy.kill_memory,
    )


class Programming:
    """One thread calls it. `policies` are those in force; `exempt` names workloads to which nothing may be done."""

    def __init__(
        self,
        sensor: Sensor,
        attribution: Attribution,
        enforcing: Enforcing,
        *,
        inodes_of: Callable[[Container, Sequence[str]], tuple[tuple[int, int], ...]] | None = None,
        guarding: Guarding | None = None,
        exempt: Sequence[str] = (),
    ) -> None:
        self._sensor = sensor
        self._attribution = attribution
        self._enforcing = enforcing
        self._inodes_of = inodes_of
        self._guarding = guarding
        self._exempt = tuple(exempt)
        self._programmed: dict[str, KernelPolicy] = {}
        self.policies: tuple[Policy, ...] = ()

    def use(self, policies: tuple[Policy, ...]) -> bool:
        """These are in force now; whether that is news."""
        changed = policies != self.policies
        self.policies = policies
        self._enforcing.use(policies)
        return changed

    def spare(self, names: Sequence[str]) -> bool:
        """These are exempt from now on; whether that is news."""
        before, self._exempt = self._exempt, tuple(names)
        return before != self._exempt

    def program(self) -> None:
        """Whatever changed since the last call is told."""
        subjects = self._attribution.subjects()
        self._sensor.set_subjects(subjects)
        programmed: dict[str, KernelPolicy] = {}
        for subject in subjects:
            policy = self.policy_of(subject)
            inodes: tuple[tuple[int, int], ...] = ()
            if policy.kill_executables and isinstance(subject, Container) and self._inodes_of is not None:
                inodes = self._inodes_of(subject, policy.kill_executables)
            wanted = kernel_policy(policy, inodes)
            if self._programmed.get(subject.id) != wanted:
                self._sensor.set_policy(subject, wanted)
            programmed[subject.id] = wanted
        self._programmed = programmed
        if self._guarding is not None:
            self._guarding.program([(s, self.policy_of(s)) for s in subjects])

    def policy_of(self, subject: Subject) -> Policy:
        """The policy that holds; an exempt workload's lets nothing be done."""
        policy = self._enforcing.effective(response.holding_policy(subject, self.policies), subject)
        if exempted(subject, policy, self._exempt) is None:
            return policy
        return msgspec.structs.replace(policy, exempt=True, on_alert={})

    def held_back(self, effect: Effect) -> Text | None:
        """Why nothing may be done to the effect's subject."""
        subject: Subject = self._attribution.running.get(effect.asset_id, self._attribution.node)
        return exempted(subject, response.holding_policy(subject, self.policies), self._exempt)
