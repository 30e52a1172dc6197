"""Promises of signed envelopes: who trusts a key gets what its owner signed, for the use it was signed for, or an error."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms import signing
from periderm.model.errors import SignatureError

KIND = "application/vnd.periderm.test+json"


def pem(private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> tuple[bytes, bytes]:
    """The private and the public key."""
    how = s.BestAvailableEncryption(password) if password else s.NoEncryption()
    public = private.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo)
    return private.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, how), public


KEY, PUBLIC = pem(ed25519.Ed25519PrivateKey.from_private_bytes(b"1" * 32))
OTHER, OTHER_PUBLIC = pem(ed25519.Ed25519PrivateKey.from_private_bytes(b"2" * 32))


@given(st.binary(max_size=200), st.text(st.characters(exclude_categories=("Cs",)), max_size=20))
def test_what_was_signed_comes_back(payload: bytes, kind: str) -> None:
    """Any payload of any type."""
    assert signing.verify(signing.sign(payload, kind, KEY), [OTHER_PUBLIC, PUBLIC], kind) == payload


def test_the_encoding_is_that_of_the_protocol() -> None:
    """protocol.md, Test Vectors."""
    told = signing.encoding(b"hello world", "http://example.com/HelloWorld")
    assert told == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert signing.encoding("é".encode(), "é") == b"DSSEv1 2 \xc3\xa9 2 \xc3\xa9"


def test_openssl_takes_the_signature(tmp_path: Path) -> None:
    """Another implementation verifies what was signed, over the bytes of the protocol."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    envelope = json.loads(signing.sign(b"hello world", KIND, KEY))
    (tmp_path / "key").write_bytes(PUBLIC)
    (tmp_path / "told").write_bytes(signing.encoding(b"hello world", KIND))
    (tmp_path / "sig").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    files = ["-inkey", "key", "-rawin", "-in", "told", "-sigfile", "sig"]
    done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", *files], cwd=tmp_path, capture_output=True, check=False)
    assert b"Verified Successfully" in done.stdout
    assert envelope["signatures"][0]["keyid"] == signing.key_id(PUBLIC)


def changed(**members: object) -> bytes:
    """An envelope with members of it changed."""
    return json.dumps({**json.loads(signing.sign(b"abc", KIND, KEY)), **members}).encode()


GOOD = json.loads(signing.sign(b"abc", KIND, KEY))["signatures"][0]


@pytest.mark.parametrize(
    "envelope",
    [
        b"", b"{}", b"[" * 5000, b"\xff", b"null", changed(payload="YWJk"), changed(payload="é"), changed(payload="a"),
        changed(payloadType="text/plain"), changed(signatures=[]), changed(signatures=[{"sig": ""}]),
        changed(signatures=[{"sig": "AAAA" * 21 + "AA=="}]), changed(signatures=[GOOD] * 65), changed(signatures={}),
        changed(payload=7), signing.sign(b"abc", KIND, OTHER), signing.sign(b"abc", "text/plain", KEY),
    ],
)  # fmt: skip
def test_what_was_not_signed_is_refused(envelope: bytes) -> None:
    """Changed, damaged, signed by others, or for another use: an error, and no payload."""
    with pytest.raises(SignatureError):
        signing.verify(envelope, [PUBLIC], KIND)


def test_a_key_id_decides_nothing() -> None:
    """A wrong hint does no harm, another signature beside a good one does none either, and unknown members are ignored."""
    wrong = [{"sig": GOOD["sig"], "keyid": "another"}, {"sig": "AAAA"}]
    assert signing.verify(changed(signatures=wrong, extension={"x": 1}), [PUBLIC], KIND) == b"abc"


def test_both_alphabets_of_base64_are_read() -> None:
    """envelope.md: standard or URL-safe, with padding or without."""
    payload = b"\xff\xfe\xfb"
    envelope = json.loads(signing.sign(payload, KIND, KEY))
    assert "/" in envelope["payload"]
    envelope["payload"] = base64.urlsafe_b64encode(payload).decode().rstrip("=")
    assert signing.verify(json.dumps(envelope).encode(), [PUBLIC], KIND) == payload


@pytest.mark.parametrize(
    "key",
    [b"", b"nonsense", PUBLIC, pem(ec.generate_private_key(ec.SECP256R1()))[0],
     pem(ed25519.Ed25519PrivateKey.from_private_bytes(b"3" * 32), b"secret")[0]],
)  # fmt: skip
def test_a_key_that_cannot_sign_is_told(key: bytes) -> None:
    """No key, a public one, one of another kind, an encrypted one."""
    with pytest.raises(SignatureError):
        signing.sign(b"abc", KIND, key)


@pytest.mark.parametrize("keys", [[], [b"x"], [KEY], [pem(ec.generate_private_key(ec.SECP256R1()))[1]]])
def test_trusted_keys_must_be_usable(keys: list[bytes]) -> None:
    """Nothing is accepted because a key could not be read."""
    with pytest.raises(SignatureError):
        signing.verify(signing.sign(b"abc", KIND, KEY), keys, KIND)


def test_a_large_envelope_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit stands before the parser."""
    monkeypatch.setattr(signing, "LARGEST", 100)
    with pytest.raises(SignatureError, match="larger"):
        signing.verify(signing.sign(b"a" * 100, KIND, KEY), [PUBLIC], KIND)
