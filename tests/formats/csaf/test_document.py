"""A vendor's document: every product of the tree, however deep it lies, and no tree too deep or too wide."""

from __future__ import annotations

import json

import pytest

from periderm.formats.csaf import document, tree
from periderm.model.errors import FormatError, LimitError
from periderm.model.severity import Severity
from tests.formats.csaf.build import Vex


def test_products() -> None:
    """Platforms, components and what they are together."""
    vex = Vex("V", "https://v.example")
    vex.platform("OS 9", "cpe:/o:v:os:9")
    product = vex.say("fixed", "OS 9", "shop-1.0", "pkg:rpm/v/shop@1.0")
    parsed = document.read(vex.bytes())
    assert parsed.products["OS 9"].cpe == "cpe:/o:v:os:9"
    assert parsed.products["shop-1.0"].purl == "pkg:rpm/v/shop@1.0"
    assert (parsed.products[product].parent, parsed.products[product].component) == ("OS 9", "shop-1.0")
    assert parsed.published < parsed.modified
    assert parsed.description == "A flaw in shop."
    assert "v.example" in parsed.publisher


def test_what_is_said_of_products() -> None:
    """Impacts and remedies by product id; vectors each once."""
    vex = Vex("V", "n")
    vex.threats = [
        {"category": "impact", "details": "Important", "product_ids": ["a"]},
        {"category": "exploit_status", "details": "x"},
    ]
    vex.remediations = [
        {"category": "no_fix_planned", "details": "Will not fix ", "product_ids": ["a"]},
        {"category": "workaround"},
    ]
    vector = {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}
    vex.scores = [{"cvss_v3": vector, "products": ["a"]}, {"cvss_v3": vector, "products": ["b"]}]
    (vulnerability,) = document.read(vex.bytes()).vulnerabilities
    assert document.impacts(vulnerability) == {"a": Severity.HIGH}
    assert document.remedies(vulnerability) == {"a": ("no_fix_planned", "Will not fix")}
    assert [s.source for s in document.scores(vulnerability, "v")] == ["v"]


def test_a_tree_that_is_too_deep() -> None:
    """It ends in LimitError."""
    branch: dict[str, object] = {"product": {"product_id": "x"}}
    for _ in range(tree.DEEPEST + 5):
        branch = {"branches": [branch]}
    with pytest.raises(LimitError):
        document.read(json.dumps({"document": {}, "product_tree": {"branches": [branch]}}).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"document":' * 5000, b'{"document": 5}'])
def test_no_document(data: bytes) -> None:
    """Anything else is a FormatError."""
    with pytest.raises(FormatError):
        document.read(data)
