"""How alike two incidents are, and in what. Compares nothing."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.incident import Incident


class TraitKind(enum.StrEnum):
    """What incidents are compared by."""

    DETECTOR = "detector"
    TECHNIQUE = "technique"
    PROGRAM = "program"  # base name of what acted
    OBJECT = "object"  # a file, an address
    IMAGE = "image"
    WORKLOAD = "workload"


class Trait(msgspec.Struct, frozen=True, order=True):
    """One thing that an incident has, and another may have too."""

    kind: TraitKind
    value: str


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """Another incident, how like it is (0 to 100), and what is shared, what says most first."""

    incident: Incident
    score: int
    shared: tuple[Trait, ...]
