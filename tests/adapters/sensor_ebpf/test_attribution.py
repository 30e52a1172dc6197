"""Rows find their subject."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.sensor_ebpf.attribution import Attribution, profile_of
from periderm.model.asset import Container
from periderm.model.event import EVENT_DTYPE, EventFlag, Rows
from tests.adapters.sensor_ebpf.watching import NODE


def box(number: int, namespace: int, cgroup: int) -> Container:
    """A container."""
    name = f"c{number}"
    return Container(
        id=name, name=name, container_id=name, runtime="podman", node_id="n", mount_namespace=namespace, cgroup=cgroup
    )


def rows_of(*places: tuple[int, int]) -> Rows:
    """Rows with (mount namespace, cgroup)."""
    rows: Rows = np.zeros(len(places), EVENT_DTYPE)
    rows["mntns"] = [namespace for namespace, _ in places]
    rows["cgroup"] = [cgroup for _, cgroup in places]
    return rows


BOXES = [NODE, box(1, 101, 11), box(2, 102, 12)]


def test_namespace_first_then_cgroup_then_node() -> None:
    """Each way of belonging, and what belongs to nobody is counted and given to the node."""
    rows = rows_of((101, 11), (999, 12), (1, 5), (998, 97), (1, 11))
    assert Attribution(BOXES, 1).apply(rows) == 1
    assert rows["subject"].tolist() == [1, 2, 0, 0, 1]
    assert (rows["flags"] == 0).all()


def test_strangers_are_foreign() -> None:
    """In one container's namespace with a cgroup that is known to be another's or the node's."""
    rows = rows_of((101, 12), (101, 5), (101, 6), (101, 11))
    Attribution(BOXES, 1, {5: 0, 6: 1}).apply(rows)
    assert [bool(flags & EventFlag.FOREIGN) for flags in rows["flags"]] == [True, True, False, False]
    assert rows["subject"].tolist() == [1, 1, 1, 1]


def test_cgroups_to_ask_for() -> None:
    """Only those of container rows that nobody knows."""
    attribution = Attribution(BOXES, 1)
    rows = rows_of((101, 11), (101, 70), (1, 71))
    attribution.apply(rows)
    assert attribution.unknown_cgroups(rows) == [70]


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=40))
def test_any_places(places: list[tuple[int, int]]) -> None:
    """The column-wise answer is that of a plain dictionary."""
    boxes = [NODE, *(box(number, number, number + 10) for number in range(2, 15))]
    rows = rows_of(*places)
    Attribution(boxes, 1).apply(rows)
    names = {1: 0} | {number: number - 1 for number in range(2, 15)}
    cgroups = {number + 10: number - 1 for number in range(2, 15)}
    expected = [names.get(namespace, -1) for namespace, _ in places]
    want = [own if own > 0 else max(cgroups.get(cgroup, 0), 0) for own, (_, cgroup) in zip(expected, places, strict=True)]
    assert rows["subject"].tolist() == want


def test_profiles_are_stable() -> None:
    """The same subject has the same number in every run, and never 0."""
    assert profile_of(BOXES[1]) == profile_of(box(1, 5, 5))
    assert profile_of(BOXES[1]) != profile_of(BOXES[2])
    assert profile_of(NODE) > 0


def test_without_a_cgroup_of_its_own_nothing_is_foreign() -> None:
    """A container that has just started, or has no cgroup, is known by its namespace; another's cgroup proves nothing."""
    rows = rows_of((101, 5))
    Attribution([NODE, box(1, 101, 0)], 1, {5: 0}).apply(rows)
    assert rows["subject"].tolist() == [1]
    assert rows["flags"].tolist() == [0]
