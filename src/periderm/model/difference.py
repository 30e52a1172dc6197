"""What differs between two images (or two scans of one): packages, findings, and changes that matter to behaviour.

Values only; comparing is `correlate.difference`'s.
"""

from __future__ import annotations

import enum

import msgspec

from periderm.model.finding import Finding
from periderm.model.image import Package
from periderm.model.severity import Severity
from periderm.model.text import Text


class PackageChange(msgspec.Struct, frozen=True, kw_only=True):
    """A package that is there before and after, in other versions; several of one name are told together. `downgrade` is
    true where every version after is lower than every one before."""

    name: str
    type: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    downgrade: bool = False


class BehaviourKind(enum.StrEnum):
    """What kind of thing about how it runs changed."""

    USER = "user"
    ENTRYPOINT = "entrypoint"
    COMMAND = "command"
    WORKING_DIRECTORY = "working-directory"
    PORTS = "ports"
    VOLUMES = "volumes"
    ENVIRONMENT = "environment"
    HEALTHCHECK = "healthcheck"
    SYSTEM = "system"
    ARCHITECTURE = "architecture"
    SET_UID = "set-uid"
    EXECUTABLE = "executable"
    SHELL = "shell"
    SERVER = "server"
    DOWNLOADER = "downloader"


class BehaviourChange(msgspec.Struct, frozen=True, kw_only=True):
    """One such change. `before` and `after` are what is there ('' for nothing); of environment variables only names, as
    values may be secret. `severity` says how much it widens what an attacker can do (informational: it does not)."""

    kind: BehaviourKind
    what: Text
    before: str = ""
    after: str = ""
    severity: Severity = Severity.INFORMATIONAL


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """From one report to another. Findings are paired by what they are about, not by ids, as those name the image.
    `kept` are the later image's findings that the earlier one has too."""

    before: str
    after: str
    added: tuple[Package, ...] = ()
    removed: tuple[Package, ...] = ()
    changed: tuple[PackageChange, ...] = ()
    new: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
    kept: tuple[Finding, ...] = ()
    behaviour: tuple[BehaviourChange, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.removed or self.changed or self.new or self.gone or self.behaviour)


class Rematch(msgspec.Struct, frozen=True, kw_only=True):
    """What newer advisories change for an image that was not read again: `new` findings, each with the time at which its
    advisory was published (Unix nanoseconds, 0 unknown; the same order), and those that are `gone`."""

    image_digest: str
    reference: str = ""
    advisories: str
    time: int
    new: tuple[Finding, ...] = ()
    since: tuple[int, ...] = ()
    gone: tuple[Finding, ...] = ()
