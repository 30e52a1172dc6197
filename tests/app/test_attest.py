"""Attestations are what others' tools expect, signed, and about the right thing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from periderm.adapters.documents_local import LocalDocuments
from periderm.algorithms.signing import verify
from periderm.app.attest import attestations, bundle_path, keep_bundle
from periderm.app.build_command import read_command
from periderm.formats import intoto
from periderm.model.build import Built
from tests.building import KEY, PUBLIC, VERDICT
from tests.reports import DIGEST, report

BUILT = Built(
    command=read_command(["podman", "build", "--build-arg", "T=secret", "."]), identity="urn:x", started=1, finished=2
)


def test_four_statements_about_the_image() -> None:
    """Each signed; the verdict names the digests of the others; no value of a build argument is in them."""
    made = attestations(report(), VERDICT, BUILT, KEY, names=("shop:1",))
    told = [json.loads(verify(envelope, [PUBLIC], intoto.PAYLOAD_TYPE)) for envelope in made]
    assert [t["predicateType"] for t in told] == [
        "https://slsa.dev/provenance/v1",
        "https://cyclonedx.org/bom",
        "https://in-toto.io/attestation/vulns/v0.2",
        "https://slsa.dev/verification_summary/v1",
    ]
    assert all(t["_type"] == "https://in-toto.io/Statement/v1" for t in told)
    assert all(t["subject"] == [{"digest": {"sha256": DIGEST[7:]}, "name": "shop:1"}] for t in told)
    inputs = [each["digest"]["sha256"] for each in told[-1]["predicate"]["inputAttestations"]]
    assert inputs == [hashlib.sha256(envelope).hexdigest() for envelope in made[:-1]]
    assert "secret" not in json.dumps(told[0])
    assert told[1]["predicate"]["bomFormat"] == "CycloneDX"


def test_without_a_build() -> None:
    """An image that somebody else built has no provenance of ours."""
    assert len(attestations(report(), VERDICT, None, KEY)) == 3


def test_a_bundle_is_lines(tmp_path: Path) -> None:
    """One envelope each, in a file named by the image."""
    path = keep_bundle(LocalDocuments(), str(tmp_path), DIGEST, [b"{}", b"[]"])
    assert path == bundle_path(str(tmp_path), DIGEST)
    assert Path(path).name == f"{DIGEST[7:]}.intoto.jsonl"
    assert Path(path).read_bytes() == b"{}\n[]\n"
