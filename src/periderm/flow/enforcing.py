"""A policy as the kernel side carries it out: with `enforce_baseline` it also kills what the workload's baseline does not know.
Which policy holds, and what is normal, is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from periderm.engines.baseline.enforcing import Strangers
from periderm.flow.returning import Returning
from periderm.model.asset import Container
from periderm.model.event import EventBatch, Subject
from periderm.model.gap import CoverageGap
from periderm.model.policy import Policy, PolicyMode

Inodes = Callable[[Container, Sequence[str]], tuple[tuple[int, int], ...]]


def nobody(_container: Container) -> Strangers | None:
    """Where no baselines are kept none is enforced."""
    return None


class Enforcing:
    """One thread calls it. `strangers` says which programs of its image a container's workload never starts, None as long as
    nothing may be enforced there."""

    def __init__(self, strangers: Callable[[Container], Strangers | None], inodes_of: Inodes | None) -> None:
        self._strangers = strangers
        self._inodes_of = inodes_of
        self._returning = Returning()
        self._listed: dict[tuple[str, str, int], tuple[str, ...] | None] = {}

    def effective(self, policy: Policy, subject: Subject) -> Policy:
        """The policy with what its baseline asks for. Without a converged baseline the rest of it holds."""
        policy = self._returning.holds(policy, subject)
        if not policy.enforce_baseline or policy.mode is PolicyMode.OBSERVE:
            return policy
        programs = self._programs(policy, subject) if isinstance(subject, Container) else None
        if programs is None:
            return msgspec.structs.replace(policy, enforce_baseline=False)
        listed = tuple(dict.fromkeys((*policy.kill_executables, *programs)))
        return msgspec.structs.replace(policy, kill_drift=True, kill_memory=True, kill_executables=listed)

    def look(self, batch: EventBatch, policy_of: Callable[[Subject], Policy]) -> list[CoverageGap]:
        """Where it hurt: from now on it only tells there."""
        return self._returning.look(batch, policy_of)

    def told(self, policy: Policy, subject: Subject) -> Policy:
        """The policy by which alerts are answered."""
        return self._returning.holds(policy, subject)

    def use(self, policies: Iterable[Policy]) -> None:
        """These are in force: what was set again begins anew."""
        self._returning.forget(policies)
        self._listed.clear()

    def again(self) -> bool:
        """Whether the kernel side must be told again, because baselines may have grown since."""
        enforced = bool(self._listed)
        self._listed.clear()
        return enforced

    def _programs(self, policy: Policy, container: Container) -> tuple[str, ...] | None:
        """Of the image, by their files: a program that shares its file with a known one (busybox and the like) is left out."""
        key = (policy.id, container.id, policy.changed)
        if key not in self._listed:
            found = self._strangers(container)
            if found is None or self._inodes_of is None:
                self._listed[key] = None
            else:
                known = set(self._inodes_of(container, found.known))
                inodes_of = self._inodes_of
                self._listed[key] = tuple(p for p in found.programs if known.isdisjoint(inodes_of(container, (p,))))
        return self._listed[key]
