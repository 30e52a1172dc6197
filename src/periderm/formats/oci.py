"""OCI image documents (image-spec v1.1): layout, index, manifest and configuration. JSON to values; opens nothing.

Docker's schema-2 documents have the same members, so they are read by the same code.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from periderm.model.errors import FormatError, LimitError, NotFoundError
from periderm.model.image import History, ImageConfig

T = TypeVar("T")

LARGEST = 16 << 20
LAYOUT_FILE = "oci-layout"
INDEX_FILE = "index.json"
INDEX_TYPES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_COSIGN = re.compile(r"(?:^|:)sha256-[0-9a-f]{64}\.(?:sig|att|sbom)$|^dev\.cosignproject\.cosign/(?:sigs|atts|sboms)$")
_REFERENCE = "org.opencontainers.image.ref.name"
_CONTAINERD_NAME = "io.containerd.image.name"
_MACHINES = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm",
    "ppc64le": "ppc64le",
    "s390x": "s390x",
    "riscv64": "riscv64",
}


class Platform(msgspec.Struct, frozen=True):
    """For which machine a manifest of an index is."""

    architecture: str = ""
    os: str = ""


class Descriptor(msgspec.Struct, frozen=True, rename={"media_type": "mediaType", "artifact_type": "artifactType"}):
    """A pointer to a blob: its digest, size and kind. `artifact_type` is set for what is no image."""

    digest: str
    size: int = 0
    media_type: str = ""
    platform: Platform | None = None
    annotations: dict[str, str] = {}
    artifact_type: str = ""

    @property
    def beside(self) -> bool:
        """Whether it lies beside an image and is none: an attestation of BuildKit's (platform unknown), a signature under
        cosign's tag or with its kind, an artifact."""
        unknown = self.platform is not None and self.platform.os == "unknown"
        return unknown or bool(self.artifact_type) or bool(_COSIGN.search(self.name or self.annotations.get("kind", "")))

    @property
    def name(self) -> str:
        """The reference that the index gives it, '' if none."""
        return self.annotations.get(_CONTAINERD_NAME) or self.annotations.get(_REFERENCE, "")


class Manifest(msgspec.Struct, frozen=True):
    """One image: the configuration and the layers, in order."""

    config: Descriptor
    layers: tuple[Descriptor, ...]


class _Index(msgspec.Struct, frozen=True):
    manifests: tuple[Descriptor, ...]


class _Healthcheck(msgspec.Struct, frozen=True, rename="pascal"):
    test: tuple[str, ...] | None = None


class _Settings(msgspec.Struct, frozen=True, rename="pascal"):
    user: str | None = None
    env: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | str | None = None
    cmd: tuple[str, ...] | str | None = None
    working_dir: str | None = None
    exposed_ports: dict[str, msgspec.Raw] | None = None
    volumes: dict[str, msgspec.Raw] | None = None
    labels: dict[str, str] | None = None
    healthcheck: _Healthcheck | None = None


class _RootFs(msgspec.Struct, frozen=True):
    diff_ids: tuple[str, ...] = ()


class _Step(msgspec.Struct, frozen=True):
    created_by: str = ""
    comment: str = ""
    empty_layer: bool = False


class _Config(msgspec.Struct, frozen=True):
    architecture: str = ""
    os: str = ""
    created: str | None = None
    config: _Settings | None = None
    rootfs: _RootFs | None = None
    history: tuple[_Step, ...] | None = None


def _decode(data: bytes, kind: type[T], what: str) -> T:
    """JSON into a struct; every way in which it can be wrong becomes a FormatError."""
    if len(data) > LARGEST:
        raise LimitError(f"the {what} has {len(data)} bytes; {LARGEST} is the most that is read.")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise FormatError(f"the {what} is not what the OCI image specification says ({reason}).") from None


def valid_digest(digest: str) -> str:
    """The hex of `sha256:…`. Raises FormatError: the digest becomes part of a path, so nothing else may pass."""
    algorithm, _, value = digest.partition(":")
    if algorithm == "sha256" and len(value) == 64 and all(c in "0123456789abcdef" for c in value):
        return value
    raise FormatError(f"{digest[:80]!r} is not a sha256 digest.")


def digest_of(data: bytes) -> str:
    """`sha256:…` of a document."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def verify(data: bytes, digest: str) -> None:
    """Raises FormatError unless the data has the digest that was promised."""
    value = valid_digest(digest)
    if hashlib.sha256(data).hexdigest() != value:
        raise FormatError(f"the document {value[:12]} has another digest.", "Fetch the image again.")


def chain_ids(diff_ids: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """(chain id, diff id) of each layer, lowest first: image-spec v1.1, config.md, "Layer ChainID". Raises FormatError."""
    found: list[tuple[str, str]] = []
    chain = ""
    for diff_id in diff_ids:
        valid_digest(diff_id)
        chain = "sha256:" + hashlib.sha256(f"{chain} {diff_id}".encode()).hexdigest() if chain else diff_id
        found.append((chain, diff_id))
    return tuple(found)


def parse_index(data: bytes) -> tuple[Descriptor, ...]:
    """The manifests of an index, in order. Raises FormatError."""
    return _decode(data, _Index, "index").manifests


def parse_manifest(data: bytes) -> Manifest:
    """A manifest with valid digests. Raises FormatError."""
    manifest = _decode(data, Manifest, "manifest")
    for descriptor in (manifest.config, *manifest.layers):
        valid_digest(descriptor.digest)
    return manifest


def parse_config(data: bytes) -> ImageConfig:
    """An image configuration. Raises FormatError."""
    raw = _decode(data, _Config, "image configuration")
    told = raw.config or _Settings()
    diff_ids = raw.rootfs.diff_ids if raw.rootfs else ()
    for diff_id in diff_ids:
        valid_digest(diff_id)
    return ImageConfig(
        architecture=raw.architecture,
        os=raw.os,
        created=raw.created or "",
        user=told.user or "",
        environment=told.env or (),
        entrypoint=_words(told.entrypoint),
        command=_words(told.cmd),
        working_directory=told.working_dir or "",
        exposed_ports=tuple(told.exposed_ports or ()),
        volumes=tuple(told.volumes or ()),
        labels=told.labels or {},
        healthcheck=(told.healthcheck.test if told.healthcheck else None) or (),
        diff_ids=diff_ids,
        history=tuple(History(s.created_by, s.comment, s.empty_layer) for s in raw.history or ()),
    )


def _words(value: tuple[str, ...] | str | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value or ()


def choose(manifests: tuple[Descriptor, ...], name: str, machine: str) -> Descriptor | None:
    """The manifest of an index for a reference ('' for the only one) and a machine as uname(2) names it; None if there
    is no such reference, or several and no name. Raises FormatError if the index is empty."""
    images = [m for m in manifests if not m.beside or m.digest == name]
    if not images:
        raise FormatError("the index names no image.")
    if name:
        images = [m for m in images if m.name in (name, name.rpartition(":")[2]) or m.digest == name]
        if not images:
            return None
    elif len({m.name for m in images}) > 1:
        return None
    wanted = _MACHINES.get(machine, machine)
    fitting = [m for m in images if m.platform and m.platform.os == "linux" and m.platform.architecture == wanted]
    return (fitting or images)[0]


class Resolved(msgspec.Struct, frozen=True):
    """What an index leads to: the configuration with its digest, and each layer's blob with its diff id. `manifests` are the
    digests of the documents on the way, from the one that was named down to the manifest: any of them may be signed."""

    digest: str
    config: ImageConfig
    layers: tuple[tuple[Descriptor, str], ...]
    manifests: tuple[str, ...] = ()


def not_there(name: str, there: str) -> NotFoundError:
    """What to say when no image, or no single one, is meant."""
    what = f"There is no image {name!r} in it." if name else "There is more than one image in it."
    return NotFoundError(what, f"Choose one with --image NAME; names in it: {there}.")


def resolve(chosen: Descriptor, machine: str, blob: Callable[[Descriptor], bytes], where: str) -> Resolved:
    """Follows a descriptor to its image; `blob` gives a document whose digest it has verified. An index may name indexes,
    four deep. Raises FormatError."""
    data = blob(chosen)
    way = [chosen.digest]
    for _ in range(4):
        if chosen.media_type not in INDEX_TYPES and not _is_index(data):
            break
        below = choose(parse_index(data), "", machine)
        if below is None:
            raise FormatError("an index inside the index names more than one image.", where=where)
        data = blob(below)
        chosen = below
        way.append(chosen.digest)
    manifest = parse_manifest(data)
    config = parse_config(blob(manifest.config))
    if len(manifest.layers) != len(config.diff_ids):
        raise FormatError(
            f"the manifest names {len(manifest.layers)} layers, the configuration {len(config.diff_ids)}.", where=where
        )
    return Resolved(manifest.config.digest, config, tuple(zip(manifest.layers, config.diff_ids, strict=True)), tuple(way))


class _Kind(msgspec.Struct, frozen=True):
    manifests: msgspec.Raw = msgspec.Raw()  # empty where the document has none
    config: msgspec.Raw = msgspec.Raw()


def _is_index(data: bytes) -> bool:
    """Whether a document without a media type is an index: it has manifests and no configuration."""
    kind = _decode(data, _Kind, "manifest")
    return not bytes(kind.config) and bool(bytes(kind.manifests))


def names(manifests: tuple[Descriptor, ...]) -> str:
    """The first ten references, for a message."""
    return ", ".join(sorted({m.name for m in manifests if m.name})[:10]) or "none"
