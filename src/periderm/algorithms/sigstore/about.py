"""What a signature is about: which image, and for a statement what is said of it. Believes nothing: it is read after the
signature was verified.

Source: cosign, specs/SIGNATURE_SPEC.md (simple signing); in-toto/attestation, spec/v1/statement.md (v0.1 has the same members).
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from periderm.model.signature import Content, Refusal, Signed, UntrustedError

STATEMENT_TYPE = "application/vnd.in-toto+json"
SIGNATURE_PREDICATE = "https://sigstore.dev/cosign/sign/v1"  # a statement that is a signature and says nothing else
LARGEST = 32 << 20  # bytes of a payload
_STATEMENTS = ("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1")
_SIMPLE_TYPES = ("cosign container image signature", "atomic container signature", SIGNATURE_PREDICATE)


class _Image(msgspec.Struct, rename={"digest": "docker-manifest-digest"}):
    digest: str


class _Critical(msgspec.Struct):
    image: _Image
    type: str


class _Simple(msgspec.Struct):
    critical: _Critical


class _Subject(msgspec.Struct):
    digest: dict[str, str] = {}


class _Statement(msgspec.Struct, rename={"kind": "_type", "predicate_type": "predicateType"}):
    kind: str
    predicate_type: str
    subject: tuple[_Subject, ...] = ()


def predicate_of(signed: Signed, digests: Collection[str]) -> str:
    """The predicate type of what was signed ('' for a signature over the image alone), if it is about one of the digests.
    Raises UntrustedError (OTHER_IMAGE, NO_STATEMENT, TOO_LARGE)."""
    if len(signed.payload) > LARGEST:
        raise UntrustedError(Refusal.TOO_LARGE)
    if signed.content is Content.MANIFEST:
        if f"sha256:{signed.payload.hex()}" not in digests:
            raise UntrustedError(Refusal.OTHER_IMAGE, signed.payload.hex()[:16])
        return ""
    return _of_simple(signed, digests) if signed.content is Content.SIMPLE else _of_statement(signed, digests)


def claimed_predicate(signed: Signed) -> str:
    """What an unverified statement says that it is, for people; '' where it does not."""
    if signed.content is not Content.STATEMENT or len(signed.payload) > LARGEST:
        return ""
    try:
        told = msgspec.json.decode(signed.payload, type=_Statement).predicate_type[:200]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return "" if told == SIGNATURE_PREDICATE else told


def _of_simple(signed: Signed, digests: Collection[str]) -> str:
    try:
        read = msgspec.json.decode(signed.payload, type=_Simple).critical
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UntrustedError(Refusal.NO_STATEMENT) from error
    if read.type not in _SIMPLE_TYPES:
        raise UntrustedError(Refusal.NO_STATEMENT, read.type[:80])
    if read.image.digest not in digests:
        raise UntrustedError(Refusal.OTHER_IMAGE, read.image.digest[:80])
    return ""


def _of_statement(signed: Signed, digests: Collection[str]) -> str:
    if signed.payload_type != STATEMENT_TYPE:
        raise UntrustedError(Refusal.NO_STATEMENT, signed.payload_type[:80])
    try:
        read = msgspec.json.decode(signed.payload, type=_Statement)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UntrustedError(Refusal.NO_STATEMENT) from error
    if read.kind not in _STATEMENTS:
        raise UntrustedError(Refusal.NO_STATEMENT, read.kind[:80])
    if not any(f"sha256:{subject.digest.get('sha256', '')}" in digests for subject in read.subject):
        raise UntrustedError(Refusal.OTHER_IMAGE)
    return "" if read.predicate_type == SIGNATURE_PREDICATE else read.predicate_type
