"""Compares two images (or folders, bills of materials, …): scans both, and tells what differs."""

from __future__ import annotations

from periderm.app.report import Order, ReportParts, scan_target
from periderm.flow.progress import Progress, quiet
from periderm.model.difference import Difference
from periderm.model.principal import LOCAL_ADMIN, Principal


def diff_targets(
    parts: ReportParts, before: Order, after: Order, *, progress: Progress = quiet, who: Principal = LOCAL_ADMIN
) -> Difference:
    """From the first to the second. Both are judged with the same advisories. Raises PeridermError."""
    from periderm.correlate.difference import compare

    first = scan_target(parts, before, progress=progress, who=who)
    return compare(first, scan_target(parts, after, progress=progress, who=who))
