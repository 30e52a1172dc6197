"""RUN-024: a container runs with rights that give it the host: privileged, strong capabilities, the host's namespaces, its
folders, disks or sockets.

It judges what the runtime's records say of the container when it is first seen, whatever runs in it.
"""

from __future__ import annotations

import msgspec

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where
from periderm.engines.runtime.lent import DISK, MEMORY, SOCKETS, lent
from periderm.engines.runtime.scene import SHOP, row, scene
from periderm.model.asset import Container
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import Event, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# With any of these the kernel's or the host's own walls fall (capabilities(7)).
_STRONG = frozenset(
    {"CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_BPF", "CAP_SYS_BOOT",
     "CAP_MAC_ADMIN", "CAP_MAC_OVERRIDE", "CAP_SYSLOG", "CAP_PERFMON", "CAP_NET_ADMIN"}
)  # fmt: skip
_WITH_PIDS = "CAP_SYS_PTRACE"  # harmless without the host's processes
_WHOLE = frozenset(
    {"/", "/etc", "/root", "/proc", "/sys", "/dev", "/boot", "/usr", "/usr/bin", "/bin", "/home", "/var", "/var/run",
     "/run", "/lib/modules", "/var/lib/kubelet", "/var/lib/docker", "/var/lib/containers", "/var/lib/containerd",
     "/etc/kubernetes", "/etc/cron.d", "/etc/systemd", "/etc/ssh", "/root/.ssh", "/opt/cni/bin", "/run/containerd",
     "/run/docker", "/run/crio"}
)  # fmt: skip
_READ_FREELY = frozenset({"/proc", "/sys", "/lib/modules", "/dev", "/usr", "/run", "/var/run"})  # monitors read these
# Parts of the system that need it, by image name: told softly.
_SYSTEM = (
    "kube-proxy", "calico/", "cilium/", "flannel", "weave-kube", "kube-router", "node-exporter", "cadvisor", "falco",
    "tetragon", "tracee", "sysdig", "datadog/agent", "node-problem-detector", "csi-", "longhornio/", "rook/ceph",
    "nvidia/k8s", "device-plugin", "kindest/node", "rancher/k3s", "periderm", "metallb/speaker", "multus", "kured", "binfmt",
    "kubevirt", "openebs", "ovn-kubernetes",
)  # fmt: skip


def _judge(context: Context) -> Verdict | None:
    subject = context.event.subject
    if context.event.kind is not EventKind.CONTAINER or not isinstance(subject, Container) or context.building:
        return None
    words, severity = _rights(subject)
    if not words:
        return None
    if any(name in subject.image_name for name in _SYSTEM) and severity > Severity.LOW:
        severity = Severity.LOW
    return Verdict(
        object=", ".join(sorted(words)),
        severity=severity,
        fill={"rights": ", ".join(words)},
        evidence={
            "capabilities": " ".join(sorted(_STRONG.intersection(subject.capabilities))),
            "mounts": " ".join(entry for entry in subject.mount_sources if _sensitive(entry)),
        },
        techniques=("T1610", "T1611") if severity >= Severity.HIGH else ("T1610",),
    )


def _rights(container: Container) -> tuple[list[str], Severity]:
    """What is too much, and how much that is together: one wall less is medium, the host itself is high."""
    words: list[str] = []
    severity = Severity.LOW
    host_pids = "pid" in container.host_namespaces
    writes_root = False
    for source, _, writable in lent(container):
        name = programs.base(source)
        if name in SOCKETS:
            words.append(source)
            severity = max(severity, Severity.MEDIUM)
        elif source in _WHOLE or DISK.fullmatch(source):
            if not writable and source in _READ_FREELY:
                continue
            words.append(f"{source}{'' if writable else ' (ro)'}")
            severity = max(severity, Severity.MEDIUM)
            writes_root |= writable and source in ("/", "/etc", "/root", "/proc")
    if container.privileged:
        words.append("privileged")
        severity = max(severity, Severity.MEDIUM)
    else:
        strong = _STRONG.intersection(container.capabilities) - (frozenset() if host_pids else {_WITH_PIDS})
        words += sorted(strong)
        if strong - {"CAP_NET_ADMIN", "CAP_SYSLOG"}:
            severity = max(severity, Severity.MEDIUM)
        words += [d for d in container.devices if DISK.fullmatch(d) or MEMORY.fullmatch(d)]
        if any(DISK.fullmatch(d) or MEMORY.fullmatch(d) for d in container.devices):
            severity = max(severity, Severity.MEDIUM)
        words += [f"{name} unconfined" for name in container.unconfined]
    words += [f"host {kind}" for kind in container.host_namespaces if kind != "network" or words]
    if host_pids and not container.privileged:
        severity = max(severity, Severity.MEDIUM)
    if (container.privileged and (host_pids or writes_root)) or (writes_root and host_pids) or _leaked(container):
        severity = Severity.HIGH
    if _leaked(container):
        words.append(f"starts in {container.folder}")
        severity = Severity.CRITICAL
    return words, severity


def _leaked(container: Container) -> bool:
    """Its first program starts in a descriptor of the runtime's (CVE-2024-21626)."""
    return container.folder.startswith(("/proc/self/fd/", "/proc/thread-self/fd/", "/dev/fd/"))


def _sensitive(entry: str) -> bool:
    source = entry.split(":", 1)[0]
    return source in _WHOLE or programs.base(source) in SOCKETS or DISK.fullmatch(source) is not None


def _starts(**rights: object) -> Event:
    return row(EventKind.CONTAINER, 99, "shop", on=msgspec.structs.replace(SHOP, **rights), argv=("/x",))


_USUAL = ("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID")
_FILES = ("/srv/data:/data:rw", "/var/lib/containers/storage/volumes/a/_data:/b:rw", "/run/containers/x/hosts:/etc/hosts:rw")

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-024",
        title=Text("Run a container with the host's rights", "以宿主机权限运行容器"),
        message=Text("{subject} was started with: {rights}.", "{subject} 启动时带有：{rights}。"),
        severity=Severity.MEDIUM,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Start it without: drop all capabilities and add back what it needs, no --privileged, no namespaces, "
            "folders, disks "
            "or sockets of the host. What the host must lend, lend read-only and as narrow as possible.",
            "去掉这些权限后再启动：移除全部能力再按需添加，不用 --privileged，不共享宿主机的命名空间、目录、磁盘或套接字。"
            "必须共享的内容请只读且范围最小。",
        ),
        techniques=("T1610", "T1611"),
        behaviours=(24,),
        fires=(
            Example(scene(_starts(privileged=True)), "privileged"),
            Example(scene(_starts(capabilities=(*_USUAL, "CAP_SYS_ADMIN"))), "the capability that stands for most"),
            Example(scene(_starts(capabilities=("CAP_SYS_MODULE",))), "modules"),
            Example(scene(_starts(host_namespaces=("pid",))), "the host's processes"),
            Example(scene(_starts(mount_sources=("/:/host:rw",), host_namespaces=("pid",))), "the host's root and processes"),
            Example(scene(_starts(mount_sources=("/run/docker.sock:/x:ro",))), "the runtime's socket, under another name"),
            Example(scene(_starts(devices=("/dev/sda1",))), "a disk of the host"),
            Example(scene(_starts(unconfined=("seccomp",))), "no filter of system calls"),
            Example(scene(_starts(folder="/proc/self/fd/8")), "its folder is a descriptor that the runtime leaked"),
        ),
        quiet=(
            Example(scene(_starts(capabilities=_USUAL, mount_sources=_FILES)), "the runtime's defaults and volumes"),
            Example(scene(_starts(host_namespaces=("network",))), "only the host's network"),
            Example(scene(_starts(mount_sources=("/proc:/host/proc:ro", "/sys:/host/sys:ro"))), "a monitor that reads"),
            Example(scene(_starts(capabilities=(*_USUAL, "CAP_SYS_PTRACE"))), "tracing only its own processes"),
            Example(scene(_starts(devices=("/dev/fuse", "/dev/net/tun"))), "devices that give nothing away"),
            Example(scene(_starts(privileged=True, labels={"periderm.image-build": "true"})), "a step of an image build"),
        ),
    ),
    interests=(Interest(kinds=(EventKind.CONTAINER,), where=Where.CONTAINER),),
    judge=_judge,
    existing=True,
)
