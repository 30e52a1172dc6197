"""Differences as values."""

from __future__ import annotations

import msgspec

from periderm.model.difference import BehaviourChange, BehaviourKind, Difference, PackageChange
from periderm.model.text import Text


def test_same() -> None:
    """Nothing differs only if nothing does; what is kept is no difference."""
    nothing = Difference(before="a", after="b")
    assert nothing.same
    change = PackageChange(name="a", type="npm", before=("1",), after=("2",))
    behaviour = BehaviourChange(kind=BehaviourKind.USER, what=Text("x", "x"))
    assert not msgspec.structs.replace(nothing, changed=(change,)).same
    assert not msgspec.structs.replace(nothing, behaviour=(behaviour,)).same


def test_as_json() -> None:
    """It travels as JSON and back."""
    one = Difference(before="a", after="b", changed=(PackageChange(name="a", type="npm", before=("1",), after=("2",)),))
    assert msgspec.json.decode(msgspec.json.encode(one), type=Difference) == one
