"""Tells a container runtime at work from a program that only has its name. Keeps no names: each capability has its own list."""

from __future__ import annotations

from collections.abc import Collection

_OWN_COPIES = ("memfd:runc", "memfd:crun", "memfd:libcrun", "memfd:buildah-chroot")
_CLONED = "_cloned:/proc/self/exe"
_FOLDERS = ("/usr/", "/bin/", "/sbin/", "/opt/", "/var/lib/rancher/", "/var/lib/k0s/", "/snap/", "/nix/store/")


def is_container_runtime(exe: str, name: str, names: Collection[str], *, contained: bool, came: bool) -> bool:
    """Whether `exe`, whose last part is `name`, is a runtime of these `names`. On the host it is known by its name in a system
    folder; inside a container only as long as the process that `came` from the host's runtime still runs the runtime's own
    program (some run themselves from a sealed copy in memory)."""
    known = name in names or (came and (_CLONED in exe or name.startswith(_OWN_COPIES)))
    return known and (came if contained else came or exe.startswith(_FOLDERS))
