"""What the kernel's maps hold after each change, on maps of paper."""

from __future__ import annotations

import struct

import msgspec
import pytest

from periderm.adapters.sensor_ebpf import layout
from periderm.adapters.sensor_ebpf.attribution import profile_of
from periderm.adapters.sensor_ebpf.programming import Programming, policy_flags
from periderm.model.errors import SensorError
from periderm.model.event import EventFlag
from periderm.ports.sensor import KernelPolicy
from tests.adapters.sensor_ebpf.test_attribution import box, rows_of
from tests.adapters.sensor_ebpf.watching import NODE


class PaperMap(dict[bytes, bytes]):
    """A map without a kernel."""

    def put(self, key: bytes, value: bytes) -> None:
        """Writes."""
        self[key] = value

    def remove(self, key: bytes) -> None:
        """Deletes."""
        self.pop(key, None)


class Paper:
    """The three maps and the programming on them."""

    def __init__(self) -> None:
        self.namespaces, self.cgroups, self.kill_list = PaperMap(), PaperMap({b"old": b"x"}), PaperMap()
        maps = {"namespaces": self.namespaces, "cgroups": self.cgroups, "kill_list": self.kill_list}
        self.programming = Programming(maps)  # type: ignore[arg-type]  # paper instead of the kernel

    def flags(self, namespace: int) -> int:
        """Policy flags of a namespace."""
        return int(struct.unpack("<II", self.namespaces[struct.pack("<I", namespace)])[1])


def test_an_earlier_agents_entries_are_gone() -> None:
    """Until subjects are set, everything is unknown and thus reported."""
    assert Paper().cgroups == {}


def test_containers_come_and_go() -> None:
    """Namespace numbers are used again: what ended leaves no entry and no kill list."""
    paper = Paper()
    one, two = box(1, 101, 11), box(2, 102, 12)
    paper.programming.set_subjects([NODE, one, two])
    paper.programming.set_policy(one, KernelPolicy(enforce=True, kill_drift=True, kill_inodes=((8, 99),)))
    assert paper.flags(101) == layout.POLICY_REPORT | layout.POLICY_ENFORCE | layout.POLICY_KILL_DRIFT | layout.POLICY_KILL_LIST
    assert list(paper.kill_list) == [struct.pack("<IIQ", profile_of(one), 8, 99)]
    paper.programming.set_subjects([NODE, two])
    assert struct.pack("<I", 101) not in paper.namespaces
    assert paper.kill_list == {}
    assert set(paper.cgroups) == {struct.pack("<Q", 12)}
    paper.programming.set_subjects([NODE, one])
    assert paper.flags(101) == layout.POLICY_REPORT


def test_a_policy_replaces_the_one_before() -> None:
    """Inodes that are no longer listed are taken off."""
    paper = Paper()
    one = box(1, 101, 11)
    paper.programming.set_subjects([NODE, one])
    paper.programming.set_policy(one, KernelPolicy(kill_inodes=((8, 1), (8, 2))))
    paper.programming.set_policy(one, KernelPolicy(report=False, kill_inodes=((8, 2),)))
    assert list(paper.kill_list) == [struct.pack("<IIQ", profile_of(one), 8, 2)]
    assert paper.flags(101) == layout.POLICY_KILL_LIST


def test_the_node_is_never_killed() -> None:
    """No policy makes the kernel kill the node's own programs."""
    policy = KernelPolicy(enforce=True, kill_drift=True, kill_inodes=((8, 1),))
    assert policy_flags(NODE, policy) == layout.POLICY_REPORT | layout.POLICY_NODE


def test_a_container_in_the_nodes_namespace_does_not_hide_the_node() -> None:
    """Its cgroup is its own, its namespace stays the node's."""
    paper = Paper()
    paper.programming.set_subjects([NODE])
    (node_namespace,) = (struct.unpack("<I", key)[0] for key in paper.namespaces)
    paper.programming.set_subjects([NODE, box(1, node_namespace, 11)])
    assert paper.flags(node_namespace) & layout.POLICY_NODE
    assert set(paper.cgroups) == {struct.pack("<Q", 11)}


def test_cgroups_below_a_container_are_its_own() -> None:
    """Resolved paths tell whose a nested cgroup is; what was not found stays unknown."""
    paper = Paper()
    one = box(1, 101, 11)
    one = msgspec.structs.replace(one, cgroup_path="/pods/one")
    paper.programming.set_subjects([NODE, one])
    attribution = paper.programming.with_cgroups({70: "/pods/one/inner", 71: "/pods/one-other", 72: ""})
    assert attribution.known_cgroups == {11, 70, 71}


def test_a_cgroup_that_is_named_after_a_container_is_its_own() -> None:
    """Also when the container's own cgroup was looked up too early, or its processes were moved below."""
    paper = Paper()
    identity = "ab" * 32
    paper.programming.set_subjects([NODE, msgspec.structs.replace(box(1, 101, 11), container_id=identity)])
    attribution = paper.programming.with_cgroups({70: f"/libpod_parent/libpod-{identity}/inner", 71: "/other"})
    rows = rows_of((101, 70), (101, 71))
    attribution.apply(rows)
    assert [bool(flags & EventFlag.FOREIGN) for flags in rows["flags"]] == [False, True]


def test_the_node_comes_first() -> None:
    """A list without it is a mistake of the caller."""
    with pytest.raises(SensorError, match="node"):
        Paper().programming.set_subjects([box(1, 1, 1)])
