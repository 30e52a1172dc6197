"""Promises of licence expressions."""

from __future__ import annotations

import functools
from typing import Any as Any_

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.licences.expression import All, Any, Expression, Licence, parse

licences = st.sampled_from(
    ["MIT", "Apache-2.0", "GPL-2.0-or-later WITH Classpath-exception-2.0", "LicenseRef-x", "ISC", "BSD-3-Clause"]
)
expressions = st.recursive(
    licences,
    lambda inner: st.builds(
        lambda parts, sign: "(" + f" {sign} ".join(parts) + ")",
        st.lists(inner, min_size=2, max_size=3),
        st.sampled_from(["AND", "OR"]),
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("MIT OR Apache-2.0 AND ISC", "MIT OR Apache-2.0 AND ISC"),
        ("(MIT OR ISC) AND Zlib", "(MIT OR ISC) AND Zlib"),
        ("mit or apache-2.0", "MIT OR Apache-2.0"),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ("MIT / ISC", "MIT OR ISC"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("GPLv2+ and LGPLv2+ and MIT", "GPL-2.0-or-later AND LGPL-2.0-or-later AND MIT"),
        ("BSD-3-Clause, MIT", "BSD-3-Clause AND MIT"),
        ("Perl", "GPL-1.0-or-later OR Artistic-1.0-Perl"),
        ("CDDL-1.1+", "CDDL-1.1+"),
        ("((MIT))", "MIT"),
        ("MIT AND MIT", "MIT"),
        ("GPL v2 or later", "GPL-2.0-or-later"),
        ("LicenseRef-a.b AND DocumentRef-x:LicenseRef-y", "LicenseRef-a.b AND DocumentRef-x:LicenseRef-y"),
    ],
)
def test_expressions_are_read(text: str, told: str) -> None:
    """WITH binds tighter than AND, AND than OR; names are brought to SPDX's."""
    assert str(parse(text)) == told


@pytest.mark.parametrize("text", ["", "NONE", "NOASSERTION", "UNKNOWN", " unlicensed ", "SEE LICENSE IN LICENSE"])
def test_nothing_told_is_nothing(text: str) -> None:
    """That is another thing than an unknown licence."""
    assert parse(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "MIT AND",
        "OR MIT",
        "(MIT AND ISC",
        "MIT) AND",
        "MIT WITH",
        "(MIT OR ISC) WITH x",
        "My company's own terms",
        "(" * 5000,
        "MIT OR " * 5000,
        " AND ".join(f"L{i}" for i in range(300)),
        "MIT AND (" * 40 + "MIT" + ")" * 40,
        "\x00",
        "WITH",
    ],
)
def test_what_is_none_is_one_unknown_licence(text: str) -> None:
    """Never an error, and never taken for a licence that is known."""
    found = parse(text)
    assert isinstance(found, Licence)
    assert not found.known
    assert len(found.id) <= 120


@settings(max_examples=100)
@given(expressions)
def test_an_expression_is_its_own_text(text: str) -> None:
    """Reading what was written gives the same again."""
    found = parse(text)
    assert found is not None
    assert str(parse(str(found))) == str(found)


def leaves(found: Expression) -> list[Licence]:
    """All licences of an expression."""
    return [found] if isinstance(found, Licence) else [leaf for part in found.of for leaf in leaves(part)]


@functools.lru_cache
def spdx() -> Any_:
    """The other library with its list, which takes a second to build."""
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


@settings(max_examples=100)
@given(expressions)
def test_another_library_reads_the_same(text: str) -> None:
    """license-expression, over the SPDX list: the same licences."""
    found = parse(text)
    assert isinstance(found, Licence | All | Any)
    other = spdx().license_keys(spdx().parse(text))
    mine = {name for leaf in leaves(found) for name in (leaf.id, leaf.exception) if name}
    assert mine == set(other)


@settings(max_examples=150)
@given(st.text("MITGPLandorwith()+-/ 20.,", max_size=40))
def test_any_text_gives_something(text: str) -> None:
    """The metadata of packages is anybody's."""
    assert parse(text) is None or str(parse(text))
