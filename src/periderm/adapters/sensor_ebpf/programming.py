"""What the kernel side is told: which namespaces and cgroups belong to whom, what is reported and what is killed."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Mapping, Sequence

from periderm.adapters.sensor_ebpf import layout
from periderm.adapters.sensor_ebpf.attribution import Attribution, profile_of
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


class Programming:
    """Keeps the kernel's maps equal to what was asked."""

    def __init__(self, maps: Mapping[str, Map]) -> None:
        self._namespaces = maps["namespaces"]
        self._cgroups = maps["cgroups"]
        self._kill_list = maps["kill_list"]
        self._subjects: tuple[Subject, ...] = ()
        self._policies: dict[str, KernelPolicy] = {}
        self._written: dict[str, tuple[bytes, bytes, int]] = {}
        self._node_namespace = 0
        self._clear()

    def _clear(self) -> None:
        """What an earlier agent wrote is gone; until subjects are set, everything is unknown and thus reported."""
        for each in (self._namespaces, self._cgroups, self._kill_list):
            each.clear()

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
        for device, inode in policy.kill_inodes:
            self._kill_list.put(struct.pack("<IIQ", profile, device & 0xFFFFFFFF, inode), struct.pack("<I", 1))
        self._write(subject)
        for device, inode in set(old.kill_inodes) - set(policy.kill_inodes):
            self._kill_list.remove(struct.pack("<IIQ", profile, device & 0xFFFFFFFF, inode))

    def _write(self, subject: Subject) -> None:
        """Entries of one subject, only where they changed."""
        flags = policy_flags(subject, self._policies.get(subject.id, DEFAULT))
        namespace, cgroup = self._place(subject)
        entry = (struct.pack("<I", namespace), struct.pack("<Q", cgroup), flags)
        old = self._written.get(subject.id)
        if old == entry:
            return
        if old is not None and old[:2] != entry[:2]:
            self._remove_entries(old)
        value = struct.pack("<II", profile_of(subject), flags)
        if namespace:
            self._namespaces.put(entry[0], value)
        if cgroup:
            self._cgroups.put(entry[1], value)
        self._written[subject.id] = entry

    def _place(self, subject: Subject) -> tuple[int, int]:
        if isinstance(subject, Container):
            shared = subject.mount_namespace == self._node_namespace
            return (0 if shared else subject.mount_namespace), subject.cgroup
        return self._node_namespace or host_namespace(), 0

    def _remove_entries(self, entry: tuple[bytes, bytes, int]) -> None:
        self._namespaces.remove(entry[0])
        self._cgroups.remove(entry[1])

    def _forget(self, subject: Subject) -> None:
        """Namespace numbers are used again: what ended must not stay."""
        entry = self._written.pop(subject.id, None)
        if entry is not None:
            self._remove_entries(entry)
        profile = profile_of(subject)
        for device, inode in self._policies.pop(subject.id, DEFAULT).kill_inodes:
            self._kill_list.remove(struct.pack("<IIQ", profile, device & 0xFFFFFFFF, inode))
