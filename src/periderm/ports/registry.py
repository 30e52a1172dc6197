"""Image registries by the OCI distribution API: manifests, blobs, tags, repositories, referrers.

Raises NotFoundError (no such repository, tag or digest), DeniedError (sign in), ConnectError (does not answer, after all
retries), FormatError and LimitError (answers what no registry should), UsageError (a reference that is none).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from periderm.model.registry import Descriptor, ImageReference, RawManifest


class Registry(Protocol):
    """All registries that are reached from here; each call names its own by the reference. Thread-safe."""

    def manifest(self, reference: ImageReference) -> RawManifest:
        """The manifest or index of a tag or digest; bytes that do not have a digest that was asked for are a FormatError."""
        ...

    def digest(self, reference: ImageReference) -> str:
        """The digest that a tag has now (HEAD): cheap, for whoever watches."""
        ...

    def blob(self, reference: ImageReference, descriptor: Descriptor, begin: int = 0) -> Iterator[bytes]:
        """The bytes of a blob of that repository from `begin` on, in pieces; a download that breaks off is resumed where it
        was. Not verified: whoever reads verifies. Never more than `descriptor.size` bytes in all."""
        ...

    def tags(self, reference: ImageReference) -> Sequence[str]:
        """All tags of the repository, as the registry orders them."""
        ...

    def repositories(self, registry: str) -> Sequence[str]:
        """All repositories (the catalogue), where the registry offers that; else UsageError that says so."""
        ...

    def referrers(self, reference: ImageReference, artifact_type: str = "") -> Sequence[Descriptor]:
        """What refers to the digest of the reference (signatures, attestations): by the referrers API, or by its fallback
        tag where the registry has none."""
        ...
