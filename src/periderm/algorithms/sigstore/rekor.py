"""Entries of a transparency log of signatures (Rekor): that the log holds one, since when, and that it is this one.

A proof with the log's note says that the entry is in the tree; a promise says also when. Where an entry brings both, both
must hold. Source: sigstore/protobuf-specs (sigstore_rekor.proto: what the promise is made over), sigstore/rekor (pkg/types:
hashedrekord 0.0.1, dsse 0.0.1, intoto 0.0.1 and 0.0.2), rekor v2 (hashedrekord 0.0.2).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from periderm.algorithms.sigstore.keys import load_key, verifies
from periderm.algorithms.sigstore.merkle import leaf_hash, root_of
from periderm.algorithms.sigstore.note import read_checkpoint
from periderm.model.signature import LogEntry, Refusal, TrustedLog, UntrustedError

LARGEST_BODY = 32 << 20  # bytes
MOST_ENTRIES = 16
_HASHES = {"sha256": hashlib.sha256, "sha2_256": hashlib.sha256, "sha384": hashlib.sha384, "sha2_384": hashlib.sha384}
_HASHES |= {"sha512": hashlib.sha512, "sha2_512": hashlib.sha512}


class Seen(msgspec.Struct, frozen=True):
    """That a trusted log holds an entry: `time` is when it says so (0: it does not), `by` what was verified."""

    log: TrustedLog
    time: int
    by: tuple[str, ...]


def verify_entry(entry: LogEntry, logs: Iterable[TrustedLog]) -> Seen:
    """What a trusted log says of the entry. Raises UntrustedError (OTHER_LOG, LOG_PROOF, LOG_NOTE, LOG_PROMISE, NO_LOG)."""
    if len(entry.body) > LARGEST_BODY:
        raise UntrustedError(Refusal.TOO_LARGE)
    log = next((each for each in logs if entry.log_id and each.log_id == entry.log_id), None)
    if log is None:
        raise UntrustedError(Refusal.OTHER_LOG, entry.log_id.hex()[:16])
    key = load_key(log.key)
    by: list[str] = []
    if entry.proof is not None:
        proof = entry.proof
        if root_of(leaf_hash(entry.body), proof.index, proof.size, proof.hashes) != proof.root or not proof.root:
            raise UntrustedError(Refusal.LOG_PROOF)
        told = read_checkpoint(proof.checkpoint, key, log.log_id)
        if told.root != proof.root or told.size != proof.size:
            raise UntrustedError(Refusal.LOG_NOTE, "it is of another tree")
        by += ["inclusion proof", "checkpoint"]
    if entry.promise:
        if not verifies(key, entry.promise, promised(entry)):
            raise UntrustedError(Refusal.LOG_PROMISE)
        by.append("inclusion promise")
    if not by:
        raise UntrustedError(Refusal.NO_LOG)
    time = entry.integrated if entry.promise else 0
    if time and not log.valid.holds(time):
        raise UntrustedError(Refusal.OTHER_LOG, "not trusted at that time")
    return Seen(log, time, tuple(by))


def promised(entry: LogEntry) -> bytes:
    """What a promise is made over: RFC 8785's form of four members (their names are in order, and need no escapes)."""
    body = base64.b64encode(entry.body).decode()
    return (
        f'{{"body":"{body}","integratedTime":{entry.integrated},"logID":"{entry.log_id.hex()}","logIndex":{entry.index}}}'
    ).encode()


class _Told(msgspec.Struct, frozen=True):
    """What a body says: over which hash, with which signatures (none told: empty), by which keys or certificates (DER)."""

    algorithm: str
    digest: bytes
    signatures: tuple[bytes, ...]
    verifiers: tuple[bytes, ...]
    over_payload: bool = False  # the hash is of a DSSE payload, and not of what was signed


def check_body(body: bytes, *, signed: bytes, payload: bytes, signatures: Sequence[bytes], verifier: bytes) -> None:
    """That an entry is about these signatures: `signed` are the bytes that were signed, `payload` those inside a DSSE
    envelope, `verifier` the DER of the certificate or key. Raises UntrustedError (LOG_BODY)."""
    told = _read(body)
    make = _HASHES.get(told.algorithm.lower())
    if make is None or make(payload if told.over_payload else signed).digest() != told.digest:
        raise UntrustedError(Refusal.LOG_BODY, "another content")
    if told.signatures and not set(told.signatures) & set(signatures):
        raise UntrustedError(Refusal.LOG_BODY, "another signature")
    if not told.signatures and not told.over_payload:
        raise UntrustedError(Refusal.LOG_BODY, "no signature")
    if verifier not in told.verifiers:
        raise UntrustedError(Refusal.LOG_BODY, "another key")


def check_hashed_body(body: bytes, *, digest: bytes, signatures: Sequence[bytes], verifier: bytes) -> None:
    """As `check_body`, where only the SHA-256 of what was signed is known."""
    told = _read(body)
    same = told.algorithm.lower() in ("sha256", "sha2_256") and told.digest == digest and not told.over_payload
    if not same or not set(told.signatures) & set(signatures) or verifier not in told.verifiers:
        raise UntrustedError(Refusal.LOG_BODY)


class _Hash(msgspec.Struct):
    algorithm: str = ""
    value: str = ""
    digest: str = ""


class _Raw(msgspec.Struct, rename="camel"):
    raw_bytes: str = ""


class _Verifier(msgspec.Struct, rename={"certificate": "x509Certificate", "key": "publicKey"}):
    certificate: _Raw | None = None
    key: _Raw | None = None


class _Content(msgspec.Struct):
    content: str = ""


class _Signature(msgspec.Struct, rename={"key": "publicKey"}):
    content: str = ""
    key: _Content | str | None = None
    verifier: _Verifier | None = None
    signature: str = ""
    sig: str = ""


class _Data(msgspec.Struct):
    hash: _Hash | None = None
    algorithm: str = ""
    digest: str = ""


class _V2(msgspec.Struct):
    data: _Data
    signature: _Signature


class _DsseSignature(msgspec.Struct):
    signature: str = ""
    verifier: str = ""


class _Envelope(msgspec.Struct):
    signatures: tuple[_Signature, ...] = ()


class _InToto(msgspec.Struct, rename={"payload_hash": "payloadHash"}):
    payload_hash: _Hash | None = None
    envelope: _Envelope | str | None = None


class _Spec(msgspec.Struct, rename={"payload_hash": "payloadHash", "key": "publicKey", "v2": "hashedRekordV002"}, kw_only=True):
    data: _Data | None = None
    signature: _Signature | None = None
    payload_hash: _Hash | None = None
    signatures: tuple[_DsseSignature, ...] = ()
    content: _InToto | None = None
    key: str = ""
    v2: _V2 | None = None


class _Body(msgspec.Struct, rename={"version": "apiVersion"}):
    kind: str
    version: str
    spec: _Spec


def _read(body: bytes) -> _Told:
    try:
        read = msgspec.json.decode(body, type=_Body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UntrustedError(Refusal.LOG_BODY, "it cannot be read") from error
    spec = read.spec
    match read.kind, read.version:
        case "hashedrekord", "0.0.1" if spec.data and spec.data.hash and spec.signature:
            key = spec.signature.key
            pem = key.content if isinstance(key, _Content) else ""
            digest = _hex(spec.data.hash.value)
            return _Told(spec.data.hash.algorithm, digest, (_bytes(spec.signature.content),), tuple(_verifiers(pem)))
        case "hashedrekord", "0.0.2" if spec.v2 is not None:
            data, signature = spec.v2.data, spec.v2.signature
            return _Told(data.algorithm, _bytes(data.digest), (_bytes(signature.content),), _raw(signature.verifier))
        case "dsse", "0.0.1" if spec.payload_hash is not None:
            made = tuple(_bytes(each.signature) for each in spec.signatures)
            keys = tuple(der for each in spec.signatures for der in _verifiers(each.verifier))
            return _Told(spec.payload_hash.algorithm, _hex(spec.payload_hash.value), made, keys, over_payload=True)
        case "intoto", "0.0.1" | "0.0.2" if spec.content is not None and spec.content.payload_hash is not None:
            return _in_toto(spec, spec.content.payload_hash, spec.content.envelope)
        case _:
            raise UntrustedError(Refusal.LOG_BODY, f"{read.kind[:40]} {read.version[:20]}")


def _in_toto(spec: _Spec, payload: _Hash, envelope: _Envelope | str | None) -> _Told:
    """Here signatures and keys are encoded twice."""
    keys = list(_verifiers(spec.key))
    made: list[bytes] = []
    if isinstance(envelope, _Envelope):
        for each in envelope.signatures:
            made.append(_bytes(_bytes(each.sig).decode("ascii", "replace")))
            keys.extend(_verifiers(each.key if isinstance(each.key, str) else ""))
    return _Told(payload.algorithm, _hex(payload.value), tuple(made), tuple(keys), over_payload=True)


def _raw(verifier: _Verifier | None) -> tuple[bytes, ...]:
    found = [] if verifier is None else [verifier.certificate, verifier.key]
    return tuple(_bytes(each.raw_bytes) for each in found if each is not None)


def _verifiers(encoded: str) -> Iterator[bytes]:
    """The DER of the first certificate or key of a PEM text that is Base64 once more."""
    text = _bytes(encoded).decode("ascii", "replace") if encoded else ""
    _, begin, rest = text.partition("-----BEGIN ")
    label, dashes, rest = rest.partition("-----")
    inside, end, _ = rest.partition(f"-----END {label}-----")
    if begin and dashes and end and label in ("CERTIFICATE", "PUBLIC KEY"):
        yield _bytes("".join(inside.split()))


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise UntrustedError(Refusal.LOG_BODY, "no Base64") from error


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise UntrustedError(Refusal.LOG_BODY, "no hex") from error
