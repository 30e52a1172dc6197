"""What the host lends to a container: which path of the host a path in the container really is, and which of those matter.

It knows only what the runtime's records say (`Container.mount_sources`); where they say nothing it answers ''.
"""

from __future__ import annotations

import re
from functools import lru_cache

from periderm.engines.runtime import programs
from periderm.model.asset import Container

DISK = re.compile(
    r"/dev/(?:[shv]d[a-z]+\d*|xvd[a-z]+\d*|nvme\d+n\d+(?:p\d+)?|mmcblk\d+(?:p\d+)?|dm-\d+|mapper/(?!control$).+|md\d+|disk/.+|block/.+)"
)
MEMORY = re.compile(r"/dev/(?:mem|kmem|port)")
SOCKETS = frozenset(
    {"docker.sock", "containerd.sock", "containerd.sock.ttrpc", "podman.sock", "crio.sock", "cri-dockerd.sock",
     "dockershim.sock", "buildkitd.sock", "frakti.sock", "kubelet.sock", "k3s.sock", "io.podman"}
)  # fmt: skip
# Whoever may read these is somebody else on the host.
SECRETS = re.compile(
    r"/etc/(?:shadow|gshadow|sudoers|krb5\.keytab)-?|/etc/ssh/ssh_host_\w+_key|/(?:root|home/[^/]+)/\.(?:ssh|aws|kube|docker|gnupg|azure|config/gcloud)/.+"
    r"|/etc/kubernetes/(?:.*\.conf|pki/.+)|/var/lib/kubelet/(?:pki/.+|config\.json|kubeconfig|pods/.+/token)|/etc/rancher/.+\.yaml"
    r"|/var/lib/rancher/.+/(?:cred|tls)/.+|/proc/\d+/(?:environ|mem|root/.+)"
)
# Whoever may write these makes the host run what it likes.
DOORS = re.compile(
    r"/etc/(?:passwd|shadow|gshadow|group|sudoers|crontab|rc\.local|ld\.so\.preload|ld\.so\.conf|environment|profile|bash\.bashrc|anacrontab|inittab)-?"
    r"|/etc/(?:sudoers\.d|cron\.[a-z]+|systemd|init\.d|profile\.d|pam\.d|ssh|modprobe\.d|modules-load\.d|udev|ld\.so\.conf\.d|"
    r"kubernetes|containerd|docker|crio|containers|rancher|update-motd\.d|apt/apt\.conf\.d|logrotate\.d|xinetd\.d)/.+"
    r"|/var/spool/(?:cron|at)/.+|/(?:root|home/[^/]+)/\.(?:ssh/.+|bashrc|profile|bash_profile|zshrc|bash_login|config/autostart/.+)"
    r"|(?:/usr)?(?:/local)?/s?bin/[^/]+|(?:/usr)?/lib/(?:systemd|modules|udev)/.+|/boot/.+|/var/lib/kubelet/(?:config.*|pods/.+)"
)


Mounts = tuple[tuple[str, str, bool], ...]


def lent(container: Container) -> Mounts:
    """(path on the host, path in the container, whether it can be written), the longest path in the container first."""
    return _mounts(container.mount_sources)


@lru_cache(maxsize=4096)
def _mounts(entries: tuple[str, ...]) -> Mounts:
    found = []
    for entry in entries:
        source, destination, mode = [*entry.rsplit(":", 2), "", ""][:3]
        if source.startswith("/") and destination.startswith("/"):
            found.append((source.rstrip("/") or "/", destination.rstrip("/") or "/", mode != "ro"))
    return tuple(sorted(found, key=lambda mount: -len(mount[1])))


def on_host(path: str, container: Container) -> str:
    """The path that it has on the host, if it lies in what the host lent; else ''."""
    path = programs.normal(path)
    for source, destination, _ in lent(container):
        if path == destination:
            return source
        if path.startswith(destination.rstrip("/") + "/"):
            rest = path[len(destination.rstrip("/")) :]
            return (source.rstrip("/") + rest) or "/"
    return ""


def sees_host(container: Container) -> bool:
    """Its process ids are the host's: /proc/1 is then the host's first process."""
    return "pid" in container.host_namespaces


def runtime_socket(path: str, container: Container | None) -> str:
    """The socket of a container runtime behind a path that a program connects to: by its name, or by where the host's
    socket was mounted under another one. '' for other sockets."""
    name = programs.base(path)
    if name in SOCKETS:
        return name
    if container is not None:
        source = on_host(path, container)
        if source and programs.base(source) in SOCKETS:
            return programs.base(source)
    return ""
