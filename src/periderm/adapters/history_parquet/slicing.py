"""Cuts time into slices that hold about equally many rows, by what the names of partitions say. Opens nothing."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from periderm.adapters.history_parquet.names import Part


def slices(parts: Sequence[Part], since: int, until: int, rows: int) -> list[tuple[int, int]]:
    """[(from, to), …) that follow on each other and cover `since` to `until`, each with about `rows` rows if the rows of a
    partition lie evenly in its time. Slices in which no partition lies are joined with the one before."""
    changes: dict[int, float] = {}
    for part in parts:
        density = part.rows / (part.last - part.first + 1)
        start, end = max(part.first, since), min(part.last + 1, until)
        if start < end:
            changes[start] = changes.get(start, 0.0) + density
            changes[end] = changes.get(end, 0.0) - density
    cuts: list[int] = []
    density = gathered = 0.0
    for here, there in itertools.pairwise(sorted(changes)):
        density += changes[here]
        at = here
        while density > 0 and gathered + density * (there - at) > rows:
            step = max(1, int((rows - gathered) / density))
            if at + step >= there:
                break
            at += step
            cuts.append(at)
            gathered = 0.0
        gathered += density * (there - at)
    edges = [since, *(cut for cut in cuts if since < cut < until), until]
    return list(itertools.pairwise(edges))
