"""Sigstore bundles: all versions, and everything that is none."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from periderm.formats.sigstore_bundle import LARGEST, MEDIA_TYPES, is_bundle, parse_bundle
from periderm.model.errors import FormatError, LimitError
from periderm.model.signature import Content
from tests.sigstore import NOW, b64, dumped, statement, world

DIGEST = "sha256:" + "ab" * 32


def bundle(**changed: Any) -> dict[str, Any]:
    """A bundle of today."""
    return world().bundle(statement(DIGEST), **changed)


def test_a_bundle_of_today() -> None:
    """One certificate, an envelope, a log entry with proof and promise, a timestamp."""
    data = dumped(bundle(stamps={"time": NOW}))
    read = parse_bundle(data, "x")
    assert is_bundle(data)
    assert (read.content, read.payload, read.payload_type) == (
        Content.STATEMENT,
        statement(DIGEST),
        "application/vnd.in-toto+json",
    )
    assert read.certificate[:1] == b"\x30"
    assert len(read.timestamps) == 1
    (entry,) = read.entries
    assert (entry.integrated, entry.kind, entry.version) == (NOW, "dsse", "0.0.1")
    assert entry.proof is not None
    assert entry.proof.size == 7


def test_older_bundles() -> None:
    """A chain instead of one certificate; the first version may have a promise and no proof, later ones may not."""
    told = bundle()
    material = told["verificationMaterial"]
    material["x509CertificateChain"] = {"certificates": [material.pop("certificate"), {"rawBytes": b64(b"issuer")}]}
    del material["tlogEntries"][0]["inclusionProof"]
    told["mediaType"] = MEDIA_TYPES[0]
    read = parse_bundle(dumped(told))
    assert read.chain == (b"issuer",)
    assert read.entries[0].proof is None
    told["mediaType"] = MEDIA_TYPES[1]
    with pytest.raises(FormatError, match="no proof of inclusion"):
        parse_bundle(dumped(told))


def test_a_message_signature() -> None:
    """Over what has a digest."""
    told = bundle()
    del told["dsseEnvelope"]
    told["messageSignature"] = {"messageDigest": {"algorithm": "SHA2_256", "digest": b64(b"d" * 32)}, "signature": b64(b"s")}
    read = parse_bundle(dumped(told))
    assert (read.content, read.payload, read.signatures) == (Content.MANIFEST, b"d" * 32, (b"s",))
    told["messageSignature"]["messageDigest"]["algorithm"] = "SHA2_512"
    with pytest.raises(FormatError, match="SHA-256"):
        parse_bundle(dumped(told))


def changed(*path: Any, value: Any) -> bytes:
    """A bundle with another value somewhere."""
    told = copy.deepcopy(bundle())
    at: Any = told
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return dumped(told)


ENTRY = ("verificationMaterial", "tlogEntries", 0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b"\xff",
        changed("mediaType", value="application/vnd.dev.sigstore.bundle.v9+json"),
        changed("messageSignature", value={"signature": ""}),
        changed("dsseEnvelope", "payload", value="!"),
        changed("dsseEnvelope", "payload", value="\u00e9"),
        changed(*ENTRY, "logIndex", value="-1"),
        changed(*ENTRY, "logIndex", value="9" * 30),
        changed(*ENTRY, "logIndex", value="\u0661"),
        changed(*ENTRY, "integratedTime", value="soon"),
        changed(*ENTRY, "inclusionProof", value={"hashes": []}),
    ],
)
def test_what_is_no_bundle(data: bytes) -> None:
    """Damage of every kind is a FormatError that says where."""
    with pytest.raises(FormatError, match=r"^here: "):
        parse_bundle(data, "here")


def test_limits() -> None:
    """Sizes and numbers that no signature needs."""
    with pytest.raises(LimitError):
        parse_bundle(bytes(LARGEST + 1))
    with pytest.raises(LimitError):
        parse_bundle(changed(*ENTRY, "inclusionProof", "hashes", value=["AAAA"] * 100))
    with pytest.raises(LimitError):
        parse_bundle(changed("verificationMaterial", "tlogEntries", value=[{}] * 100))
    with pytest.raises(LimitError):
        parse_bundle(changed("dsseEnvelope", "signatures", value=[{"sig": "AAAA"}] * 100))
