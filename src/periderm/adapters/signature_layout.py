"""Signatures in an OCI image layout folder, as `cosign save`, `skopeo copy` and `oras` put them there. Judges nothing, and
follows no link out of the folder.

Source: image-spec v1.1, image-layout.md; sigstore/cosign, pkg/oci/layout (the annotation `kind`).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

from periderm.formats import cosign_signature as cosign
from periderm.formats import oci
from periderm.model.errors import FormatError, ImageSourceError, LimitError, NotFoundError
from periderm.model.registry import Descriptor, ImageReference, RawManifest

_SAFE = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_LARGEST_DOCUMENT = 16 << 20
MOST = 1_000  # manifests of the index that are looked into
_KINDS = {".sig": cosign.KINDS[0], ".att": cosign.KINDS[1]}


class LayoutSignatures:
    """`ports.signature_store.SignatureStore` of one folder; registry and repository of a reference do not matter."""

    def __init__(self, path: str) -> None:
        self._path = path

    def manifest(self, reference: ImageReference) -> RawManifest:
        """Of a digest, or of a tag: by its name in the index, or, for cosign's tags, by its kind."""
        if reference.digest:
            return self._document(reference.digest, "")
        index = self._index()
        kind = _KINDS.get(reference.tag[-4:], "")
        named = [d for d in index if d.name == reference.tag or d.name.endswith(f":{reference.tag}")]
        for each in named or [d for d in index if kind and d.annotations.get(cosign.KIND_KEY) == kind]:
            return self._document(each.digest, each.media_type)
        raise NotFoundError(f"{self._path} has no {reference.tag[:80]!r}.")

    def blob(self, reference: ImageReference, descriptor: Descriptor) -> Iterator[bytes]:  # noqa: ARG002 -- the port's names
        """See the port."""
        yield self._read(f"blobs/sha256/{oci.valid_digest(descriptor.digest)}", descriptor.size)

    def referrers(self, reference: ImageReference, artifact_type: str = "") -> Sequence[Descriptor]:
        """What the index names and what says itself that it refers to the digest."""
        found = []
        for each in self._index()[:MOST]:
            try:
                data = self._document(each.digest, each.media_type).data
                if cosign.subject_of(data) != reference.digest:
                    continue
            except (FormatError, NotFoundError):
                continue
            found.append(
                Descriptor(media_type=each.media_type, digest=each.digest, size=len(data), artifact_type=artifact_type)
            )
        return tuple(found)

    def _index(self) -> tuple[oci.Descriptor, ...]:
        return oci.parse_index(self._read(oci.INDEX_FILE, _LARGEST_DOCUMENT))

    def _document(self, digest: str, media_type: str) -> RawManifest:
        data = self._read(f"blobs/sha256/{oci.valid_digest(digest)}", _LARGEST_DOCUMENT)
        oci.verify(data, digest)
        return RawManifest(media_type=media_type or "application/vnd.oci.image.manifest.v1+json", digest=digest, data=data)

    def _read(self, name: str, most: int) -> bytes:
        """A regular file below the folder; every folder on the way is opened without following links."""
        *folders, last = name.split("/")
        try:
            at = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise ImageSourceError(f"{self._path} cannot be opened ({error.strerror}).", "Check the path.") from None
        try:
            for folder in folders:
                below = os.open(folder, _SAFE | os.O_DIRECTORY, dir_fd=at)
                os.close(at)
                at = below
            fd = os.open(last, _SAFE, dir_fd=at)
        except FileNotFoundError:
            raise NotFoundError(f"{self._path} has no {name}.", "Save the image again, with its signatures.") from None
        except OSError as error:
            raise FormatError(f"{name!r} cannot be opened ({error.strerror}).", where=self._path) from None
        finally:
            os.close(at)
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise FormatError(f"{name!r} is not a regular file.", where=self._path)
        with open(fd, "rb") as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise LimitError(f"{name!r} is larger than {most} bytes.", where=self._path)
        return data
