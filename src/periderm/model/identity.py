"""The ids of assets, so that every part that names one names it alike. Makes no asset and reads nothing."""

from __future__ import annotations

from periderm.model.ids import stable_id


def node_id(machine_id: str) -> str:
    """A machine, by machine-id(5)."""
    return stable_id("node", machine_id)


def image_id(digest: str) -> str:
    """An image, by the digest of its configuration (`sha256:…`): the same on every node and in every registry."""
    return stable_id("img", digest)


def container_id(node: str, runtime_id: str) -> str:
    """A container, by its node's asset id and the runtime's own id (64 hex digits)."""
    return stable_id("ctr", node, runtime_id)


def workload_id(kind: str, namespace: str, name: str) -> str:
    """A workload, by what its orchestrator calls it; replicas and restarts share it."""
    return stable_id("wkl", kind, namespace, name)


def process_id(node: str, key: int) -> str:
    """A process, by its node's asset id and its key, which is unique on the node across reuse of pids."""
    return stable_id("prc", node, key)
