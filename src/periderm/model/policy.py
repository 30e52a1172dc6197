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
    KILL_TREE = "kill-tree"
    KILL_CONTAINER = "kill-container"
    ISOLATE_CONTAINER = "isolate-container"
    QUARANTINE_FILE = "quarantine-file"
    CAPTURE_FORENSICS = "capture-forensics"


class Policy(msgspec.Struct, frozen=True, kw_only=True, tag="policy"):
    """What may be done for the subjects that match.

    `workload` is a glob on the workload's or container's name ('*' for all); `labels` must all be equal. Of several
    policies that match, the one with the highest `priority` holds. `kill_drift` and `kill_executables` (absolute
    paths inside the container) work in the kernel at exec and only in mode `ENFORCE`. `on_alert` maps a detector id
    (or '*') to the response to take by itself in mode `ENFORCE`.

    `kill_memory` kills at exec what has no file behind it (memfd, a deleted file). `fanotify` refuses at exec what drift
    and `kill_executables` name, and opening of `refuse_open`, through fanotify: by choice, since each exec then waits for
    the agent. Where the kernel has BPF LSM, `lsm` refuses the same in the kernel, and `refuse_modules`, `refuse_ptrace` and
    `refuse_mount` what they say. `refuse_open` are absolute paths inside the container: scripts, and programs that would
    be started through the loader. `keep_addresses` (CIDR) stay reachable when a container is isolated; `response_seconds`
    is after how long a pause or isolation that the policy began ends by itself, 0 for until it is undone. With `exempt`
    nothing is ever done to the workload, by whomever it is asked. With `rule_responses` the response that a rule of a
    pack asks for is taken too; what `on_alert` says of the rule goes before it.

    `enforce_baseline` kills at exec what the workload's learned baseline does not know: programs that the image did not bring,
    that have no file, and programs of the image that the workload never starts. It holds for `canary` percent of a workload's
    replicas (the same ones as long as they live), in mode `ENFORCE`, once the baseline has converged; all others only tell.
    After `return_after` kills in a quarter of an hour in one workload (0: however many), or when a container ends within a
    minute of one, the policy goes back to alerting by itself.
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
    kill_memory: bool = False
    fanotify: bool = False
    lsm: bool = False
    refuse_open: tuple[str, ...] = ()
    refuse_modules: bool = False
    refuse_ptrace: bool = False
    refuse_mount: bool = False
    keep_addresses: tuple[str, ...] = ()
    response_seconds: int = 0
    exempt: bool = False
    rule_responses: bool = False
    enforce_baseline: bool = False
    canary: int = 100
    return_after: int = 3


DEFAULT_POLICY = Policy(id="pol-default", name="default", reason="Alerting is the resting state.")
