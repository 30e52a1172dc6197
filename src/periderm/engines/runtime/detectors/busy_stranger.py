"""RUN-107: a program that nobody brought burns the processor: what is left of a miner when name, line and pool are hidden.

It needs the sensor's measure of processor time (CPU_USE). Programs of the image that work hard are what containers are for.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.engines.runtime.situation import WRITABLE, Situation, situation, stranger
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_BUSY = 70  # percent of one core
_SECONDS = 20
# What a kernel thread is called; a program that calls itself so hides.
_THREAD = re.compile(r"\[.*\]|(kworker|kthreadd|kswapd|ksoftirqd|rcu_|kdevtmpfs|khugepaged|jbd2|kintegrityd)[\w/:.-]*")


def _judge(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    if event.kind is not EventKind.CPU_USE or event.arg0 < _BUSY or event.arg1 < _SECONDS or process.runtime:
        return None
    name = process.argv[0] if process.argv else ""
    masked = bool(process.exe) and bool(
        _THREAD.fullmatch(name) or _THREAD.fullmatch(event.comm) or _THREAD.fullmatch(programs.base(process.exe))
    )
    here = situation(context)
    if masked:
        why, severity = "name", Severity.HIGH
    elif here is Situation.INTRUDER:
        why, severity = "stranger", Severity.HIGH
    elif stranger(process) and here is Situation.HOST:
        shared = (
            process.exe.startswith(("/dev/shm/", "/memfd:"))
            or "/." in process.exe
            or bool(process.flags & EventFlag.MEMORY_BACKED)
        )
        why, severity = "place", Severity.HIGH if shared else Severity.LOW
    elif process.exe.startswith(WRITABLE) or "/." in process.exe.replace("/.venv/", "/"):
        why, severity = "place", Severity.MEDIUM if here is not Situation.HOST else Severity.LOW
    else:
        return None
    if here is Situation.BUILD and why != "name":
        return None
    return Verdict(
        object=process.exe,
        severity=severity,
        fill={"percent": str(event.arg0), "seconds": str(event.arg1)},
        evidence={"why": why, "percent": str(event.arg0)},
    )


def _busy(process: int, percent: int = 99, seconds: int = 30, comm: str = "") -> Event:
    return row(EventKind.CPU_USE, process, arg0=percent, arg1=seconds, comm=comm, at=700.0)


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-107",
        title=Text("Run a foreign program that burns the processor", "运行大量消耗处理器的外来程序"),
        message=Text(
            "{process} in {subject} uses {percent} % of a core over {seconds} s, and nobody brought it.",
            "{subject} 中的外来程序 {process} 在 {seconds} 秒内占用单核 {percent}%。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Kill it and look for how it came. Limit the container's CPU, and stop programs that the image did not bring "
            "(`kill_drift`).",
            "终止该进程并查明其来源。限制容器的 CPU，并阻止镜像以外的程序运行（`kill_drift`）。",
        ),
        techniques=("T1496.001",),
        behaviours=(54,),
        fires=(
            Example(scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), _busy(2)), "a program from the writable layer"),
            Example(
                scene(runs(2, 1, "/memfd:a", "nginx", flags=EventFlag.MEMORY_BACKED), _busy(2, 180)),
                "a program in memory, renamed",
            ),
            Example(scene(runs(2, 1, "/usr/bin/perl", "[kworker/0:1]"), _busy(2)), "it calls itself a kernel thread"),
            Example(
                scene(runs(20, 1, "/dev/shm/a", "a", on=HOST), row(EventKind.CPU_USE, 20, arg0=99, arg1=60, on=HOST)),
                "on the host",
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/ffmpeg", "ffmpeg"), _busy(2, 390, 600)), "the image's own work"),
            Example(scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), _busy(2, 20)), "a stranger that idles"),
            Example(scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), _busy(2, 99, 3)), "a moment only"),
            Example(
                scene(runs(20, 1, "/usr/bin/cc1", "cc1", on=HOST), row(EventKind.CPU_USE, 20, arg0=99, arg1=60, on=HOST)),
                "a compiler on a host",
            ),
        ),
    ),
    interests=(Interest(kinds=(EventKind.CPU_USE,)),),
    judge=_judge,
    existing=True,
)
