"""RUN-029: the machine hides something, or the kernel runs what nobody declared: modules, tasks, BPF programs, a preload.

It judges what a look at the machine found (HOST_STATE rows). Memory of the kernel itself is not read: a rootkit that hides
in all places at once is not found by this.
"""

from __future__ import annotations

from typing import NamedTuple

from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where
from periderm.engines.runtime.scene import HOST, row, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import Event, EventKind, HostState
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text


class _Reading(NamedTuple):
    severity: Severity
    words: Text
    techniques: tuple[str, ...]


_READINGS = {
    HostState.HIDDEN_MODULE: _Reading(
        Severity.CRITICAL, Text("a module that the list of modules hides", "模块列表隐藏的内核模块"), ("T1014", "T1547.006")
    ),
    HostState.HIDDEN_PROCESS: _Reading(Severity.CRITICAL, Text("a process that /proc hides", "/proc 隐藏的进程"), ("T1014",)),
    HostState.BPF_PROGRAM: _Reading(
        Severity.MEDIUM, Text("a BPF program that nobody declared", "未声明的 BPF 程序"), ("T1014", "T1205.002")
    ),
    HostState.BPF_PIN: _Reading(
        Severity.MEDIUM, Text("a pinned BPF object that nobody declared", "未声明的 BPF 固定对象"), ("T1014",)
    ),
    HostState.PRELOAD: _Reading(
        Severity.HIGH,
        Text("a library that every program loads (/etc/ld.so.preload)", "所有程序都会加载的库（/etc/ld.so.preload）"),
        ("T1574.006", "T1014"),
    ),
    HostState.TAINT: _Reading(Severity.LOW, Text("a kernel with foreign code in it", "运行外来代码的内核"), ("T1547.006",)),
}
# What hides by filtering (kprobes, tracing) with a helper that can change what a program reads is worse than a packet filter.
_STRONG_TYPES = frozenset({"kprobe", "tracing", "raw_tracepoint", "tracepoint", "lsm", "raw_tracepoint_writable"})
# A bit of /proc/sys/kernel/tainted (Documentation/admin-guide/tainted-kernels.rst).
_FORCED = 1 << 1  # a module was loaded by force


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if event.kind is not EventKind.HOST_STATE:
        return None
    try:
        reading = _READINGS[HostState(event.raw)]
    except ValueError:
        return None
    severity = reading.severity
    if event.raw == HostState.BPF_PROGRAM:
        if event.argv[:1] and event.argv[0] in _STRONG_TYPES:
            severity = Severity.HIGH if "orphan" in event.argv else Severity.MEDIUM
        else:
            severity = Severity.LOW
    elif event.raw == HostState.TAINT and event.arg0 & _FORCED:
        severity = Severity.MEDIUM
    return Verdict(
        object=f"{event.raw}:{event.text}",
        severity=severity,
        fill={"what": reading.words, "name": event.text or "?"},
        evidence={"details": " ".join(event.argv)} if event.argv else {},
        techniques=reading.techniques,
    )


def _found(state: str, text: str, *details: str, arg0: int = 0) -> Event:
    return row(EventKind.HOST_STATE, 0, text, raw=state, argv=details, on=HOST, arg0=arg0)


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-029",
        title=Text("Hide a module, a process or a program in the kernel", "在内核中隐藏模块、进程或程序"),
        message=Text("On {subject} there is {what}: {name}.", "{subject} 上存在{what}：{name}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "What is hidden was hidden on purpose: take the machine out of service, keep its disk and memory for a look from "
            "outside, and build it anew. What is yours, declare with PERIDERM_KNOWN_BPF (names of programs or pins).",
            "被隐藏的东西必是有意为之：请将机器下线，保留磁盘和内存以便从外部检查，并重新构建。"
            "若属自有程序，请用 PERIDERM_KNOWN_BPF 声明其程序名或固定路径。",
        ),
        techniques=("T1014",),
        behaviours=(29,),
        fires=(
            Example(scene(_found("hidden-module", "diamorphine")), "in sysfs and not in the list"),
            Example(scene(_found("hidden-process", "4711", "xmrig")), "answers to its number and is not listed"),
            Example(scene(_found("bpf-program", "hide_pid", "kprobe", "uid=0", "orphan")), "a probe that no process holds"),
            Example(scene(_found("bpf-pin", "/sys/fs/bpf/x/prog")), "an object that somebody pinned"),
            Example(scene(_found("preload", "/lib/libx.so")), "a library for all programs"),
            Example(scene(_found("taint", "12288", arg0=12288)), "an unsigned module was loaded"),
        ),
        quiet=(
            Example(scene(_found("memory", "1")), "a state that is none of these"),
            Example(scene(row(EventKind.OPEN, 2, "/proc/modules")), "the list is read"),
        ),
    ),
    interests=(Interest(kinds=(EventKind.HOST_STATE,), where=Where.NODE),),
    judge=_judge,
    existing=True,
)
