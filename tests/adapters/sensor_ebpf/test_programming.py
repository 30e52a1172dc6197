"""What the kernel's maps hold after each change, on maps of paper."""

from __future__ import annotations

import struct
from collections.abc import Sequence

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

    def __init__(self, before: Paper | None = None, live: Sequence[int] = ()) -> None:
        self.namespaces, self.cgroups, self.kill_list = PaperMap(), PaperMap(), PaperMap()
        if before is not None:
            self.namespaces, self.cgroups, self.kill_list = before.namespaces, before.cgroups, before.kill_list
        self.calls: PaperMap = PaperMap() if before is None else before.calls
        maps = {"namespaces": self.namespaces, "cgroups": self.cgroups, "kill_list": self.kill_list, "calls_used": self.calls}
        self.programming = Programming(maps, lambda: set(live))  # type: ignore[arg-type]  # paper instead of the kernel

    def flags(self, namespace: int) -> int:
        """Policy flags of a namespace."""
        return int(struct.unpack_from("<II", self.namespaces[struct.pack("<I", namespace)])[1])


ENFORCED = KernelPolicy(enforce=True, kill_drift=True, kill_inodes=((8, 99), (8, 100)))
KILLS = layout.POLICY_ENFORCE | layout.POLICY_KILL_DRIFT | layout.POLICY_KILL_LIST


def enforcing() -> Paper:
    """What an agent leaves that enforced one container and only watched another."""
    paper = Paper()
    paper.programming.set_subjects([NODE, box(1, 101, 11), box(2, 102, 12)])
    paper.programming.set_policy(box(1, 101, 11), ENFORCED)
    return paper


def test_what_an_earlier_agent_forbade_stays_forbidden_until_its_policy_is_set() -> None:
    """A restart opens no gap: not when the maps are adopted, and not when the subject is known again without a policy."""
    paper = Paper(enforcing(), live=[101, 102])
    assert paper.flags(101) == layout.POLICY_REPORT | KILLS
    assert struct.pack("<I", 102) not in paper.namespaces  # unknown, and thus reported
    paper.programming.set_subjects([NODE])
    paper.programming.set_subjects([NODE, box(1, 101, 11)])
    assert paper.flags(101) == layout.POLICY_REPORT | KILLS
    assert len(paper.kill_list) == 2
    paper.programming.set_policy(box(1, 101, 11), KernelPolicy(enforce=True, kill_inodes=((8, 100),)))
    assert paper.flags(101) == layout.POLICY_REPORT | layout.POLICY_ENFORCE | layout.POLICY_KILL_LIST
    assert list(paper.kill_list) == [struct.pack("<IIQ", profile_of(box(1, 101, 11)), 8, 100)]


def test_what_an_earlier_agent_forbade_for_who_is_gone_ends() -> None:
    """A mount namespace that ended has no entry from the start; a subject that does not come back loses its own when things
    have settled."""
    ended = Paper(enforcing(), live=[102])
    assert set(ended.namespaces) == set()
    assert set(ended.cgroups) == {struct.pack("<Q", 11)}  # cgroups' numbers are not used again
    ended.programming.set_subjects([NODE])
    ended.programming.settle()
    assert set(ended.cgroups) == set()
    assert ended.kill_list == {}


def test_settling_leaves_what_was_asked() -> None:
    """Only what nobody asked for goes; a container that has no policy yet is watched and not enforced any more."""
    paper = Paper(enforcing(), live=[101])
    paper.programming.set_subjects([NODE, box(1, 101, 11), box(2, 102, 12)])
    paper.programming.set_policy(box(2, 102, 12), ENFORCED)
    paper.programming.settle()
    paper.programming.settle()
    assert paper.flags(101) == layout.POLICY_REPORT
    assert paper.flags(102) == layout.POLICY_REPORT | KILLS
    assert len(paper.kill_list) == 2


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


def test_replicas_are_one_workload_and_still_two_subjects() -> None:
    """What is known of one replica is known of the other; what is forbidden to one is forbidden to it alone."""
    paper = Paper()
    first, second = (msgspec.structs.replace(box(n, 100 + n, 10 + n), workload_id="wkl-web") for n in (1, 2))
    paper.programming.set_subjects([NODE, first, second, box(3, 103, 13)])
    found = [struct.unpack("<IIII", paper.namespaces[struct.pack("<I", space)]) for space in (101, 102, 103)]
    profiles, workloads = [each[0] for each in found], [each[2] for each in found]
    assert len(set(profiles)) == 3
    assert workloads[0] == workloads[1] != workloads[2]
    assert all(workloads)


def test_a_container_has_a_slot_for_its_calls_until_it_ends() -> None:
    """What is in a slot stays when its container is told again; the node needs none, and another's slot is left alone."""
    paper = Paper()
    mine, other = struct.pack("<I", 101), struct.pack("<I", 102)
    paper.calls[other] = struct.pack("<I", 102 + layout.USED_SLOTS) + bytes(layout.USED_BYTES - 4)
    paper.programming.set_subjects([NODE, box(1, 101, 11), box(2, 102, 12)])
    assert paper.calls[mine][:4] == mine
    full = mine + bytes([1]) * (layout.USED_BYTES - 4)
    paper.calls[mine] = full
    paper.programming.set_policy(box(1, 101, 11), ENFORCED)
    assert paper.calls[mine] == full
    assert int.from_bytes(paper.calls[other][:4], "little") == 102 + layout.USED_SLOTS
    paper.programming.set_subjects([NODE])
    assert not any(paper.calls[mine])
    assert int.from_bytes(paper.calls[other][:4], "little") == 102 + layout.USED_SLOTS
    assert len(paper.calls) == 2


def test_calls_of_a_workload_are_told_again() -> None:
    """Of its own containers, or of all; the slot stays theirs, and one that is another's is not touched."""
    paper = Paper()
    first, second = (msgspec.structs.replace(box(n, 100 + n, 10 + n), workload_id=f"w{n}") for n in (1, 2))
    paper.programming.set_subjects([NODE, first, second])
    used = {number: struct.pack("<I", number % layout.USED_SLOTS) for number in (101, 102)}
    full = {number: struct.pack("<II", number, 0) + b"\xff" * (layout.USED_BYTES - 8) for number in used}
    paper.calls.update({used[number]: full[number] for number in used})
    paper.programming.tell_calls_again("w1")
    assert paper.calls[used[102]] == full[102]
    assert paper.calls[used[101]] == struct.pack("<I", 101) + bytes(layout.USED_BYTES - 4)
    paper.calls[used[102]] = foreign = struct.pack("<I", 9999) + full[102][4:]
    paper.programming.tell_calls_again()
    assert paper.calls[used[102]] == foreign
