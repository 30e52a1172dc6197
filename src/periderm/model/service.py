"""A network service that is worth telling of: by what it is known, and which of its settings let everyone in."""

from __future__ import annotations

import msgspec

from periderm.model.severity import Severity
from periderm.model.text import Text


class RiskyService(msgspec.Struct, frozen=True, kw_only=True):
    """`programs` are base names of its executables, `packages` names of packages that bring it. `why` says what is risky,
    `instead` what to do. `exposed` is about the service's mere presence."""

    name: str
    programs: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    why: Text
    instead: Text
    severity: Severity = Severity.LOW
