"""The chain of the audit log."""

from __future__ import annotations

import hashlib
import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.model.audit import FIRST, AuditEntry, bound, check, digest_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def chain(details: list[str]) -> list[AuditEntry]:
    """Entries with these details, as a store binds them."""
    made: list[AuditEntry] = []
    for number, detail in enumerate(details):
        entry = AuditEntry(sequence=0, time=number * 7, who="user:ada", action="policy.put", subject="p", detail=detail)
        made.append(bound(entry, made[-1] if made else None))
    return made


def test_the_digest_can_be_made_without_the_product() -> None:
    """As documented: a JSON array without blanks, in UTF-8."""
    entry = chain(["a 'quoted' \"word\" 山\n"])[0]
    fields = [1, 1, 0, "user:ada", "policy.put", "p", entry.detail, FIRST]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    assert entry.digest == digest_of(entry) == hashlib.sha256(text.encode()).hexdigest()


@given(st.lists(TEXTS, max_size=6))
def test_what_was_bound_holds(details: list[str]) -> None:
    """From the beginning, and from any entry that is known to hold."""
    made = chain(details)
    found = check(made)
    assert (found.entries, found.broken_at, found.last) == (len(made), 0, made[-1] if made else None)
    for place in range(1, len(made)):
        assert check(made[place:], made[place - 1]).broken_at == 0


@given(st.lists(TEXTS, min_size=2, max_size=6), st.data())
def test_no_entry_can_be_changed_or_left_out(details: list[str], data: st.DataObject) -> None:
    """Whichever it is, the walk ends there; only the last can be cut off, which is what an anchor is for."""
    made = chain(details)
    place = data.draw(st.integers(0, len(made) - 1))
    field = data.draw(st.sampled_from(["who", "action", "subject", "detail"]))
    changed = msgspec.structs.replace(made[place], **{field: getattr(made[place], field) + "x"})
    assert check([*made[:place], changed, *made[place + 1 :]]).broken_at == place + 1
    resealed = msgspec.structs.replace(changed, digest=digest_of(changed))
    found = check([*made[:place], resealed, *made[place + 1 :]])
    assert found.broken_at == (place + 2 if place + 1 < len(made) else 0)
    if place + 1 < len(made):
        found = check([*made[:place], *made[place + 1 :]])
        assert (found.broken_at, found.problem) == (place + 2, f"entry {place + 1} is missing")


def test_a_boundary_cannot_be_moved() -> None:
    """Text that goes from one field to the next is another entry."""
    one = AuditEntry(sequence=1, time=1, who="a", action="bc", subject="d")
    other = AuditEntry(sequence=1, time=1, who="ab", action="c", subject="d")
    assert digest_of(one) != digest_of(other)
