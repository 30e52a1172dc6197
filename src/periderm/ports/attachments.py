"""Small documents (signatures, attestations) that are put beside an image in its registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from periderm.model.registry import ImageReference


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """One document: `artifact_type` says what it is, `media_type` of which form its bytes are."""

    artifact_type: str
    media_type: str
    data: bytes
    annotations: dict[str, str] = {}


class Attachments(Protocol):
    """Raises NotFoundError (no such image there), DeniedError, ConnectError, FormatError."""

    def attach(self, reference: ImageReference, attachments: Sequence[Attachment]) -> Sequence[str]:
        """Puts them beside the image that the reference's digest names, so that `Registry.referrers` finds them (by the
        referrers API, or the fallback tag where the registry has none); the digests of their manifests. What lies there
        already is put again and is there once."""
        ...
