"""Scans what waits in the queue and judges its packages at once, so that nobody waits for the server's next look.

Where the advisories cannot be read the result goes on as it is: the server judges it when they can.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec

from periderm.app.scan_image import ImageScanner, scan_request
from periderm.flow.progress import Progress, quiet
from periderm.flow.vulnerabilities import judge_inventory
from periderm.model.envelope import ScanRequest, ScanResult
from periderm.model.errors import AdvisoryError
from periderm.model.finding import Finding
from periderm.model.image import ImageInventory
from periderm.ports.advisories import AdvisorySource
from periderm.ports.known_images import KnownImages

log = logging.getLogger(__name__)


def scan_and_judge(
    scanner: ImageScanner,
    request: ScanRequest,
    open_source: Callable[[], AdvisorySource],
    known: KnownImages | None = None,
    *,
    progress: Progress = quiet,
    trust: Callable[[ImageInventory, int], tuple[Finding, ...]] | None = None,
) -> ScanResult:
    """The result with its vulnerabilities, what to change, and which advisories they are by. By `known` images the base
    image is recognised; `trust` tells what a trust policy does not allow of an image, at a time. Raises PeridermError as
    `scan_request` does."""
    result = scan_request(scanner, request, progress)
    inventory = result.inventory
    if inventory is None:
        return result
    if trust is not None:
        result = msgspec.structs.replace(result, findings=(*result.findings, *trust(inventory, result.time)))
    try:
        source = open_source()
        try:
            judged = judge_inventory(inventory, source, now=result.time, others=result.findings, known=known)
        finally:
            source.close()
    except AdvisoryError as error:
        log.error("%s is not judged by its packages yet: %s", request.reference, error)
        return result
    made = {finding.id for finding in result.findings}
    new = tuple(finding for finding in judged.findings if finding.id not in made)
    return msgspec.structs.replace(
        result, findings=(*result.findings, *new), plan=judged.plan, advisories=judged.advisories.digest
    )
