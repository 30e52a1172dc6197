"""The product tree that vendors' feeds and VEX documents share."""

from __future__ import annotations

import msgspec
import pytest

from periderm.formats.csaf.tree import DEEPEST, Branch, FullName, Tree, leaves
from periderm.model.errors import LimitError


def nested(depth: int) -> Branch:
    """One product so deep."""
    branch = Branch(product=FullName("p", "P"))
    for _ in range(depth - 1):
        branch = Branch(branches=[branch])
    return branch


def test_products_come_in_their_order() -> None:
    """However they nest."""
    told = [Branch(branches=[Branch(product=FullName("a")), nested(3)]), Branch(product=FullName("z"))]
    assert [p.product_id for p in leaves(told, 10, "x")] == ["a", "p", "z"]


def test_deep_and_wide_trees_end() -> None:
    """At a limit that is named."""
    assert len(list(leaves([nested(DEEPEST)], 10, "x"))) == 1
    with pytest.raises(LimitError, match="deep"):
        list(leaves([nested(DEEPEST + 1)], 10, "x"))
    with pytest.raises(LimitError, match="more than 2 products"):
        list(leaves([Branch(product=FullName(str(n))) for n in range(3)], 2, "x"))


def test_null_is_nothing() -> None:
    """Some vendors write null where there is no list."""
    tree = msgspec.json.decode(b'{"branches": null, "relationships": null, "product_groups": null}', type=Tree)
    assert list(leaves(tree.branches or (), 1, "x")) == []
    assert FullName("a").helper.purl == ""
