"""What a signature is about: this image, or another one, or nothing that is known."""

from __future__ import annotations

import json

import pytest

from periderm.algorithms.sigstore.about import LARGEST, STATEMENT_TYPE, claimed_predicate, predicate_of
from periderm.model.signature import Content, Refusal, Signed, UntrustedError
from tests.sigstore import simple_payload, statement

DIGEST, OTHER = "sha256:" + "ab" * 32, "sha256:" + "cd" * 32
SLSA = "https://slsa.dev/provenance/v1"


def simple(payload: bytes) -> Signed:
    """A payload of cosign's."""
    return Signed(content=Content.SIMPLE, payload=payload, signatures=(b"s",))


def told(payload: bytes, kind: str = STATEMENT_TYPE) -> Signed:
    """A statement."""
    return Signed(content=Content.STATEMENT, payload=payload, payload_type=kind, signatures=(b"s",))


def refused(signed: Signed) -> Refusal:
    """Why it is not about the image."""
    with pytest.raises(UntrustedError) as caught:
        predicate_of(signed, (DIGEST,))
    return caught.value.why


def test_about_this_image() -> None:
    """Three kinds of signature, and a statement that says more."""
    assert predicate_of(simple(simple_payload(DIGEST)), (OTHER, DIGEST)) == ""
    assert predicate_of(told(statement(DIGEST)), (DIGEST,)) == ""
    assert predicate_of(told(statement(DIGEST, SLSA)), (DIGEST,)) == SLSA
    assert predicate_of(Signed(content=Content.MANIFEST, payload=bytes.fromhex("ab" * 32), signatures=(b"s",)), (DIGEST,)) == ""


def test_about_another_image() -> None:
    """A signature of somebody trusted over another image is no signature over this one."""
    assert refused(simple(simple_payload(OTHER))) is Refusal.OTHER_IMAGE
    assert refused(told(statement(OTHER))) is Refusal.OTHER_IMAGE
    assert refused(Signed(content=Content.MANIFEST, payload=b"\xcd" * 32, signatures=())) is Refusal.OTHER_IMAGE
    assert refused(simple(simple_payload(""))) is Refusal.OTHER_IMAGE
    assert refused(told(statement(""))) is Refusal.OTHER_IMAGE


def test_about_nothing_that_is_known() -> None:
    """Signed text for another use, other types, damage, a hundred thousand levels, too much."""
    assert refused(simple(simple_payload(DIGEST, "something else"))) is Refusal.NO_STATEMENT
    assert refused(simple(b"[" * 100_000)) is Refusal.NO_STATEMENT
    assert refused(simple(b"\xff")) is Refusal.NO_STATEMENT
    assert refused(told(statement(DIGEST), "text/plain")) is Refusal.NO_STATEMENT
    assert refused(told(b"{}")) is Refusal.NO_STATEMENT
    strange = json.loads(statement(DIGEST)) | {"_type": "https://example.org/x"}
    assert refused(told(json.dumps(strange).encode())) is Refusal.NO_STATEMENT
    assert refused(simple(bytes(LARGEST + 1))) is Refusal.TOO_LARGE


def test_what_an_unverified_statement_claims() -> None:
    """For people only; a signature claims nothing more."""
    assert claimed_predicate(told(statement(OTHER, SLSA))) == SLSA
    assert claimed_predicate(told(statement(OTHER))) == ""
    assert claimed_predicate(told(b"{")) == ""
    assert claimed_predicate(simple(simple_payload(DIGEST))) == ""
