"""A command line for podman or docker that runs a workload as narrowly as it can be. Runs nothing."""

from __future__ import annotations

from periderm.formats.hardening.named import slug, volume
from periderm.formats.hardening.quoted import quoted
from periderm.model.hardening import Hardening


def write(hardening: Hardening, engine: str, seccomp: str = "") -> bytes:
    """One command over several lines. `engine` is 'podman' or 'docker', `seccomp` the file that the profile was written to
    ('' if there is none)."""
    lines = options(hardening, engine, seccomp)
    words = [f"{engine} run -d --name {quoted(slug(hardening.name))}", *(" ".join(map(quoted, line)) for line in lines)]
    words.append(quoted(hardening.image or "IMAGE"))
    return (" \\\n  ".join(words) + "\n").encode("utf-8", "backslashreplace")


def options(hardening: Hardening, engine: str, seccomp: str = "") -> list[tuple[str, ...]]:
    """The options alone, each with its value."""
    found: list[tuple[str, ...]] = []
    if hardening.read_only:
        found.append(("--read-only",))
        if engine == "podman":
            found.append(("--read-only-tmpfs=false",))  # only the folders below, not all that podman would open
        for place in hardening.writable:
            if place.lent:
                continue
            name = volume(hardening.name, place.path)
            found.append(("--volume", f"{name}:{place.path}") if place.lasting else ("--tmpfs", place.path))
    if hardening.capabilities is not None:
        found.append(("--cap-drop=ALL",))
        found += [(f"--cap-add={name.removeprefix('CAP_')}",) for name in hardening.capabilities]
    if hardening.no_new_privileges:
        found.append(("--security-opt", "no-new-privileges" if engine == "podman" else "no-new-privileges:true"))
    if seccomp:
        found.append(("--security-opt", f"seccomp={seccomp}"))
    if hardening.user is not None:
        found.append(("--user", hardening.user))
    if hardening.watched_network and not (hardening.listens or hardening.connects or hardening.resolves):
        found.append(("--network=none",))
    for told in hardening.published:  # '0.0.0.0:8080->80/tcp'
        outside, arrow, inside = told.partition("->")
        if arrow:
            found.append(("--publish", f"{outside}:{inside}"))
    return found
