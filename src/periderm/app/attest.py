"""Makes and signs the attestations of one image: provenance, bill of materials, vulnerabilities, and what the gate said; and
keeps them as a bundle file. Pushes nothing and trusts nobody."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

import msgspec

from periderm.algorithms.signing import sign
from periderm.formats import intoto
from periderm.formats.cyclonedx import writing
from periderm.model.build import Built, Verdict
from periderm.model.report import Report
from periderm.ports.documents import Documents

ENDING = ".intoto.jsonl"  # in-toto attestation spec, bundle.md
LARGEST = 256 << 20


def attestations(
    report: Report, verdict: Verdict, built: Built | None, key: bytes, *, names: Sequence[str] = (), manifest: str = ""
) -> tuple[bytes, ...]:
    """Signed envelopes (DSSE, Ed25519), the verdict last: it names the digests of the others. They are about the image's
    configuration digest and, where it is known, the digest of its manifest in a registry, so that both find them."""
    about = intoto.subjects(names, manifest) if manifest else ()
    about += intoto.subjects(() if manifest else names, report.inventory.digest)
    bill = msgspec.json.decode(writing.write(report))
    weak = intoto.vulnerabilities(
        report.findings,
        version=report.version,
        database=(report.advisories.digest, report.advisories.built),
        started=report.time - int(report.seconds * 1e9),
        finished=report.time,
    )
    told = [(intoto.BILL, bill), (intoto.VULNERABILITIES, weak)]
    if built is not None:
        told.insert(0, (intoto.PROVENANCE, intoto.provenance(built)))
    made = [(kind, sign(intoto.statement(about, kind, predicate), intoto.PAYLOAD_TYPE, key)) for kind, predicate in told]
    inputs = [(kind, hashlib.sha256(envelope).hexdigest()) for kind, envelope in made]
    last = intoto.statement(about, intoto.SUMMARY, intoto.summary(verdict, inputs))
    return (*(envelope for _, envelope in made), sign(last, intoto.PAYLOAD_TYPE, key))


def bundle_path(folder: str, digest: str) -> str:
    """Where the bundle of an image lies below a folder."""
    return os.path.join(folder, digest.removeprefix("sha256:") + ENDING)


def keep_bundle(documents: Documents, folder: str, digest: str, envelopes: Sequence[bytes]) -> str:
    """Writes the bundle, one envelope a line, and gives its path. An older one of the same image gives way."""
    path = bundle_path(folder, digest)
    documents.write(path, b"".join(envelope + b"\n" for envelope in envelopes))
    return path
