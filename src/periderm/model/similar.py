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


class StepOutline(msgspec.Struct, frozen=True, kw_only=True):
    """What a step of a chain is compared by."""

    detector: str
    technique: str
    process_key: int
    object: str = ""


class ProcessOutline(msgspec.Struct, frozen=True, kw_only=True):
    """Which program a process was."""

    key: int
    exe: str = ""


class IncidentOutline(msgspec.Struct, frozen=True, kw_only=True, tag="incident"):
    """What an incident is compared by, and no more: of the fields of `Incident`, under the same names."""

    id: str
    last_time: int
    chain: tuple[StepOutline, ...]
    processes: tuple[ProcessOutline, ...]
    workload_id: str = ""
    image_digest: str = ""


class Resemblance(msgspec.Struct, frozen=True, kw_only=True):
    """How like an incident of this id is (0 to 100), and what is shared, what says most first."""

    id: str
    score: int
    shared: tuple[Trait, ...]


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """Another incident, how like it is (0 to 100), and what is shared, what says most first."""

    incident: Incident
    score: int
    shared: tuple[Trait, ...]
