"""Every part of an expression is walked over, of every kind of part."""

from __future__ import annotations

from periderm.algorithms.rules.parse import parse
from periderm.algorithms.rules.places import Place
from periderm.algorithms.rules.walk import children, names


def test_names_of_every_kind_of_part() -> None:
    """Each letter stands in another kind of part."""
    text = "a.b || c[d] && !e || (f ? g : h) || [i] == [j] || {k: l} == {} || m.n(o) || p.exists(q, r) || has(s.t) || u in v"
    found = set(names(parse(Place(text))))
    assert found == set("acdefghijklmoprsuv")


def test_a_leaf_has_no_children() -> None:
    """A constant and a name."""
    assert children(parse(Place("1"))) == ()
    assert children(parse(Place("a"))) == ()
