"""Entries of a transparency log: in the log, since when, and about this signature."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec
import pytest

from periderm.algorithms.sigstore.rekor import LARGEST_BODY, check_body, check_hashed_body, promised, verify_entry
from periderm.formats.sigstore_bundle import parse_bundle
from periderm.formats.trusted_root import parse_trusted_root
from periderm.model.signature import LogEntry, Refusal, Span, TrustedRoot, UntrustedError
from tests.sigstore import NOW, b64, certificate_pem, dsse_body, dumped, hashedrekord, new_key, pem, spki, statement, world

DIGEST = "sha256:" + "ab" * 32
BODY = hashedrekord(b"payload", b"signature", pem(new_key()))


def root() -> TrustedRoot:
    """The world's root."""
    return parse_trusted_root(dumped(world().trusted_root()))


def entry(**changed: Any) -> LogEntry:
    """An entry with proof and promise."""
    bundle = world().bundle(statement(DIGEST), entries=[world().entry(BODY, **changed)])
    return parse_bundle(dumped(bundle)).entries[0]


def refused(told: LogEntry, logs: Any = None) -> Refusal:
    """Why a log does not vouch for an entry."""
    with pytest.raises(UntrustedError) as caught:
        verify_entry(told, root().logs if logs is None else logs)
    return caught.value.why


def test_an_entry_with_its_time() -> None:
    """Proof, note and promise hold; only a promise tells the time."""
    seen = verify_entry(entry(), root().logs)
    assert (seen.time, seen.by) == (NOW, ("inclusion proof", "checkpoint", "inclusion promise"))
    assert verify_entry(entry(promise=False), root().logs).time == 0
    alone = msgspec.structs.replace(entry(), proof=None)
    assert verify_entry(alone, root().logs).by == ("inclusion promise",)


def test_what_is_not_of_the_log() -> None:
    """Another log, one that is not trusted any more, no proof at all, a body that is too large."""
    told = entry()
    assert refused(entry(key=new_key())) is Refusal.OTHER_LOG
    assert refused(told, ()) is Refusal.OTHER_LOG
    assert refused(msgspec.structs.replace(told, log_id=b"")) is Refusal.OTHER_LOG
    old = msgspec.structs.replace(root().logs[0], valid=Span(1, NOW - 1))
    assert refused(told, (old,)) is Refusal.OTHER_LOG
    assert refused(msgspec.structs.replace(told, promise=b"", proof=None)) is Refusal.NO_LOG
    assert refused(msgspec.structs.replace(told, body=bytes(LARGEST_BODY + 1))) is Refusal.TOO_LARGE


def test_every_part_is_bound() -> None:
    """Body, time, index, promise, root, size, place, hashes and note: one that is another is refused."""
    told = entry()
    proof = told.proof
    assert proof is not None
    for name, value in (("integrated", NOW + 1), ("index", told.index + 1), ("promise", told.promise[:-1] + b"\0")):
        assert refused(msgspec.structs.replace(told, **{name: value})) is Refusal.LOG_PROMISE
    assert refused(msgspec.structs.replace(told, body=told.body + b" ")) is Refusal.LOG_PROOF
    proofs: tuple[tuple[str, Any], ...] = (
        ("root", bytes(32)),
        ("root", b""),
        ("index", proof.index + 1),
        ("size", proof.size + 1),
        ("hashes", proof.hashes[:-1]),
        ("hashes", (bytes(32), *proof.hashes[1:])),
    )
    for part, other_value in proofs:
        changed = msgspec.structs.replace(proof, **{part: other_value})
        assert refused(msgspec.structs.replace(told, proof=changed)) in (Refusal.LOG_PROOF, Refusal.LOG_NOTE)
    other = world().checkpoint(proof.size, hashlib.sha256(b"other").digest())
    assert refused(msgspec.structs.replace(told, proof=msgspec.structs.replace(proof, checkpoint=other))) is Refusal.LOG_NOTE
    larger = world().checkpoint(proof.size + 1, proof.root)
    assert refused(msgspec.structs.replace(told, proof=msgspec.structs.replace(proof, checkpoint=larger))) is Refusal.LOG_NOTE


def test_the_promise_is_over_canonical_json() -> None:
    """Four members in order, without spaces (RFC 8785)."""
    told = entry()
    value = {"body": b64(BODY), "integratedTime": NOW, "logID": world().log_id.hex(), "logIndex": told.index}
    assert promised(told) == json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def bodies(payload: bytes, signed: bytes, signature: bytes, key: Any) -> dict[str, bytes]:
    """Bodies of all kinds about the same signature."""
    verifier = pem(key)
    intoto = {
        "content": {
            "envelope": {"signatures": [{"publicKey": b64(verifier), "sig": b64(b64(signature).encode())}]},
            "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()},
        }
    }
    second = {
        "hashedRekordV002": {
            "data": {"algorithm": "SHA2_256", "digest": b64(hashlib.sha256(signed).digest())},
            "signature": {"content": b64(signature), "verifier": {"publicKey": {"rawBytes": b64(spki(key))}}},
        }
    }
    older = {"content": {"payloadHash": intoto["content"]["payloadHash"]}, "publicKey": b64(verifier)}
    return {
        "hashedrekord 1": hashedrekord(signed, signature, verifier),
        "hashedrekord 2": dumped({"kind": "hashedrekord", "apiVersion": "0.0.2", "spec": second}),
        "dsse": dsse_body(payload, signature, verifier),
        "intoto 2": dumped({"kind": "intoto", "apiVersion": "0.0.2", "spec": intoto}),
        "intoto 1": dumped({"kind": "intoto", "apiVersion": "0.0.1", "spec": older}),
    }


@pytest.mark.parametrize("name", bodies(b"p", b"s", b"x", new_key()))
def test_a_body_is_about_one_signature(name: str) -> None:
    """The right content, signature and key; with any of them another one the entry proves nothing of this signature."""
    key = new_key()
    body = bodies(b"payload", b"signed", b"signature", key)[name]
    right: dict[str, Any] = {"signed": b"signed", "payload": b"payload", "signatures": (b"signature",), "verifier": spki(key)}
    check_body(body, **right)
    changes: list[dict[str, Any]] = [{"verifier": spki(new_key())}, {"payload": b"other", "signed": b"other"}]
    if name != "intoto 1":  # its body tells no signature; the payload and the key are bound
        changes.append({"signatures": (b"other",)})
    for change in changes:
        with pytest.raises(UntrustedError) as caught:
            check_body(body, **(right | change))
        assert caught.value.why is Refusal.LOG_BODY


def test_a_certificate_is_a_verifier() -> None:
    """As certificates stand in bodies: PEM in Base64."""
    certificate = world().certificate(new_key())
    body = hashedrekord(b"s", b"x", certificate_pem(certificate))
    from cryptography.hazmat.primitives.serialization import Encoding

    check_body(body, signed=b"s", payload=b"", signatures=(b"x",), verifier=certificate.public_bytes(Encoding.DER))


def test_bodies_that_are_none() -> None:
    """Kinds that are not known, damage, depth, other hashes: refused, and never a traceback."""
    for body in (
        b"",
        b"[" * 100_000,
        b'{"kind":"rpm","apiVersion":"0.0.1","spec":{}}',
        b'{"kind":"hashedrekord","apiVersion":"0.0.1","spec":{}}',
        b'{"kind":"dsse","apiVersion":"0.0.1","spec":{"payloadHash":{"algorithm":"md5","value":"00"}}}',
        BODY.replace(b"sha256", b"sha257"),
        BODY.replace(b'"value": "', b'"value": "zz'),
        BODY.replace(b'"content": "', b'"content": "!'),
    ):
        with pytest.raises(UntrustedError) as caught:
            check_body(body, signed=b"payload", payload=b"", signatures=(b"signature",), verifier=b"k")
        assert caught.value.why is Refusal.LOG_BODY


def test_a_body_over_a_digest() -> None:
    """Where only the digest of what was signed is known."""
    key = new_key()
    body = hashedrekord(b"manifest", b"signature", pem(key))
    digest = hashlib.sha256(b"manifest").digest()
    check_hashed_body(body, digest=digest, signatures=(b"signature",), verifier=spki(key))
    changes: list[dict[str, Any]] = [{"digest": bytes(32)}, {"signatures": (b"x",)}, {"verifier": b"x"}]
    for change in changes:
        with pytest.raises(UntrustedError):
            check_hashed_body(body, **({"digest": digest, "signatures": (b"signature",), "verifier": spki(key)} | change))
