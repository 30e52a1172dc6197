"""/proc/PID/cgroup (cgroups(7)): the paths of a process, and which container they name. Asks no runtime whether it is true."""

from __future__ import annotations

import re

import msgspec

from periderm.model.errors import FormatError

_LIMIT = 64 * 1024  # a hierarchy has at most a few dozen controllers, a path at most 4096 bytes
_ID = r"(?P<id>[0-9a-f]{64})"
# The last part of the path that names a container wins, since a runtime may itself run in a container.
# podman: libpod-ID.scope (systemd) or /libpod_parent/libpod-ID (cgroupfs); libpod-conmon-ID is podman's helper and
# libpod-payload- what crun makes below. docker: docker-ID.scope or /docker/ID. kubelet: /kubepods…/podUID/ID or
# …-podUID.slice/cri-containerd-ID.scope, crio-ID.scope, docker-ID.scope. containerd's own tools: /NAMESPACE/NAME.
_PARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("podman", re.compile(rf"libpod-{_ID}(?:\.scope)?$")),
    ("docker", re.compile(rf"docker-{_ID}\.scope$")),
    ("containerd", re.compile(rf"(?:cri-containerd|nerdctl)-{_ID}(?:\.scope)?$")),
    ("cri-o", re.compile(rf"crio-{_ID}(?:\.scope)?$")),
)
_BARE = re.compile(rf"^{_ID}$")
_POD = re.compile(
    r"pod(?P<uid>[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?$"
)
_UNIT = re.compile(r"^(?P<unit>[^/]+\.(?:service|scope))$")


class CgroupLine(msgspec.Struct, frozen=True):
    """One hierarchy: `number` 0 with no controllers is v2. `path` is as seen from the reader's cgroup namespace."""

    number: int
    controllers: tuple[str, ...]
    path: str


class CgroupPlace(msgspec.Struct, frozen=True):
    """What a path says. `runtime` is '' on the plain host, 'kubernetes' for a pod whose runtime the path does not tell.
    `unit` is the innermost systemd unit."""

    runtime: str = ""
    container_id: str = ""
    pod_uid: str = ""
    unit: str = ""


def parse_cgroup(data: bytes) -> tuple[CgroupLine, ...]:
    """Lines `N:controllers:path`. Raises FormatError."""
    if len(data) > _LIMIT:
        raise FormatError(f"A cgroup file of {len(data)} bytes is no cgroup file.")
    lines = []
    for line in data.decode("utf-8", "surrogateescape").splitlines():
        number, _, rest = line.partition(":")
        controllers, colon, path = rest.partition(":")
        if not colon or not (number.isascii() and number.isdigit()) or not path.startswith("/"):
            raise FormatError(f"{line[:80]!r} is no line of a cgroup file.", "Expected `N:controllers:/path`.")
        lines.append(CgroupLine(int(number), tuple(c for c in controllers.split(",") if c), path))
    return tuple(lines)


def unified_path(lines: tuple[CgroupLine, ...]) -> str:
    """The path in the v2 hierarchy, '' where there is none."""
    return next((line.path for line in lines if line.number == 0 and not line.controllers), "")


def controller_path(lines: tuple[CgroupLine, ...], controller: str) -> str:
    """The path in the v1 hierarchy of a controller ('freezer', 'name=systemd'), '' where there is none."""
    return next((line.path for line in lines if controller in line.controllers), "")


def place_of_path(path: str) -> CgroupPlace:
    """What one path says."""
    found = CgroupPlace()
    pod = unit = ""
    previous = ""
    for part in path.split("/"):
        if match := _POD.search(part):
            pod = match["uid"].replace("_", "-")
        if match := _UNIT.match(part):
            unit = match["unit"]
        for runtime, pattern in _PARTS:
            if match := pattern.search(part):
                found = CgroupPlace(runtime, match["id"], pod, unit)
        if match := _BARE.match(part):
            if previous == "docker":
                found = CgroupPlace("docker", match["id"], pod, unit)
            elif pod:
                found = CgroupPlace("kubernetes", match["id"], pod, unit)
        previous = part
    return found if found.container_id else CgroupPlace(pod_uid=pod, unit=unit)


def place_of(lines: tuple[CgroupLine, ...]) -> CgroupPlace:
    """What a process's paths say together: v2 first, then systemd's hierarchy, then the others; the first that names a
    container wins, since a hybrid host may put the process at the root of some hierarchies."""
    order = sorted(lines, key=lambda line: (line.number != 0, "name=systemd" not in line.controllers, line.number))
    places = [place_of_path(line.path) for line in order]
    named = next((place for place in places if place.container_id), None)
    return named or next((place for place in places if place.unit or place.pod_uid), CgroupPlace())
