"""For which replicas a policy that enforces a baseline holds, and when it has hurt enough. Carries out nothing."""

from __future__ import annotations

import hashlib
from collections import deque

import msgspec

from periderm.model.event import Subject
from periderm.model.policy import Policy, PolicyMode
from periderm.model.text import Text

SPAN_NS = 15 * 60 * 10**9
DEATH_NS = 60 * 10**9
_KILLS = Text(
    "{count} programs of {workload} were killed within a quarter of an hour.", "{workload} 在一刻钟内有 {count} 个程序被终止。"
)
_DIED = Text(
    "{container} ended within a minute after a program in it was killed.", "{container} 在其程序被终止后一分钟内退出。"
)


def for_replica(policy: Policy, subject: Subject) -> Policy:
    """The policy as it holds for one subject: one that enforces a baseline only tells outside of its canary."""
    if policy.enforce_baseline and policy.mode is PolicyMode.ENFORCE and not in_canary(subject.id, policy.canary):
        return msgspec.structs.replace(policy, mode=PolicyMode.ALERT)
    return policy


def in_canary(identity: str, percent: int) -> bool:
    """The same answer for the same replica, and a replica of a smaller share stays in a greater one."""
    return int.from_bytes(hashlib.blake2b(identity.encode(), digest_size=4).digest(), "big") % 100 < percent


class Hurting:
    """Counts what a policy killed in one workload. Times are Unix nanoseconds."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kills: deque[tuple[int, str]] = deque()

    def killed(self, container: str, workload: str, time: int) -> Text | None:
        """The reason to return to alerting, once there is one."""
        self._kills.append((time, container))
        while self._kills and self._kills[0][0] < time - SPAN_NS:
            self._kills.popleft()
        if self._most and len(self._kills) >= self._most:
            return _KILLS.fill(count=len(self._kills), workload=workload)
        return None

    def ended(self, container: str, name: str, time: int) -> Text | None:
        """A container ended: whether a kill in it came just before."""
        hit = any(who == container and time - DEATH_NS <= at <= time for at, who in self._kills)
        return _DIED.fill(container=name) if hit else None
