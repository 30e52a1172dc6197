"""Signatures as cosign stores them beside an image: manifests under the tags `sha256-….sig` and `….att`, and those that refer
to an image with a bundle. Verifies nothing.

Source: sigstore/cosign, specs/SIGNATURE_SPEC.md, ATTESTATION_SPEC.md, BUNDLE_SPEC.md; secure-systems-lab/dsse, envelope.md.
"""

from __future__ import annotations

import base64
import binascii

import msgspec

from periderm.model.errors import FormatError, LimitError
from periderm.model.registry import Descriptor
from periderm.model.signature import Content, LogEntry, Signed

LARGEST_MANIFEST = 4 << 20
LARGEST_PAYLOAD = 48 << 20
MOST = 64  # signatures of one manifest
SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
ENVELOPE = "application/vnd.dsse.envelope.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle"  # what their media types begin with
SIGNATURE_KEY = "dev.cosignproject.cosign/signature"
CERTIFICATE_KEY = "dev.sigstore.cosign/certificate"
CHAIN_KEY = "dev.sigstore.cosign/chain"
ENTRY_KEY = "dev.sigstore.cosign/bundle"
STAMP_KEY = "dev.sigstore.cosign/rfc3161timestamp"
# What `cosign save` writes into a layout's index, so that what lies there is known without a tag.
KIND_KEY = "kind"
KINDS = ("dev.cosignproject.cosign/sigs", "dev.cosignproject.cosign/atts")


class _Layer(msgspec.Struct, rename={"media_type": "mediaType"}):
    digest: str
    size: int = 0
    media_type: str = ""
    annotations: dict[str, str] | None = None


class _Manifest(msgspec.Struct):
    layers: tuple[_Layer, ...] = ()
    subject: _Layer | None = None


class _Told(msgspec.Struct, rename={"entry": "Payload", "promise": "SignedEntryTimestamp"}):
    entry: _Entry
    promise: str


class _Entry(msgspec.Struct, rename={"time": "integratedTime", "index": "logIndex", "log": "logID"}):
    body: str
    time: int
    index: int
    log: str


class _Stamp(msgspec.Struct, rename={"stamp": "SignedRFC3161Timestamp"}):
    stamp: str = ""


class _Signature(msgspec.Struct):
    sig: str = ""


class _Envelope(msgspec.Struct, rename="camel"):
    payload: str
    payload_type: str
    signatures: tuple[_Signature, ...] = ()


def tags_of(digest: str) -> tuple[str, str]:
    """The tags under which cosign stores the signatures and the attestations of a digest ('sha256:…')."""
    name = digest.replace(":", "-")
    return f"{name}.sig", f"{name}.att"


def parse_manifest(data: bytes, where: str = "") -> tuple[Descriptor, ...]:
    """The layers that hold signed contents, by their media types. Raises FormatError, LimitError."""
    read = _manifest(data, where)
    found = []
    for layer in read.layers:
        if layer.media_type in (SIMPLE, ENVELOPE) or layer.media_type.startswith(BUNDLE):
            if not 0 <= layer.size <= LARGEST_PAYLOAD:
                raise LimitError(f"a signature says that it has {layer.size} bytes.", where=where)
            found.append(
                Descriptor(
                    media_type=layer.media_type, digest=layer.digest, size=layer.size, annotations=layer.annotations or {}
                )
            )
    if len(found) > MOST:
        raise LimitError(f"there are more than {MOST} signatures.", where=where)
    return tuple(found)


def subject_of(data: bytes, where: str = "") -> str:
    """The digest that a manifest refers to, '' if none. Raises FormatError."""
    subject = _manifest(data, where).subject
    return subject.digest if subject is not None else ""


def _manifest(data: bytes, where: str) -> _Manifest:
    if len(data) > LARGEST_MANIFEST:
        raise LimitError("the manifest of a signature is not so large.", where=where)
    try:
        return msgspec.json.decode(data, type=_Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is no manifest of signatures ({str(error)[:200]}).", where=where) from None


def read_simple(payload: bytes, annotations: dict[str, str], where: str = "") -> Signed:
    """A signature over cosign's payload. Raises FormatError, LimitError."""
    if SIGNATURE_KEY not in annotations:
        raise FormatError(f"a layer has no annotation {SIGNATURE_KEY}.", where=where)
    signed = Signed(
        content=Content.SIMPLE, payload=_bounded(payload, where), signatures=(_bytes(annotations[SIGNATURE_KEY], where),)
    )
    return _proofs(signed, annotations, where)


def read_envelope(data: bytes, annotations: dict[str, str], where: str = "") -> Signed:
    """A statement in its envelope. Raises FormatError, LimitError."""
    try:
        read = msgspec.json.decode(_bounded(data, where), type=_Envelope)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is no signed envelope ({str(error)[:200]}).", where=where) from None
    if len(read.signatures) > MOST:
        raise LimitError(f"an envelope has more than {MOST} signatures.", where=where)
    signed = Signed(
        content=Content.STATEMENT,
        payload=_bytes(read.payload, where),
        payload_type=read.payload_type,
        signatures=tuple(_bytes(each.sig, where) for each in read.signatures),
    )
    return _proofs(signed, annotations, where)


def _proofs(signed: Signed, annotations: dict[str, str], where: str) -> Signed:
    """With certificate, chain, log entry and timestamp, as far as the annotations hold them."""
    certificates = [*_pem(annotations.get(CERTIFICATE_KEY, ""), where), *_pem(annotations.get(CHAIN_KEY, ""), where)]
    if CERTIFICATE_KEY not in annotations:
        certificates = []
    entry, stamp = annotations.get(ENTRY_KEY, ""), annotations.get(STAMP_KEY, "")
    return msgspec.structs.replace(
        signed,
        certificate=certificates[0] if certificates else b"",
        chain=tuple(certificates[1:]),
        entries=(_entry(entry, where),) if entry else (),
        timestamps=(_stamp(stamp, where),) if stamp else (),
        where=where,
    )


def _entry(text: str, where: str) -> LogEntry:
    try:
        told = msgspec.json.decode(text, type=_Told)
        log_id = bytes.fromhex(told.entry.log)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FormatError(f"the log's entry cannot be read ({str(error)[:200]}).", where=where) from None
    if min(told.entry.time, told.entry.index) < 0:
        raise FormatError("the log's entry has a negative number.", where=where)
    return LogEntry(
        body=_bytes(told.entry.body, where),
        log_id=log_id,
        index=told.entry.index,
        integrated=told.entry.time,
        promise=_bytes(told.promise, where),
    )


def _stamp(text: str, where: str) -> bytes:
    try:
        return _bytes(msgspec.json.decode(text, type=_Stamp).stamp, where)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise FormatError(f"the timestamp cannot be read ({str(error)[:200]}).", where=where) from None


def _pem(text: str, where: str) -> list[bytes]:
    """The DER of each certificate of a PEM text."""
    found = []
    for piece in text.split("-----BEGIN CERTIFICATE-----")[1 : MOST + 1]:
        inside, end, _ = piece.partition("-----END CERTIFICATE-----")
        if not end:
            raise FormatError("a certificate has no end.", where=where)
        found.append(_bytes("".join(inside.split()), where))
    return found


def _bounded(data: bytes, where: str) -> bytes:
    if len(data) > LARGEST_PAYLOAD:
        raise LimitError("a signed content is not so large.", where=where)
    return data


def _bytes(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise FormatError("a part of it is not Base64.", where=where) from None
