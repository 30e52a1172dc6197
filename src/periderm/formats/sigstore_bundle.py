"""Sigstore bundles (JSON, versions 0.1 to 0.3): a signature with all that it takes to verify it. Verifies nothing.

Source: sigstore/protobuf-specs, protos/sigstore_bundle.proto, sigstore_common.proto, sigstore_rekor.proto; JSON as protobuf
writes it (camelCase, bytes as Base64, 64-bit numbers as texts).
"""

from __future__ import annotations

import base64
import binascii

import msgspec

from periderm.model.errors import FormatError, LimitError
from periderm.model.signature import Content, InclusionProof, LogEntry, Signed

LARGEST = 48 << 20  # bytes: a statement may hold a bill of materials
MEDIA_TYPES = (
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle.v0.3+json",
)
ARTIFACT_TYPE = MEDIA_TYPES[-1]
_PROMISED = MEDIA_TYPES[0]  # the only version that may do without a proof of inclusion
MOST = 64
_NUMBER = int | str


class _Certificate(msgspec.Struct, rename="camel"):
    raw_bytes: str = ""


class _Chain(msgspec.Struct):
    certificates: tuple[_Certificate, ...] = ()


class _LogId(msgspec.Struct, rename="camel"):
    key_id: str = ""


class _Kind(msgspec.Struct):
    kind: str = ""
    version: str = ""


class _Promise(msgspec.Struct, rename="camel"):
    signed_entry_timestamp: str = ""


class _Checkpoint(msgspec.Struct):
    envelope: str = ""


class _Proof(msgspec.Struct, rename="camel"):
    log_index: _NUMBER = 0
    root_hash: str = ""
    tree_size: _NUMBER = 0
    hashes: tuple[str, ...] = ()
    checkpoint: _Checkpoint | None = None


class _Entry(msgspec.Struct, rename="camel"):
    log_index: _NUMBER = 0
    log_id: _LogId | None = None
    kind_version: _Kind | None = None
    integrated_time: _NUMBER = 0
    inclusion_promise: _Promise | None = None
    inclusion_proof: _Proof | None = None
    canonicalized_body: str = ""


class _Stamp(msgspec.Struct, rename="camel"):
    signed_timestamp: str = ""


class _Stamps(msgspec.Struct, rename="camel"):
    rfc3161_timestamps: tuple[_Stamp, ...] = ()


class _Material(
    msgspec.Struct,
    rename={
        "chain": "x509CertificateChain",
        "entries": "tlogEntries",
        "stamps": "timestampVerificationData",
    },
):
    certificate: _Certificate | None = None
    chain: _Chain | None = None
    entries: tuple[_Entry, ...] = ()
    stamps: _Stamps | None = None


class _Digest(msgspec.Struct):
    algorithm: str = ""
    digest: str = ""


class _Message(msgspec.Struct, rename="camel"):
    message_digest: _Digest | None = None
    signature: str = ""


class _Signature(msgspec.Struct):
    sig: str = ""


class _Envelope(msgspec.Struct, rename="camel"):
    payload: str = ""
    payload_type: str = ""
    signatures: tuple[_Signature, ...] = ()


class _Bundle(msgspec.Struct, rename="camel"):
    media_type: str
    verification_material: _Material
    message_signature: _Message | None = None
    dsse_envelope: _Envelope | None = None


_decoder = msgspec.json.Decoder(_Bundle)


def is_bundle(data: bytes) -> bool:
    """Whether a document says that it is a bundle, by its first bytes alone."""
    return b"application/vnd.dev.sigstore.bundle" in data[:4096]


def parse_bundle(data: bytes, where: str = "") -> Signed:
    """The signature that a bundle holds. Raises FormatError, LimitError."""
    if len(data) > LARGEST:
        raise LimitError(f"the bundle has {len(data)} bytes; {LARGEST} is the most that is read.", where=where)
    try:
        read = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is no Sigstore bundle ({_reason(error)}).", where=where) from None
    if read.media_type not in MEDIA_TYPES:
        raise FormatError(f"bundles of the kind {read.media_type[:80]!r} are not known.", where=where)
    material = read.verification_material
    chain = [_bytes(each.raw_bytes, where) for each in (material.chain.certificates if material.chain else ())[:MOST]]
    if material.certificate is not None:
        chain.insert(0, _bytes(material.certificate.raw_bytes, where))
    stamps = material.stamps.rfc3161_timestamps if material.stamps else ()
    if max(len(material.entries), len(stamps)) > MOST:
        raise LimitError(f"a bundle has more than {MOST} log entries or timestamps.", where=where)
    signed = _content(read, where)
    return msgspec.structs.replace(
        signed,
        certificate=chain[0] if chain else b"",
        chain=tuple(chain[1:]),
        entries=tuple(_entry(each, where, promised=read.media_type == _PROMISED) for each in material.entries),
        timestamps=tuple(_bytes(each.signed_timestamp, where) for each in stamps),
    )


def _content(read: _Bundle, where: str) -> Signed:
    envelope, message = read.dsse_envelope, read.message_signature
    if (envelope is None) == (message is None):
        raise FormatError("a bundle holds an envelope or a signature of a message, one of them.", where=where)
    if envelope is not None:
        if len(envelope.signatures) > MOST:
            raise LimitError(f"an envelope has more than {MOST} signatures.", where=where)
        return Signed(
            content=Content.STATEMENT,
            payload=_bytes(envelope.payload, where),
            payload_type=envelope.payload_type,
            signatures=tuple(_bytes(each.sig, where) for each in envelope.signatures),
            where=where,
        )
    told = message.message_digest if message is not None else None
    if message is None or told is None or told.algorithm != "SHA2_256":
        raise FormatError("a bundle does not tell the SHA-256 of what was signed.", where=where)
    return Signed(
        content=Content.MANIFEST,
        payload=_bytes(told.digest, where),
        signatures=(_bytes(message.signature, where),),
        where=where,
    )


def _entry(entry: _Entry, where: str, *, promised: bool) -> LogEntry:
    proof = entry.inclusion_proof
    if not promised and (proof is None or proof.checkpoint is None):
        raise FormatError("a log entry has no proof of inclusion with a checkpoint.", where=where)
    usable = proof is not None and proof.checkpoint is not None  # without a checkpoint a proof proves nothing
    kind = entry.kind_version or _Kind()
    return LogEntry(
        body=_bytes(entry.canonicalized_body, where),
        log_id=_bytes(entry.log_id.key_id, where) if entry.log_id else b"",
        index=_number(entry.log_index, where),
        integrated=_number(entry.integrated_time, where),
        kind=kind.kind,
        version=kind.version,
        promise=_bytes(entry.inclusion_promise.signed_entry_timestamp, where) if entry.inclusion_promise else b"",
        proof=_proof(proof, where) if proof is not None and usable else None,
    )


def _proof(proof: _Proof, where: str) -> InclusionProof:
    if len(proof.hashes) > MOST:
        raise LimitError(f"a proof has more than {MOST} hashes.", where=where)
    return InclusionProof(
        index=_number(proof.log_index, where),
        size=_number(proof.tree_size, where),
        root=_bytes(proof.root_hash, where),
        hashes=tuple(_bytes(each, where) for each in proof.hashes),
        checkpoint=proof.checkpoint.envelope if proof.checkpoint else "",
    )


def _number(value: _NUMBER, where: str) -> int:
    """protobuf writes 64-bit numbers as texts, and takes both."""
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) >= 1 << 63:
        raise FormatError(f"{text[:20]!r} is no number of a log.", where=where)
    return int(text)


def _bytes(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise FormatError("a part of it is not Base64.", where=where) from None


def _reason(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
