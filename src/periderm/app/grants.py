"""Rights as people write them: 'responder' for everywhere, or 'responder@application=shop,label:team=web' for a part."""

from __future__ import annotations

import re

from periderm.model.account import PERMISSIONS, Grant, Role
from periderm.model.errors import UsageError
from periderm.model.principal import Permission, Reach

_LONGEST = 200
_MOST_LABELS = 20
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
# 'local' is the machine's owner; the others speak for the product itself.
RESERVED = frozenset({"local", "service", "agent", "worker", "cli", "system", "nobody"})


def grant_of(text: str) -> Grant:
    """Raises UsageError for a role or a part that is none."""
    role, at, part = text.strip().partition("@")
    if role not in {r.value for r in Role}:
        raise UsageError(f"There is no role {role[:40]!r}.", f"Give one of {', '.join(Role)}.")
    if at and not part:
        raise UsageError(f"{text[:80]!r} names no part.", "Leave the @ out for everywhere, or write role@application=NAME.")
    found = Grant(Role(role), reach_of(part))
    if found.role is Role.ADMIN and not found.reach.everything:
        raise UsageError("An administrator sees to everything.", "Give another role for a part, or admin without a part.")
    return found


def reach_of(text: str) -> Reach:
    """From 'application=shop,environment=production,label:team=web'; '' is everything. Raises UsageError."""
    fields: dict[str, str] = {}
    labels: dict[str, str] = {}
    for pair in filter(None, (p.strip() for p in text.split(","))):
        key, equals, value = (p.strip() for p in pair.partition("="))
        if not equals or not value or len(pair) > _LONGEST:
            raise UsageError(f"{pair[:80]!r} is no part.", "Write application=NAME, environment=NAME or label:KEY=VALUE.")
        place, name = (labels, key[6:]) if key.startswith("label:") else (fields, key)
        if not name or (place is fields and name not in ("application", "environment")):
            raise UsageError(f"A part cannot be told by {key[:40]!r}.", "Use application, environment or label:KEY.")
        if place.setdefault(name, value) != value:
            raise UsageError(f"{key[:40]!r} is told twice.", "Give a second role for the other part.")
    if len(labels) > _MOST_LABELS:
        raise UsageError("The part has too many labels.", f"Use at most {_MOST_LABELS}.")
    return Reach(**fields, labels=tuple(sorted(labels.items())))


def grant_text(grant: Grant) -> str:
    """What `grant_of` reads."""
    part = reach_text(grant.reach)
    return f"{grant.role.value}@{part}" if part else grant.role.value


def reach_text(reach: Reach) -> str:
    """What `reach_of` reads."""
    told = [f"{name}={value}" for name in ("application", "environment") if (value := getattr(reach, name))]
    return ",".join((*told, *(f"label:{key}={value}" for key, value in reach.labels)))


def permission_of(text: str) -> Permission:
    """What a token may be given. Raises UsageError."""
    given = {p.value for p in PERMISSIONS[Role.ADMIN]}
    if text not in given:
        raise UsageError(f"There is no permission {text[:40]!r} for tokens.", f"Give some of {', '.join(sorted(given))}.")
    return Permission(text)


def checked_name(name: str) -> str:
    """A name for an account or a group. Raises UsageError."""
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise UsageError(
            f"{name[:80]!r} cannot be a name.", "Use lower-case letters, digits, '.', '_' and '-', at most 64, not 'local'."
        )
    return name
