"""Opens images in docker's own storage (overlay2) from its records and unpacked layers: the daemon is not asked.

Layers lie unpacked there, so their digests are told and cannot be verified. Judges nothing. With containerd's image
store docker keeps its images in containerd: `image_containerd` opens those.
Source: moby, `layer/filestore.go` (layerdb: `cache-id`, named by chain id) and `image/fs.go` (imagedb).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

from periderm.formats import docker_records, oci
from periderm.model.errors import FormatError, ImageSourceError, NotFoundError
from periderm.ports.image_source import OpenImage, TreeLayer

OpenTree = Callable[[str, str], TreeLayer]  # (folder, diff id)
_LARGEST = 64 << 20


class DockerImages:
    """`ports.image_source.ImageSource`: `location` is a name (`nginx`, `web:1`) or a configuration digest or its start."""

    def __init__(self, root: str, open_tree: OpenTree) -> None:
        self._root = root
        self._store = os.path.join(root, "image", "overlay2")
        self._open_tree = open_tree

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        """Opens an image. Raises ImageSourceError, NotFoundError, FormatError."""
        wanted = name or location
        try:
            names = docker_records.parse_repositories(self._read("repositories.json"))
        except FileNotFoundError:
            raise NotFoundError(
                f"There are no images of docker's in {self._root}.",
                "With containerd's image store give containerd:NAME; `docker save -o FILE NAME` works with any.",
            ) from None
        except OSError as error:
            raise ImageSourceError(
                f"docker's records in {self._root} cannot be read ({error.strerror}).", "Run it as root."
            ) from None
        digest = choose(names, wanted)
        if not digest:
            raise NotFoundError(f"docker has no image {wanted!r} here.", "`docker images` lists what there is.")
        yield self._image(digest, next(iter(names.get(digest, ())), wanted))

    def _image(self, digest: str, reference: str) -> OpenImage:
        try:
            data = self._read(f"imagedb/content/sha256/{oci.valid_digest(digest)}")
        except OSError as error:
            raise ImageSourceError(
                f"The configuration of {reference} cannot be read ({error.strerror}).", "Pull it again."
            ) from None
        oci.verify(data, digest)
        config = oci.parse_config(data)
        layers = tuple(self._layer(chain, diff_id) for chain, diff_id in oci.chain_ids(config.diff_ids))
        return OpenImage(reference, f"docker:{digest}", digest, config, layers)

    def _layer(self, chain_id: str, diff_id: str) -> TreeLayer:
        try:
            cache = self._read(f"layerdb/sha256/{oci.valid_digest(chain_id)}/cache-id").decode("ascii", "replace").strip()
        except OSError as error:
            raise FormatError(
                f"layer {diff_id[:19]} is not there ({error.strerror}).", "Pull the image again.", where=self._store
            ) from None
        if not cache.isascii() or not cache.replace("-", "").isalnum():  # becomes part of a path
            raise FormatError(f"{cache[:80]!r} is not an id.", where=self._store)
        return self._open_tree(os.path.join(self._root, "overlay2", cache, "diff"), diff_id)

    def _read(self, name: str) -> bytes:
        """A record, at most as large as any parser takes. Raises OSError."""
        with open(os.path.join(self._store, name), "rb") as file:
            return file.read(_LARGEST + 1)


def choose(names: dict[str, tuple[str, ...]], wanted: str) -> str:
    """The configuration digest of what is asked for, '' if nothing or more than one thing is meant."""
    if wanted.startswith("sha256:") and len(wanted) == 71:
        return wanted  # also an image without a name
    last = wanted.rpartition("/")[2]
    tagged = wanted if ":" in last or "@" in last else wanted + ":latest"
    plain = tagged.removeprefix("docker.io/").removeprefix("library/")
    for digest, references in names.items():
        if any(reference in (tagged, plain) for reference in references):
            return digest
    short = wanted.removeprefix("sha256:")
    if len(short) >= 4 and all(c in "0123456789abcdef" for c in short):
        fitting = [digest for digest in names if digest.removeprefix("sha256:").startswith(short)]
        if len(fitting) == 1:
            return fitting[0]
    return ""
