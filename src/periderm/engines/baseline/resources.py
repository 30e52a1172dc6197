"""What the programs of one workload use, by part of the day, and when one uses far more than ever. Reads no figure itself.

One figure is no news: only what lasts is told, and only in factors that no rhythm explains. Figures that are above normal are
not learned, so that who mines slowly does not become normal; a person may accept them (`allowed`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import msgspec

from periderm.algorithms import quantiles
from periderm.model.baseline import ResourceUse
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.resource_sample import ResourceSample
from periderm.model.text import Text

PARTS = 6  # of a day, four hours each
MOST_PROGRAMS = 256  # of one workload; those that come after are not watched
_PART_NS = 4 * 3600 * 10**9
_ENOUGH = 720  # figures (two hours) from which on a part of the day stands for itself
_BASE, _SCALE = 30, 20  # points: 50 where it is as far above the most as that is above the median
EVENT_TYPES = {Aspect.CPU: "01-01", Aspect.MEMORY: "01-06", Aspect.FILES: "01-06", Aspect.CHILDREN: "01-06"}


class Measure(NamedTuple):
    """Never told below `least`, and only after `lasting` figures in a row."""

    least: float
    lasting: int
    name: Text
    unit: str


MEASURES: dict[Aspect, Measure] = {
    Aspect.CPU: Measure(60.0, 6, Text("processor time", "处理器时间"), "%"),
    Aspect.MEMORY: Measure(128 * 2**20, 6, Text("memory", "内存"), "B"),
    Aspect.FILES: Measure(512, 3, Text("open files", "打开的文件"), ""),
    Aspect.CHILDREN: Measure(90, 2, Text("started processes in a minute", "每分钟启动的进程"), ""),
}


class Excess(NamedTuple):
    """A figure above normal that lasted. `behaviour` is what a person may accept: that program, up to that figure."""

    event_type: str
    behaviour: Behaviour
    score: int
    figure: float
    normal: quantiles.Spread
    why: Text


class _Use(msgspec.Struct, array_like=True):
    """Of one program, aspect and part of the day: this node's histogram, and what other nodes sent."""

    own: dict[int, int] = msgspec.field(default_factory=dict)
    others: dict[str, tuple[tuple[int, int], ...]] = msgspec.field(default_factory=dict)


def part_of(time: int) -> int:
    """The part of the day (UTC) of a time in Unix nanoseconds."""
    return time // _PART_NS % PARTS


def figures(sample: ResourceSample) -> tuple[tuple[Aspect, float], ...]:
    """Those that could be read."""
    several = (
        (Aspect.CPU, sample.cpu),
        (Aspect.MEMORY, sample.memory),
        (Aspect.FILES, sample.files),
        (Aspect.CHILDREN, sample.children),
    )
    return tuple((aspect, float(value)) for aspect, value in several if value >= 0)


class Resources:
    """Of one workload on one node. `uses` and `load` are its way into and out of a Baseline."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._uses: dict[tuple[str, Aspect, int], _Use] = {}
        self._programs: set[str] = set()
        self._lasting: dict[tuple[str, Aspect], int] = {}
        self._changed: set[tuple[str, Aspect, int]] = set()

    def feed(
        self,
        sample: ResourceSample,
        *,
        allowed: Collection[tuple[Aspect, str]] = (),
        learn: bool = True,
        settled: bool = True,
    ) -> list[Excess]:
        """What of the sample is above normal for long enough; what is not above is learned if `learn` says so. `allowed` are
        (aspect, value) that were accepted for the program: a number is a bound, '*' allows all. Before a workload is `settled`
        everything is learned and nothing told."""
        if sample.program not in self._programs and len(self._programs) >= MOST_PROGRAMS:
            return []
        found: list[Excess] = []
        part = part_of(sample.time)
        for aspect, seen in figures(sample):
            excess = self._judge(sample.program, aspect, part, seen, allowed) if settled else None
            key = (sample.program, aspect)
            if excess is None:
                self._lasting.pop(key, None)
                if learn:
                    self._learn(sample.program, aspect, part, seen)
                continue
            self._lasting[key] = self._lasting.get(key, 0) + 1
            if self._lasting[key] >= MEASURES[aspect].lasting:
                found.append(excess)
        return found

    def uses(self, *, changed: bool = False) -> tuple[ResourceUse, ...]:
        """All that was learned, or what was since the last call with `changed`; for a Baseline."""
        keys = sorted(self._changed if changed else self._uses)
        if changed:
            self._changed.clear()
        return tuple(self._use(key) for key in keys)

    @property
    def changed(self) -> bool:
        """Whether anything was learned since it was last asked for."""
        return bool(self._changed)

    def load(self, uses: Iterable[ResourceUse]) -> None:
        """Joins what is known from elsewhere, or what this node itself knew before."""
        for use in uses:
            mine = self._entry(use.program, use.aspect, use.part)
            for node, pairs in use.buckets.items():
                if node == self._node:
                    for number, often in pairs:
                        mine.own[number] = max(often, mine.own.get(number, 0))
                else:
                    there = dict(mine.others.get(node, ()))
                    for number, often in pairs:
                        there[number] = max(often, there.get(number, 0))
                    mine.others[node] = tuple(sorted(there.items()))

    def _entry(self, program: str, aspect: Aspect, part: int) -> _Use:
        self._programs.add(program)
        return self._uses.setdefault((program, aspect, part), _Use())

    def _use(self, key: tuple[str, Aspect, int]) -> ResourceUse:
        program, aspect, part = key
        use = self._uses[key]
        own = {self._node: tuple(sorted(use.own.items()))} if use.own else {}
        return ResourceUse(aspect=aspect, program=program, part=part, buckets={**use.others, **own})

    def _learn(self, program: str, aspect: Aspect, part: int, seen: float) -> None:
        own = self._entry(program, aspect, part).own
        number = quantiles.bucket(seen)
        own[number] = own.get(number, 0) + 1
        self._changed.add((program, aspect, part))

    def _judge(
        self, program: str, aspect: Aspect, part: int, seen: float, allowed: Collection[tuple[Aspect, str]]
    ) -> Excess | None:
        measure = MEASURES[aspect]
        if seen <= measure.least or any(_allows(value, seen) for kind, value in allowed if kind is aspect):
            return None
        counts = self._normal(program, aspect, part)
        beyond = quantiles.above(counts, seen, measure.least / 2)
        score = min(95, round(_BASE + _SCALE * beyond))
        if beyond < 1:
            return None
        normal = quantiles.spread(counts)
        value = f"{quantiles.figure(quantiles.bucket(seen) + 1):.0f}"
        return Excess(
            EVENT_TYPES[aspect], Behaviour(aspect, program, value), score, seen, normal, _words(measure, seen, normal)
        )

    def _normal(self, program: str, aspect: Aspect, part: int) -> dict[int, int]:
        """The part of the day by itself where enough is known of it, else the whole day."""
        here = self._histogram(program, aspect, part)
        if sum(here.values()) >= _ENOUGH:
            return here
        return quantiles.total(self._histogram(program, aspect, each).items() for each in range(PARTS))

    def _histogram(self, program: str, aspect: Aspect, part: int) -> dict[int, int]:
        use = self._uses.get((program, aspect, part))
        return {} if use is None else quantiles.total([use.own.items(), *use.others.values()])


def _allows(value: str, seen: float) -> bool:
    return value == "*" or (value.isdigit() and seen <= int(value))


def _words(measure: Measure, seen: float, normal: quantiles.Spread) -> Text:
    text = Text(
        "its {name} is {seen}, where the median is {median} and the most ever {most}",
        "其{name}为 {seen}，而中位数为 {median}，历史最高为 {most}",
    )
    shown = {"seen": seen, "median": normal.median, "most": normal.most}
    return text.fill(name=measure.name, **{name: _figure(value, measure.unit) for name, value in shown.items()})


def _figure(value: float, unit: str) -> str:
    if unit != "B":
        return f"{value:.0f}{' %' if unit else ''}"
    return f"{value / 2**20:.0f} MiB"
