"""Where signatures of images lie beside them: a registry, or an image layout folder. Verifies nothing.

A `Registry` is one. Raises NotFoundError, DeniedError, ConnectError, FormatError, LimitError, UsageError.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from periderm.model.registry import Descriptor, ImageReference, RawManifest


class SignatureStore(Protocol):
    """The three questions by which signatures are found. Nothing that it gives is believed."""

    def manifest(self, reference: ImageReference) -> RawManifest:
        """The manifest or index of a tag or digest. Raises NotFoundError where there is none."""
        ...

    def blob(self, reference: ImageReference, descriptor: Descriptor) -> Iterator[bytes]:
        """The bytes of a blob, in pieces, at most `descriptor.size`; not verified."""
        ...

    def referrers(self, reference: ImageReference, artifact_type: str = "") -> Sequence[Descriptor]:
        """What refers to the digest of the reference."""
        ...
