"""RUN-025: a program in a container reaches for what is the host's: a disk, the machine's memory, the root of a process of the
host, or files of the host that hold its secrets or start its programs.

Which path in the container is the host's is told by the runtime's records of its mounts, never guessed from names. A device
node that was made under another name is known by the program that made it (`mknod`), not by opening it.
"""

from __future__ import annotations

import re

import msgspec

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where, lower
from periderm.engines.runtime.lent import DISK, DOORS, MEMORY, SECRETS, on_host, sees_host
from periderm.engines.runtime.scene import SHOP, opens, row, runs, scene
from periderm.engines.runtime.situation import stranger
from periderm.model.asset import Container
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_THROUGH = re.compile(r"/proc/(\d+)(?:/task/\d+)?/(?:root|cwd)(?:/.*)?")
# Storage daemons open disks, control planes their certificates, installers of plugins the host's folders.
_STORAGE = frozenset(
    {"ceph-osd", "ceph-volume", "longhorn-manager", "longhorn-engine", "tgtd", "zpool", "zfs", "lvm", "lvmetad", "blkid",
     "lsblk", "udevadm", "smartctl", "smartd", "node_exporter", "multipathd", "iscsid", "qemu-system-x86_64", "qemu-img",
     "virt-handler", "cadvisor", "mkfs.ext4", "fsck", "systemd-udevd", "mke2fs", "resize2fs", "e2fsck", "mount"}
)  # fmt: skip
_CONTROL = frozenset(
    {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kubeadm", "kubelet", "k3s", "k3s-server",
     "rke2", "calico-node", "install", "install-cni", "cilium-agent", "cilium-cni", "flanneld", "kube-proxy",
     "csi-node-driver-registrar", "falco", "tetragon", "tracee", "datadog-agent", "system-probe", "osqueryd", "periderm",
     "nvidia-toolkit", "kured"}
)  # fmt: skip
_CHANGES = (EventKind.RENAME, EventKind.LINK, EventKind.SYMLINK, EventKind.CHMOD)


def _judge(context: Context) -> Verdict | None:
    container = context.event.subject
    if context.process.runtime or not isinstance(container, Container) or context.building:
        return None
    if context.event.kind is EventKind.EXEC:
        return _makes_node(context)
    if context.absent:
        return None
    path = programs.normal(context.event.text or context.event.raw)
    found = _device(context, path) or _through_proc(context, container) or _file(context, container, path)
    if found is None:
        return None
    severity, thing = found
    return Verdict(
        object=context.event.text or context.event.raw,
        severity=lower(severity) if context.failed else severity,
        fill={"thing": thing},
    )


Found = tuple[Severity, Text]


def _device(context: Context, path: str) -> Found | None:
    if context.event.kind is not EventKind.OPEN:
        return None
    if MEMORY.fullmatch(path):
        return Severity.CRITICAL, Text("the machine's memory", "机器内存")
    if not DISK.fullmatch(path):
        return None
    name = context.command.name
    if name in _STORAGE and context.process.how == "entrypoint" and not _bad(context):
        return None
    return Severity.CRITICAL if context.writes or _bad(context) else Severity.HIGH, Text("a disk of the host", "宿主机磁盘")


def _through_proc(context: Context, container: Container) -> Found | None:
    """/proc/1/root is the container's own unless it sees the host's processes; even then nobody needs that way."""
    way = _THROUGH.fullmatch(context.event.raw)
    if way is None or int(way[1]) == context.event.pid:
        return None
    if not sees_host(container):
        return None
    if context.command.name in _CONTROL and not _bad(context):
        return None
    return Severity.HIGH, Text("the root of a process of the host", "宿主机进程的根目录")


def _file(context: Context, container: Container, path: str) -> Found | None:
    source = on_host(path, container)
    if not source:
        return None
    changes = context.event.kind in _CHANGES or context.writes
    if context.command.name in _CONTROL and context.process.how == "entrypoint" and not _bad(context):
        return None
    if changes and DOORS.fullmatch(source):
        return Severity.CRITICAL if _bad(context) or context.interactive else Severity.HIGH, _of_host(source)
    if not changes and context.reads and SECRETS.fullmatch(source):
        return Severity.HIGH, _of_host(source)
    return None


def _of_host(path: str) -> Text:
    return Text(f"{path} of the host", f"宿主机的 {path}")


def _makes_node(context: Context) -> Verdict | None:
    """`mknod /tmp/x b 8 0`: a disk, or the memory (c 1 1, c 1 2), under a name of one's own."""
    what = context.command
    if what.name != "mknod":
        return None
    words = [a for a in what.arguments if not a.startswith("-")]
    if len(words) < 3 or not (words[1] == "b" or words[1:] in (["c", "1", "1"], ["c", "1", "2"], ["c", "1", "4"])):
        return None
    kind = " ".join(words[1:])
    thing = Text(f"a device node ({kind})", f"设备节点（{kind}）")
    return Verdict(object=words[0], severity=Severity.HIGH, fill={"thing": thing})


def _bad(context: Context) -> bool:
    return context.server_shell or stranger(context.process)


_ROOT = msgspec.structs.replace(SHOP, mount_sources=("/:/host:rw",))
_KEYS = msgspec.structs.replace(SHOP, mount_sources=("/etc/kubernetes:/k:ro",))
_DATA = msgspec.structs.replace(SHOP, mount_sources=("/srv/x:/host:rw", "/etc/localtime:/etc/localtime:ro"))
_PIDS = msgspec.structs.replace(SHOP, host_namespaces=("pid",))
_SHELL = runs(2, 1, "/usr/bin/dash", "sh")

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-025",
        title=Text("Open the host's disks or files from a container", "在容器中打开宿主机的磁盘或文件"),
        message=Text(
            "{process} in {subject} reached for {thing}: {object}.", "{subject} 中的 {process} 访问了{thing}：{object}。"
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Take the mount, the device or the host's process ids from the container; lend single files, read-only. "
            "Look at what "
            "was read or written on the host, and change secrets that were read.",
            "从容器中移除该挂载、设备或宿主机进程命名空间；仅以只读方式共享单个文件。"
            "检查宿主机上被读写的内容，并更换已泄露的密钥。",
        ),
        techniques=("T1611", "T1005"),
        behaviours=(25,),
        fires=(
            Example(scene(_SHELL, opens(2, "/dev/sda1")), "a disk is read"),
            Example(scene(runs(2, 1, "/usr/bin/dd", "dd"), opens(2, "/dev/nvme0n1", write=True)), "a disk is written"),
            Example(scene(runs(2, 1, "/app/x", "x"), opens(2, "/dev/mem", arg0=2)), "the machine's memory"),
            Example(scene(runs(2, 1, "/app/x", "x"), opens(2, "/dev/vda", denied=True)), "refused, told softer"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/cat", "cat", on=_PIDS),
                    opens(2, "/etc/shadow", raw="/proc/1/root/etc/shadow", on=_PIDS),
                ),
                "through the root of the host's first process",
            ),
            Example(
                scene(runs(2, 1, "/bin/sh", "sh", on=_ROOT), opens(2, "/host/etc/cron.d/x", write=True, on=_ROOT)),
                "a job for the host's cron",
            ),
            Example(
                scene(
                    runs(2, 1, "/app/x", "x", on=_ROOT),
                    opens(2, "/host/tmp/../root/.ssh/authorized_keys", write=True, on=_ROOT),
                ),
                "a key for the host's root, by a detour",
            ),
            Example(
                scene(
                    runs(2, 1, "/app/x", "x", on=_ROOT),
                    row(EventKind.RENAME, 2, "/host/etc/ld.so.preload", raw="/host/tmp/a", on=_ROOT),
                ),
                "renamed into place and never opened there",
            ),
            Example(scene(runs(2, 1, "/bin/cat", "cat", on=_KEYS), opens(2, "/k/admin.conf", on=_KEYS)), "the cluster's key"),
            Example(scene(runs(2, 1, "/usr/bin/mknod", "mknod", "/tmp/x", "b", "8", "0")), "a disk under another name"),
            Example(scene(runs(2, 1, "/bin/busybox", "busybox", "mknod", "/x", "c", "1", "1")), "busybox, the memory"),
        ),
        quiet=(
            Example(scene(_SHELL, opens(2, "/dev/null", write=True)), "a device that everybody has"),
            Example(scene(_SHELL, opens(2, "/dev/shm/x", write=True)), "shared memory"),
            Example(
                scene(runs(2, 1, "/app/x", "x", on=_DATA), opens(2, "/host/etc/shadow", on=_DATA)), "a volume with a folder etc"
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x", on=_DATA), opens(2, "/etc/localtime", on=_DATA)), "a harmless file of the host"
            ),
            Example(
                scene(runs(1, 0, "/usr/bin/ceph-osd", "ceph-osd", at=0.0), opens(1, "/dev/sdb", write=True)), "a storage daemon"
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, "/etc/passwd", raw="/proc/1/root/etc/passwd")),
                "/proc/1/root where process 1 is the container's own",
            ),
            Example(
                scene(
                    runs(1, 0, "/bin/node_exporter", "node_exporter", on=_ROOT, at=0.0), opens(1, "/host/proc/mounts", on=_ROOT)
                ),
                "a monitor of the host",
            ),
            Example(scene(runs(2, 1, "/usr/bin/mknod", "mknod", "/tmp/p", "p")), "a named pipe"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.OPEN,),
            text=(
                r"^/dev/([shv]d[a-z]|xvd|nvme[0-9]|mmcblk|dm-|mapper/|md[0-9]|disk/|block/|k?mem$|port$)",
                r"/proc/[0-9]+/(task/[0-9]+/)?(root|cwd)(/|$)",
            ),
            where=Where.CONTAINER,
        ),
        Interest(
            kinds=(EventKind.OPEN, *_CHANGES),
            text=(
                r"(shadow-?|sudoers|krb5.keytab|_key|\.conf|token|environ|config\.json|kubeconfig|id_[a-z0-9]+)$",
                r"/\.(ssh|aws|kube|docker|gnupg|azure|config|bashrc|profile|bash_profile|zshrc|bash_login)(/|$)",
                r"/(pki|cron[.a-z]*|systemd|sudoers\.d|init\.d|profile\.d|pam\.d|ssh|modprobe\.d|modules-load\.d|udev|kubernetes|boot|modules|s?bin|kubelet|rancher|at|containerd|docker|crio|tls|cred|ld\.so\.conf\.d)/",
                r"/(passwd|group|gshadow|crontab|rc\.local|ld\.so\.preload|environment|profile|bash\.bashrc|inittab|anacrontab)-?$",
            ),
            where=Where.CONTAINER,
        ),
        Interest(kinds=(EventKind.EXEC,), text=(r"(^|/)mknod$",), args=(r"(^|/|\x00)mknod(\x00|$)",), where=Where.CONTAINER),
    ),
    judge=_judge,
)
