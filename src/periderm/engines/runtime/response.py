"""Which responses the policies ask for after an alert, as values. It carries out nothing, and guards what must never be hit.

Default: alert. Only mode `enforce` acts by itself; what the kernel side did (or would have done) is told in any mode.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Sequence
from typing import TypedDict

from periderm.engines.runtime import programs
from periderm.engines.runtime.canary import for_replica
from periderm.model.alert import Alert
from periderm.model.asset import Container, Node
from periderm.model.effect import (
    CaptureForensics,
    Effect,
    IsolateContainer,
    KillAtExec,
    KillContainer,
    KillProcess,
    KillTree,
    PauseContainer,
    QuarantineFile,
)
from periderm.model.event import Subject
from periderm.model.ids import stable_id
from periderm.model.policy import DEFAULT_POLICY, Policy, PolicyMode, ResponseKind
from periderm.model.severity import Maturity
from periderm.model.text import Text

ANY_DETECTOR = "*"
RULE_EVIDENCE = "response"  # evidence of a rule's alert: which response its pack asks for
_ASKED = {kind.value: kind for kind in ResponseKind}
KERNEL_EVIDENCE = "kernel"  # evidence of an alert: 'killed' or 'would-kill'
_OWN_PROGRAM = "periderm"
_INIT = frozenset({"systemd", "init", "openrc-init", "runit", "s6-svscan", "dinit", "systemd-executor"})


def holding_policy(subject: Subject, policies: Sequence[Policy]) -> Policy:
    """Of the policies that match the subject the one with the highest priority, then the smallest id; the default
    (alert) if none does. One that enforces a baseline only tells outside of its canary."""
    matching = [policy for policy in policies if _matches(policy, subject)]
    return for_replica(min(matching, key=lambda policy: (-policy.priority, policy.id), default=DEFAULT_POLICY), subject)


def _matches(policy: Policy, subject: Subject) -> bool:
    """A glob on the container's or workload's name (on a host: its name), and all labels equal."""
    if any(subject.labels.get(name) != value for name, value in policy.labels.items()):
        return False
    names = (subject.name, subject.workload_id) if isinstance(subject, Container) else (subject.name, subject.hostname)
    return any(name and fnmatch.fnmatchcase(name, policy.workload) for name in names)


def decide(alert: Alert, policies: Sequence[Policy], subject: Subject, now: int) -> list[Effect]:
    """What follows from an alert about this subject; `now` is Unix nanoseconds. Empty in the resting state.

    A process is killed once, however many alerts ask for it (they ask for one effect, with one id). An alert never asks
    twice for a container, so that one that a person resumed is not paused again for the same reason.
    """
    policy = holding_policy(subject, policies)
    effects: list[Effect] = []
    if alert.evidence.get(KERNEL_EVIDENCE):
        effects.append(_killed_at_exec(alert, policy, now))
    if policy.mode is not PolicyMode.ENFORCE or alert.process.killed:
        return effects
    kind = policy.on_alert.get(alert.detector)
    if kind is None and policy.rule_responses:
        kind = _ASKED.get(alert.evidence.get(RULE_EVIDENCE, ""))
    if kind is None and alert.maturity is not Maturity.EXPERIMENTAL:
        kind = policy.on_alert.get(ANY_DETECTOR)
    if kind is not None and not policy.exempt:
        effects += _answer(kind, alert, policy, subject, now)
    return effects


def _answer(kind: ResponseKind, alert: Alert, policy: Policy, subject: Subject, now: int) -> list[Effect]:
    """The effect of this kind, if it fits the alert and its subject."""
    if kind is ResponseKind.CAPTURE_FORENSICS:
        return [_capture(alert, policy, subject, now)]
    if kind is ResponseKind.QUARANTINE_FILE:
        return _quarantine(alert, policy, subject, now)
    if kind in (ResponseKind.KILL_PROCESS, ResponseKind.KILL_TREE):
        if refusal(alert, subject) is not None:
            return []
        return [_kill(alert, policy, now) if kind is ResponseKind.KILL_PROCESS else _kill_tree(alert, policy, subject, now)]
    make = _ON_CONTAINERS.get(kind)
    return [make(alert, policy, subject, now)] if make is not None and isinstance(subject, Container) else []


def refusal(alert: Alert, subject: Subject) -> Text | None:
    """Why the acting process must not be killed, whatever a policy says; None if it may.

    Names are believed on the host only: in a container anybody can be called `runc`.
    """
    process = alert.process
    name = programs.base(process.exe)
    if process.pid <= 0 or process.started <= 0:
        return Text(
            "Its start was not seen, so a later process with its number might be hit.",
            "未观察到其启动时间，可能误伤之后使用同一进程号的进程。",
        )
    if not isinstance(subject, Node):
        return None
    if process.pid in (1, 2) or (name in _INIT and process.parent == 0):
        return Text("It is the machine's first process.", "它是本机的首个进程。")
    if name in programs.CONTAINER_RUNTIMES:
        return Text("It belongs to the container runtime.", "它属于容器运行时。")
    if name == _OWN_PROGRAM or process.argv[1:3] == ("-m", _OWN_PROGRAM):
        return Text("It is the product itself.", "它是本产品自身。")
    return None


class _Decided(TypedDict):
    """What all effects of an alert tell alike."""

    node_id: str
    asset_id: str
    reason: Text
    decided_by: str
    decided_at: int
    alert_id: str
    incident_id: str


def _decided(alert: Alert, policy: Policy, now: int) -> _Decided:
    return _Decided(
        node_id=alert.node_id,
        asset_id=alert.asset_id,
        reason=alert.message,
        decided_by=f"policy:{policy.id}",
        decided_at=now,
        alert_id=alert.id,
        incident_id=alert.incident_id,
    )


def _killed_at_exec(alert: Alert, policy: Policy, now: int) -> KillAtExec:
    process = alert.process
    return KillAtExec(
        **_decided(alert, policy, now),
        id=stable_id("eff", "kill-at-exec", alert.node_id, process.key),
        blast_radius=_one_process(alert),
        process_key=process.key,
        pid=process.pid,
        executable=process.exe,
    )


def _kill(alert: Alert, policy: Policy, now: int) -> KillProcess:
    process = alert.process
    return KillProcess(
        **_decided(alert, policy, now),
        id=stable_id("eff", "kill-process", alert.node_id, process.key),
        blast_radius=_one_process(alert),
        process_key=process.key,
        pid=process.pid,
        started=process.started,
        executable=process.exe,
    )


def _pause(alert: Alert, policy: Policy, subject: Container, now: int) -> PauseContainer:
    return PauseContainer(
        **_decided(alert, policy, now),
        id=stable_id("eff", "pause-container", alert.id, subject.container_id),
        blast_radius=Text(
            f"All processes of the container {subject.name} stop until it is resumed.",
            f"容器 {subject.name} 的所有进程都会停住，直到恢复为止。",
        ),
        container_id=subject.container_id,
        runtime=subject.runtime,
        lasts=policy.response_seconds * 10**9,
    )


def _kill_tree(alert: Alert, policy: Policy, subject: Subject, now: int) -> KillTree:
    process = alert.process
    one = _one_process(alert)
    return KillTree(
        **_decided(alert, policy, now),
        id=stable_id("eff", "kill-tree", alert.node_id, process.key),
        blast_radius=Text(one.en + " And all that descends from it.", one.zh + "以及它的全部后代。"),
        process_key=process.key,
        pid=process.pid,
        started=process.started,
        executable=process.exe,
        container_id=subject.container_id if isinstance(subject, Container) else "",
    )


def _kill_container(alert: Alert, policy: Policy, subject: Container, now: int) -> KillContainer:
    return KillContainer(
        **_decided(alert, policy, now),
        id=stable_id("eff", "kill-container", alert.id, subject.container_id),
        blast_radius=Text(
            f"All processes of the container {subject.name} end; its runtime may start it anew.",
            f"容器 {subject.name} 的所有进程都会结束；运行时可能会重新启动它。",
        ),
        container_id=subject.container_id,
        runtime=subject.runtime,
    )


def _isolate(alert: Alert, policy: Policy, subject: Container, now: int) -> IsolateContainer:
    return IsolateContainer(
        **_decided(alert, policy, now),
        id=stable_id("eff", "isolate-container", alert.id, subject.container_id),
        blast_radius=Text(
            f"The container {subject.name} reaches nobody and is reached by nobody until it is connected again.",
            f"容器 {subject.name} 在重新接通之前无法与外界通信。",
        ),
        container_id=subject.container_id,
        runtime=subject.runtime,
        keep=policy.keep_addresses,
        lasts=policy.response_seconds * 10**9,
    )


def _quarantine(alert: Alert, policy: Policy, subject: Subject, now: int) -> list[Effect]:
    """The program that acted, if the image did not bring it; never a file of the host or of the image."""
    process = alert.process
    if not isinstance(subject, Container) or not process.drifted or not process.exe.startswith("/"):
        return []
    return [
        QuarantineFile(
            **_decided(alert, policy, now),
            id=stable_id("eff", "quarantine-file", subject.container_id, process.exe, alert.id),
            blast_radius=Text(
                f"The file {process.exe} of the container {subject.name} goes into the vault.",
                f"容器 {subject.name} 的文件 {process.exe} 移入保管库。",
            ),
            path=process.exe,
            container_id=subject.container_id,
            runtime=subject.runtime,
        )
    ]


def _capture(alert: Alert, policy: Policy, subject: Subject, now: int) -> CaptureForensics:
    process = alert.process
    inside = isinstance(subject, Container)
    return CaptureForensics(
        **_decided(alert, policy, now),
        id=stable_id("eff", "capture-forensics", alert.node_id, process.key, alert.detector),
        blast_radius=Text("Nothing is changed: it is only looked at.", "不做任何改变：只是查看。"),
        pid=process.pid,
        started=process.started,
        container_id=subject.container_id if isinstance(subject, Container) else "",
        runtime=subject.runtime if isinstance(subject, Container) else "",
        files=(alert.object,) if inside and alert.object.startswith("/") else (),
    )


def _one_process(alert: Alert) -> Text:
    process = alert.process
    return Text(f"One process: {process.exe} (pid {process.pid}).", f"一个进程：{process.exe}（pid {process.pid}）。")


_ON_CONTAINERS: dict[ResponseKind, Callable[[Alert, Policy, Container, int], Effect]] = {
    ResponseKind.PAUSE_CONTAINER: _pause,
    ResponseKind.KILL_CONTAINER: _kill_container,
    ResponseKind.ISOLATE_CONTAINER: _isolate,
}
