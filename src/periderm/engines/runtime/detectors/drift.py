"""RUN-005: a container runs a program that its image did not bring, or that was changed since.

It needs the overlay's word (upper layer) or the image's inventory; without either it stays quiet. Scripts that an
interpreter reads are not programs in this sense.
"""

from __future__ import annotations

from periderm.engines.runtime.facts import in_volume
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where, lower
from periderm.engines.runtime.scene import SHOP, image, runs, scene
from periderm.model.asset import Container
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_UPPER = EventFlag.UPPER
# Brought by the runtime itself: init programs that are mounted into the container.
_FROM_RUNTIME = frozenset({"/run/podman-init", "/dev/init", "/sbin/docker-init", "/catatonit", "/usr/sbin/docker-init"})


_ORIGINS = {
    "added": Text("added since it started", "启动后新增"),
    "changed": Text("changed since it started", "启动后被修改"),
    "unknown": Text("of unknown origin", "来源不明"),
}


def _judge(context: Context) -> Verdict | None:
    process, event, facts = context.process, context.event, context.facts
    if event.kind is not EventKind.EXEC or not process.foreign or process.exe in _FROM_RUNTIME:
        return None
    if event.has(EventFlag.MEMORY_BACKED):
        return None  # RUN-007 says it better
    upper = event.has(_UPPER)
    known = facts is not None and facts.brought(process.exe)
    if not upper and (volume := _volume(process.exe, context)):
        severity, origin = Severity.LOW, volume
    elif not upper:
        severity, origin = Severity.HIGH, "unknown"  # neither the image nor a volume that is known
    elif known and context.starting:
        # `chown -R` in a start script copies programs up without changing them.
        severity, origin = Severity.LOW, "changed"
    else:
        severity, origin = Severity.HIGH, "changed" if known else "added"
    if event.has(EventFlag.KILLED) or event.has(EventFlag.WOULD_KILL):
        severity = max(severity, Severity.HIGH)
    if process.how == "exec" and process.tty and not event.has(EventFlag.KILLED):
        severity = lower(severity)  # somebody works in there, which has its own alert
    return Verdict(
        object=process.exe,
        severity=severity,
        fill={"origin": _ORIGINS.get(origin, Text(origin, origin))},
        evidence={"origin": origin},
    )


def _volume(path: str, context: Context) -> str:
    subject = context.subject
    return in_volume(path, subject) if isinstance(subject, Container) else ""


_VOLUME = Container(
    id=SHOP.id, name="shop", container_id=SHOP.container_id, runtime="podman", node_id=SHOP.node_id,
    image_digest=SHOP.image_digest, pid=SHOP.pid, started=SHOP.started, mounts=("/data",),
)  # fmt: skip
_NGINX = image("/usr/sbin/nginx", "/usr/bin/dash", "/usr/bin/id")

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-005",
        title=Text("Run a program that the image did not bring", "运行镜像中没有的程序"),
        message=Text(
            "{process} was started in {subject}, but its image has no such program ({origin}).",
            "{subject} 中启动了 {process}，但其镜像中没有这个程序（{origin}）。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Find out which process wrote the file. Containers should only run what was built: make the root file system "
            "read-only, or let the policy kill such programs while they start (`kill_drift`).",
            "查明是哪个进程写入了该文件。容器只应运行构建时带来的程序：将根文件系统设为只读，或让策略在启动时终止此类程序（`kill_drift`）。",
        ),
        techniques=("T1105", "T1036"),
        behaviours=(5,),
        fires=(
            Example(scene(runs(2, 1, "/srv/x", "./x", flags=_UPPER)), "a file from the writable layer, image not scanned"),
            Example(scene(runs(2, 1, "/usr/bin/id", "id", flags=_UPPER), inventory=_NGINX), "a program of the image, replaced"),
            Example(scene(runs(2, 1, "/mnt/nginx", "nginx"), inventory=_NGINX), "not in the image, from a mount not known"),
            Example(
                scene(runs(2, 1, "/var/cache/[kworker]", "[kworker]", flags=_UPPER | EventFlag.KILLED), inventory=_NGINX),
                "named as a kernel thread, and killed by the kernel side",
            ),
            Example(
                scene(runs(2, 1, "/data/tool", "tool", on=_VOLUME), inventory=_NGINX), "a program from a volume: said softly"
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/sbin/nginx", "nginx"), inventory=_NGINX), "a program of the image"),
            Example(scene(runs(2, 1, "/bin/dash", "sh"), inventory=_NGINX), "the other way to write a merged /usr"),
            Example(scene(runs(2, 1, "/opt/tool", "tool")), "nothing is known of the image"),
            Example(scene(runs(1, 0, "/run/podman-init", "podman-init"), inventory=_NGINX), "the runtime's own init"),
        ),
    ),
    interests=(Interest(kinds=(EventKind.EXEC,), flags=_UPPER, drifted=True, where=Where.CONTAINER),),
    judge=_judge,
    existing=True,
)
