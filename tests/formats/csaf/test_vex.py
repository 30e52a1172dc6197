"""CSAF documents of the profile VEX."""

from __future__ import annotations

import json
from typing import Any

import pytest

from periderm.formats.csaf.vex import is_csaf, parse
from periderm.model.errors import FormatError, LimitError
from periderm.model.timestamps import unix_nanoseconds
from periderm.model.vulnerability import VexStatement, VexStatus

DAY = "2026-02-03T04:05:06Z"


def product(name: str, purl: str = "", sha256: str = "") -> dict[str, Any]:
    """A product of the tree, with what identifies it."""
    helper: dict[str, Any] = {"purl": purl} if purl else {}
    if sha256:
        helper["hashes"] = [{"filename": "f", "file_hashes": [{"algorithm": "sha256", "value": sha256}]}]
    made: dict[str, Any] = {"product_id": name, "name": f"Product {name}"}
    return {**made, "product_identification_helper": helper} if helper else made


def document(vulnerability: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A document with a branch, a stand-alone product and a component in a product."""
    return {
        "document": {
            "category": "csaf_vex",
            "csaf_version": "2.0",
            "publisher": {"category": "vendor", "name": "Example", "namespace": "https://example.org"},
            "title": "t",
            "tracking": {"id": "EX-1", "current_release_date": DAY, "status": "final", "version": "1"},
        },
        "product_tree": {
            "branches": [
                {
                    "category": "vendor",
                    "name": "Example",
                    "branches": [
                        {"category": "product_version", "name": "1", "product": product("P1", "pkg:oci/app@sha256%3Aaa")}
                    ],
                }
            ],
            "full_product_names": [product("P2", "pkg:npm/lib@1"), product("P3", sha256="BB"), product("P4")],
            "product_groups": [{"group_id": "G1", "product_ids": ["P2", "P3"]}],
            "relationships": [
                {
                    "category": "installed_on",
                    "product_reference": "P2",
                    "relates_to_product_reference": "P1",
                    "full_product_name": product("P1:P2"),
                }
            ],
        },
        "vulnerabilities": [
            vulnerability
            or {
                "cve": "CVE-2099-1",
                "ids": [{"system_name": "x", "text": "X-1"}],
                "product_status": {"known_not_affected": ["P1:P2"], "fixed": ["P2"], "under_investigation": ["P4"]},
                "flags": [{"label": "vulnerable_code_not_present", "product_ids": ["P1:P2"]}],
                "remediations": [{"category": "vendor_fix", "details": "Upgrade.", "product_ids": ["P2"]}],
            }
        ],
        **more,
    }


def read(vulnerability: dict[str, Any] | None = None, **more: Any) -> list[VexStatement]:
    """The statements."""
    data = json.dumps(document(vulnerability, **more)).encode()
    assert is_csaf(data)
    return list(parse(data, where="x"))


def about(status: dict[str, list[str]], **more: Any) -> dict[str, Any]:
    """A vulnerability."""
    return {"cve": "CVE-2099-1", "product_status": status, **more}


def test_a_component_in_a_product() -> None:
    """A relationship is a product with a sub-component; a flag is a justification; the time is the document's."""
    inside, fixed, unknown = read()
    assert inside == VexStatement(
        vulnerability="CVE-2099-1",
        aliases=("X-1",),
        products=("pkg:oci/app@sha256%3Aaa",),
        subcomponents=("pkg:npm/lib@1",),
        status=VexStatus.NOT_AFFECTED,
        justification="vulnerable_code_not_present",
        author="Example",
        time=unix_nanoseconds(DAY),
        document="EX-1",
    )
    assert (fixed.products, fixed.status, fixed.action) == (("pkg:npm/lib@1",), VexStatus.FIXED, "Upgrade.")
    assert (unknown.products, unknown.status) == (("Product P4",), VexStatus.UNDER_INVESTIGATION)


def test_digests_and_groups() -> None:
    """A product known by its digest; a threat that says it of a group."""
    told = about({"known_not_affected": ["P3"]}, threats=[{"category": "impact", "details": "Not used.", "group_ids": ["G1"]}])
    (one,) = read(told)
    assert (one.products, one.statement, one.justification) == (("sha256:bb",), "Not used.", "")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("known_affected", VexStatus.AFFECTED),
        ("first_affected", VexStatus.AFFECTED),
        ("last_affected", VexStatus.AFFECTED),
        ("fixed", VexStatus.FIXED),
        ("first_fixed", VexStatus.FIXED),
        ("under_investigation", VexStatus.UNDER_INVESTIGATION),
    ],
)
def test_words(word: str, status: VexStatus) -> None:
    """CSAF's groups of product status."""
    assert [s.status for s in read(about({word: ["P2"]}))] == [status]


def test_recommendations_say_nothing() -> None:
    """A version that is recommended is no statement on whether it is affected; nor is a product that nobody defined."""
    assert read(about({"recommended": ["P2"], "fixed": ["NOBODY"]})) == []


def test_not_affected_needs_a_reason() -> None:
    """4.5 asks for a flag or an impact for each."""
    with pytest.raises(FormatError, match="does not say why"):
        read(about({"known_not_affected": ["P2"]}))
    (one,) = read(about({"known_not_affected": ["P2"]}, flags=[{"label": "component_not_present"}]))
    assert one.justification == "component_not_present"


def test_other_profiles_are_none() -> None:
    """An advisory is not a statement that can be honoured."""
    other = document()
    other["document"]["category"] = "csaf_security_advisory"
    with pytest.raises(FormatError, match="profile"):
        list(parse(json.dumps(other).encode()))


def test_a_vulnerability_needs_a_name() -> None:
    """Its CVE or another id."""
    with pytest.raises(FormatError, match="neither"):
        read({"product_status": {"fixed": ["P2"]}})
    assert read({"ids": [{"text": "X-2"}], "product_status": {"fixed": ["P2"]}})[0].vulnerability == "X-2"


def test_trees_are_bounded() -> None:
    """Deeper than any vendor's: an error."""
    branch: dict[str, Any] = {"category": "vendor", "name": "x", "product": product("DEEP")}
    for _ in range(40):
        branch = {"category": "vendor", "name": "x", "branches": [branch]}
    with pytest.raises(LimitError):
        read(product_tree={"branches": [branch]})


def test_relationships_build_on_each_other() -> None:
    """In any order, and in a circle: those end."""
    names = [product(f"R{i}") for i in range(3)]
    chain = [
        {"product_reference": "R0", "relates_to_product_reference": "P", "full_product_name": names[1]},
        {"product_reference": "C", "relates_to_product_reference": "P", "full_product_name": names[0]},
        {"product_reference": "R2", "relates_to_product_reference": "R2", "full_product_name": names[2]},
    ]
    tree = {"full_product_names": [product("P", "pkg:oci/p"), product("C", "pkg:npm/c")], "relationships": chain}
    (one,) = read(about({"fixed": ["R1", "R2"]}), product_tree=tree)
    assert (one.products, one.subcomponents) == (("pkg:oci/p",), ("pkg:npm/c",))
