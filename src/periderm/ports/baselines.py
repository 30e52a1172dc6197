"""Where baselines of workloads are kept. Idempotent like all of the store: a put merges. Raises StoreError."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from periderm.model.baseline import Baseline
from periderm.model.baseline_news import BaselineNews
from periderm.model.baseline_summary import BaselineSummary
from periderm.model.query import Page, Query

MOST_ENTRIES = 20_000  # of one workload; real ones have a few thousand


class BaselineStore(Protocol):
    """Baselines by workload id. Large: kept compressed, read one at a time."""

    def put_baselines(self, baselines: Iterable[Baseline]) -> Sequence[str]:
        """Each is merged (`model.baseline.merge`) with what is there. A baseline has at most MOST_ENTRIES entries: those that
        are new beyond that are left out, and the ids of their workloads are given back."""
        ...

    def replace_baseline(self, baseline: Baseline) -> None:
        """In place of what is there, for imports and compaction only."""
        ...

    def remove_baseline(self, workload_id: str) -> bool:
        """False if there was none."""
        ...

    def baseline(self, workload_id: str) -> Baseline | None: ...
    def baselines(self, query: Query) -> Page[BaselineSummary]:
        """The latest changed first. `query.text` is a part of the name, `query.state` a Phase."""
        ...

    def baseline_digests(self, workload_ids: Sequence[str]) -> Mapping[str, str]:
        """`model.baseline.digest` of those that are there, without reading their entries."""
        ...

    def baseline_news(self, known: Mapping[str, str]) -> Sequence[BaselineNews]:
        """What is new of these workloads since the versions that are `known` ('' for none); nothing for those where nothing
        is. A version that is not known any more gives the whole baseline."""
        ...
