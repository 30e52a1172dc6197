"""Attestations are put beside an image under the kind of their predicate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import pytest

from periderm.app import attach as module
from periderm.app.attach import attach, fetch
from periderm.formats.image_reference import parse
from periderm.model.errors import FormatError, LimitError
from periderm.model.registry import Descriptor, ImageReference, RawManifest
from periderm.ports.attachments import Attachment
from tests.app.test_verify_image import made


def test_each_with_its_kind() -> None:
    """Whole, as an envelope; where they are is told by digest."""
    seen: list[Attachment] = []

    class Memory:
        """Remembers."""

        def attach(self, reference: ImageReference, attachments: Sequence[Attachment]) -> Sequence[str]:
            """Takes them."""
            seen.extend(attachments)
            return [reference.digest]

    image = parse("reg.example/team/app@sha256:" + "a" * 64)
    assert attach(Memory(), image, made()) == "reg.example/team/app@sha256:" + "a" * 64
    assert [each.annotations["in-toto.io/predicate-type"] for each in seen] == [
        "https://slsa.dev/provenance/v1",
        "https://cyclonedx.org/bom",
        "https://in-toto.io/attestation/vulns/v0.2",
        "https://slsa.dev/verification_summary/v1",
    ]
    assert [each.data for each in seen] == made()


class Told:
    """A registry that says what it likes; of `ports.registry.Registry` only what is asked here."""

    def __init__(self, manifest: bytes, count: int = 1) -> None:
        self.data, self.count = manifest, count

    def digest(self, reference: ImageReference) -> str:
        """Of the image."""
        return "sha256:" + "a" * 64

    def referrers(self, reference: ImageReference, artifact_type: str = "") -> Sequence[Descriptor]:
        """As many as it likes."""
        return [Descriptor(media_type="x/y", digest="sha256:" + "b" * 64, size=1)] * self.count

    def manifest(self, reference: ImageReference) -> RawManifest:
        """The artifact."""
        return RawManifest(media_type="x/y", digest=reference.digest, data=self.data)

    def blob(self, reference: ImageReference, descriptor: Descriptor, begin: int = 0) -> Iterator[bytes]:
        """With a line break, as no envelope of ours has."""
        yield b"{\n}"


def artifact(size: int = 3, kind: str = module.ENVELOPE_TYPE) -> bytes:
    """A manifest with one layer."""
    return msgspec.json.encode({"layers": [{"mediaType": kind, "digest": "sha256:" + "c" * 64, "size": size}]})


def test_what_a_registry_may_say() -> None:
    """One envelope a line, whatever is in it; other documents are passed over; nothing without end."""
    image = parse("reg.example/team/app:1")
    assert fetch(Told(artifact()), image) == b"{ }\n"  # type: ignore[arg-type]  # what is asked here
    assert fetch(Told(artifact(kind="a/b")), image) == b""  # type: ignore[arg-type]  # what is asked here
    for bad in (b"", b"[]", b'{"layers": 1}', b"\xff"):
        with pytest.raises(FormatError):
            fetch(Told(bad), image)  # type: ignore[arg-type]  # what is asked here
    for size in (-1, 1 << 40):
        with pytest.raises(LimitError):
            fetch(Told(artifact(size)), image)  # type: ignore[arg-type]  # what is asked here
    with pytest.raises(LimitError):
        fetch(Told(artifact(), module.MOST_FETCHED + 1), image)  # type: ignore[arg-type]  # what is asked here
