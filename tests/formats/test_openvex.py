"""OpenVEX documents, read and written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.openvex import JUSTIFICATIONS, is_openvex, parse, write
from periderm.model.errors import FormatError
from periderm.model.timestamps import unix_nanoseconds
from periderm.model.vulnerability import VexStatement, VexStatus

DAY = "2026-02-03T04:05:06Z"


def statement(**more: Any) -> dict[str, Any]:
    """One as authors write it."""
    return {
        "vulnerability": {"@id": "https://example.org/CVE-2099-1", "name": "CVE-2099-1", "aliases": ["GHSA-a", "CVE-2099-1"]},
        "products": [{"@id": "pkg:oci/app", "subcomponents": [{"@id": "pkg:npm/a@1"}]}],
        "status": "not_affected",
        "justification": "component_not_present",
        **more,
    }


def document(*statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A document of the current form."""
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.org/vex/1",
        "author": "Somebody",
        "timestamp": DAY,
        "version": 1,
        "statements": list(statements) or [statement()],
        **more,
    }


def read(*statements: dict[str, Any], **more: Any) -> list[VexStatement]:
    """The statements of a document of these."""
    data = json.dumps(document(*statements, **more)).encode()
    assert is_openvex(data)
    return list(parse(data, where="x"))


def test_a_whole_statement() -> None:
    """Names, products and sub-components, and what is inherited from the document."""
    (one,) = read()
    assert one == VexStatement(
        vulnerability="CVE-2099-1",
        aliases=("GHSA-a",),
        products=("pkg:oci/app",),
        subcomponents=("pkg:npm/a@1",),
        status=VexStatus.NOT_AFFECTED,
        justification="component_not_present",
        author="Somebody",
        time=unix_nanoseconds(DAY),
        document="https://example.org/vex/1",
    )


def test_a_statements_own_time() -> None:
    """It beats the document's."""
    (one,) = read(statement(timestamp="2026-05-05T00:00:00Z"))
    assert one.time == unix_nanoseconds("2026-05-05T00:00:00Z")


def test_products_by_every_name() -> None:
    """Identifier, digest, id; those narrowed alike stay together, others are statements of their own."""
    given_products = [
        {"@id": "https://example.org/p", "identifiers": {"purl": "pkg:npm/a"}, "hashes": {"sha-256": "AB"}},
        {"@id": "pkg:npm/b"},
        {"@id": "pkg:npm/c", "subcomponents": [{"identifiers": {"purl": "pkg:npm/d"}}]},
    ]
    whole, narrowed = read(statement(products=given_products))
    assert whole.products == ("pkg:npm/a", "https://example.org/p", "sha256:ab", "pkg:npm/b")
    assert (narrowed.products, narrowed.subcomponents) == (("pkg:npm/c",), ("pkg:npm/d",))


def test_the_older_form() -> None:
    """Plain texts for vulnerability, products and sub-components."""
    old = {
        "vulnerability": "CVE-2099-1",
        "products": ["pkg:npm/a"],
        "subcomponents": ["pkg:npm/b"],
        "status": "fixed",
    }
    (one,) = read(old, **{"@context": "https://openvex.dev/ns"})
    assert (one.vulnerability, one.products, one.subcomponents) == ("CVE-2099-1", ("pkg:npm/a",), ("pkg:npm/b",))


def test_not_affected_needs_a_reason() -> None:
    """The specification says MUST; an impact statement is one too."""
    with pytest.raises(FormatError, match=r"statement 1.*without a justification"):
        read(statement(justification=""))
    (one,) = read(statement(justification="", impact_statement="It is never called."))
    assert one.statement == "It is never called."


@pytest.mark.parametrize(
    "wrong",
    [
        {"justification": "because"},
        {"status": "harmless"},
        {"products": []},
        {"vulnerability": {}},
        {"vulnerability": 7},
        {"products": "pkg:npm/a"},
    ],
)
def test_what_is_not_valid_is_refused(wrong: dict[str, Any]) -> None:
    """A document with one wrong statement is not a valid document."""
    with pytest.raises(FormatError):
        read(statement(), statement(**wrong))


def test_another_context_is_another_document() -> None:
    """Whatever else it looks like."""
    with pytest.raises(FormatError, match="@context"):
        list(parse(json.dumps({**document(), "@context": "https://example.org"}).encode()))


words = st.text("abcdefghijklmnopqrstuvwxyz-0123456789", min_size=1, max_size=12)
purls = words.map(lambda w: f"pkg:npm/{w}@1")
products = st.one_of(
    purls,
    st.text("0123456789abcdef", min_size=64, max_size=64).map(lambda d: f"sha256:{d}"),
    words.map(lambda w: f"r.example/{w}"),
)
made = st.builds(
    VexStatement,
    vulnerability=st.integers(1000, 9999).map(lambda n: f"CVE-2099-{n}"),
    aliases=st.lists(words.map(lambda w: f"GHSA-{w}"), max_size=2, unique=True).map(lambda a: tuple(sorted(a))),
    products=st.lists(products, min_size=1, max_size=3, unique=True).map(tuple),
    subcomponents=st.lists(purls, max_size=2, unique=True).map(tuple),
    status=st.sampled_from(list(VexStatus)),
    justification=st.sampled_from(sorted(JUSTIFICATIONS)),
    statement=words,
    action=words,
    time=st.integers(1, 10**9).map(lambda n: n * 10**9),
)


@settings(max_examples=60)
@given(st.lists(made, min_size=1, max_size=4))
def test_what_is_written_is_read_again(statements: list[VexStatement]) -> None:
    """All that counts for honouring a statement survives; equal statements are written once."""

    def essence(s: VexStatement) -> tuple[object, ...]:
        reason = s.justification if s.status is VexStatus.NOT_AFFECTED else ""
        return s.vulnerability, s.aliases, s.subcomponents, s.status, reason, s.statement, s.time, frozenset(s.products)

    data = write(statements, author="me", time=5 * 10**9)
    assert {essence(s) for s in parse(data)} == {essence(s) for s in statements}


def test_written_documents_are_valid_by_the_schemas_rules() -> None:
    """What openvex_json_schema.json 0.2.0 asks for: fields, one of the two reasons, an action for what is affected."""
    common = {"vulnerability": "CVE-2099-1", "products": ("pkg:npm/a@1", "sha256:ab")}
    data = write(
        [
            VexStatement(status=VexStatus.NOT_AFFECTED, justification="component_not_present", statement="x", **common),
            VexStatement(status=VexStatus.NOT_AFFECTED, statement="x", **common),
            VexStatement(status=VexStatus.AFFECTED, **common),
        ],
        author="",
        time=0,
    )
    made_document = json.loads(data)
    assert set(made_document) == {"@context", "@id", "author", "timestamp", "version", "statements"}
    first, second, third = made_document["statements"]
    assert ("justification" in first, "impact_statement" in first) == (True, False)
    assert ("justification" in second, "impact_statement" in second) == (False, True)
    assert third["action_statement"]
    assert first["products"] == [{"@id": "pkg:npm/a@1", "identifiers": {"purl": "pkg:npm/a@1"}}, {"hashes": {"sha-256": "ab"}}]


def test_equal_statements_make_equal_documents() -> None:
    """The id is made from them."""
    one = VexStatement(vulnerability="CVE-2099-1", products=("pkg:npm/a",), status=VexStatus.FIXED)
    assert write([one], author="a", time=1) == write([one, one], author="a", time=1)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [VexStatement(vulnerability="CVE-2099-1", status=VexStatus.FIXED)],
        [VexStatement(vulnerability="CVE-2099-1", products=("a",), status=VexStatus.NOT_AFFECTED)],
    ],
)
def test_what_may_not_be_stated(wrong: list[VexStatement]) -> None:
    """Nothing, about nothing, or without a reason."""
    with pytest.raises(FormatError):
        write(wrong, author="a", time=1)
