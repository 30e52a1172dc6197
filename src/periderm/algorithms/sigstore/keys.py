"""Public keys and the signatures that they verify. Which keys are trusted is decided by whoever calls.

The key decides the algorithm and never the signature: ECDSA with the curve's own hash or SHA-256 (cosign's rule for every
key), RSA of 2,048 bits and more with SHA-256 (PKCS 1 v1.5 or PSS), Ed25519. Source: cosign, specs/SIGNATURE_SPEC.md;
sigstore/architecture-docs, algorithm-registry.md.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from periderm.model.signature import Refusal, UntrustedError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    PublicKey = EllipticCurvePublicKey | RSAPublicKey | Ed25519PublicKey

LARGEST_KEY = 16 << 10  # bytes
LARGEST_SIGNATURE = 4 << 10
SMALLEST_RSA, LARGEST_RSA = 2048, 8192
_CURVES = {"secp256r1": ("sha256",), "secp384r1": ("sha384", "sha256"), "secp521r1": ("sha512", "sha256")}


def load_key(data: bytes) -> PublicKey:
    """A key as PEM or DER. Raises UntrustedError (DAMAGED, WEAK)."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

    if len(data) > LARGEST_KEY:
        raise UntrustedError(Refusal.TOO_LARGE)
    load = load_pem_public_key if b"-----BEGIN" in data[:4096] else load_der_public_key
    try:
        key = load(data)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UntrustedError(Refusal.DAMAGED, "no public key") from error
    return accepted(key)


def accepted(key: object) -> PublicKey:
    """The key, if it is of a kind and size that is accepted. Raises UntrustedError (WEAK)."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return key
    if isinstance(key, rsa.RSAPublicKey) and SMALLEST_RSA <= key.key_size <= LARGEST_RSA:
        return key
    raise UntrustedError(Refusal.WEAK)


def spki(key: PublicKey) -> bytes:
    """The key's SubjectPublicKeyInfo, DER."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: PublicKey) -> str:
    """The SHA-256 of the SubjectPublicKeyInfo, hex."""
    return hashlib.sha256(spki(key)).hexdigest()


def verifies(key: PublicKey, signature: bytes, data: bytes, *, hashed: bool = False) -> bool:
    """Whether the key made this signature over the data, or over what has the SHA-256 `data` if `hashed` (Ed25519 signs no
    hashes: False)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if not signature or len(signature) > LARGEST_SIGNATURE:
        return False
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            if hashed:
                return False
            key.verify(signature, data)
            return True
        if isinstance(key, ec.EllipticCurvePublicKey):
            return _ecdsa(key, signature, data, hashed=hashed)
        return _rsa(key, signature, data, hashed=hashed)
    except InvalidSignature:
        return False


def _ecdsa(key: EllipticCurvePublicKey, signature: bytes, data: bytes, *, hashed: bool) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

    known = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    for name in ("sha256",) if hashed else _CURVES[key.curve.name]:
        algorithm = Prehashed(known[name]) if hashed else known[name]
        try:
            key.verify(signature, data, ec.ECDSA(algorithm))
        except InvalidSignature:
            continue
        return True
    return False


def _rsa(key: RSAPublicKey, signature: bytes, data: bytes, *, hashed: bool) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

    sha = hashes.SHA256()
    algorithm = Prehashed(sha) if hashed else sha
    for pad in (padding.PKCS1v15(), padding.PSS(padding.MGF1(sha), padding.PSS.AUTO)):
        try:
            key.verify(signature, data, pad, algorithm)
        except InvalidSignature:
            continue
        return True
    return False
