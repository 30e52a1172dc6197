"""Opens images in podman's own storage from its records and unpacked layers: no daemon, no lock, nothing changed.

Layers lie unpacked there, so their digests are told and cannot be verified. Judges nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence

import msgspec

from periderm.formats import containers_storage as records
from periderm.formats import oci
from periderm.model.base_image import KnownImage
from periderm.model.errors import FormatError, ImageSourceError, NotFoundError
from periderm.ports.image_source import OpenImage, TreeLayer

MOST_KNOWN = 300
MOST_DOCUMENTS = 32  # of one image
OpenTree = Callable[[str, str], TreeLayer]  # (folder, diff id)


def default_roots() -> tuple[str, ...]:
    """Where this user's podman keeps images: containers-storage.conf(5) defaults, the user's own first."""
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local/share")
    rootless = os.path.join(data, "containers/storage")
    rootful = "/var/lib/containers/storage"
    return (rootful, rootless) if os.geteuid() == 0 else (rootless, rootful)


class PodmanImages:
    """`ports.image_source.ImageSource`: `location` is a name (`nginx`, `localhost/web:1`) or a configuration digest."""

    def __init__(self, roots: Sequence[str], open_tree: OpenTree) -> None:
        self._roots = tuple(roots)
        self._open_tree = open_tree

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        """Opens an image. Raises ImageSourceError, NotFoundError, FormatError."""
        wanted = name or location
        unreadable = ""
        for root in self._roots:
            try:
                data = _read(root, records.IMAGES)
            except PermissionError:
                unreadable = root
                continue
            except OSError:
                continue
            stored = _find(records.parse_images(data), wanted)
            if stored is not None:
                yield self._image(root, stored, wanted)
                return
        if unreadable:
            raise ImageSourceError(f"{unreadable} may not be read by this user.", "Run it as root, or `podman save` the image.")
        raise NotFoundError(
            f"podman has no image {wanted!r} here.", "`podman images` lists what there is; `podman pull` gets more."
        )

    def _layer(self, root: str, layer: records.StoredLayer) -> TreeLayer:
        folder = f"{root}/overlay/{layer.id}/diff"
        tree = self._open_tree(folder, layer.diff_digest)
        return msgspec.structs.replace(tree, identity=_identity(folder, layer))

    def _image(self, root: str, stored: records.StoredImage, wanted: str) -> OpenImage:
        try:
            manifest_data = _read(root, f"overlay-images/{stored.id}/manifest")
            digest = oci.parse_manifest(manifest_data).config.digest
            config_data = _read(root, f"overlay-images/{stored.id}/{records.data_file(digest)}")
            known: dict[str, records.StoredLayer] = {}
            for file in records.LAYERS:
                with contextlib.suppress(FileNotFoundError):
                    known.update((layer.id, layer) for layer in records.parse_layers(_read(root, file)))
        except OSError as error:
            raise ImageSourceError(
                f"podman's records in {root} cannot be read ({error.strerror}).", "Run it as root."
            ) from None
        oci.verify(config_data, digest)
        config = oci.parse_config(config_data)
        chain = records.chain(known, stored.layer)
        told = [layer.diff_digest for layer in chain if layer.diff_digest]
        # podman leaves out empty layers of schema-1 images; the records must agree with the configuration otherwise.
        if len(told) == len(config.diff_ids) and tuple(told) != config.diff_ids:
            raise FormatError(
                "podman's layers are not those that the configuration names.", "Pull the image again.", where=root
            )
        layers = tuple(self._layer(root, layer) for layer in chain)
        reference = next(iter(stored.names or ()), wanted)
        signed = (*_indexes(root, stored, oci.digest_of(manifest_data)), oci.digest_of(manifest_data))
        return OpenImage(reference, f"podman:{digest}", digest, config, layers, manifests=signed)


def _indexes(root: str, stored: records.StoredImage, manifest: str) -> Iterator[str]:
    """The digests of the kept indexes that name this manifest: by which the image was pulled. Computed and not believed."""
    for name in sorted(stored.big_data or ())[:MOST_DOCUMENTS]:
        if name.startswith("manifest-") and not name.endswith(manifest):
            with contextlib.suppress(OSError, FormatError):
                data = _read(root, f"overlay-images/{stored.id}/{records.data_file(name)}")
                if any(each.digest == manifest for each in oci.parse_index(data)):
                    yield oci.digest_of(data)


def _identity(folder: str, layer: records.StoredLayer) -> str:
    """What names a layer's content: podman's record of its digest, and the folder that it was unpacked into (device, inode,
    times). containers/storage never writes into a layer of an image; who does so by hand is not looked for here."""
    try:
        found = os.stat(folder, follow_symlinks=False)
    except OSError:
        return ""
    times = f"{found.st_dev}:{found.st_ino}:{found.st_mtime_ns}:{found.st_ctime_ns}"
    return f"{folder}|{layer.diff_digest}|{times}" if layer.diff_digest else ""


class PodmanKnown:
    """`ports.known_images.KnownImages`: the images in podman's storage that have a name. What is in them nobody tells here."""

    def __init__(self, roots: Sequence[str]) -> None:
        self._roots = tuple(roots)

    def images(self) -> Sequence[KnownImage]:
        """At most `MOST_KNOWN`; a storage or a record that cannot be read is left out."""
        found: dict[str, KnownImage] = {}
        for root in self._roots:
            with contextlib.suppress(OSError, FormatError):
                for stored in records.parse_images(_read(root, records.IMAGES)):
                    if stored.names and len(found) < MOST_KNOWN:
                        with contextlib.suppress(OSError, FormatError):
                            image = _known(root, stored.id, tuple(stored.names))
                            found.setdefault(image.digest, image)
        return tuple(found.values())

    def scanned(self) -> Sequence[KnownImage]:
        """None that it knows of."""
        return ()

    def weaknesses(self, digest: str) -> frozenset[str] | None:  # noqa: ARG002 -- the port's names
        """Nobody has scanned them, as far as podman knows."""
        return None


def _known(root: str, image_id: str, names: tuple[str, ...]) -> KnownImage:
    """One image's layers, by its configuration. Raises OSError, FormatError."""
    digest = f"sha256:{image_id}"
    data = _read(root, f"overlay-images/{image_id}/{records.data_file(digest)}")
    oci.verify(data, digest)
    config = oci.parse_config(data)
    return KnownImage(names=names, digest=digest, diff_ids=config.diff_ids, created=config.created)


def _read(root: str, name: str) -> bytes:
    """A record below the storage root, at most as large as any parser takes. Raises OSError."""
    with open(os.path.join(root, name), "rb") as file:
        return file.read(records.LARGEST + 1)


def _find(images: Sequence[records.StoredImage], wanted: str) -> records.StoredImage | None:
    """By digest, by full name, by short name as podman resolves it, or by the beginning of an id."""
    plain = wanted.removeprefix("sha256:")
    for image in images:
        if plain == image.id or wanted == image.digest:
            return image
    last = wanted.rpartition("/")[2]
    tagged = wanted if ":" in last or "@" in last else wanted + ":latest"
    for image in images:
        if any(name == tagged or name.endswith("/" + tagged) for name in image.names or ()):
            return image
    if len(plain) >= 4 and all(c in "0123456789abcdef" for c in plain):
        fitting = [image for image in images if image.id.startswith(plain)]
        if len(fitting) == 1:
            return fitting[0]
    return None
