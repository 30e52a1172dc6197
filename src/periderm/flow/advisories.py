"""Builds the advisory store: documents of feeds are told apart, read, rated and written, one after the other, in bounded
memory. No record gets lost without being counted."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from periderm.flow import advisory_kinds
from periderm.flow.advisory_merge import merge, rated
from periderm.flow.starter import Starter
from periderm.model.advisory import Exploitation, FeedInfo
from periderm.model.advisory_build import BuildReport, FeedDocument, FileCount, Refused
from periderm.model.errors import AdvisoryError, FormatError
from periderm.ports.advisories import AdvisoryFeeds, AdvisoryWriter, AdvisoryWriting
from periderm.ports.clock import Clock

Progress = Callable[[str, float | None], None]
REFUSED_TOLD = 1_000
_SINGLE_FACTS = -1  # a rank below every feed's
_TELL_EVERY = 2_000


def quiet(text: str, done: float | None = None) -> None:
    """Tells nobody."""


def build(
    feeds: Sequence[str],
    store: str,
    *,
    reading: AdvisoryFeeds,
    writer: AdvisoryWriter,
    clock: Clock,
    progress: Progress = quiet,
    starter: Starter | None = None,
) -> BuildReport:
    """A store at the path `store` from feeds that lie on this machine (folders, archives, files). What the starter set
    tells of ecosystems that no feed covers is kept in it, so that a first feed takes no knowledge away. Raises
    AdvisoryError if a feed cannot be opened or holds no advisories, or if the store cannot be written; the old one then
    stays."""
    began = clock.monotonic()
    counts: list[_Count] = []
    refused: list[Refused] = []
    with writer.writing(store) as writing:
        for number, feed in enumerate(feeds):
            count = _Count(feed, writing, refused, until=clock.now())
            for document in reading.documents(feed):
                count.take(document)
                if count.files % _TELL_EVERY == 0:
                    progress(f"{os.path.basename(feed)}: {count.records}", number / len(feeds))
            progress(f"{os.path.basename(feed)}: {count.records}", (number + 1) / len(feeds))
            count.close(reading.digest(feed))
            counts.append(count)
        if not any(count.stored for count in counts):
            raise AdvisoryError(
                "These feeds tell how vulnerabilities are exploited, and of no package.",
                "Name one that tells of packages too, or run `periderm advisories update`.",
            )
        infos = [count.info() for count in counts]
        if starter is not None and (kept := _beside(starter, writing)):
            infos.append(FeedInfo(name="starter", advisories=kept, sha256=starter.info.digest))
        progress("writing the store", None)
        written = writing.finish(merge, infos, clock.now())
    return BuildReport(
        info=written.info,
        counts=tuple(count.told() for count in counts),
        advisories=written.advisories,
        packages=written.packages,
        rows=written.rows,
        exploitations=written.exploitations,
        merged=written.merged,
        refused=tuple(refused),
        seconds=(clock.monotonic() - began) / 1e9,
        size=written.size,
        path=store,
    )


def _beside(starter: Starter, writing: AdvisoryWriting) -> int:
    """Puts what the feeds do not cover; how many advisories that is."""
    covered = writing.ecosystems()
    kept = 0
    names: set[str] = set()
    for advisory in starter.advisories:
        affected = tuple(a for a in advisory.affected if a.package.ecosystem not in covered)
        if affected:
            writing.put(msgspec.structs.replace(advisory, affected=affected), _SINGLE_FACTS)
            names.update((advisory.id, *advisory.aliases))
            kept += 1
    for exploitation in starter.exploitations:
        if exploitation.cve in names:
            writing.put_exploitation(exploitation)
    return kept


@dataclasses.dataclass(slots=True)
class _Count:
    """One feed: reads its documents into the store and counts what becomes of them."""

    feed: str
    writing: AdvisoryWriting
    told_refused: list[Refused]
    kinds: set[str] = dataclasses.field(default_factory=set)
    ecosystems: Counter[str] = dataclasses.field(default_factory=Counter)
    files: int = 0
    skipped: int = 0
    records: int = 0
    stored: int = 0
    withdrawn: int = 0
    refused: int = 0
    exploitations: int = 0
    until: int = 0
    newest: int = 0
    digest: str = ""

    def take(self, document: FeedDocument | Refused) -> None:
        """One file of the feed."""
        if isinstance(document, Refused):
            self._refuse(document)
            return
        self.files += 1
        try:
            kind = advisory_kinds.kind_of(document)
        except FormatError as error:
            self._refuse(Refused(document.name, error.what))
            return
        if not kind:
            self.skipped += 1
            return
        self.kinds.add(kind)
        rank = advisory_kinds.rank_of(kind)
        for record in advisory_kinds.read(document, kind):
            if isinstance(record, Refused):
                self._refuse(record)
                continue
            self.records += 1
            if isinstance(record, Exploitation):
                self.exploitations += 1
                self.writing.put_exploitation(record)
            elif record.withdrawn:
                self.withdrawn += 1
            else:
                self.stored += 1
                self.ecosystems.update({a.package.ecosystem.partition(":")[0] for a in record.affected})
                # Some records are dated in the future: the age of a feed must not be hidden by them.
                self.newest = max(self.newest, *(t for t in (record.modified, record.published) if t <= self.until), 0)
                self.writing.put(rated(record), rank)

    def _refuse(self, refused: Refused) -> None:
        self.records += 1
        self.refused += 1
        if len(self.told_refused) < REFUSED_TOLD:
            self.told_refused.append(refused)

    def close(self, digest: str) -> None:
        """The end of the feed. Raises AdvisoryError if nothing in it was an advisory."""
        self.digest = digest
        if self.stored or self.exploitations:
            return
        if self.refused:
            raise AdvisoryError(
                f"Nothing in {self.feed} can be read: {self.told_refused[-1].where}: {self.told_refused[-1].why}",
                "Fetch the feed again.",
            )
        if not self.withdrawn:
            raise AdvisoryError(
                f"{self.feed} holds no advisories.",
                "Feeds are OSV, Debian's tracker, Alpine's secdb, Ubuntu, Red Hat, SUSE, RustSec, FriendsOfPHP, EPSS, KEV.",
            )

    def info(self) -> FeedInfo:
        """What the store keeps of it."""
        return FeedInfo(
            name=advisory_kinds.feed_name(self.kinds, self.ecosystems),
            advisories=self.stored + self.exploitations,
            newest=self.newest,
            file=os.path.basename(self.feed.rstrip("/")),
            sha256=self.digest,
        )

    def told(self) -> FileCount:
        """What the report tells of it."""
        return FileCount(
            feed=self.feed,
            kinds=tuple(sorted(self.kinds)),
            files=self.files,
            skipped=self.skipped,
            records=self.records,
            withdrawn=self.withdrawn,
            refused=self.refused,
            exploitations=self.exploitations,
            sha256=self.digest,
        )
