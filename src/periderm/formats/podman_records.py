"""Podman's own records of containers and images (containers/storage and libpod), the parts that identify. Scans no image.

Sources: containers/storage `containers.json`, `images.json`, `layers.json` (storage.Container, storage.Image,
storage.Layer), libpod's `ContainerConfig` and `ContainerState` (libpod/container_config.go, libpod/container.go),
as podman 4.3 writes them, and `storage.conf` (containers-storage.conf(5)).
"""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from periderm.model.errors import FormatError

_ID = re.compile(r"[0-9a-f]{64}")
# libpod/define/containerstate.go: configured 1, created 2, running 3, stopped 4, paused 5, exited 6, removing 7.
RUNNING, PAUSED = 3, 5


class StoredContainer(msgspec.Struct, frozen=True):
    """An entry of overlay-containers/containers.json. `layer` is its writable layer."""

    id: str
    image: str = ""
    layer: str = ""
    names: list[str] = []
    metadata: str = ""
    created: str = ""


class StoredImage(msgspec.Struct, frozen=True):
    """An entry of overlay-images/images.json. `id` is the digest of the configuration without its prefix."""

    id: str
    names: list[str] | None = None
    layer: str = ""
    created: str = ""


class StoredLayer(msgspec.Struct, frozen=True, rename={"diff_size": "diff-size"}):
    """An entry of overlay-layers/layers.json. `diff_size` is bytes uncompressed."""

    id: str
    parent: str = ""
    diff_size: int = 0


class _PortMapping(msgspec.Struct, frozen=True):
    """Ports that the host hands on: `range` of them, from these up (containers/common, types.PortMapping)."""

    host_ip: str = ""
    container_port: int = 0
    host_port: int = 0
    range: int = 1
    protocol: str = "tcp"


class LibpodConfig(
    msgspec.Struct,
    frozen=True,
    rename={"image_id": "rootfsImageID", "image_name": "rootfsImageName", "ports": "newPortMappings"},
):
    """What libpod remembers of a container."""

    id: str
    name: str = ""
    image_id: str = ""
    image_name: str = ""
    command: list[str] | None = None
    user: str = ""
    privileged: bool = False
    labels: dict[str, str] | None = None
    ports: list[_PortMapping] | None = None

    @property
    def published(self) -> tuple[str, ...]:
        """'ADDRESS:PORT->PORT/PROTOCOL' of each, at most a hundred."""
        told = []
        for each in (self.ports or [])[:100]:
            host = f"[{each.host_ip}]" if ":" in each.host_ip else each.host_ip or "0.0.0.0"  # noqa: S104 -- told, not bound
            last = f"-{each.host_port + each.range - 1}" if each.range > 1 else ""
            told.append(f"{host}:{each.host_port}{last}->{each.container_port}/{each.protocol}")
        return tuple(told)


class LibpodState(msgspec.Struct, frozen=True, rename={"started": "startedTime"}):
    """What libpod knows of its last start. `pid` is the first process on the host."""

    state: int = 0
    pid: int = 0
    started: str = ""


class _Metadata(msgspec.Struct, frozen=True, rename={"image_name": "image-name"}):
    image_name: str = ""
    name: str = ""


class _ImageOptions(msgspec.Struct, frozen=True, rename={"labels": "Labels"}):
    labels: dict[str, str] | None = None


class ImageFacts(msgspec.Struct, frozen=True):
    """The parts of an OCI image configuration that an asset shows."""

    created: str = ""
    os: str = ""
    architecture: str = ""
    config: _ImageOptions = _ImageOptions()

    @property
    def labels(self) -> Mapping[str, str]:
        """The image's labels."""
        return self.config.labels or {}


_Record = TypeVar("_Record")


def _decode(data: bytes, kind: type[_Record], where: str) -> _Record:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise FormatError(f"not what podman writes: {error}", where=where) from error


def is_id(text: str) -> bool:
    """Whether a text is an id of podman's: 64 hex digits. Ids become parts of paths, so nothing else may pass."""
    return _ID.fullmatch(text) is not None


def parse_containers(data: bytes) -> tuple[StoredContainer, ...]:
    """`containers.json`. Entries whose id is none are left out. Raises FormatError."""
    return tuple(c for c in _decode(data, list[StoredContainer], "containers.json") if is_id(c.id))


def parse_images(data: bytes) -> tuple[StoredImage, ...]:
    """`images.json`. Raises FormatError."""
    return tuple(i for i in _decode(data, list[StoredImage], "images.json") if is_id(i.id))


def parse_layers(data: bytes) -> dict[str, StoredLayer]:
    """`layers.json` by id. Raises FormatError."""
    return {layer.id: layer for layer in _decode(data, list[StoredLayer], "layers.json")}


def parse_libpod_config(data: bytes) -> LibpodConfig:
    """The `config` of a container in libpod's database. Raises FormatError."""
    return _decode(data, LibpodConfig, "libpod's database")


def parse_libpod_state(data: bytes) -> LibpodState:
    """The `state` of a container in libpod's database. Raises FormatError."""
    return _decode(data, LibpodState, "libpod's database")


def parse_image_facts(data: bytes) -> ImageFacts:
    """An image's configuration. Raises FormatError."""
    return _decode(data, ImageFacts, "image configuration")


def image_name_of(container: StoredContainer) -> tuple[str, str]:
    """(image name, container name) of `metadata`, '' where it does not say."""
    try:
        metadata = msgspec.json.decode(container.metadata.encode("utf-8", "replace"), type=_Metadata)
    except (msgspec.MsgspecError, RecursionError):
        metadata = _Metadata()
    return metadata.image_name, metadata.name or (container.names[0] if container.names else "")


def chain(layer: str, layers: Mapping[str, StoredLayer]) -> tuple[str, ...]:
    """A layer and those below it, the topmost first; a loop in the records ends it."""
    found: dict[str, None] = {}
    while layer in layers and layer not in found:
        found[layer] = None
        layer = layers[layer].parent
    return tuple(found)


def image_size(image: StoredImage, layers: Mapping[str, StoredLayer]) -> int:
    """Uncompressed bytes of all layers."""
    return sum(max(0, layers[layer].diff_size) for layer in chain(image.layer, layers))


def big_data_name(key: str) -> str:
    """The file in which containers/storage keeps big data `key`: itself if it is made of safe characters, else `=` and
    its base64 (storage/store.go, makeBigDataBaseName)."""
    if re.fullmatch(r"[A-Za-z0-9._-]*", key) and not key.startswith("."):
        return key
    return "=" + base64.b64encode(key.encode()).decode()


def parse_storage_conf(data: bytes) -> tuple[str, str]:
    """(graphroot, runroot) of storage.conf, '' where it does not say. Raises FormatError."""
    try:
        storage = tomllib.loads(data.decode()).get("storage", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"not TOML: {error}", where="storage.conf") from error
    if not isinstance(storage, dict):
        raise FormatError("[storage] is not a table", where="storage.conf")
    root, run = storage.get("graphroot", ""), storage.get("runroot", "")
    return (root if isinstance(root, str) else "", run if isinstance(run, str) else "")
