"""Where a package is, across everything that was scanned."""

from __future__ import annotations

from periderm.app.packages import search_packages
from periderm.console.filtering import query_for
from periderm.console.render import Ask, render

FIELDS = ("text", "kind", "image_digest")
TYPES = ("deb", "rpm", "apk", "pypi", "npm", "golang", "maven", "cargo", "gem", "composer", "nuget", "conda", "generic")


def page(ask: Ask) -> str:
    """GET /packages"""
    found = search_packages(ask.app, ask.person, query_for(ask.query, (*FIELDS, "skip")))
    filtered = any(ask.query.get(n) for n in FIELDS)
    kind = ask.query.get("kind", "")
    types = TYPES if not kind or kind in TYPES else (*TYPES, kind)
    return render("packages.html", ask, page=found, filtered=filtered, types=types)
