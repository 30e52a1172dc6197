"""What a workload's programs use, by part of the day: medians, high quantiles and the most that was seen. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from periderm.algorithms import quantiles
from periderm.app.application import Application
from periderm.app.baselines import show_baseline
from periderm.engines.baseline.resources import MEASURES, PARTS
from periderm.model.baseline import Baseline, ResourceUse
from periderm.model.behaviour import Aspect
from periderm.model.principal import Principal
from periderm.model.text import Text

PART_HOURS = 24 // PARTS


class PartUse(msgspec.Struct, frozen=True, kw_only=True):
    """Of one part of the day, from hour `begins` on (UTC): of `figures` figures half were at most `median`, 99 of 100 at most
    `high`, all at most `most` (each up to 5 % off, see algorithms.quantiles). All 0 if nothing was measured then."""

    begins: int
    figures: int = 0
    median: float = 0.0
    high: float = 0.0
    most: float = 0.0


class ProgramUse(msgspec.Struct, frozen=True, kw_only=True):
    """One measure of one program over the day; `parts` are all of them in order. `unit` is 'B' for bytes, '%' of one core,
    or '' for a number."""

    program: str
    aspect: Aspect
    name: Text
    unit: str
    parts: tuple[PartUse, ...]

    @property
    def most(self) -> float:
        """The most that was ever seen."""
        return max(part.most for part in self.parts)


def resource_uses(app: Application, who: Principal, reference: str) -> tuple[Baseline, tuple[ProgramUse, ...]]:
    """Of one workload, by program and then in the order of `MEASURES`. Raises NotFoundError, UsageError."""
    baseline = show_baseline(app, who, reference)
    found: dict[tuple[str, Aspect], list[ResourceUse]] = {}
    for use in baseline.resources:
        if use.aspect in MEASURES and 0 <= use.part < PARTS:
            found.setdefault((use.program, use.aspect), []).append(use)
    order = list(MEASURES)
    keys = sorted(found, key=lambda key: (key[0], order.index(key[1])))
    return baseline, tuple(_program_use(program, aspect, found[program, aspect]) for program, aspect in keys)


def _program_use(program: str, aspect: Aspect, uses: Iterable[ResourceUse]) -> ProgramUse:
    spreads = {use.part: quantiles.spread(quantiles.total(use.buckets.values())) for use in uses}
    parts = []
    for number in range(PARTS):
        spread = spreads.get(number, quantiles.Spread(0, 0.0, 0.0, 0.0))
        begins = number * PART_HOURS
        parts.append(PartUse(begins=begins, figures=spread.figures, median=spread.median, high=spread.high, most=spread.most))
    measure = MEASURES[aspect]
    return ProgramUse(program=program, aspect=aspect, name=measure.name, unit=measure.unit, parts=tuple(parts))
