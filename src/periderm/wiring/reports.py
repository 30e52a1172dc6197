"""What makes a report: the image scanner, the files that a person names, the advisories at hand.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from periderm.model.settings import Settings
from periderm.wiring.advising import advisory_source
from periderm.wiring.scanning import Walls, image_scanner

if TYPE_CHECKING:
    from periderm.app.report import ReportParts


def report_parts(settings: Settings, *, cached: bool = True, required: bool = False) -> ReportParts:
    """What `scan_target` works with. Without `cached` nothing that was kept is used, and nothing is kept. `required`: no
    scan without a whole sandbox."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.documents_local import LocalDocuments
    from periderm.app.report import ReportParts

    scanner = image_scanner(settings, cached=cached, required=required)
    walls = scanner.sandbox
    return ReportParts(
        scanner=scanner,
        documents=LocalDocuments(),
        clock=SystemClock(),
        advisories=lambda: advisory_source(settings),
        gaps=lambda: walls.gaps() if isinstance(walls, Walls) else (),
    )
