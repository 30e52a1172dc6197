"""Whether a signature counts: every proof holds, or it does not count. The whole chain is made by the test's own world."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from periderm.algorithms.sigstore.verify import verify_key, verify_keyless
from periderm.formats.cosign_signature import read_envelope, read_simple
from periderm.formats.sigstore_bundle import parse_bundle
from periderm.formats.trusted_root import parse_trusted_root
from periderm.model.signature import Content, Refusal, Signed, TrustedRoot, UntrustedError
from periderm.model.trust import KeylessSigner, KeySigner
from tests.sigstore import (
    IDENTITY,
    ISSUER,
    NOW,
    WORKFLOW,
    b64,
    certificate_pem,
    dsse_body,
    dumped,
    hashedrekord,
    new_key,
    pae,
    pem,
    sign,
    simple_payload,
    statement,
    world,
)

DIGEST, OTHER = "sha256:" + "ab" * 32, "sha256:" + "cd" * 32
SLSA = "https://slsa.dev/provenance/v1"
SIGNER = KeylessSigner(issuer=ISSUER, identity=IDENTITY, root=b"", file="root.json")


def root(**changed: Any) -> TrustedRoot:
    """The world's root."""
    return parse_trusted_root(dumped(world().trusted_root(**changed)))


def bundle(payload: bytes = b"", **changed: Any) -> Signed:
    """A keyless signature."""
    return parse_bundle(dumped(world().bundle(payload or statement(DIGEST), **changed)))


def refused(signed: Signed, signer: KeylessSigner = SIGNER, trusted: TrustedRoot | None = None) -> Refusal:
    """Why it does not count."""
    with pytest.raises(UntrustedError) as caught:
        verify_keyless(signed, (DIGEST,), signer, trusted or root())
    return caught.value.why


def test_a_keyless_signature_counts() -> None:
    """Who, by whom, when, and all that was verified; with a promise, with a timestamp, with both, and as cosign stored it
    before there were bundles."""
    told = verify_keyless(bundle(), (DIGEST,), SIGNER, root())
    assert (told.who, told.by, told.time, told.predicate) == (IDENTITY, ISSUER, NOW, "")
    proofs = {"certificate", "inclusion proof", "checkpoint", "inclusion promise", "certificate log"}
    assert set(told.checked) == proofs
    stamped = verify_keyless(bundle(entry={"promise": False}, stamps={"time": NOW + 5}), (DIGEST,), SIGNER, root())
    assert stamped.time == NOW + 5
    assert "timestamp" in stamped.checked
    both = verify_keyless(bundle(stamps={"time": NOW - 5}), (DIGEST,), SIGNER, root())
    assert both.time == NOW - 5
    payload = simple_payload(DIGEST)
    older = verify_keyless(read_simple(payload, world().annotations(payload)), (DIGEST,), SIGNER, root())
    assert older.who == IDENTITY
    assert verify_keyless(bundle(statement(DIGEST, SLSA)), (DIGEST,), SIGNER, root()).predicate == SLSA


def test_an_identity_by_a_pattern() -> None:
    """A workflow of one repository at any ref; another repository is another identity."""
    signer = KeylessSigner(issuer=ISSUER, pattern=r"https://git\.example\.org/shop/web/.*", root=b"", file="r")
    signed = bundle(san=[x509.UniformResourceIdentifier(WORKFLOW)])
    assert verify_keyless(signed, (DIGEST,), signer, root()).who == WORKFLOW
    assert refused(bundle(san=[x509.UniformResourceIdentifier(WORKFLOW.replace("shop", "shoq"))]), signer) is Refusal.IDENTITY


def test_somebody_else() -> None:
    """Another identity, another provider, an authority that nobody trusts, a key instead of an identity."""
    assert refused(bundle(san=[x509.RFC822Name("release@shop.example.com")])) is Refusal.IDENTITY
    assert refused(bundle(issuer="https://accounts.example.com")) is Refusal.ISSUER
    assert refused(bundle(ca_key=ec.generate_private_key(ec.SECP384R1()))) is Refusal.CHAIN
    assert refused(msgspec.structs.replace(bundle(), certificate=b"")) is Refusal.OTHER_KEY
    assert refused(bundle(eku=[ExtendedKeyUsageOID.CLIENT_AUTH])) is Refusal.PURPOSE


def test_at_another_time() -> None:
    """Signed after the certificate's ten minutes, or before; a time that nobody proves is none."""
    assert refused(bundle(entry={"time": NOW + 541})) is Refusal.EXPIRED
    assert refused(bundle(entry={"time": NOW - 61})) is Refusal.EXPIRED
    assert refused(bundle(entry={"promise": False}, stamps={"time": NOW + 9999})) is Refusal.EXPIRED
    assert refused(bundle(stamps={"time": NOW + 9999})) is Refusal.EXPIRED
    assert refused(bundle(entry={"promise": False})) is Refusal.NO_TIME
    assert refused(msgspec.structs.replace(bundle(), entries=())) is Refusal.NO_LOG
    assert (
        refused(bundle(entry={"promise": False}, stamps={"time": NOW}), trusted=root(timestampAuthorities=[]))
        is Refusal.TIMESTAMP
    )


def test_logs_that_nobody_trusts() -> None:
    """A log of one's own, a certificate log of one's own, none at all."""
    assert refused(bundle(entry={"key": new_key()})) is Refusal.OTHER_LOG
    assert refused(bundle(stamp_key=new_key())) is Refusal.CERTIFICATE_LOG
    assert refused(bundle(logged=False)) is Refusal.CERTIFICATE_LOG
    assert refused(bundle(), trusted=root(tlogs=[])) is Refusal.OTHER_LOG


def test_a_root_without_certificate_logs() -> None:
    """Who trusts an authority without such a log says so in the root, and the verdict does not claim it."""
    told = verify_keyless(bundle(logged=False), (DIGEST,), SIGNER, root(ctlogs=[]))
    assert "certificate log" not in told.checked


def test_another_content() -> None:
    """A payload that was put in later, an entry about another signature, an image that is another one."""
    assert refused(bundle(statement(DIGEST), signed=statement(OTHER))) is Refusal.WRONG_SIGNATURE
    assert refused(bundle(statement(OTHER))) is Refusal.OTHER_IMAGE
    key = new_key()
    leaf = certificate_pem(world().certificate(key))
    body = dsse_body(statement(OTHER), sign(key, b"x"), leaf)
    assert refused(bundle(body=body)) is Refusal.LOG_BODY
    assert refused(bundle(kind="text/plain")) is Refusal.NO_STATEMENT


def test_several_signatures_lend_each_other_nothing() -> None:
    """Times and entries are about one signature."""
    signed = bundle()
    several = msgspec.structs.replace(signed, signatures=(b"other", *signed.signatures))
    assert refused(several) is Refusal.DAMAGED
    assert refused(msgspec.structs.replace(signed, signatures=())) is Refusal.DAMAGED
    assert refused(msgspec.structs.replace(signed, entries=signed.entries * 40)) is Refusal.TOO_LARGE


def flipped(data: bytes, place: int, bit: int) -> bytes:
    """One bit is another."""
    changed = bytearray(data)
    changed[place % len(changed)] ^= 1 << bit
    return bytes(changed)


PARTS = ("payload", "signature", "certificate", "body", "log id", "promise", "root", "hash", "checkpoint")


def tampered(signed: Signed, part: str, place: int, bit: int) -> Signed:
    """A signature with one bit of one part changed."""
    entry = signed.entries[0]
    proof = entry.proof
    assert proof is not None
    replace = msgspec.structs.replace
    match part:
        case "payload":
            return replace(signed, payload=flipped(signed.payload, place, bit))
        case "signature":
            return replace(signed, signatures=(flipped(signed.signatures[0], place, bit),))
        case "certificate":
            return replace(signed, certificate=flipped(signed.certificate, place, bit))
        case "body":
            entry = replace(entry, body=flipped(entry.body, place, bit))
        case "log id":
            entry = replace(entry, log_id=flipped(entry.log_id, place, bit))
        case "promise":
            entry = replace(entry, promise=flipped(entry.promise, place, bit))
        case "root":
            entry = replace(entry, proof=replace(proof, root=flipped(proof.root, place, bit)))
        case "hash":
            number = place % len(proof.hashes)
            hashes = [flipped(h, place, bit) if i == number else h for i, h in enumerate(proof.hashes)]
            entry = replace(entry, proof=replace(proof, hashes=tuple(hashes)))
        case _:
            note = proof.checkpoint.encode()
            changed = flipped(note[:-4], place, bit & 6) + note[-4:]  # the last Base64 letters may have unused bits
            entry = replace(entry, proof=replace(proof, checkpoint=changed.decode("utf-8", "replace")))
    return replace(signed, entries=(entry,))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(PARTS), st.integers(0, 1 << 16), st.integers(0, 7))
def test_no_bit_can_be_another(part: str, place: int, bit: int) -> None:
    """Of payload, signature, certificate, log entry, proof, promise and note: any single changed bit is refused."""
    signed = GOOD
    changed = tampered(signed, part, place, bit)
    if changed == signed:
        return
    with pytest.raises(UntrustedError):
        verify_keyless(changed, (DIGEST,), SIGNER, root())


GOOD = bundle()
KEYS: dict[str, Any] = {
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p384": ec.generate_private_key(ec.SECP384R1()),
    "rsa": rsa.generate_private_key(65537, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
}


def by_key(key: Any, payload: bytes | None = None) -> Signed:
    """A signature by a key, as cosign stores it."""
    payload = payload or simple_payload(DIGEST)
    return read_simple(payload, {"dev.cosignproject.cosign/signature": b64(sign(key, payload))}, "a tag")


def signer_of(key: Any, trusted: bytes = b"") -> KeySigner:
    """Who holds it."""
    return KeySigner(key=pem(key), file="release.pub", root=trusted)


@pytest.mark.parametrize("name", KEYS)
def test_a_signature_by_a_key_counts(name: str) -> None:
    """Over the image, and as a statement in an envelope; of another key, about another image it does not."""
    key = KEYS[name]
    told = verify_key(by_key(key), (DIGEST,), signer_of(key), None)
    assert told.who.startswith("sha256:")
    assert (told.by, told.time, told.checked) == ("release.pub", 0, ("key",))
    payload, kind = statement(DIGEST, SLSA), "application/vnd.in-toto+json"
    envelope = {"payload": b64(payload), "payloadType": kind, "signatures": [{"sig": b64(sign(key, pae(payload, kind)))}]}
    assert verify_key(read_envelope(dumped(envelope), {}), (DIGEST,), signer_of(key), None).predicate == SLSA
    for signed, signer, why in (
        (by_key(key), signer_of(new_key()), Refusal.WRONG_SIGNATURE),
        (by_key(key, simple_payload(OTHER)), signer_of(key), Refusal.OTHER_IMAGE),
        (msgspec.structs.replace(by_key(key), payload=simple_payload(OTHER)), signer_of(key), Refusal.WRONG_SIGNATURE),
    ):
        with pytest.raises(UntrustedError) as caught:
            verify_key(signed, (DIGEST,), signer, None)
        assert caught.value.why is why


def test_a_digest_that_a_key_signed() -> None:
    """A bundle over the manifest itself tells its digest: ECDSA and RSA can be verified, Ed25519 cannot."""
    manifest = b"the manifest"
    digest = hashlib.sha256(manifest).digest()
    named = (f"sha256:{digest.hex()}",)
    for name in ("p256", "rsa"):
        signed = Signed(content=Content.MANIFEST, payload=digest, signatures=(sign(KEYS[name], manifest),))
        assert verify_key(signed, named, signer_of(KEYS[name]), None).predicate == ""
    ed = KEYS["ed25519"]
    with pytest.raises(UntrustedError):
        verify_key(
            Signed(content=Content.MANIFEST, payload=digest, signatures=(sign(ed, manifest),)), named, signer_of(ed), None
        )


def test_a_key_with_a_log() -> None:
    """Where the policy asks for it, the log must have this signature of this key."""
    key, payload = KEYS["p256"], simple_payload(DIGEST)
    signature = sign(key, payload)
    good = world().entry(hashedrekord(payload, signature, pem(key)))
    other = world().entry(hashedrekord(payload, signature, pem(new_key())))

    def signed(*entries: Any) -> Signed:
        read = parse_bundle(dumped(world().bundle(statement(DIGEST), entries=list(entries))))
        return msgspec.structs.replace(by_key(key), signatures=(signature,), entries=read.entries)

    told = verify_key(signed(good), (DIGEST,), signer_of(key), root())
    assert told.time == NOW
    for entries, why in (((), Refusal.NO_LOG), ((other,), Refusal.LOG_BODY)):
        with pytest.raises(UntrustedError) as caught:
            verify_key(signed(*entries), (DIGEST,), signer_of(key), root())
        assert caught.value.why is why


def test_a_certificate_beside_a_key_is_nothing() -> None:
    """A key is trusted as a key: that somebody's certificate lies beside does not make it an identity."""
    key = KEYS["p256"]
    leaf = world().certificate(key).public_bytes(Encoding.DER)
    assert (
        verify_key(msgspec.structs.replace(by_key(key), certificate=leaf), (DIGEST,), signer_of(key), None).by == "release.pub"
    )
    assert refused(msgspec.structs.replace(by_key(key), certificate=leaf)) is Refusal.NO_LOG
