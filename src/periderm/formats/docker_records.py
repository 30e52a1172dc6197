"""Docker's own records (moby, `daemon/container` and `image/store`): containers, image names and image configurations.

Sources: `containers/ID/config.v2.json` and `hostconfig.json`, `image/overlay2/repositories.json` and
`image/overlay2/imagedb/content/sha256/HEX`, as moby 20 to 28 with its own image store writes them. With containerd's
image store docker keeps its images in containerd, namespace `moby`; the containers' records are the same.
"""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from periderm.model.errors import FormatError

_ID = re.compile(r"[0-9a-f]{64}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class _State(msgspec.Struct, frozen=True, rename="pascal"):
    running: bool = False
    pid: int = 0
    started_at: str = ""


class _Config(msgspec.Struct, frozen=True, rename="pascal"):
    image: str = ""
    user: str = ""
    labels: dict[str, str] | None = None


class _MountPoint(msgspec.Struct, frozen=True, rename="pascal"):
    source: str = ""
    destination: str = ""
    writable: bool = msgspec.field(name="RW", default=True)


class DockerContainer(msgspec.Struct, frozen=True, rename="pascal"):
    """`config.v2.json`. `name` begins with a slash there; `title` is without."""

    id: str = msgspec.field(name="ID", default="")
    name: str = ""
    path: str = ""
    args: list[str] | None = None
    image: str = ""
    state: _State = _State()
    config: _Config = _Config()
    mount_points: dict[str, _MountPoint] | None = None

    @property
    def title(self) -> str:
        """The name as people know it."""
        return self.name.lstrip("/")

    @property
    def command(self) -> tuple[str, ...]:
        """What its first process was started with."""
        return (self.path, *(self.args or ())) if self.path else ()

    @property
    def image_digest(self) -> str:
        """`sha256:…` of the image's configuration, '' if the record says something else."""
        return self.image if _DIGEST.fullmatch(self.image) else ""

    @property
    def mounts(self) -> tuple[str, ...]:
        """`source:destination` of what the host lends."""
        points = (self.mount_points or {}).values()
        return tuple(f"{p.source}:{p.destination}" for p in points if p.source.startswith("/"))

    @property
    def mount_sources(self) -> tuple[str, ...]:
        """The same with whether the container may write: `source:destination:rw`, or `:ro`."""
        points = [p for p in (self.mount_points or {}).values() if p.source.startswith("/")]
        return tuple(f"{p.source}:{p.destination}:{'rw' if p.writable else 'ro'}" for p in points)


class _Device(msgspec.Struct, frozen=True, rename="pascal"):
    path_on_host: str = ""


class _Binding(msgspec.Struct, frozen=True, rename={"host_ip": "HostIp", "host_port": "HostPort"}):
    host_ip: str = ""
    host_port: str = ""


def _host(address: str) -> str:
    """An address before a port; without one docker takes all."""
    return f"[{address}]" if ":" in address else address or "0.0.0.0"  # noqa: S104 -- told, not bound


class DockerHostConfig(msgspec.Struct, frozen=True, rename="pascal"):
    """`hostconfig.json`, the part that matters here: what was asked for, before docker worked out what that means."""

    privileged: bool = False
    cap_add: list[str] | None = None
    pid_mode: str = ""
    network_mode: str = ""
    ipc_mode: str = ""
    uts_mode: str = msgspec.field(name="UTSMode", default="")
    security_opt: list[str] | None = None
    devices: list[_Device] | None = None
    port_bindings: dict[str, list[_Binding] | None] | None = None

    @property
    def published(self) -> tuple[str, ...]:
        """'ADDRESS:PORT->PORT/PROTOCOL' of each port that the host hands on, at most a hundred; a host's port that docker
        chooses is '*'."""
        told = [
            f"{_host(b.host_ip)}:{b.host_port or '*'}->{inner}"
            for inner, bindings in (self.port_bindings or {}).items()
            for b in bindings or ()
        ]
        return tuple(told[:100])

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What it was given beyond the usual ones ('CAP_SYS_ADMIN')."""
        named = (name.upper() for name in self.cap_add or ())
        return tuple(sorted(name if name.startswith("CAP_") else f"CAP_{name}" for name in named))

    @property
    def host_namespaces(self) -> tuple[str, ...]:
        """Kinds that it shares with the host."""
        modes = {"pid": self.pid_mode, "network": self.network_mode, "ipc": self.ipc_mode, "uts": self.uts_mode}
        return tuple(kind for kind, mode in modes.items() if mode == "host")

    @property
    def lent_devices(self) -> tuple[str, ...]:
        """Paths of devices of the host."""
        return tuple(d.path_on_host for d in self.devices or () if d.path_on_host)

    @property
    def unconfined(self) -> tuple[str, ...]:
        """Which of seccomp, apparmor and selinux it was freed from (`NAME=unconfined`, `label=disable`)."""
        found = ["masked-paths"] if self.privileged else []
        for option in self.security_opt or ():
            name, _, value = option.replace(":", "=", 1).partition("=")
            if value == "unconfined" and name in ("seccomp", "apparmor"):
                found.append(name)
            elif (name, value) == ("label", "disable"):
                found.append("selinux")
            elif (name, value) == ("systempaths", "unconfined"):
                found.append("masked-paths")
        return tuple(dict.fromkeys(found))


class _Repositories(msgspec.Struct, frozen=True, rename="pascal"):
    repositories: dict[str, dict[str, str]] = {}


class _RootFs(msgspec.Struct, frozen=True):
    diff_ids: list[str] = []


class DockerImage(msgspec.Struct, frozen=True):
    """An image's configuration."""

    created: str = ""
    os: str = ""
    config: _Config | None = None
    rootfs: _RootFs = _RootFs()

    @property
    def labels(self) -> dict[str, str]:
        """The image's labels."""
        return dict((self.config.labels if self.config else None) or {})


_Record = TypeVar("_Record")


def _decode(data: bytes, kind: type[_Record], where: str) -> _Record:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise FormatError(f"not what docker writes: {error}", where=where) from error


def is_id(text: str) -> bool:
    """Whether a text is an id of docker's: 64 hex digits. Ids become parts of paths, so nothing else may pass."""
    return _ID.fullmatch(text) is not None


def parse_container(data: bytes) -> DockerContainer:
    """`config.v2.json`. Raises FormatError, also for an id that is none."""
    container = _decode(data, DockerContainer, "config.v2.json")
    if not is_id(container.id):
        raise FormatError("its ID is not 64 hex digits", where="config.v2.json")
    return container


def parse_host_config(data: bytes) -> DockerHostConfig:
    """`hostconfig.json`. Raises FormatError."""
    return _decode(data, DockerHostConfig, "hostconfig.json")


def parse_repositories(data: bytes) -> dict[str, tuple[str, ...]]:
    """Names by configuration digest, tags before digests. Raises FormatError."""
    names: dict[str, list[str]] = {}
    for tags in _decode(data, _Repositories, "repositories.json").repositories.values():
        for name, digest in tags.items():
            if _DIGEST.fullmatch(digest):
                names.setdefault(digest, []).append(name)
    return {digest: tuple(sorted(found, key=lambda n: ("@" in n, n))) for digest, found in names.items()}


def parse_image(data: bytes) -> DockerImage:
    """An image's configuration. Raises FormatError."""
    return _decode(data, DockerImage, "image configuration")
