"""Signatures, roots and trust policies are fed damaged input: the format's error, or a value; never anything else."""

from __future__ import annotations

import contextlib
import random

import pytest

from periderm.algorithms.sigstore import timestamps
from periderm.algorithms.sigstore.verify import verify_keyless
from periderm.formats import cosign_signature, sigstore_bundle, trusted_root
from periderm.formats.policy_files.trust import read_trust_policy
from periderm.model.errors import FormatError, RuleError, SignatureError
from periderm.model.trust import KeylessSigner
from tests.formats.policy_files.test_trust import POLICY
from tests.fuzz.test_image_formats import ROUNDS, mutate
from tests.sigstore import IDENTITY, ISSUER, NOW, dumped, simple_payload, statement, world

DIGEST = "sha256:" + "ab" * 32
SIGNER = KeylessSigner(issuer=ISSUER, identity=IDENTITY, root=b"", file="r")


def fuzz_bundle(data: bytes) -> None:
    """Reads a bundle and verifies it: if it counts, it counts for this image and this identity."""
    signed = sigstore_bundle.parse_bundle(data)
    root = trusted_root.parse_trusted_root(dumped(world().trusted_root()))
    told = verify_keyless(signed, (DIGEST,), SIGNER, root)
    assert (told.who, told.by, told.predicate) == (IDENTITY, ISSUER, "")


def fuzz_root(data: bytes) -> None:
    """Reads a root and verifies a good bundle with it."""
    root = trusted_root.parse_trusted_root(data)
    verify_keyless(sigstore_bundle.parse_bundle(BUNDLE), (DIGEST,), SIGNER, root)


def fuzz_manifest(data: bytes) -> None:
    """Reads a manifest of signatures, an envelope, and a payload with its annotations."""
    with contextlib.suppress(FormatError):
        cosign_signature.parse_manifest(data)
    with contextlib.suppress(FormatError):
        cosign_signature.read_envelope(data, {})
    cosign_signature.read_simple(b"x", {cosign_signature.ENTRY_KEY: data.decode("latin-1"), cosign_signature.SIGNATURE_KEY: ""})


def fuzz_timestamp(data: bytes) -> None:
    """A timestamp that holds tells the time that was signed."""
    root = trusted_root.parse_trusted_root(dumped(world().trusted_root()))
    assert timestamps.stamped_time(data, b"signature", root.timestampers) == NOW


def fuzz_policy(data: bytes) -> None:
    """Every rule that is read is for something."""
    for rule in read_trust_policy(data, lambda name: name.encode()).rules:
        assert rule.images


BUNDLE = dumped(world().bundle(statement(DIGEST), stamps={"time": NOW}))
MANIFEST = dumped(
    {"layers": [{"digest": DIGEST, "size": 1, "mediaType": cosign_signature.SIMPLE}], "subject": {"digest": DIGEST}}
)
TARGETS = {
    "bundle": (fuzz_bundle, BUNDLE),
    "root": (fuzz_root, dumped(world().trusted_root())),
    "manifest": (fuzz_manifest, MANIFEST),
    "annotations": (fuzz_manifest, world().annotations(simple_payload(DIGEST))[cosign_signature.ENTRY_KEY].encode()),
    "timestamp": (fuzz_timestamp, world().timestamp(b"signature")),
    "policy": (fuzz_policy, POLICY.encode()),
}


@pytest.mark.parametrize("name", TARGETS)
def test_damage_is_an_error_of_ours(name: str) -> None:
    """Whatever the bytes are."""
    target, good = TARGETS[name]
    chance = random.Random(6)
    for _ in range(ROUNDS):
        with contextlib.suppress(FormatError, RuleError, SignatureError):
            target(mutate(good, chance))
