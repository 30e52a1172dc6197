"""Assets in their table."""

from __future__ import annotations

import pytest
from hypothesis import given

from periderm.adapters.store_sql.assets import merge, tells
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.asset import Asset, Container, Node, Ownership, Process, User, Workload
from periderm.model.query import Query
from tests.ports.plugs import OWNED, container, image
from tests.strategies import values

NODE = Node(
    id="nod-1", name="n", hostname="host.example", machine_id="m", kernel="6.1", os_name="Debian", architecture="x86_64"
)
ALL: dict[str, Asset] = {
    "node": NODE,
    "image": image(),
    "container": container(),
    "workload": Workload(id="wkl-1", name="shop", kind="Deployment", namespace="web"),
    "process": Process(id="prc-1", name="sh", key=1, pid=2, executable="/bin/sh", node_id="nod-1"),
    "user": User(id="usr-1", name="root", user_id=0, node_id="nod-1"),
}


@pytest.mark.parametrize("kind", ALL)
def test_every_kind_comes_back_as_itself(store: SqlStore, kind: str) -> None:
    """By id and by kind."""
    store.put_assets(ALL.values())
    assert store.asset(ALL[kind].id) == ALL[kind]
    assert store.assets(Query(kind=kind)).items == (ALL[kind],)


def test_a_node_owns_what_is_on_it(store: SqlStore) -> None:
    """The filter by node finds the node itself, its containers, processes and users."""
    store.put_assets(ALL.values())
    assert {type(item).__name__ for item in store.assets(Query(node_id="nod-1")).items} == {
        "Node",
        "Container",
        "Process",
        "User",
    }


@given(one=values(Container), other=values(Container))
def test_merging_loses_no_owner(one: Container, other: Container) -> None:
    """What either of them knew is known, times only widen, and merging again changes nothing."""
    merged = merge(one, other)
    for field in Ownership.__struct_fields__:
        known = getattr(other.ownership, field) or getattr(one.ownership, field)
        assert getattr(merged.ownership, field) == known
    assert merged.last_seen == max(one.last_seen, other.last_seen)
    assert merge(merged, other) == merged


def test_a_scan_time_is_not_lost(store: SqlStore) -> None:
    """An agent that reports the image again does not know when it was scanned."""
    store.put_assets([image(scanned_at=500)])
    store.put_assets([image(name="renamed")])
    assert store.asset("img-1") == image(name="renamed", scanned_at=500)


def test_what_is_worth_telling() -> None:
    """Anything but the time."""
    assert tells(container(last_seen=1), container(last_seen=2)) is False
    assert tells(container(), container(ownership=OWNED)) is True
