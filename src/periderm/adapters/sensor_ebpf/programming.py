"""What the kernel side is told: which namespaces and cgroups belong to whom, what is reported and what is killed."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable, Mapping, Sequence

from periderm.adapters.sensor_ebpf import layout
from periderm.adapters.sensor_ebpf.attribution import Attribution, profile_of, workload_number
from periderm.adapters.sensor_ebpf.libbpf import Map
from periderm.model.asset import Container, Node
from periderm.model.errors import SensorError
from periderm.model.event import Subject
from periderm.ports.sensor import KernelPolicy

DEFAULT = KernelPolicy()

_IDENTITY = re.compile(r"[0-9a-f]{64}")  # a container's id, as every runtime writes it into the cgroup's path


def policy_flags(subject: Subject, policy: KernelPolicy) -> int:
    """The flags of bpf/record.h. Nothing is ever killed on the node itself: its own programs keep it alive."""
    flags = layout.POLICY_REPORT if policy.report else 0
    if isinstance(subject, Node):
        return flags | layout.POLICY_NODE
    if policy.enforce:
        flags |= layout.POLICY_ENFORCE
    if policy.kill_drift:
        flags |= layout.POLICY_KILL_DRIFT
    if policy.kill_inodes:
        flags |= layout.POLICY_KILL_LIST
    if policy.kill_memory:
        flags |= layout.POLICY_KILL_MEMORY
    return flags


def host_namespace() -> int:
    """Number of the node's mount namespace: that of process 1, or ours where that one may not be looked at."""
    for path in ("/proc/1/ns/mnt", "/proc/self/ns/mnt"):
        try:
            return os.stat(path).st_ino
        except OSError:
            continue
    return 0


_KILLS = layout.POLICY_ENFORCE | layout.POLICY_KILL_DRIFT | layout.POLICY_KILL_LIST | layout.POLICY_KILL_MEMORY


def live_namespaces() -> set[int]:
    """Numbers of the mount namespaces that some process is in."""
    found: set[int] = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                found.add(os.stat(f"/proc/{name}/ns/mnt").st_ino)
            except OSError:
                continue
    return found


class CallsUsed:
    """The slots in which the kernel side keeps the system calls of a container. The kernel takes one for a container with a
    process namespace of its own, and frees it at its end; this is for the others, and for those that ran before."""

    def __init__(self, slots: Map) -> None:
        self._slots = slots

    def watch(self, namespace: int) -> None:
        """From now on; one that has its slot keeps what is in it. A slot that is another one's stays that one's."""
        key = struct.pack("<I", namespace % layout.USED_SLOTS)
        slot = self._slots.get(key) or bytes(layout.USED_BYTES)
        if not int.from_bytes(slot[:4], "little"):
            self._slots.put(key, struct.pack("<I", namespace) + bytes(layout.USED_BYTES - 4))

    def forget(self, namespace: int) -> None:
        """Its number may be used again."""
        self._replace(namespace, 0)

    def tell_again(self, namespace: int) -> None:
        """What it used counts as not used yet: the next call of each kind is told."""
        self._replace(namespace, namespace)

    def _replace(self, namespace: int, owner: int) -> None:
        key = struct.pack("<I", namespace % layout.USED_SLOTS)
        slot = self._slots.get(key) or bytes(layout.USED_BYTES)
        if namespace and int.from_bytes(slot[:4], "little") == namespace:
            self._slots.put(key, struct.pack("<I", owner) + bytes(layout.USED_BYTES - 4))


class Programming:
    """Keeps the kernel's maps equal to what was asked.

    What an earlier agent forbade stays forbidden while this one learns again who is who: its entries hold for each subject
    until that subject's policy is set, and the rest goes with `settle`. Entries of mount namespaces that ended are gone at
    once, because their numbers are used again."""

    def __init__(self, maps: Mapping[str, Map], live: Callable[[], set[int]] = live_namespaces) -> None:
        self._namespaces = maps["namespaces"]
        self._cgroups = maps["cgroups"]
        self._kill_list = maps["kill_list"]
        self._calls = CallsUsed(maps["calls_used"])
        self._subjects: tuple[Subject, ...] = ()
        self._policies: dict[str, KernelPolicy] = {}
        self._written: dict[str, tuple[bytes, bytes, int, int]] = {}
        self._node_namespace = 0
        self._inherited: dict[int, int] = {}  # profile: its kill flags
        self._listed: dict[int, set[bytes]] = {}  # profile: its keys of the kill list
        self._inherit(live)

    def _inherit(self, live: Callable[[], set[int]]) -> None:
        """Takes over what an earlier agent wrote."""
        before = list(self._namespaces.keys())
        alive = live() if before else set()
        for key in before:
            if int.from_bytes(key, "little") not in alive:
                self._namespaces.remove(key)
        for each in (self._namespaces, self._cgroups):
            for key in list(each.keys()):
                profile, flags = struct.unpack_from("<II", each.get(key) or bytes(8))
                if flags & _KILLS:
                    self._inherited[profile] = flags & _KILLS
                else:
                    each.remove(key)  # of no use: until its subject is set it is unknown, and thus reported
        for key in list(self._kill_list.keys()):
            profile = int.from_bytes(key[:4], "little")
            if profile in self._inherited:
                self._listed.setdefault(profile, set()).add(key)
            else:
                self._kill_list.remove(key)

    def settle(self) -> None:
        """What is left of an earlier agent goes: its subjects did not come back."""
        if not self._inherited:
            return
        self._inherited.clear()
        written = tuple(self._written.values())
        for each, kept in ((self._namespaces, {w[0] for w in written}), (self._cgroups, {w[1] for w in written})):
            for key in set(each.keys()) - kept:
                each.remove(key)
        for keys in self._listed.values():
            for key in keys:
                self._kill_list.remove(key)
        self._listed.clear()
        for subject in self._subjects:
            self._write(subject)

    def set_subjects(self, subjects: Sequence[Subject]) -> Attribution:
        """Raises SensorError where the first subject is not the node."""
        if not subjects or not isinstance(subjects[0], Node):
            raise SensorError("The first subject of a sensor is the node.")
        node = subjects[0]
        self._node_namespace = node.mount_namespace or host_namespace()
        ids = {subject.id for subject in subjects}
        for gone in [each for each in self._subjects if each.id not in ids]:
            self._forget(gone)
        self._subjects = tuple(subjects)
        for subject in subjects:
            self._write(subject)
        return Attribution(self._subjects, self._node_namespace)

    def with_cgroups(self, paths: Mapping[int, str]) -> Attribution:
        """Attribution that also knows these cgroups: below a container's own one, or named after it, they are its own."""
        owners = [(each.cgroup_path, index) for index, each in enumerate(self._subjects) if isinstance(each, Container)]
        named = {each.container_id: index for index, each in enumerate(self._subjects) if isinstance(each, Container)}
        owned: dict[int, int] = {}
        for number, path in paths.items():
            if path:
                inside = (index for top, index in owners if top and (path + "/").startswith(top.rstrip("/") + "/"))
                identity = next((part for part in _IDENTITY.findall(path) if part in named), "")
                owned[number] = named[identity] if identity else next(inside, 0)
        return Attribution(self._subjects, self._node_namespace, owned)

    def set_policy(self, subject: Subject, policy: KernelPolicy) -> None:
        """Replaces the policy of a subject; the kill list is written before the flags that make it work."""
        old = self._policies.get(subject.id, DEFAULT)
        self._policies[subject.id] = policy
        profile = profile_of(subject)
        stale = self._listed.pop(profile, set())
        self._inherited.pop(profile, None)
        for device, inode in policy.kill_inodes:
            key = struct.pack("<IIQ", profile, device & 0xFFFFFFFF, inode)
            self._kill_list.put(key, struct.pack("<I", 1))
            stale.discard(key)
        self._write(subject)
        for key in stale:
            self._kill_list.remove(key)
        for device, inode in set(old.kill_inodes) - set(policy.kill_inodes):
            self._kill_list.remove(struct.pack("<IIQ", profile, device & 0xFFFFFFFF, inode))

    def tell_calls_again(self, workload_id: str = "") -> None:
        """Each system call of the containers of this workload ('': of all) is told the next time. Who used one first is what
        is told: where that was not the service itself, but somebody who came in, its own use of it would never be."""
        for subject in self._subjects:
            entry = self._written.get(subject.id)
            if entry is not None and isinstance(subject, Container) and workload_id in ("", subject.normal_id):
                self._calls.tell_again(int.from_bytes(entry[0], "little"))

    def _write(self, subject: Subject) -> None:
        """Entries of one subject, only where they changed."""
        flags = policy_flags(subject, self._policies.get(subject.id, DEFAULT))
        if not isinstance(subject, Node):
            flags |= self._inherited.get(profile_of(subject), 0)
        namespace, cgroup = self._place(subject)
        workload = workload_number(subject)
        entry = (struct.pack("<I", namespace), struct.pack("<Q", cgroup), flags, workload)
        old = self._written.get(subject.id)
        if old == entry:
            return
        if old is not None and old[:2] != entry[:2]:
            self._remove_entries(old)
        value = struct.pack("<IIII", profile_of(subject), flags, workload, 0)
        if namespace:
            self._namespaces.put(entry[0], value)
            if isinstance(subject, Container):
                self._calls.watch(namespace)
        if cgroup:
            self._cgroups.put(entry[1], value)
        self._written[subject.id] = entry

    def _place(self, subject: Subject) -> tuple[int, int]:
        if isinstance(subject, Container):
            shared = subject.mount_namespace == self._node_namespace
            return (0 if shared else subject.mount_namespace), subject.cgroup
        return self._node_namespace or host_namespace(), 0

    def _remove_entries(self, entry: tuple[bytes, bytes, int, int]) -> None:
        self._namespaces.remove(entry[0])
        self._cgroups.remove(entry[1])

    def _forget(self, subject: Subject) -> None:
        """Namespace numbers are used again: what ended must not stay."""
        entry = self._written.pop(subject.id, None)
        if entry is not None:
            self._remove_entries(entry)
            self._calls.forget(int.from_bytes(entry[0], "little"))
        profile = profile_of(subject)
        for device, inode in self._policies.pop(subject.id, DEFAULT).kill_inodes:
            self._kill_list.remove(struct.pack("<IIQ", profile, device & 0xFFFFFFFF, inode))
