"""What a process is called in a baseline, and the few names that this engine must know. Whether running it is bad is not its
matter."""

from __future__ import annotations

import functools
import posixpath
import re

from periderm.algorithms.container_runtime import is_container_runtime
from periderm.model.text import encodable

CONTAINER_RUNTIMES = frozenset(
    {
        *("runc", "crun", "youki", "runsc", "kata-runtime", "conmon", "conmonrs", "podman", "buildah", "crio", "containerd"),
        *("containerd-shim", "containerd-shim-runc-v1", "containerd-shim-runc-v2", "dockerd", "docker-init", "netavark"),
        *("aardvark-dns", "catatonit", "fuse-overlayfs", "slirp4netns", "pasta", "docker-proxy"),
    }
)
INIT = frozenset({"/usr/lib/systemd/systemd", "/lib/systemd/systemd", "/sbin/init", "/usr/sbin/init"})
LOGINS = frozenset(
    {
        *("sshd", "sshd-session", "dropbear", "login", "agetty", "getty", "su", "sudo", "sudo-rs", "doas", "pkexec", "screen"),
        *("tmux", "tmux: server", "telnetd", "in.telnetd", "machinectl", "gdm-session-worker", "lightdm"),
    }
)
_INTERPRETER = re.compile(
    r"(python|pypy|perl|ruby|php|nodejs|node|lua|luajit|tclsh|guile|sh|ash|bash|dash|zsh|ksh|mksh|busybox)[\d.]*(-cgi|-cli)?"
)


@functools.lru_cache(maxsize=4096)
def program_of(exe: str, argv: tuple[str, ...], script: str) -> str:
    """The name in a Behaviour: the executable's path, and for a script 'INTERPRETER SCRIPT'. `script` is what the kernel found
    to begin with #!; an interpreter given an absolute path as its first word runs that. Bytes that are no UTF-8 are escaped."""
    exe = encodable(exe.removesuffix(" (deleted)"))
    if not script and len(argv) > 1 and argv[1].startswith("/") and _INTERPRETER.fullmatch(exe.rpartition("/")[2]):
        script = argv[1]
    if script.startswith("/") and script != exe:
        return f"{exe} {encodable(posixpath.normpath(script))}"
    return exe


def is_runtime(exe: str, *, contained: bool, came: bool) -> bool:
    """Whether this is the container runtime on its way into a container, or on the host."""
    return is_container_runtime(exe, exe.rpartition("/")[2], CONTAINER_RUNTIMES, contained=contained, came=came)
