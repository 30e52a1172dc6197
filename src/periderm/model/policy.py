"""How far the product may go for a subject. Alerting is the resting state."""

from __future__ import annotations

import enum

import msgspec


class PolicyMode(enum.StrEnum):
    """`OBSERVE` records only, `ALERT` tells (the default everywhere), `ENFORCE` may act as the policy lists."""

    OBSERVE = "observe"
    ALERT = "alert"
    ENFORCE = "enforce"


class ResponseKind(enum.StrEnum):
    """The responses that exist. The first two touch nothing."""

    OBSERVE = "observe"
    ALERT = "alert"
    KILL_AT_EXEC = "kill-at-exec"
    KILL_PROCESS = "kill-process"
    PAUSE_CONTAINER = "pause-container"


class Policy(msgspec.Struct, frozen=True, kw_only=True, tag="policy"):
    """What may be done for the subjects that match.

    `workload` is a glob on the workload's or container's name ('*' for all); `labels` must all be equal. Of several
    policies that match, the one with the highest `priority` holds. `kill_drift` and `kill_executables` (absolute
    paths inside the container) work in the kernel at exec and only in mode `ENFORCE`. `on_alert` maps a detector id
    (or '*') to the response to take by itself in mode `ENFORCE`.
    """

    id: str
    name: str
    workload: str = "*"
    labels: dict[str, str] = {}
    mode: PolicyMode = PolicyMode.ALERT
    kill_drift: bool = False
    kill_executables: tuple[str, ...] = ()
    on_alert: dict[str, ResponseKind] = {}
    priority: int = 0
    author: str = ""
    reason: str = ""
    changed: int = 0


DEFAULT_POLICY = Policy(id="pol-default", name="default", reason="Alerting is the resting state.")
