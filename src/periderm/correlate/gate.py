"""A finding as rules and gates see it: the typed names of `--fail-on` and of policies. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from periderm.engines.vulnerability.needs import ecosystem_of
from periderm.engines.vulnerability.system import System, os_of, system_of
from periderm.model.finding import Finding
from periderm.model.gate import FindingFacts
from periderm.model.image import ImageInventory, Origin, Package

_DAY = 86_400 * 10**9
_DEVELOPMENT = frozenset({"development", "test"})


def gate_facts(findings: Iterable[Finding], inventory: ImageInventory, now: int) -> Iterator[tuple[Finding, FindingFacts]]:
    """Each finding with its facts. `now` (Unix nanoseconds) is the scan's time, from which days count back."""
    system = system_of(os_of(inventory))
    packages: dict[tuple[str, str], Package] = {}
    for package in inventory.packages:
        packages.setdefault((package.purl, package.path), package)
        packages.setdefault((package.purl, ""), package)
    for finding in findings:
        path = finding.vulnerability.path if finding.vulnerability is not None else finding.location
        named = packages.get((finding.purl, path)) or packages.get((finding.purl, "")) if finding.purl else None
        yield finding, _facts(finding, named, system, inventory=inventory, now=now)


def _days(then: int, now: int) -> float:
    return max(0.0, (now - then) / _DAY) if then else -1.0


def _facts(finding: Finding, package: Package | None, system: System, *, inventory: ImageInventory, now: int) -> FindingFacts:
    found = finding.vulnerability
    return FindingFacts(
        id=finding.id,
        detector=finding.detector,
        kind=finding.kind.value,
        severity=int(finding.severity),
        location=finding.location,
        layer=finding.layer,
        package=finding.package,
        version=package.version if package is not None else "",
        ecosystem=ecosystem_of(package, system) if package is not None else "",
        purl=finding.purl,
        licence=package.licence if package is not None else "",
        vulnerability=found.id if found is not None else "",
        aliases=found.aliases if found is not None else (),
        fixed=bool(found is not None and found.fixed_in),
        fixed_in=found.fixed_in if found is not None else "",
        fixed_days=_days(found.fixed_since, now) if found is not None else -1.0,
        published_days=_days(found.published, now) if found is not None else -1.0,
        cvss=found.score if found is not None else -1.0,
        epss=found.probability if found is not None else -1.0,
        exploited=bool(found is not None and found.exploited),
        priority=found.priority if found is not None else 0.0,
        verdict=found.verdict.value if found is not None else "",
        from_base=bool(found is not None and found.from_base),
        loaded=bool(found is not None and found.loaded),
        declared=package is not None and package.origin is Origin.DECLARED,
        development=package is not None and package.scope in _DEVELOPMENT,
        image=inventory.reference,
        tags=(),
    )
