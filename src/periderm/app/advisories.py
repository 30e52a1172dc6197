"""What people do with published advisories: build the store, fetch what is new, see what is there and look things up."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence

import msgspec

from periderm.app.application import require
from periderm.flow import advisories as building
from periderm.flow.advisories import Progress, quiet
from periderm.flow.starter import Starter
from periderm.model.advisory import Advisory, AdvisoryHit, AdvisoryInfo, Exploitation, PackageName
from periderm.model.advisory_build import BuildReport, Refused
from periderm.model.advisory_feeds import FEEDS, USUAL
from periderm.model.ecosystems import normalise, scheme_of
from periderm.model.errors import AdvisoryError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.version_range import Scheme
from periderm.ports.advisories import AdvisoryFeeds, AdvisoryFetcher, AdvisorySource, AdvisoryWriter
from periderm.ports.clock import Clock

_RELEASED = frozenset({Scheme.DEB, Scheme.RPM, Scheme.APK})  # distributions name a release before the package


@dataclasses.dataclass(frozen=True, slots=True)
class Advisories:
    """What the use cases work with. `open` opens the store in force (the starter set if there is none), `fetcher` is None
    where nothing is fetched; `store` is the store's path, `folder` where feeds are fetched to. `look` opens any store's
    file and says what is in it; `starter` gives the set that ships with the product."""

    store: str
    folder: str
    open: Callable[[], AdvisorySource]
    look: Callable[[str], AdvisoryInfo]
    feeds: AdvisoryFeeds
    writer: AdvisoryWriter
    clock: Clock
    fetcher: AdvisoryFetcher | None = None
    starter: Callable[[], Starter] | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one id, or of one package."""

    asked: str
    advisory: Advisory | None = None
    exploitation: Exploitation | None = None
    package: PackageName | None = None
    hits: tuple[AdvisoryHit, ...] = ()


def build_advisories(
    tools: Advisories, feeds: Sequence[str], *, progress: Progress = quiet, who: Principal = LOCAL_ADMIN
) -> BuildReport:
    """A new store from feeds that lie on this machine. Raises UsageError, AdvisoryError; then the old one stays."""
    require(who, Permission.ADMIN)
    if not feeds:
        raise UsageError("No feed was named.", "Name files or folders: `periderm advisories build osv.zip debian.json`.")
    return building.build(
        feeds,
        tools.store,
        reading=tools.feeds,
        writer=tools.writer,
        clock=tools.clock,
        progress=progress,
        starter=tools.starter() if tools.starter is not None else None,
    )


def update_advisories(
    tools: Advisories, names: Sequence[str] = (), *, progress: Progress = quiet, who: Principal = LOCAL_ADMIN
) -> BuildReport:
    """Fetches feeds and builds the store from them: the named ones, or the usual ones and those that were fetched before.
    Feeds that are not named stay in the store. One that cannot be fetched now is told in `refused` and stays as it was
    fetched last. Raises UsageError; AdvisoryError if a feed was never fetched, or nothing can be built; then the old
    store stays."""
    require(who, Permission.ADMIN)
    if tools.fetcher is None:
        raise UsageError("Nothing is fetched here.", "Import a bundle with `periderm advisories import FILE`.")
    there = _whole(tools.folder)
    before = [name for name, files in FEEDS.items() if all(file.name in there for file in files)]
    wanted = list(names) or list(dict.fromkeys([*USUAL, *before]))
    paths: dict[str, None] = {}
    stale: list[Refused] = []
    for name in wanted:
        try:
            paths.update(dict.fromkeys(tools.fetcher.fetch([name], tools.folder)))
        except AdvisoryError as error:
            if name not in before:
                raise
            stale.append(Refused(name, f"{error.what} What was fetched before is used."))
    paths.update(dict.fromkeys(os.path.join(tools.folder, name) for name in sorted(_whole(tools.folder))))
    report = build_advisories(tools, list(paths), progress=progress, who=who)
    return msgspec.structs.replace(report, refused=(*stale, *report.refused))


def _whole(folder: str) -> frozenset[str]:
    """Files that were fetched whole: those whose origin is remembered beside them."""
    names = frozenset(os.listdir(folder)) if os.path.isdir(folder) else frozenset()
    return frozenset(name for name in names if f"{name}.from" in names)


def advisory_info(tools: Advisories, *, who: Principal = LOCAL_ADMIN) -> AdvisoryInfo:
    """Which advisories are at hand. Raises AdvisoryError if the store cannot be read."""
    require(who, Permission.READ)
    source = tools.open()
    try:
        return source.info()
    finally:
        source.close()


def search_advisories(tools: Advisories, asked: Sequence[str], *, who: Principal = LOCAL_ADMIN) -> tuple[Found, ...]:
    """What is known of ids ('CVE-2021-44228', 'GHSA-…') and of packages ('PyPI:django', 'Debian:12:openssl',
    'Maven:org.apache.logging.log4j:log4j-core'). Raises NotFoundError if nothing at all is known."""
    require(who, Permission.READ)
    packages = {word: package for word in asked if (package := package_of(word)) is not None}
    ids = [word for word in asked if word not in packages]
    source = tools.open()
    try:
        whole, known = source.advisories(ids), source.exploitations(ids)
        rows = source.affecting(packages.values())
        starter = source.info().starter
    finally:
        source.close()
    found = [Found(asked=w, advisory=whole.get(w), exploitation=known.get(w)) for w in ids if w in whole or w in known]
    found += [Found(asked=w, package=p, hits=tuple(rows[p])) for w, p in packages.items() if p in rows]
    if not found:
        hint = "Only the starter set is here: run `periderm advisories update`." if starter else "Packages are ECOSYSTEM:NAME."
        raise NotFoundError(f"Nothing is known of {', '.join(asked)}.", hint)
    return tuple(found)


def package_of(word: str) -> PackageName | None:
    """'PyPI:django', 'Debian:12:openssl': the longest ecosystem in front that has an order of versions, and a name."""
    family, colon, rest = word.partition(":")
    if not colon or not rest or scheme_of(family) is None:
        return None
    release, more, name = rest.rpartition(":")
    if more and scheme_of(family) in _RELEASED:
        return normalise(f"{family}:{release}", name)
    return normalise(family, rest)
