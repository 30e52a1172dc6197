"""What each layer of an image brought: its size, its packages, its findings, and the build step that made it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from periderm.engines.vulnerability.base import recognise
from periderm.model.finding import Finding
from periderm.model.image import ImageInventory, Package


class LayerStory(msgspec.Struct, frozen=True, kw_only=True):
    """One layer. `number` counts from 1, the lowest first; `size` is its inflated bytes, -1 if not known; `created_by` the
    build step as the image tells it; `base` whether it came with the base image (None: not known). `findings` counts by
    severity."""

    number: int
    digest: str
    size: int = -1
    created_by: str = ""
    base: bool | None = None
    packages: int = 0
    names: tuple[str, ...] = ()
    findings: dict[str, int] = {}


NAMES_SHOWN = 12


def layers_of(inventory: ImageInventory, findings: Iterable[Finding]) -> tuple[LayerStory, ...]:
    """All layers in their order. Findings of a package count for the layer that brought the package."""
    packages: dict[str, list[Package]] = {}
    for package in inventory.packages:
        packages.setdefault(package.layer, []).append(package)
    counts = _counts(inventory, findings)
    steps = _steps(inventory)
    base = frozenset(recognise(inventory, ()).layers) or None
    sizes = inventory.layer_sizes if len(inventory.layer_sizes) == len(inventory.layers) else ()
    return tuple(
        LayerStory(
            number=n + 1,
            digest=digest,
            size=sizes[n] if sizes else -1,
            created_by=steps[n] if n < len(steps) else "",
            base=digest in base if base is not None else None,
            packages=len(packages.get(digest, ())),
            names=tuple(p.name for p in packages.get(digest, ())[:NAMES_SHOWN]),
            findings=counts.get(digest, {}),
        )
        for n, digest in enumerate(inventory.layers)
    )


def _steps(inventory: ImageInventory) -> Sequence[str]:
    """The build steps that made layers, if the image tells of as many as it has (image-spec v1.1, config.md: history)."""
    steps = [step.created_by for step in inventory.config.history if not step.empty_layer]
    return steps if len(steps) == len(inventory.layers) else ()


def _counts(inventory: ImageInventory, findings: Iterable[Finding]) -> Mapping[str, dict[str, int]]:
    of_package = {p.purl: p.layer for p in inventory.packages}
    known = set(inventory.layers)
    only = inventory.layers[0] if len(inventory.layers) == 1 else None  # a folder has one, whose digest may be ''
    counts: dict[str, dict[str, int]] = {}
    for finding in findings:
        layer = finding.layer or of_package.get(finding.purl, "")
        place = layer if layer in known else only
        if place is not None:
            grade = finding.severity.name.lower()
            here = counts.setdefault(place, {})
            here[grade] = here.get(grade, 0) + 1
    return counts
