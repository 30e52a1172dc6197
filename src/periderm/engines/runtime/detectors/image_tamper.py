"""RUN-141: files of images or of containers are changed in the runtime's storage on the host, past the runtime.

What runtimes and their helpers write there is their work. A working container that is mounted (`buildah mount`) is somebody's
build and told softly.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where, lower
from periderm.engines.runtime.scene import HOST, opens, row, runs, scene
from periderm.engines.runtime.situation import WRITABLE, stranger
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_STORAGE = re.compile(
    r"(?:/var/lib/containers/storage|/(?:root|home/[^/]+)/\.local/share/containers/storage)/(?:overlay(?:-images|-layers)?|vfs)/.+"
    r"|/var/lib/docker/(?:overlay2|image|vfs|fuse-overlayfs)/.+"
    r"|/(?:var/lib|run)/containerd/io\.containerd\.(?:content|snapshotter|metadata)[^/]*/.+"
    r"|/var/lib/rancher/k3s/agent/containerd/.+|/var/lib/kubelet/pods/.+"
)
_MOUNTED = re.compile(r"/(?:merged|fs/merged|rootfs)(?:/|$)")
_HELPERS = programs.CONTAINER_RUNTIMES | frozenset(
    {"docker", "buildkitd", "containerd-stargz-grpc", "ctd-decoder", "unpigz", "tar", "docker-untar", "storage-untar",
     "k3s", "k3s-server", "kubelet", "systemd-tmpfiles", "periderm", "umoci", "exe", "buildah-chroot-exec", "podman-remote",
     "kaniko", "newuidmap"}
)  # fmt: skip
_CHANGES = (EventKind.RENAME, EventKind.LINK, EventKind.SYMLINK, EventKind.TRUNCATE, EventKind.CHMOD, EventKind.UNLINK)


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if context.process.runtime or context.absent or (event.kind is EventKind.OPEN and not context.writes):
        return None
    path = programs.normal(event.text or event.raw)
    if not _STORAGE.fullmatch(path):
        return None
    bad = context.server_shell or stranger(context.process) or any(p.exe.startswith(WRITABLE) for p in context.ancestors[:4])
    if not bad and (context.command.name in _HELPERS or any(_helps(p.exe) for p in context.ancestors[:6])):
        return None
    if _MOUNTED.search(path) or path.startswith("/var/lib/kubelet/pods/"):
        severity = Severity.HIGH if bad else Severity.LOW
    else:
        severity = Severity.CRITICAL if bad else Severity.MEDIUM if event.kind is EventKind.UNLINK else Severity.HIGH
    return Verdict(object=path, severity=lower(severity) if context.failed else severity)


def _helps(exe: str) -> bool:
    return programs.base(exe) in _HELPERS - {"tar", "exe"}


_LAYER = "/var/lib/containers/storage/overlay/0123/diff/usr/bin/login"

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-141",
        title=Text("Write into the storage of images past the runtime", "绕过运行时写入镜像存储"),
        message=Text(
            "{process} on {subject} changed {object} in the runtime's storage.",
            "{subject} 上的 {process} 更改了运行时存储中的 {object}。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Every container that starts from this layer has what was written. Remove the image and fetch it anew by "
            "its digest; "
            "let nothing but the runtime write to its storage.",
            "所有基于该层启动的容器都会带有被写入的内容。请删除该镜像并按摘要重新拉取；只允许运行时写入其存储。",
        ),
        techniques=("T1525", "T1554"),
        behaviours=(60,),
        fires=(
            Example(
                scene(runs(20, 10, "/usr/bin/cp", "cp", on=HOST), opens(20, _LAYER, write=True, on=HOST)),
                "a file is put into a layer",
            ),
            Example(
                scene(runs(20, 10, "/usr/bin/mv", "mv", on=HOST), row(EventKind.RENAME, 20, _LAYER, raw="/tmp/login", on=HOST)),
                "renamed into it",
            ),
            Example(
                scene(
                    runs(20, 10, "/tmp/x", "x", on=HOST),
                    opens(20, "/var/lib/docker/image/overlay2/imagedb/content/sha256/0", write=True, on=HOST),
                ),
                "an image's configuration",
            ),
            Example(
                scene(
                    runs(20, 10, "/bin/sh", "sh", on=HOST),
                    opens(20, "/var/lib/containerd/io.containerd.content.v1.content/blobs/sha256/a", arg0=2, on=HOST),
                ),
                "content of containerd's",
            ),
        ),
        quiet=(
            Example(
                scene(runs(20, 10, "/usr/bin/podman", "podman", "pull", on=HOST), opens(20, _LAYER, write=True, on=HOST)),
                "the runtime",
            ),
            Example(
                scene(
                    runs(20, 10, "/usr/bin/dockerd", "dockerd", on=HOST),
                    runs(21, 20, "/usr/bin/tar", "tar", on=HOST),
                    opens(21, "/var/lib/docker/overlay2/a/diff/x", write=True, on=HOST),
                ),
                "a helper of the runtime",
            ),
            Example(scene(runs(20, 10, "/usr/bin/du", "du", on=HOST), opens(20, _LAYER, on=HOST)), "only read"),
            Example(
                scene(
                    runs(20, 10, "/usr/bin/cp", "cp", on=HOST),
                    opens(20, "/var/lib/containers/storage/volumes/a/_data/x", write=True, on=HOST),
                ),
                "a volume is filled",
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.OPEN, *_CHANGES),
            writes=True,
            text=(
                r"containers/storage/(overlay|vfs)",
                r"^/var/lib/docker/(overlay2|image|vfs|fuse-overlayfs)/",
                r"/containerd/io\.containerd\.(content|snapshotter|metadata)",
                r"^/var/lib/rancher/k3s/agent/containerd/",
                r"^/var/lib/kubelet/pods/",
            ),
            where=Where.NODE,
        ),
    ),
    judge=_judge,
)
