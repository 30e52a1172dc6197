"""in-toto statements: what is written is read again, and nothing else is taken for one."""

from __future__ import annotations

import json

import msgspec
import pytest

from periderm.formats import intoto
from periderm.model.build import BuildCommand, Built, Material
from periderm.model.errors import FormatError
from tests.building import VERDICT
from tests.reports import report

DIGEST = "sha256:" + "a" * 64


def test_what_is_written_is_read() -> None:
    """With its subjects, matched by digest only."""
    data = intoto.statement(intoto.subjects(("shop:1", "shop:2"), DIGEST), intoto.BILL, {"x": 1})
    read = intoto.read_statement(data)
    assert (read.type, read.predicate_type, read.predicate) == (intoto.STATEMENT, intoto.BILL, {"x": 1})
    assert read.about([DIGEST])
    assert read.about([DIGEST.upper()])
    assert not read.about(["sha512:" + "a" * 64])
    assert data == intoto.statement(intoto.subjects(("shop:1", "shop:2"), DIGEST), intoto.BILL, {"x": 1})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"_type": "https://in-toto.io/Statement/v0.1", "subject": [{"digest": {"a": "b"}}], "predicateType": "x"}',
        b'{"_type": "https://in-toto.io/Statement/v1", "subject": [], "predicateType": "x"}',
        b'{"_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {}}], "predicateType": "x"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_statement(data: bytes) -> None:
    """Other versions, nothing that it is about, no JSON."""
    with pytest.raises(FormatError):
        intoto.read_statement(data)


def test_provenance_has_the_required_fields() -> None:
    """Of SLSA 1.0, and no password of an address."""
    command = BuildCommand(tool="podman", program=("podman",), verb=("build",), context="https://me:pw@git.example/x")
    material = Material(uri="git+x", digest={"gitCommit": "c"}, dirty=True)
    told = intoto.provenance(Built(command=command, identity="i", started=10**9, finished=2 * 10**9, materials=(material,)))
    definition, details = told["buildDefinition"], told["runDetails"]
    assert definition["buildType"].startswith("urn:")
    assert definition["externalParameters"]["context"] == "https://git.example/x"
    assert definition["resolvedDependencies"] == [
        {"uri": "git+x", "digest": {"gitCommit": "c"}, "annotations": {"uncommittedChanges": True}}
    ]
    assert details["builder"]["id"] == "urn:periderm:builder:podman"
    assert details["metadata"]["startedOn"] == "1970-01-01T00:00:01Z"


def test_vulnerabilities_have_the_required_fields() -> None:
    """Of in-toto's predicate 0.2: every severity is a list of methods and scores in text."""
    told = intoto.vulnerabilities(report().findings, version="1", database=("d", 10**9), started=0, finished=0)
    results = told["scanner"]["result"]
    assert results
    assert all(r["id"] and all(isinstance(s["score"], str) and s["method"] for s in r["severity"]) for r in results)
    assert told["scanner"]["db"]["lastUpdate"] == "1970-01-01T00:00:01Z"
    json.dumps(told)


@pytest.mark.parametrize("passed", [True, False])
def test_a_verdict_comes_back(passed: bool) -> None:
    """Whole, but for what only the reader knows: who signed."""
    verdict = msgspec.structs.replace(VERDICT, passed=passed, failing=("a",), failures=3, allowed="why", by="me")
    data = intoto.statement(intoto.subjects((), VERDICT.image_digest), intoto.SUMMARY, intoto.summary(verdict, [("k", "s")]))
    read = intoto.read_summary(intoto.read_statement(data))
    assert read == msgspec.structs.replace(verdict, policy="")


def test_others_summaries_are_read() -> None:
    """Without our extension; what is none is refused."""
    plain = {"verificationResult": "PASSED", "timeVerified": "2026-01-01T00:00:00Z", "resourceUri": "x"}
    data = intoto.statement(intoto.subjects((), DIGEST), intoto.SUMMARY, plain)
    read = intoto.read_summary(intoto.read_statement(data))
    assert (read.image_digest, read.passed, read.conditions) == (DIGEST, True, ())
    for odd in ({}, {"verificationResult": "MAYBE"}, {**plain, intoto.EXTENSION: {"failures": "many"}}):
        with pytest.raises(FormatError):
            intoto.read_summary(intoto.read_statement(intoto.statement(intoto.subjects((), DIGEST), intoto.SUMMARY, odd)))
