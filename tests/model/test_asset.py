"""Assets and who answers for them."""

from __future__ import annotations

import typing

import msgspec
import pytest
from hypothesis import given

from periderm.model.asset import Asset, Container, Grade, Image, Node, Ownership, Process, User, Workload
from tests.strategies import of_type

TAGS = {Node: "node", Image: "image", Container: "container", Workload: "workload", Process: "process", User: "user"}


def test_tags_are_the_kinds_that_queries_name() -> None:
    """The tag on the wire is the resource type, and no two assets share one."""
    assert {kind: kind.__struct_config__.tag for kind in typing.get_args(Asset)} == TAGS


@given(of_type(Asset))
def test_assets_are_told_apart_on_the_wire(asset: Asset) -> None:
    """A union of assets reads back the right type, equal."""
    for codec in (msgspec.json, msgspec.msgpack):
        assert codec.decode(codec.encode(asset), type=Asset) == asset


def test_an_unknown_kind_is_refused() -> None:
    """A record of no known kind is an error, not a guess."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"type":"toaster","id":"x","name":"x"}', type=Asset)


def test_nothing_is_assumed_about_owners() -> None:
    """An asset of which nobody said anything has empty ownership: a coverage gap, not a default owner."""
    assert Ownership() == Ownership(environment="", application="", owner="", grade=Grade.UNKNOWN)
    assert [grade.value for grade in Grade] == ["core", "important", "ordinary", ""]
