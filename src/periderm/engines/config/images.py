"""Image references as build files write them: name, tag, digest, and what of them can move. Asks no registry."""

from __future__ import annotations

import re

import msgspec

_OPEN = re.compile(r"[$]|\{\{|\$\[\[")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# Tags that are moved to each new release.
_MOVING = frozenset(
    {"latest", "stable", "edge", "nightly", "main", "master", "dev", "devel", "develop", "head", "canary", "next", "rolling"}
)


class Reference(msgspec.Struct, frozen=True):
    """A reference cut up; '' for what is not there. `open` tells that a variable in it is not known."""

    name: str
    tag: str = ""
    digest: str = ""
    open: bool = False

    @property
    def moves(self) -> bool:
        """Whether the image is another one after each release: no tag, or one that follows."""
        return not self.open and not self.digest and (not self.tag or self.tag.lower() in _MOVING)


def reference(text: str) -> Reference:
    """Cuts a reference up, after the grammar of the distribution specification."""
    text = text.removeprefix("docker://").removeprefix("docker-image://").strip()
    rest, _, digest = text.partition("@")
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag or "}" in tag:
        name, tag = rest, ""
    return Reference(name, tag, digest, bool(_OPEN.search(text)))


def is_commit(text: str) -> bool:
    """Whether a git reference names one commit for ever."""
    return bool(_COMMIT.fullmatch(text))
