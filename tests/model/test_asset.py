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


def test_what_is_normal_is_kept_for_all_replicas() -> None:
    """By the workload where there is one; a container that is none's, and a machine, stand for themselves."""
    one = Container(id="ctr-1", name="web", container_id="c", runtime="podman", node_id="nod-1", workload_id="wkl-1")
    assert one.normal_id == "wkl-1"
    assert msgspec.structs.replace(one, workload_id="").normal_id == "ctr-1"
    node = Node(id="nod-1", name="n", hostname="n", machine_id="m", kernel="6", os_name="linux", architecture="x86_64")
    assert node.normal_id == "nod-1"
