"""Puts the result of a scan that a person ran into the store, so that it is in the lists, searched, and matched again when
advisories change. What exceptions and statements of that scan took away is kept as found: the store has its own."""

from __future__ import annotations

import msgspec

from periderm.algorithms.edits import without_edits
from periderm.app.application import Application, require
from periderm.model.asset import Image
from periderm.model.build import Verdict
from periderm.model.envelope import ScanResult
from periderm.model.errors import UsageError
from periderm.model.identity import image_id
from periderm.model.principal import Permission, Principal
from periderm.model.report import ALL_SCANNERS, Report


def keep_report(app: Application, who: Principal, report: Report, verdict: Verdict | None = None) -> None:
    """Stores inventory, findings, plan, what a gate said of it, and the image itself. Raises UsageError for a scan that left
    things out: it would take away what an earlier one found."""
    require(who, Permission.INGEST)
    inventory = report.inventory
    if frozenset(report.scanners) != ALL_SCANNERS or report.unfixed:
        raise UsageError(
            "Only a scan for everything is stored: another would take away what was found before.",
            "Leave out --scanners and --ignore-unfixed.",
        )
    if not inventory.digest:
        raise UsageError("This has no digest by which it could be stored.", "Scan the image itself, or its archive.")
    findings = (*report.findings, *report.excepted, *report.not_affected)
    names = (inventory.reference,) if inventory.reference else ()
    image = Image(
        id=image_id(inventory.digest),
        name=inventory.reference or report.target,
        digest=inventory.digest,
        references=names,
        size=inventory.size,
        os_name=inventory.os.pretty_name,
        first_seen=report.time,
        last_seen=report.time,
        scanned_at=report.time,
    )
    result = ScanResult(
        image_digest=inventory.digest,
        node_id="",
        time=report.time,
        seconds=report.seconds,
        findings=tuple(msgspec.structs.replace(f, asset_id=image.id) for f in findings),
        inventory=inventory,
        plan=without_edits(report.plan),  # what the store shows of files stands with its findings
        advisories=report.advisories.digest,
    )
    with app.store.transaction():
        app.store.put_assets([image])
        app.store.put_scan_result(result)
        app.store.remove_carried(inventory.digest)  # what came from elsewhere gave way
        if verdict is not None:
            app.store.put_verdict(verdict)
