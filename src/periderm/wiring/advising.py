"""Published advisories on this machine: the store in force, and what builds, fetches and carries it.

Adapters are named inside the functions, so that a scan loads no builder and no network.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.app.advisories import Advisories
    from periderm.flow.starter import Starter
    from periderm.model.advisory import AdvisoryInfo
    from periderm.ports.advisories import AdvisoryBundles, AdvisorySource


def advisory_source(settings: Settings) -> AdvisorySource:
    """The store in force, or the starter set if none was ever built. Raises AdvisoryError if the store is damaged."""
    if os.path.exists(settings.advisories):
        from periderm.adapters.advisories_sqlite.source import SqliteAdvisories

        return SqliteAdvisories(settings.advisories)
    from periderm.adapters.advisories_memory import MemoryAdvisories

    known = _starter()
    return MemoryAdvisories(known.info, known.advisories, known.exploitations)


def _starter() -> Starter:
    """The set that ships with the product."""
    from periderm.adapters.advisories_memory import starter_bytes
    from periderm.flow import starter

    return starter.read(starter_bytes())


def _look(path: str) -> AdvisoryInfo:
    from periderm.adapters.advisories_sqlite.source import SqliteAdvisories

    source = SqliteAdvisories(path)
    try:
        source.check()
        return source.info()
    finally:
        source.close()


def advisory_tools(
    settings: Settings,
    *,
    network: bool = False,
    mirror: str = "",
    ca_file: str = "",
    progress: Callable[[str, float | None], None] = lambda _text, _done: None,
) -> Advisories:
    """What the use cases of advisories work with; a fetcher only if `network`."""
    from periderm.adapters.advisories_files import FeedFiles
    from periderm.adapters.advisories_sqlite.writer import SqliteWriter
    from periderm.adapters.clock_system import SystemClock
    from periderm.app.advisories import Advisories

    clock = SystemClock()
    fetcher = None
    if network:
        from periderm.adapters.advisories_http.fetch import HttpFetcher
        from periderm.adapters.advisories_http.route import Route
        from periderm.model.advisory_feeds import FEEDS

        fetcher = HttpFetcher(FEEDS, clock, mirror=mirror, route=Route(ca_file=ca_file), progress=progress)
    return Advisories(
        store=settings.advisories,
        folder=settings.feeds,
        open=lambda: advisory_source(settings),
        look=_look,
        feeds=FeedFiles(),
        writer=SqliteWriter(),
        clock=clock,
        fetcher=fetcher,
        starter=_starter,
    )


def advisory_bundles() -> AdvisoryBundles:
    """What carries a store in a file."""
    from periderm.adapters.advisories_bundle import BundleFiles

    return BundleFiles()
