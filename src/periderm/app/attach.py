"""Puts signed attestations beside an image in its registry, so that whoever pulls it finds them, and fetches them from there.
Makes, signs and checks none."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import msgspec

from periderm.algorithms.signing import Envelope
from periderm.formats import intoto
from periderm.model.errors import FormatError, LimitError
from periderm.model.registry import Descriptor, ImageReference
from periderm.ports.attachments import Attachment, Attachments
from periderm.ports.registry import Registry

ENVELOPE_TYPE = "application/vnd.dsse.envelope.v1+json"  # DSSE v1, protocol.md
KIND = "in-toto.io/predicate-type"  # the annotation by which builders' attestations tell their predicate
MOST_FETCHED = 200
LARGEST_FETCHED = 64 << 20
_decoder = msgspec.json.Decoder(Envelope)


class _Layer(msgspec.Struct, rename="camel"):
    """What holds the document of an artifact."""

    media_type: str
    digest: str
    size: int


class _Artifact(msgspec.Struct):
    """A manifest of an artifact, the part that is read here."""

    layers: tuple[_Layer, ...] = ()


def attach(attachments: Attachments, reference: ImageReference, envelopes: Sequence[bytes]) -> str:
    """An artifact for each envelope; where they are. Raises what the port raises."""
    attachments.attach(
        reference,
        [
            Attachment(
                artifact_type=intoto.PAYLOAD_TYPE,
                media_type=ENVELOPE_TYPE,
                data=envelope,
                annotations={KIND: _predicate(envelope)},
            )
            for envelope in envelopes
        ],
    )
    return f"{reference.registry}/{reference.repository}@{reference.digest}"


def _predicate(envelope: bytes) -> str:
    """What kind of statement an envelope of ours holds."""
    return intoto.read_statement(base64.b64decode(_decoder.decode(envelope).payload)).predicate_type


def fetch(registry: Registry, reference: ImageReference) -> bytes:
    """The attestations beside an image, one envelope a line: nobody has looked yet who signed them. Raises what the port
    raises, FormatError, LimitError."""
    image = msgspec.structs.replace(reference, digest=reference.digest or registry.digest(reference))
    found = registry.referrers(image, intoto.PAYLOAD_TYPE)
    if len(found) > MOST_FETCHED:
        raise LimitError(f"more than {MOST_FETCHED} attestations lie beside {reference}.", "Remove old ones there.")
    return b"".join(line + b"\n" for each in found for line in _documents(registry, image, each))


def _documents(registry: Registry, image: ImageReference, artifact: Descriptor) -> list[bytes]:
    manifest = registry.manifest(msgspec.structs.replace(image, tag="", digest=artifact.digest))
    try:
        layers = msgspec.json.decode(manifest.data, type=_Artifact).layers
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"{artifact.digest[:19]} is no artifact: {error}.") from None
    made = []
    for layer in layers[:MOST_FETCHED]:
        if layer.media_type != ENVELOPE_TYPE:
            continue
        if not 0 <= layer.size <= LARGEST_FETCHED:
            raise LimitError(f"an attestation of {layer.size} bytes is not read.", where=artifact.digest[:19])
        blob = Descriptor(media_type=layer.media_type, digest=layer.digest, size=layer.size)
        # A line of the bundle: JSON has no need of line breaks, and what has some is no envelope of ours.
        made.append(b"".join(registry.blob(image, blob)).replace(b"\n", b" "))
    return made
