"""Exceptions: the list, a form for a new one, and what that one would hide before it holds."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from periderm.app.exemptions import list_exemptions, preview_exemption
from periderm.console.render import Ask, render
from periderm.model.errors import UsageError
from periderm.model.exception import Exemption, Scope
from periderm.model.timestamps import end_of_day

SCOPES = ("findings", "packages", "images", "digests", "paths", "assets")
EXAMPLES = {
    "findings": "CVE-2026-1234, IMG-021",
    "packages": "openssl, pkg:npm/lodash",
    "images": "registry.example/shop/*",
    "digests": "sha256:…",
    "paths": "usr/share/doc/**",
    "assets": "nod-…, img-…",
}
FIELDS = (*SCOPES, "reason", "owner", "expires")
LONGEST = 4_000
DAYS = 90  # that the form proposes
DAY = 86_400 * 10**9


def page(ask: Ask) -> str:
    """GET /exceptions"""
    return render(
        "exceptions.html",
        ask,
        listed=list_exemptions(ask.app, ask.person),
        scopes=SCOPES,
        examples=EXAMPLES,
        given={name: ask.query.get(name, "") for name in FIELDS},
        proposed=day(ask.app.clock.now() + DAYS * DAY),
        earliest=day(ask.app.clock.now() + DAY),
    )


def preview(ask: Ask) -> str:
    """GET /exceptions/preview"""
    found = preview_exemption(ask.app, ask.person, exemption_from(ask.query))
    given = {name: ask.query.get(name, "") for name in FIELDS}
    return render("exception.html", ask, found=found, exemption=found.exemption, scopes=SCOPES, given=given)


def exemption_from(given: Mapping[str, str]) -> Exemption:
    """An exception as the form writes it: patterns apart by commas or line breaks, `expires` as a day (its end, UTC).
    Raises UsageError."""
    values = {name: given.get(name, "") for name in FIELDS}
    if any(len(value) > LONGEST for value in values.values()):
        raise UsageError(f"A field of an exception has more than {LONGEST} characters.", "Shorten it.")
    scope = Scope(**{name: _patterns(values[name]) for name in SCOPES})
    return Exemption(id="", reason=values["reason"], owner=values["owner"], expires=_end_of(values["expires"]), scope=scope)


def day(time: int) -> str:
    """The day of a moment in UTC, as forms write it."""
    return datetime.datetime.fromtimestamp(time // 10**9, tz=datetime.UTC).date().isoformat()


def _patterns(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in re.split(r"[,\n]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


def _end_of(text: str) -> int:
    try:
        return end_of_day(text)
    except ValueError as error:
        raise UsageError("The day on which the exception ends is missing or no day.", "Write it as 2027-01-31.") from error
