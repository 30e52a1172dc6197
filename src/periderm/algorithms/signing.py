"""Signed envelopes: DSSE with Ed25519. The one way in which the product signs and verifies. Makes no keys and keeps none.

Source: github.com/secure-systems-lab/dsse, protocol.md and envelope.md (v1): what is signed is the type and the payload,
each with its length; a key id is a hint and decides nothing; both alphabets of Base64 are read. Keys are PEM (PKCS 8 and
SubjectPublicKeyInfo).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from periderm.model.errors import SignatureError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LARGEST = 64 << 20  # bytes of an envelope
MOST_SIGNATURES = 64
_LARGEST_KEY = 16 << 10
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


class Signature(msgspec.Struct, frozen=True, omit_defaults=True):
    """One signature of an envelope."""

    sig: str
    keyid: str = ""


class Envelope(msgspec.Struct, frozen=True, rename="camel"):
    """DSSE's JSON envelope. Unknown members are ignored, as envelope.md asks."""

    payload: str
    payload_type: str
    signatures: tuple[Signature, ...]


_decoder = msgspec.json.Decoder(Envelope)


def encoding(payload: bytes, payload_type: str) -> bytes:
    """PAE: the bytes that are signed."""
    kind = payload_type.encode("utf-8", "surrogatepass")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, payload_type: str, key: bytes) -> bytes:
    """An envelope as JSON, signed with a private key (PEM, not encrypted). Raises SignatureError for a key that cannot
    sign."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(key[:_LARGEST_KEY], password=None)
    except (ValueError, TypeError) as error:
        raise SignatureError("The private key cannot be read.", "Give an Ed25519 key in PEM, not encrypted.") from error
    except _unsupported() as error:
        raise SignatureError("The private key is of a kind that is not supported.", "Give an Ed25519 key.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise SignatureError("The private key is not for Ed25519.", "Make one: openssl genpkey -algorithm ed25519")
    made = private.sign(encoding(payload, payload_type))
    signature = Signature(base64.b64encode(made).decode(), _id_of(private.public_key()))
    return msgspec.json.encode(Envelope(base64.b64encode(payload).decode(), payload_type, (signature,)))


def verify(envelope: bytes, keys: Sequence[bytes], payload_type: str) -> bytes:
    """The payload of an envelope, if one of the public keys (PEM) signed it and it is of the type that was asked for.
    Raises SignatureError; nothing of the payload is looked at before."""
    read = _read(envelope)
    payload = _base64(read.payload, "payload")
    public = [_public(key) for key in keys]
    if not public:
        raise SignatureError("No key is trusted.", "Name the public key of who signs.")
    told = encoding(payload, read.payload_type)
    if not any(_signed(key, each, told) for each in read.signatures for key in public):
        raise SignatureError("None of the trusted keys signed this.", "It was changed, or somebody else signed it.")
    if read.payload_type != payload_type:
        raise SignatureError(f"What was signed is no {payload_type}.", "It was signed for another use.")
    return payload


def key_id(key: bytes) -> str:
    """The id of a public key (PEM): the SHA-256 of its SubjectPublicKeyInfo, in hex. Raises SignatureError."""
    return _id_of(_public(key))


def _id_of(key: Ed25519PublicKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _read(envelope: bytes) -> Envelope:
    if len(envelope) > LARGEST:
        raise SignatureError(f"The envelope is larger than {LARGEST >> 20} MiB.")
    try:
        read = _decoder.decode(envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SignatureError("This is no signed envelope.", "It may be damaged.") from error
    if len(read.signatures) > MOST_SIGNATURES:
        raise SignatureError(f"The envelope has more than {MOST_SIGNATURES} signatures.")
    return read


def _base64(text: str, what: str) -> bytes:
    try:
        data = text.encode("ascii").translate(_URL_SAFE).rstrip(b"=")
        return base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise SignatureError(f"The envelope's {what} is not Base64.", "It may be damaged.") from error


def _public(key: bytes) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        public = load_pem_public_key(key[:_LARGEST_KEY])
    except (ValueError, TypeError, _unsupported()) as error:
        raise SignatureError("A public key cannot be read.", "Give an Ed25519 public key in PEM.") from error
    if not isinstance(public, Ed25519PublicKey):
        raise SignatureError("A public key is not for Ed25519.", "Give the one that belongs to the signing key.")
    return public


def _signed(key: Ed25519PublicKey, signature: Signature, told: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(_base64(signature.sig, "signature"), told)
    except (InvalidSignature, SignatureError):
        return False
    return True


def _unsupported() -> type[Exception]:
    from cryptography.exceptions import UnsupportedAlgorithm

    return UnsupportedAlgorithm
