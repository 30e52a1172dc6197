"""Returns a policy that enforces a baseline to alerting when it hurts: looks at what was killed and at containers that end.
Which policy holds is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from periderm.engines.runtime.canary import Hurting
from periderm.model.asset import Container
from periderm.model.event import EventBatch, EventFlag, EventKind, Subject
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.ids import stable_id
from periderm.model.policy import Policy, PolicyMode
from periderm.model.text import Text

MOST = 1000  # workloads that are counted at once
_STEP = Text(
    "Look at what was killed (`periderm respond`), accept what is normal (`periderm baseline review`), then set the policy "
    "again.",
    "查看被终止的程序（`periderm respond`），接受正常行为（`periderm baseline review`），然后重新设置策略。",
)


class Returning:
    """One thread calls it."""

    def __init__(self) -> None:
        self._counted: dict[tuple[str, int, str], Hurting] = {}
        self._ended: set[tuple[str, int, str]] = set()

    def holds(self, policy: Policy, subject: Subject) -> Policy:
        """The policy, which only tells where it has returned to alerting."""
        if policy.enforce_baseline and _key(policy, subject) in self._ended:
            return msgspec.structs.replace(policy, mode=PolicyMode.ALERT)
        return policy

    def look(self, batch: EventBatch, policy_of: Callable[[Subject], Policy]) -> list[CoverageGap]:
        """What came to hurt by the rows of a batch: one gap for each workload that is only told about from now on."""
        rows = batch.rows
        telling = ((rows["flags"] & EventFlag.KILLED) != 0) | (rows["kind"] == EventKind.EXIT)
        if not self._counted and not (rows["flags"] & EventFlag.KILLED).any():
            return []
        gaps = []
        for number, time, pid, flags in rows[telling][["subject", "time", "pid", "flags"]].tolist():
            subject = batch.subjects[number]
            if not isinstance(subject, Container):
                continue
            policy = policy_of(subject)
            if not policy.enforce_baseline or policy.mode is not PolicyMode.ENFORCE:
                continue
            reason = self._reason(policy, subject, time, pid, killed=bool(flags & EventFlag.KILLED))
            if reason is not None:
                self._ended.add(_key(policy, subject))
                gaps.append(_gap(policy, subject, reason, time))
        return gaps

    def forget(self, policies: Iterable[Policy]) -> None:
        """A policy that was set again begins anew."""
        there = {(policy.id, policy.changed) for policy in policies}
        self._counted = {key: hurting for key, hurting in self._counted.items() if key[:2] in there}
        self._ended = {key for key in self._ended if key[:2] in there}

    def _reason(self, policy: Policy, container: Container, time: int, pid: int, *, killed: bool) -> Text | None:
        key = _key(policy, container)
        hurting = self._counted.get(key)
        if killed:
            if hurting is None:
                if len(self._counted) >= MOST:
                    self._counted.pop(next(iter(self._counted)))
                hurting = self._counted[key] = Hurting(policy.return_after)
            return hurting.killed(container.id, container.name, time)
        if hurting is None or pid != container.pid:
            return None
        return hurting.ended(container.id, container.name, time)


def _key(policy: Policy, subject: Subject) -> tuple[str, int, str]:
    return policy.id, policy.changed, subject.normal_id


def _gap(policy: Policy, container: Container, reason: Text, time: int) -> CoverageGap:
    told = Text("The policy {name} returned to alerting. {reason}", "策略 {name} 已自动恢复为仅告警。{reason}")
    return CoverageGap(
        id=stable_id("gap", GapKind.ENFORCING_ENDED.value, container.id, policy.id),
        kind=GapKind.ENFORCING_ENDED,
        asset_id=container.id,
        message=told.fill(name=policy.name, reason=reason),
        next_step=_STEP,
        count=1,
        since=time,
        until=time,
        detail=policy.id,
    )
