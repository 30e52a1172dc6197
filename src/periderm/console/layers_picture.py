"""Lays out the picture of an image's layers: three bars, by size, packages and findings, with each layer's part of one
joined to its part of the next, so that it is seen which layer brings what. Numbers only: the template draws, and the
table below the picture says the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.app.layers import LayerStory
from periderm.model.severity import Severity

MOST = 40  # parts of a bar; more layers are shown together with their neighbours
WHOLE = 100.0  # widths are percent of the picture
LEAST = 0.6  # of a part that is not nothing
GRADES = ("critical", "high", "medium", "low", "informational", "unknown")


class Part(msgspec.Struct, frozen=True):
    """A layer's part of a bar, in percent. `grades` splits it by severity: (severity, x, width)."""

    x: float
    width: float
    value: int
    grades: tuple[tuple[Severity, float, float], ...] = ()


class Group(msgspec.Struct, frozen=True):
    """Neighbouring layers that are drawn as one (mostly a single one), `first` to `last`, with the sums of what they hold."""

    first: int
    last: int
    base: bool
    size: int
    packages: int
    findings: dict[str, int]

    @property
    def total(self) -> int:
        """All findings."""
        return sum(self.findings.values())


class Bar(msgspec.Struct, frozen=True):
    """One bar: what it measures ('size', 'packages', 'findings'), the sum, and a part for each group."""

    what: str
    total: int
    parts: tuple[Part, ...]


class LayersPicture(msgspec.Struct, frozen=True):
    """The bars from top to bottom, and the groups that they share."""

    groups: tuple[Group, ...]
    bars: tuple[Bar, ...]


def layers_picture(layers: Sequence[LayerStory]) -> LayersPicture:
    """The layout; without the bar of sizes where these are not known."""
    groups = _grouped([_single(layer) for layer in layers])
    bars = []
    if layers and all(layer.size >= 0 for layer in layers):
        bars.append(_bar("size", groups, [g.size for g in groups]))
    bars.append(_bar("packages", groups, [g.packages for g in groups]))
    bars.append(_bar("findings", groups, [g.total for g in groups]))
    return LayersPicture(tuple(groups), tuple(bar for bar in bars if bar.total))


def _single(layer: LayerStory) -> Group:
    return Group(layer.number, layer.number, bool(layer.base), max(0, layer.size), layer.packages, layer.findings)


def _grouped(groups: list[Group]) -> list[Group]:
    """At most so many: again and again the two neighbours that hold least together become one."""
    size = max(1, sum(g.size for g in groups))
    packages = max(1, sum(g.packages for g in groups))
    findings = max(1, sum(g.total for g in groups))

    def weight(group: Group) -> float:
        return group.size / size + group.packages / packages + group.total / findings

    while len(groups) > MOST:
        weights = [weight(g) for g in groups]
        at = min(range(len(groups) - 1), key=lambda i: (groups[i].base != groups[i + 1].base, weights[i] + weights[i + 1]))
        groups[at : at + 2] = [_together(groups[at], groups[at + 1])]
    return groups


def _together(one: Group, other: Group) -> Group:
    findings = dict(one.findings)
    for grade, count in other.findings.items():
        findings[grade] = findings.get(grade, 0) + count
    return Group(one.first, other.last, one.base and other.base, one.size + other.size, one.packages + other.packages, findings)


def _bar(what: str, groups: Sequence[Group], values: Sequence[int]) -> Bar:
    total = sum(values)
    there = sum(1 for v in values if v)
    free = WHOLE - LEAST * there
    parts, x = [], 0.0
    for group, value in zip(groups, values, strict=True):
        width = LEAST + free * value / total if value else 0.0
        parts.append(Part(round(x, 3), round(width, 3), value, _grades(group, x, width) if what == "findings" else ()))
        x += width
    return Bar(what, total, tuple(parts))


def _grades(group: Group, x: float, width: float) -> tuple[tuple[Severity, float, float], ...]:
    out = []
    for grade in GRADES:
        count = group.findings.get(grade, 0)
        if count:
            own = width * count / group.total
            out.append((Severity[grade.upper()], round(x, 3), round(own, 3)))
            x += own
    return tuple(out)
