"""Go's order of versions: modules and the toolchain. Resolves nothing.

Source: golang.org/x/mod/semver, go.dev/ref/mod (pseudo-versions are pre-releases, '+incompatible' is build metadata), and
for toolchains the way in which the Go vulnerability database writes them ('go1.21rc2' is 1.21.0-rc.2).
"""

from __future__ import annotations

import re

from periderm.algorithms.versions import semver

_TOOLCHAIN = re.compile(r"go([0-9]+(?:\.[0-9]+){0,2})(?:(alpha|beta|rc)([0-9]+))?(?:[-+ ].*)?", re.DOTALL)
_SHORT = re.compile(r"v(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))?")


def key(text: str) -> str | None:
    """The key, None for '(devel)', a bare commit and the like: what was built from a working copy has no version."""
    text = text.strip()
    match = _TOOLCHAIN.fullmatch(text)
    if match:
        return semver.key_of(match.group(1).split("."), f"{match.group(2)}.{match.group(3)}" if match.group(2) else "")
    if not text.startswith("v") and semver.STRICT.fullmatch(text) is None and "." not in text and not text.isdigit():
        return None
    return semver.key(text)


def valid(text: str) -> bool:
    """Whether a module or a toolchain can have it; advisories write module versions without the 'v'."""
    if _TOOLCHAIN.fullmatch(text) or _SHORT.fullmatch(text):
        return True
    return semver.valid(text.removeprefix("v"))
