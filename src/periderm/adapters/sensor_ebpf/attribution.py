"""Which subject a row belongs to, by mount namespace first and cgroup second, for a whole batch at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from periderm.model.asset import Container
from periderm.model.event import EventFlag, Rows, Subject


def profile_of(subject: Subject) -> int:
    """A number of 32 bits that stays the same for the same subject, never 0."""
    return int.from_bytes(hashlib.blake2b(subject.id.encode(), digest_size=4).digest(), "little") | 1


def workload_number(subject: Subject) -> int:
    """A number of 32 bits that is the same for all replicas, never 0."""
    digest = hashlib.blake2b(subject.normal_id.encode(), digest_size=4, person=b"workload").digest()
    return int.from_bytes(digest, "little") | 1


class _Index:
    """Sorted numbers with the subject of each; a lookup is a binary search over the column."""

    def __init__(self, pairs: dict[int, int]) -> None:
        keys = sorted(pairs)
        self._keys = np.array(keys or [0], np.uint64)
        self._subjects = np.array([pairs[key] for key in keys] or [-1], np.int64)

    def find(self, column: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """The subject of each number, -1 where it has none."""
        at = np.minimum(np.searchsorted(self._keys, column), len(self._keys) - 1)
        return np.where(self._keys[at] == column, self._subjects[at], -1)


class Attribution:
    """Subjects by index; index 0 is the node. more_cgroups: subject of cgroups that no subject names itself."""

    def __init__(self, subjects: Sequence[Subject], node_namespace: int, more_cgroups: Mapping[int, int] | None = None) -> None:
        self.subjects = tuple(subjects)
        namespaces = {node_namespace: 0}
        cgroups = dict(more_cgroups or {})
        for index, subject in enumerate(self.subjects):
            if isinstance(subject, Container):
                if subject.mount_namespace:
                    namespaces[subject.mount_namespace] = index
                if subject.cgroup:
                    cgroups[subject.cgroup] = index
        self._namespaces = _Index(namespaces)
        self._cgroups = _Index(cgroups)
        self.known_cgroups = frozenset(cgroups)
        # Of a container whose own cgroup is not known (it has just started, or has none) nothing is foreign.
        self._placed = np.array([not isinstance(each, Container) or bool(each.cgroup) for each in self.subjects] or [True])

    def apply(self, rows: Rows) -> int:
        """Fills `subject` and FOREIGN. Returns how many rows are in a namespace that no subject has.

        A row is foreign where its mount namespace is one container's and its cgroup is known to be another's.
        """
        by_namespace = self._namespaces.find(rows["mntns"].astype(np.uint64))
        by_cgroup = self._cgroups.find(np.ascontiguousarray(rows["cgroup"]))
        subject = np.where(by_namespace > 0, by_namespace, np.where(by_cgroup > 0, by_cgroup, 0))
        rows["subject"] = subject
        foreign = (
            (by_namespace > 0) & (by_cgroup >= 0) & (by_cgroup != by_namespace) & self._placed[np.maximum(by_namespace, 0)]
        )
        if foreign.any():
            rows["flags"][foreign] |= np.uint32(EventFlag.FOREIGN)
        return int(np.count_nonzero((by_namespace < 0) & (by_cgroup <= 0)))

    def unknown_cgroups(self, rows: Rows) -> list[int]:
        """Cgroups of rows in a container's namespace that are not known yet: at most 64, for the caller to resolve."""
        inside = rows["cgroup"][rows["subject"] > 0]
        if not len(inside):
            return []
        return [int(number) for number in np.unique(inside)[:1024] if int(number) not in self.known_cgroups][:64]
