"""How bad something is, in OCSF's numbers."""

from __future__ import annotations

import enum


class Severity(enum.IntEnum):
    """OCSF `severity_id` (schema.ocsf.io, attribute severity_id). `FATAL` is not used by the product."""

    UNKNOWN = 0
    INFORMATIONAL = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5


class Maturity(enum.StrEnum):
    """How far a detector may be trusted: experimental ones are shown but do not open incidents by themselves."""

    STABLE = "stable"
    INCUBATING = "incubating"
    EXPERIMENTAL = "experimental"
