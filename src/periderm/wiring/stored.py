"""What lies on this machine and needs no running process: the store for reading, and the sample.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from periderm.model.errors import NotFoundError
from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.app.application import Application
    from periderm.app.demo import DemoSample
    from periderm.ports.history import History


@contextlib.contextmanager
def reader(settings: Settings) -> Iterator[Application]:
    """The store of this machine's state for a command that asks, closed at the end. Raises NotFoundError if there is
    none yet, StoreError if it cannot be read."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.store_sql.store import SqlStore
    from periderm.app.application import Application

    if not os.path.exists(settings.database):
        raise NotFoundError(
            f"Nothing has been watched or scanned yet in {settings.state}.",
            "Run `periderm up`, or name another folder with --state.",
        )
    clock = SystemClock()
    store = SqlStore(settings.database, clock)
    try:
        yield Application(store=store, clock=clock, settings=settings)
    finally:
        store.close()


def history(settings: Settings, tell: Callable[[str], None] = lambda _: None) -> History:
    """The events that were seen on this machine; `tell` gets a sentence for each thing found wrong while reading."""
    from periderm.adapters.history_parquet.history import ParquetHistory
    from periderm.adapters.history_parquet.limits import MIB, Limits

    limits = Limits(settings.history_days, settings.history_mib * MIB, settings.history_free_mib * MIB)
    return ParquetHistory(settings.history, limits, tell)


def fleet_history(settings: Settings, tell: Callable[[str], None] = lambda _: None) -> History:
    """The events that other machines sent to this one."""
    from periderm.adapters.history_parquet.history import ParquetHistory
    from periderm.adapters.history_parquet.limits import MIB, Limits

    limits = Limits(settings.history_days, settings.history_fleet_mib * MIB, settings.history_free_mib * MIB)
    return ParquetHistory(settings.fleet_history, limits, tell)


def whole_history(settings: Settings, tell: Callable[[str], None] = lambda _: None) -> History:
    """Both, for reading."""
    from periderm.adapters.history_parquet.together import TogetherHistory

    return TogetherHistory(history(settings, tell), fleet_history(settings, tell))


@contextlib.contextmanager
def keeper(settings: Settings) -> Iterator[Application]:
    """The store of this machine's state for a command that writes into it; made if there is none yet. Raises StoreError."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.store_sql.store import SqlStore
    from periderm.app.application import Application

    clock = SystemClock()
    store = SqlStore(settings.database, clock)
    try:
        yield Application(store=store, clock=clock, settings=settings)
    finally:
        store.close()


def sample(settings: Settings) -> DemoSample:
    """The sample, its cache below the product's."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.sample_debian import DebianSample
    from periderm.adapters.sample_podman import PodmanSample
    from periderm.adapters.sample_visitor import NamespaceVisitor
    from periderm.app.demo import DemoSample

    cache = Path(settings.cache) / "sample"
    expected = frozenset({"RUN-002", "RUN-005", "RUN-010", "RUN-054"})
    return DemoSample(DebianSample(cache), PodmanSample(cache), NamespaceVisitor, SystemClock(), expected=expected)
