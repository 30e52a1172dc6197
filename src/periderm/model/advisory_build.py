"""What building an advisory store did: what was read, what was refused and why, what is in it now. Reads nothing."""

from __future__ import annotations

import msgspec

from periderm.model.advisory import AdvisoryInfo


class Refused(msgspec.Struct, frozen=True):
    """A record, or a part of one, that is not in the store, and why. `where` names the file and the record."""

    where: str
    why: str


class FeedDocument(msgspec.Struct, frozen=True):
    """One file of a feed, unpacked and whole: its name inside the feed, and its bytes."""

    name: str
    data: bytes


class FileCount(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one feed as it was named: files read, records in them, and of these withdrawn ones (never stored)
    and refused ones. `skipped` counts files that hold no advisories (licences, read-me files). Each record read is
    counted once: `records` = those handed to the store + `withdrawn` + `refused`."""

    feed: str
    kinds: tuple[str, ...] = ()
    files: int = 0
    skipped: int = 0
    records: int = 0
    withdrawn: int = 0
    refused: int = 0
    exploitations: int = 0
    sha256: str = ""


class BuildReport(msgspec.Struct, frozen=True, kw_only=True):
    """One build. `advisories` are distinct ids, `rows` what they say of packages, `packages` distinct names, `merged`
    records that told of an id already there. `refused` holds the first thousand; `FileCount` has the numbers."""

    info: AdvisoryInfo
    counts: tuple[FileCount, ...] = ()
    advisories: int = 0
    packages: int = 0
    rows: int = 0
    exploitations: int = 0
    merged: int = 0
    refused: tuple[Refused, ...] = ()
    seconds: float = 0.0
    size: int = 0
    path: str = ""


class BundleManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a signed offline bundle says of itself: when it was built (Unix nanoseconds), the schema and digest of the store
    inside, and the sha256 and size of its bytes."""

    built: int
    schema: int
    digest: str
    sha256: str
    size: int
    product: str = ""
