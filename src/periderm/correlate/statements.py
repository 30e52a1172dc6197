"""What a report says, as VEX statements that others can honour. Invents no reason: without one nothing is 'not affected'."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.model.exception import Exemption
from periderm.model.finding import Finding
from periderm.model.report import Report
from periderm.model.timestamps import rfc3339
from periderm.model.vulnerability import VexStatement, VexStatus


def statements_of(report: Report) -> Iterator[VexStatement]:
    """One statement for each vulnerability finding: those that a statement took away with that statement's reason; those
    under an exception as affected, with its reason as the action (an accepted risk is still one); the others as affected,
    with their remedy."""
    product = _product(report)
    exemptions = {finding_id: e.exemption for e in report.exceptions for finding_id in e.hides}
    for finding in report.not_affected:
        said = finding.vulnerability.vex if finding.vulnerability is not None else None
        if said is not None:
            yield _statement(
                finding,
                product,
                status=said.status,
                justification=said.justification,
                statement=said.statement,
                time=said.time,
            )
    for finding in report.excepted:
        exemption = exemptions.get(finding.id)
        action = _accepted(exemption) if exemption is not None else finding.remediation.en
        if finding.vulnerability is not None:
            yield _statement(finding, product, status=VexStatus.AFFECTED, action=action, time=report.time)
    for finding in report.findings:
        if finding.vulnerability is not None:
            action = finding.remediation.en
            yield _statement(finding, product, status=VexStatus.AFFECTED, action=action, time=report.time)


def _accepted(exemption: Exemption) -> str:
    until = rfc3339(exemption.expires)[:10]
    return f"Accepted by {exemption.owner} until {until}: {exemption.reason}"


def _product(report: Report) -> tuple[str, ...]:
    """The image by its digest and reference."""
    inventory = report.inventory
    names = (inventory.digest, inventory.reference)
    return tuple(dict.fromkeys(n for n in names if n)) or (report.target,)


def _statement(
    finding: Finding,
    product: tuple[str, ...],
    *,
    status: VexStatus,
    time: int,
    justification: str = "",
    statement: str = "",
    action: str = "",
) -> VexStatement:
    found = finding.vulnerability
    assert found is not None  # noqa: S101 -- the caller looked; this tells mypy
    return VexStatement(
        vulnerability=found.id,
        aliases=found.aliases,
        products=product,
        subcomponents=found.packages or (found.purl,),
        status=status,
        justification=justification,
        statement=statement,
        action=action,
        time=time,
    )
