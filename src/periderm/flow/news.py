"""What reaches the thread that reads events from others, as values: found by the control thread, or told by the server."""

from __future__ import annotations

import dataclasses

from periderm.engines.runtime.judging import Detector
from periderm.engines.runtime.prefilter import Prefilter
from periderm.flow.observed import Observed
from periderm.model.asset import Container
from periderm.model.baseline import Baseline
from periderm.model.effect import Effect
from periderm.model.image import ImageInventory
from periderm.model.policy import Policy
from periderm.model.resource_sample import ResourceSample
from periderm.model.session import AnnouncedSession


@dataclasses.dataclass(frozen=True, slots=True)
class Containers:
    """All running containers, as the control thread found them."""

    running: tuple[Container, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Policies:
    """All policies in force."""

    policies: tuple[Policy, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Sessions:
    """All announced sessions that are not over."""

    sessions: tuple[AnnouncedSession, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """Detectors out of the rule packs that are in force, in place of those before."""

    detectors: tuple[Detector, ...]
    prepared: Prefilter | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """A person decided an effect for this node."""

    effect: Effect


@dataclasses.dataclass(frozen=True, slots=True)
class Exempt:
    """Globs of names that nothing is done to from now on, in place of those before."""

    names: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Samples:
    """What programs use, as the control thread measured it."""

    samples: tuple[ResourceSample, ...]


News = Samples | Exempt | Containers | Policies | Sessions | Order | Rules | ImageInventory | Observed | Baseline
