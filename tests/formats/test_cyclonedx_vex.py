"""CycloneDX analyses as statements."""

from __future__ import annotations

import json
from typing import Any

import pytest

from periderm.formats.cyclonedx_vex import is_cyclonedx, parse
from periderm.model.errors import FormatError
from periderm.model.timestamps import unix_nanoseconds
from periderm.model.vulnerability import VexStatement, VexStatus

DAY = "2026-02-03T04:05:06Z"
SERIAL = "3e671687-395b-41f5-a30f-a58921a69b79"


def vulnerability(state: str = "not_affected", **more: Any) -> dict[str, Any]:
    """One with an analysis."""
    made = {
        "id": "CVE-2099-1",
        "references": [{"id": "GHSA-a", "source": {"name": "x"}}],
        "analysis": {"state": state, "justification": "code_not_reachable", "detail": "Never called."},
        "affects": [{"ref": "inner"}],
    }
    return {**made, **more}


def document(*vulnerabilities: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A document about an application with a component inside another."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{SERIAL}",
        "version": 1,
        "metadata": {
            "timestamp": DAY,
            "component": {"type": "container", "bom-ref": "app", "name": "r.example/app", "version": "sha256:aa"},
        },
        "components": [
            {"type": "library", "name": "outer", "components": [{"type": "library", "bom-ref": "inner", "purl": "pkg:npm/a@1"}]}
        ],
        "vulnerabilities": list(vulnerabilities) or [vulnerability()],
        **more,
    }


def read(*vulnerabilities: dict[str, Any], **more: Any) -> list[VexStatement]:
    """The statements."""
    data = json.dumps(document(*vulnerabilities, **more)).encode()
    assert is_cyclonedx(data)
    return list(parse(data, where="x"))


def test_a_component_of_the_subject() -> None:
    """The subject is the product, the component the sub-component, the finer word one of the five."""
    (one,) = read()
    assert one == VexStatement(
        vulnerability="CVE-2099-1",
        aliases=("GHSA-a",),
        products=("sha256:aa", "r.example/app"),
        subcomponents=("pkg:npm/a@1",),
        status=VexStatus.NOT_AFFECTED,
        justification="vulnerable_code_not_in_execute_path",
        statement="Never called.",
        time=unix_nanoseconds(DAY),
        document=f"urn:uuid:{SERIAL}",
    )


def test_without_a_subject_the_component_is_the_product() -> None:
    """A separate document about components of other ones, by BOM-Link or package URL."""
    for reference in ("pkg:npm/b@2", f"urn:cdx:{SERIAL}/1#pkg%3Anpm%2Fb%402", f"urn:cdx:{SERIAL}/1#pkg:npm/b@2"):
        (one,) = read(vulnerability(affects=[{"ref": reference}]), metadata={}, components=[])
        assert (one.products, one.subcomponents) == (("pkg:npm/b@2",), ())


def test_the_subject_itself() -> None:
    """Affected as a whole, or with nothing named."""
    for affects in ([{"ref": "app"}], []):
        (one,) = read(vulnerability(affects=affects))
        assert (one.products, one.subcomponents) == (("sha256:aa", "r.example/app"), ())


def test_versions() -> None:
    """A package URL without version gets those that are named, except the unaffected ones."""
    affects = [{"ref": "pkg:npm/b", "versions": [{"version": "1"}, {"version": "2", "status": "unaffected"}]}]
    (one,) = read(vulnerability(affects=affects), metadata={}, components=[])
    assert one.products == ("pkg:npm/b@1",)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("resolved", VexStatus.FIXED),
        ("resolved_with_pedigree", VexStatus.FIXED),
        ("exploitable", VexStatus.AFFECTED),
        ("in_triage", VexStatus.UNDER_INVESTIGATION),
        ("false_positive", VexStatus.NOT_AFFECTED),
        ("not_affected", VexStatus.NOT_AFFECTED),
    ],
)
def test_states(state: str, status: VexStatus) -> None:
    """All six of the schema."""
    assert [s.status for s in read(vulnerability(state))] == [status]


def test_the_analysis_own_time() -> None:
    """Its last update first."""
    analysis = {"state": "resolved", "firstIssued": DAY, "lastUpdated": "2026-05-05T00:00:00Z"}
    assert read(vulnerability(analysis=analysis))[0].time == unix_nanoseconds("2026-05-05T00:00:00Z")


def test_no_analysis_no_statement() -> None:
    """A vulnerability that is only listed; and one about a component that nobody knows."""
    assert read(vulnerability(analysis={}), vulnerability(affects=[{"ref": "nobody"}])) == []


@pytest.mark.parametrize(
    "wrong", [{"analysis": {"state": "fine"}}, {"analysis": {"state": "not_affected"}}, {"id": ""}, {"affects": "x"}]
)
def test_what_is_not_valid_is_refused(wrong: dict[str, Any]) -> None:
    """An unknown state, no reason, no id."""
    with pytest.raises(FormatError):
        read(vulnerability(**wrong))


def test_other_documents() -> None:
    """They say so themselves."""
    with pytest.raises(FormatError, match="bomFormat"):
        list(parse(json.dumps(document(bomFormat="SPDX")).encode()))
