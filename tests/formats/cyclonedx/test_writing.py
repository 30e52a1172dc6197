"""CycloneDX, written."""

from __future__ import annotations

import json

import msgspec
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings

from periderm.formats.cyclonedx import writing
from periderm.model.report import TargetKind
from tests.reports import many, packages, report
from tests.strategies import hostile_text


@pytest.mark.parametrize("kind", list(TargetKind))
def test_published_schema(kind: TargetKind) -> None:
    """What is written holds under the strict schema of CycloneDX 1.6."""
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(writing.write(report(kind)).decode()) is None


@settings(max_examples=15, deadline=None)
@given(hostile_text, hostile_text, hostile_text)
def test_published_schema_whatever_packages_say(name: str, licence: str, hash_: str) -> None:
    """Names, licences and digests of any kind make no invalid document."""
    base = report()
    odd = msgspec.structs.replace(packages()[0], name=name, licence=licence, hashes=(hash_, f"sha256:{hash_}"), cpes=(name,))
    value = msgspec.structs.replace(base, inventory=msgspec.structs.replace(base.inventory, packages=(odd,)))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(writing.write(value).decode()) is None


def test_reproducible() -> None:
    """The same image and advisories give the same bytes, however late it is."""
    later = msgspec.structs.replace(report(), time=report().time + 10**15)
    assert writing.write(later, reproducible=True) == writing.write(report(), reproducible=True)
    assert json.loads(writing.write(later))["serialNumber"] != json.loads(writing.write(report()))["serialNumber"]
    other = msgspec.structs.replace(many(1), target="other")
    assert (
        json.loads(writing.write(other, reproducible=True))["serialNumber"]
        != json.loads(writing.write(many(1), reproducible=True))["serialNumber"]
    )


def test_components() -> None:
    """A package at two places is two components with references of their own; licences are expressions where they are."""
    document = json.loads(writing.write(report()))
    twice = [c for c in document["components"] if c.get("purl") == "pkg:pypi/urllib3@1.24"]
    assert len({c["bom-ref"] for c in document["components"]}) == len(packages()) + 1
    assert len(twice) == 2
    by_name = {c["name"]: c for c in document["components"]}
    assert by_name["requests"]["licenses"] == [{"expression": "Apache-2.0 OR (MIT AND BSD-3-Clause)"}]
    assert twice[0]["licenses"] == [{"license": {"name": "The licence of 1999 (see file)"}}]
    assert by_name["openssl"]["cpe"].startswith("cpe:2.3:a:openssl")
    assert document["compositions"][0]["aggregate"] == "incomplete"


def test_dependencies() -> None:
    """Who asks for whom; the target asks for the rest, and every reference is one of the document."""
    document = json.loads(writing.write(report()))
    asked = {d["ref"]: d.get("dependsOn", []) for d in document["dependencies"]}
    assert asked["pkg:pypi/requests@2.19.0"] == ["pkg:pypi/urllib3@1.24"]
    assert "pkg:pypi/urllib3@1.24" not in asked[writing.ROOT]
    known = {c["bom-ref"] for c in document["components"]} | {writing.ROOT}
    assert {ref for refs in asked.values() for ref in refs} | asked.keys() <= known
