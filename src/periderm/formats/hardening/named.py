"""Names of files, volumes and objects made from a workload's name. Escapes for no other language."""

from __future__ import annotations

import re

_OTHER = re.compile(r"[^a-z0-9]+")
MOST = 50  # with a prefix still a DNS label (RFC 1123)


def slug(name: str) -> str:
    """The name as a DNS label: small letters, digits, dashes."""
    return _OTHER.sub("-", name.lower()).strip("-")[:MOST].strip("-") or "workload"


def volume(name: str, path: str) -> str:
    """A volume's name for a folder of a workload."""
    return slug(f"{slug(name)[:24]}-{path}")
