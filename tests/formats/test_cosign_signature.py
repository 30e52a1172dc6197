"""Signatures as cosign stores them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from periderm.formats.cosign_signature import (
    ENTRY_KEY,
    LARGEST_MANIFEST,
    LARGEST_PAYLOAD,
    SIGNATURE_KEY,
    SIMPLE,
    parse_manifest,
    read_envelope,
    read_simple,
    subject_of,
    tags_of,
)
from periderm.model.errors import FormatError, LimitError
from periderm.model.signature import Content
from tests.sigstore import NOW, b64, dumped, simple_payload, world

DIGEST = "sha256:" + "ab" * 32


def manifest(*layers: dict[str, Any], **members: Any) -> bytes:
    """A manifest of signatures."""
    return dumped({"schemaVersion": 2, "layers": list(layers)} | members)


def test_tags() -> None:
    """Where they lie beside the image."""
    assert tags_of(DIGEST) == (f"sha256-{'ab' * 32}.sig", f"sha256-{'ab' * 32}.att")


def test_the_layers_of_a_manifest() -> None:
    """Payloads, envelopes and bundles, with their annotations; anything else is left out."""
    layer = {"digest": DIGEST, "size": 5, "mediaType": SIMPLE, "annotations": {SIGNATURE_KEY: "AAAA"}}
    bundle = {"digest": DIGEST, "size": 5, "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}
    other = {"digest": DIGEST, "size": 5, "mediaType": "application/vnd.oci.image.layer.v1.tar"}
    found = parse_manifest(manifest(layer, other, bundle))
    assert [d.media_type for d in found] == [SIMPLE, bundle["mediaType"]]
    assert found[0].annotations == {SIGNATURE_KEY: "AAAA"}
    assert subject_of(manifest(subject={"digest": DIGEST})) == DIGEST
    assert subject_of(manifest()) == ""


def test_a_keyless_payload() -> None:
    """Certificate, chain, log entry: all in annotations."""
    payload = simple_payload(DIGEST)
    read = read_simple(payload, world().annotations(payload), "tag")
    assert (read.content, read.payload, len(read.chain), read.where) == (Content.SIMPLE, payload, 2, "tag")
    assert (read.entries[0].integrated, read.entries[0].log_id) == (NOW, world().log_id)


def test_a_chain_alone_is_no_certificate() -> None:
    """The authority's certificate is not the signer's."""
    told = world().annotations(b"x")
    del told["dev.sigstore.cosign/certificate"]
    assert read_simple(b"x", told).certificate == b""


def test_a_timestamp_and_an_envelope() -> None:
    """cosign's own member for timestamps; DSSE's members."""
    told = {SIGNATURE_KEY: b64(b"s"), "dev.sigstore.cosign/rfc3161timestamp": json.dumps({"SignedRFC3161Timestamp": b64(b"t")})}
    assert read_simple(b"x", told).timestamps == (b"t",)
    read = read_envelope(dumped({"payload": b64(b"p"), "payloadType": "k", "signatures": [{"sig": b64(b"s")}]}), {})
    assert (read.payload, read.payload_type, read.signatures) == (b"p", "k", (b"s",))


@pytest.mark.parametrize(
    "told",
    [
        {},
        {SIGNATURE_KEY: "!"},
        {SIGNATURE_KEY: "AAAA", ENTRY_KEY: "{"},
        {SIGNATURE_KEY: "AAAA", ENTRY_KEY: "[" * 100_000},
        {SIGNATURE_KEY: "AAAA", ENTRY_KEY: json.dumps({"SignedEntryTimestamp": "AAAA", "Payload": {"body": "AAAA"}})},
        {
            SIGNATURE_KEY: "AAAA",
            ENTRY_KEY: json.dumps(
                {"SignedEntryTimestamp": "", "Payload": {"body": "", "integratedTime": -1, "logIndex": 0, "logID": ""}}
            ),
        },
        {SIGNATURE_KEY: "AAAA", "dev.sigstore.cosign/certificate": "-----BEGIN CERTIFICATE-----AAAA"},
        {SIGNATURE_KEY: "AAAA", "dev.sigstore.cosign/rfc3161timestamp": "7"},
    ],
)
def test_annotations_that_are_damaged(told: dict[str, str]) -> None:
    """A FormatError, whatever it is."""
    with pytest.raises(FormatError):
        read_simple(b"x", told, "tag")


@pytest.mark.parametrize("data", [b"", b"[]", b"[" * 100_000, b'{"layers":[{}]}', b"\xff"])
def test_documents_that_are_damaged(data: bytes) -> None:
    """No manifest, no envelope."""
    with pytest.raises(FormatError):
        parse_manifest(data)
    with pytest.raises(FormatError):
        read_envelope(data, {})


def test_limits() -> None:
    """What no signature needs."""
    layer = {"digest": DIGEST, "size": 5, "mediaType": SIMPLE}
    for given in (manifest(*[layer] * 100), manifest(layer | {"size": LARGEST_PAYLOAD + 1}), bytes(LARGEST_MANIFEST + 1)):
        with pytest.raises(LimitError):
            parse_manifest(given)
    with pytest.raises(LimitError):
        read_simple(bytes(LARGEST_PAYLOAD + 1), {SIGNATURE_KEY: "AAAA"})
    with pytest.raises(LimitError):
        read_envelope(dumped({"payload": "", "payloadType": "", "signatures": [{}] * 100}), {})
