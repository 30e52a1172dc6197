"""containerd's metadata (`v1/NAMESPACE/{containers,images}` in its bolt database) and its content: names and digests.

Source: containerd `metadata/buckets.go`, as containerd 1.6 writes it; OCI manifests and indexes in the content store.
The caller walks the database, since a format knows no other; here its values get their meaning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from periderm.model.errors import FormatError

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?")
# What kubelet puts as labels, and containerd's CRI plugin as annotations (pkg/cri/annotations), for the same things.
_CRI = {
    "io.kubernetes.cri.sandbox-name": "io.kubernetes.pod.name",
    "io.kubernetes.cri.sandbox-namespace": "io.kubernetes.pod.namespace",
    "io.kubernetes.cri.sandbox-uid": "io.kubernetes.pod.uid",
    "io.kubernetes.cri.container-name": "io.kubernetes.container.name",
}
SANDBOX = "io.kubernetes.cri.container-type"
IMAGE = "io.kubernetes.cri.image-name"


class Platform(msgspec.Struct, frozen=True):
    """What an index says a manifest is for."""

    architecture: str = ""
    os: str = ""


class Descriptor(msgspec.Struct, frozen=True):
    """A pointer to content."""

    digest: str = ""
    size: int = 0
    platform: Platform = Platform()


class Manifest(msgspec.Struct, frozen=True):
    """An image manifest (`config`, `layers`) or an index (`manifests`)."""

    config: Descriptor = Descriptor()
    layers: list[Descriptor] = []
    manifests: list[Descriptor] = []


class _Options(msgspec.Struct, frozen=True, rename="pascal"):
    labels: dict[str, str] | None = None


class ContainerdImage(msgspec.Struct, frozen=True):
    """An image's configuration."""

    created: str = ""
    config: _Options | None = None

    @property
    def labels(self) -> dict[str, str]:
        """The image's labels."""
        return dict((self.config.labels if self.config else None) or {})


class ContainerdContainer(msgspec.Struct, frozen=True):
    """A container in the metadata. `image` is a name."""

    namespace: str
    id: str
    image: str
    labels: dict[str, str]


def is_name(text: str) -> bool:
    """Whether a text is an identifier of containerd's (`identifiers`): names become parts of paths, nothing else may pass."""
    return _NAME.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Whether a text is a sha256 digest."""
    return _DIGEST.fullmatch(text) is not None


def text_of(data: bytes) -> str:
    """A value that is text; bytes that are none are shown replaced."""
    return data.decode("utf-8", "replace")


def labels_of(values: Mapping[bytes, bytes]) -> dict[str, str]:
    """A `labels` bucket."""
    return {text_of(key): text_of(value) for key, value in values.items()}


def merged_labels(labels: Mapping[str, str], annotations: Mapping[str, str]) -> dict[str, str]:
    """Labels, with what only the runtime's annotations say, in the words of kubelet's labels."""
    merged = {_CRI.get(key, key): value for key, value in annotations.items()}
    return {**merged, **labels}


def parse_manifest(data: bytes) -> Manifest:
    """Raises FormatError."""
    try:
        return msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"neither manifest nor index: {error}", where="containerd content") from error


def parse_image(data: bytes) -> ContainerdImage:
    """Raises FormatError."""
    try:
        return msgspec.json.decode(data, type=ContainerdImage)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"not an image configuration: {error}", where="containerd content") from error
