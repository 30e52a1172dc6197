"""Registries are looked at while the server runs, and not after."""

from __future__ import annotations

import threading

from periderm.app.application import Application
from periderm.app.registries import add_registry
from periderm.app.watching import watching
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from periderm.model.watching import WatchedRegistry
from tests.registries import MemoryRegistry


def test_a_registry_is_looked_at_while_the_block_runs(empty: Application) -> None:
    """What is in it waits; all threads end with the block."""
    registry = MemoryRegistry()
    config = registry.push("web", "v1")
    add_registry(empty, LOCAL_ADMIN, WatchedRegistry(name="shop", registry="r.test"))
    with watching(empty, lambda _watch: registry):
        for _ in range(9000):
            if empty.store.scan_jobs(Query()).total:
                break
            threading.Event().wait(0.02)
    assert [job.image_digest for job in empty.store.scan_jobs(Query()).items] == [config]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("registries-")]
