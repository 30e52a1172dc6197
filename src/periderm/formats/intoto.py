"""in-toto Statements v1 and their predicates: SLSA provenance v1, CycloneDX, vulnerabilities v0.2, SLSA verification summary
v1. Writes them from plain values, and reads what a statement is about. Signs and verifies nothing.

Source: github.com/in-toto/attestation, spec/v1/{statement,resource_descriptor,bundle}.md and spec/predicates/{vulns_02,
cyclonedx}.md; slsa.dev, spec v1.0, provenance and verification_summary.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from periderm.algorithms.documents import Json, to_json, without_empty
from periderm.model.build import Built, Material, Verdict
from periderm.model.errors import FormatError
from periderm.model.finding import Finding
from periderm.model.timestamps import rfc3339, unix_nanoseconds

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PROVENANCE = "https://slsa.dev/provenance/v1"
BILL = "https://cyclonedx.org/bom"
VULNERABILITIES = "https://in-toto.io/attestation/vulns/v0.2"
SUMMARY = "https://slsa.dev/verification_summary/v1"
BUILD_TYPE = "urn:periderm:build:container:1"
BUILDER = "urn:periderm:builder"
VERIFIER = "urn:periderm:gate"
POLICY = "urn:periderm:policy"
EXTENSION = "urn:periderm:verdict"  # what the summary has no field for; unknown members are ignored by its readers
LARGEST = 64 << 20
_WHERE = "the statement"


class Subject(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a statement is about: `digest` maps an algorithm to hex."""

    digest: dict[str, str]
    name: str = ""


class Statement(msgspec.Struct, frozen=True, kw_only=True, rename={"type": "_type", "predicate_type": "predicateType"}):
    """A statement as it was read; the predicate is left as plain JSON values."""

    type: str
    subject: tuple[Subject, ...]
    predicate_type: str
    predicate: dict[str, Any] = {}

    def about(self, digests: Iterable[str]) -> bool:
        """Whether one of these digests ('sha256:…') is among its subjects."""
        told = {f"{algorithm}:{value}".lower() for s in self.subject for algorithm, value in s.digest.items()}
        return any(digest.lower() in told for digest in digests)


_decoder = msgspec.json.Decoder(Statement)


def read_statement(data: bytes) -> Statement:
    """A statement of any predicate. Raises FormatError for what is none of v1, or is about nothing."""
    if len(data) > LARGEST:
        raise FormatError(f"it is larger than {LARGEST >> 20} MiB.", where=_WHERE)
    try:
        statement = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"it is no in-toto statement: {error}.", where=_WHERE) from None
    if statement.type != STATEMENT:
        raise FormatError(f"{statement.type[:80]!r} is not version 1 of an in-toto statement.", where=_WHERE)
    if not statement.subject or not all(s.digest for s in statement.subject):
        raise FormatError("it is about nothing that has a digest.", where=_WHERE)
    return statement


def subjects(names: Sequence[str], digest: str) -> tuple[Subject, ...]:
    """Subjects for one thing ('sha256:…') under its names; one without a name if it has none."""
    algorithm, _, value = digest.partition(":")
    return tuple(Subject({algorithm: value}, name) for name in names or ("",))


def statement(about: Sequence[Subject], predicate_type: str, predicate: Json) -> bytes:
    """The bytes that are to be signed; the same values give the same bytes."""
    told = {"_type": STATEMENT, "subject": list(about), "predicateType": predicate_type, "predicate": predicate}
    return to_json(told, indent=0).rstrip(b"\n")


def provenance(built: Built) -> Json:
    """SLSA provenance v1. What may hold a secret (the values of build arguments, credentials) is never told."""
    command = built.command
    outside = {
        "context": _shown(command.context) or ".",
        "files": command.files,
        "target": command.target,
        "platforms": command.platforms,
        "names": command.tags,
        "manifest": command.manifest,
        "buildArguments": command.arguments,
        "secrets": command.secrets,
    }
    return {
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": without_empty(outside),
            "internalParameters": {"tool": command.tool, "options": list(command.options)},
            "resolvedDependencies": [_descriptor(material) for material in built.materials],
        },
        "runDetails": {
            "builder": {"id": f"{BUILDER}:{command.tool}", "version": built.versions},
            "metadata": {
                "invocationId": built.identity,
                "startedOn": rfc3339(built.started),
                "finishedOn": rfc3339(built.finished),
            },
        },
    }


def vulnerabilities(
    findings: Iterable[Finding], *, version: str, database: tuple[str, int], started: int, finished: int
) -> Json:
    """in-toto vulnerabilities v0.2. `database` is the digest of the advisories, and when they were built."""
    digest, built = database
    return {
        "scanner": {
            "uri": f"pkg:generic/periderm@{version}",
            "version": version,
            "db": without_empty({"uri": "urn:periderm:advisories", "version": digest, "lastUpdate": rfc3339(built)}),
            "result": [_weakness(f) for f in findings if f.vulnerability is not None],
        },
        "metadata": {"scanStartedOn": rfc3339(started), "scanFinishedOn": rfc3339(finished)},
    }


def summary(verdict: Verdict, inputs: Sequence[tuple[str, str]] = ()) -> Json:
    """SLSA verification summary v1 of what a gate said. `inputs` are (predicate type, SHA-256) of the attestations beside it.
    It vouches for no SLSA level."""
    algorithm, _, value = verdict.policy.partition(":")
    policy: Json = {"uri": POLICY, "digest": {algorithm: value}} if value else {"uri": POLICY}
    return {
        "verifier": {"id": VERIFIER},
        "timeVerified": rfc3339(verdict.time),
        "resourceUri": verdict.reference or verdict.image_digest,
        "policy": policy,
        "inputAttestations": [{"uri": uri, "digest": {"sha256": sha256}} for uri, sha256 in inputs],
        "verificationResult": "PASSED" if verdict.passed else "FAILED",
        "verifiedLevels": [] if verdict.passed else ["FAILED"],
        "slsaVersion": "1.0",
        EXTENSION: {
            "image": verdict.image_digest,
            "conditions": list(verdict.conditions),
            "failing": list(verdict.failing),
            "failures": verdict.failures,
            "allowed": verdict.allowed,
            "by": verdict.by,
        },
    }


def read_summary(told: Statement) -> Verdict:
    """The verdict in a statement whose predicate is a verification summary. Raises FormatError for another one."""
    predicate = told.predicate
    result = predicate.get("verificationResult")
    if told.predicate_type != SUMMARY or result not in ("PASSED", "FAILED"):
        raise FormatError("it is no verification summary.", where=_WHERE)
    more: Any = predicate.get(EXTENSION)
    more = more if isinstance(more, dict) else {}
    kept = {name: more[name] for name in ("conditions", "failing", "failures", "allowed", "by") if name in more}
    time = predicate.get("timeVerified")
    value = {
        "type": "verdict",
        "image_digest": more.get("image") or "sha256:" + told.subject[0].digest.get("sha256", ""),
        "passed": result == "PASSED",
        "time": unix_nanoseconds(time) if isinstance(time, str) else 0,
        "reference": predicate.get("resourceUri") or "",
        **kept,
    }
    try:
        return msgspec.convert(value, Verdict)
    except msgspec.ValidationError as error:
        raise FormatError(f"its verdict cannot be read: {error}.", where=_WHERE) from None


def _shown(address: str) -> str:
    """An address without the password in it."""
    scheme, there, rest = address.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if there else address


def _descriptor(material: Material) -> Json:
    told: Json = {"uri": material.uri, "digest": material.digest, "name": material.name}
    if material.dirty:
        told["annotations"] = {"uncommittedChanges": True}
    return without_empty(told)


def _weakness(finding: Finding) -> Json:
    found = finding.vulnerability
    if found is None:
        return dict[str, Any]()
    scores = [{"method": "periderm", "score": finding.severity.name.lower()}]
    if found.score >= 0:
        scores.append({"method": "cvss_score", "score": f"{found.score:.1f}"})
    more: dict[str, str] = {"package": finding.purl, "fixedIn": found.fixed_in, "path": found.path}
    return {"id": found.id, "severity": scores, "annotations": [{k: v} for k, v in more.items() if v]}
