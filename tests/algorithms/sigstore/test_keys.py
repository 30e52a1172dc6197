"""Public keys: which are accepted, and what they verify."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from periderm.algorithms.sigstore.keys import accepted, fingerprint, load_key, spki, verifies
from periderm.model.signature import Refusal, UntrustedError
from tests.sigstore import pem, sign
from tests.sigstore import spki as spki_of

KEYS: dict[str, Any] = {
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p384": ec.generate_private_key(ec.SECP384R1()),
    "p521": ec.generate_private_key(ec.SECP521R1()),
    "rsa": rsa.generate_private_key(65537, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_signature_verifies(name: str) -> None:
    """Each kind of key, as PEM and as DER, takes its own signature, and no other content and no other signature."""
    key = KEYS[name]
    for public in (load_key(pem(key)), load_key(spki_of(key))):
        made = sign(key, b"content")
        assert verifies(public, made, b"content")
        assert not verifies(public, made, b"contents")
        assert not verifies(public, made[:-1] + bytes([made[-1] ^ 1]), b"content")
        assert not verifies(public, b"", b"content")
        assert not verifies(public, made + bytes(5000), b"content")


def test_the_curve_may_use_its_own_hash() -> None:
    """cosign signs with SHA-256 whatever the curve, newer ones with the curve's; nothing else is taken."""
    assert verifies(load_key(pem(KEYS["p384"])), sign(KEYS["p384"], b"x", sha=hashes.SHA384()), b"x")
    assert verifies(load_key(pem(KEYS["p521"])), sign(KEYS["p521"], b"x", sha=hashes.SHA512()), b"x")
    assert not verifies(load_key(pem(KEYS["p256"])), sign(KEYS["p256"], b"x", sha=hashes.SHA512()), b"x")


def test_rsa_with_both_paddings() -> None:
    """PKCS 1 v1.5 and PSS; a digest in place of the content only where that is said."""
    key, public = KEYS["rsa"], load_key(pem(KEYS["rsa"]))
    assert verifies(public, sign(key, b"x", pss=True), b"x")
    assert not verifies(public, sign(key, b"x", sha=hashes.SHA1()), b"x")  # noqa: S303 -- a weak hash is what is refused
    assert verifies(public, sign(key, b"x"), hashlib.sha256(b"x").digest(), hashed=True)
    assert not verifies(public, sign(key, b"x"), hashlib.sha256(b"x").digest())


def test_a_hash_in_place_of_content() -> None:
    """ECDSA verifies over a digest, Ed25519 has no such thing: that is no confusion of algorithms."""
    digest = hashlib.sha256(b"x").digest()
    assert verifies(load_key(pem(KEYS["p256"])), sign(KEYS["p256"], b"x"), digest, hashed=True)
    ed = KEYS["ed25519"]
    assert not verifies(load_key(pem(ed)), sign(ed, digest), digest, hashed=True)


def test_weak_and_strange_keys_are_refused() -> None:
    """Short RSA, other curves, DSA, private keys, noise, megabytes: none is a key to trust."""
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 -- what is weak is what is refused
    for key in (short, ec.generate_private_key(ec.SECP192R1()), dsa.generate_private_key(2048)):
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        with pytest.raises(UntrustedError) as caught:
            load_key(public)
        assert caught.value.why is Refusal.WEAK
    for data in (b"", b"noise", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", bytes(100)):
        with pytest.raises(UntrustedError):
            load_key(data)
    with pytest.raises(UntrustedError) as caught:
        load_key(bytes(1 << 20))
    assert caught.value.why is Refusal.TOO_LARGE
    with pytest.raises(UntrustedError):
        accepted(object())


def test_the_fingerprint_is_of_the_whole_key() -> None:
    """Two keys have two; the same key has the same in both forms."""
    public = load_key(pem(KEYS["p256"]))
    assert fingerprint(public) == hashlib.sha256(spki(public)).hexdigest() == fingerprint(load_key(spki_of(KEYS["p256"])))
    assert fingerprint(public) != fingerprint(load_key(pem(KEYS["p384"])))
