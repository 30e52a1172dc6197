"""The audit log: who did what to what, each entry bound to the one before by a digest. Stores nothing and knows no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

FIRST = "0" * 64  # what the first entry names as the one before
LONGEST_FIELD = 512
LONGEST_DETAIL = 4000
_FORM = 1


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """`who` is a Principal's name, `action` a dotted verb ('session.begin', 'policy.put'), `subject` the id or name of what it
    was done to, `detail` more in words. `time` is in Unix nanoseconds. `sequence` begins with 1 and has no holes; `previous`
    is the `digest` of the entry before (64 zeros for the first)."""

    sequence: int
    time: int
    who: str
    action: str
    subject: str = ""
    detail: str = ""
    previous: str = FIRST
    digest: str = ""


class AuditCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What a walk over the log found: `entries` that hold, the `last` of them, and where it breaks (`broken_at` is 0 where it
    does not), with `problem` saying how."""

    entries: int = 0
    last: AuditEntry | None = None
    broken_at: int = 0
    problem: str = ""


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 in hex over the UTF-8 of a JSON array without blanks: form (1), sequence, time, who, action, subject, detail,
    previous. So that the log can be checked without this product."""
    fields = (_FORM, entry.sequence, entry.time, entry.who, entry.action, entry.subject, entry.detail, entry.previous)
    return hashlib.sha256(msgspec.json.encode(fields)).hexdigest()


def bound(entry: AuditEntry, before: AuditEntry | None) -> AuditEntry:
    """The entry as it follows `before` (None: as the first)."""
    sequence, previous = (before.sequence + 1, before.digest) if before is not None else (1, FIRST)
    linked = msgspec.structs.replace(entry, sequence=sequence, previous=previous, digest="")
    return msgspec.structs.replace(linked, digest=digest_of(linked))


def check(entries: Iterable[AuditEntry], before: AuditEntry | None = None) -> AuditCheck:
    """Walks the log in its order; `before` is the last entry that is known to hold (None: from the beginning). Ends at the
    first entry that does not follow from the one before."""
    last, count = before, 0
    for entry in entries:
        problem = _problem(entry, last)
        if problem:
            return AuditCheck(entries=count, last=last, broken_at=entry.sequence, problem=problem)
        last, count = entry, count + 1
    return AuditCheck(entries=count, last=last)


def _problem(entry: AuditEntry, before: AuditEntry | None) -> str:
    expected = 1 if before is None else before.sequence + 1
    if entry.sequence != expected:
        return f"entry {expected} is missing"
    if entry.previous != (FIRST if before is None else before.digest):
        return "it does not follow from the entry before"
    return "" if digest_of(entry) == entry.digest else "it was changed"
