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


class DockerHostConfig(msgspec.Struct, frozen=True, rename="pascal"):
    """`hostconfig.json`, the part that matters here."""

    privileged: bool = False


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
