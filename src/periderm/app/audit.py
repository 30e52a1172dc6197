"""The audit log: every sign-in, change, response and export notes itself here, and anyone can check that nothing of it is gone.

Whoever can write the store's file can also write a whole new log: so the digest of the last entry is worth keeping elsewhere,
and `verify` takes it.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.app.application import Application, require
from periderm.model.audit import LONGEST_DETAIL, LONGEST_FIELD, AuditCheck, AuditEntry, check
from periderm.model.errors import UsageError
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query

_AT_ONCE = 1000
_CUT = "…"


def note(app: Application, who: Principal | str, action: str, subject: str = "", detail: str = "") -> AuditEntry:
    """Adds an entry; within `app.store.transaction()` it is there if and only if what it tells of is. `who` is a caller, or the
    name under which one tried to become one. What is too long is cut, and ends in '…'. Raises StoreError: what cannot be
    noted is not to be done."""
    entry = AuditEntry(
        sequence=0,
        time=app.clock.now(),
        who=_cut(who if isinstance(who, str) else who.name, LONGEST_FIELD),
        action=_cut(action, LONGEST_FIELD),
        subject=_cut(subject, LONGEST_FIELD),
        detail=_cut(detail, LONGEST_DETAIL),
    )
    return app.store.put_audit(entry)


def list_audit(app: Application, who: Principal, query: Query) -> Page[AuditEntry]:
    """The latest first; only for administrators: it tells what everyone did."""
    require(who, Permission.ADMIN)
    return app.store.audit_entries(query)


def entries(app: Application, who: Principal, after: int = 0) -> Iterator[AuditEntry]:
    """All of the log in its order, from behind this number on."""
    require(who, Permission.ADMIN)
    while some := app.store.audit_after(after, _AT_ONCE):
        yield from some
        after = some[-1].sequence


def verify(app: Application, who: Principal, expected: str = "") -> AuditCheck:
    """Walks the whole log. `expected` is 'NUMBER:DIGEST' as an earlier run printed it: the entry with that number must still
    have that digest, else the log was written anew or cut. Raises UsageError if it is not of that form."""
    number, digest = _anchor(expected)
    seen = ""

    def watched() -> Iterator[AuditEntry]:
        nonlocal seen
        for entry in entries(app, who):
            if entry.sequence == number:
                seen = entry.digest
            yield entry

    found = check(watched())
    if found.problem or not expected or seen == digest:
        return found
    problem = "it is missing" if not seen else "it is not the one that was there before"
    return AuditCheck(entries=found.entries, last=found.last, broken_at=number, problem=problem)


def anchor_of(entry: AuditEntry) -> str:
    """What to keep elsewhere, for `verify`."""
    return f"{entry.sequence}:{entry.digest}"


def _anchor(text: str) -> tuple[int, str]:
    if not text:
        return 0, ""
    number, _, digest = text.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 19 and len(digest) == 64):
        raise UsageError("What was expected is not NUMBER:DIGEST.", "Give what `periderm audit verify` printed then.")
    return int(number), digest.lower()


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + _CUT
