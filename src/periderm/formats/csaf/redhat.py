"""Red Hat's CSAF VEX documents: what each CVE means for the rpms of each release. Images and layered products are left
out; of parallel support streams (EUS, AUS, …) each keeps a name of its own.

Source: redhatproductsecurity.github.io/security-data-guidelines/csaf-vex. A platform's CPE names the release
('cpe:/a:redhat:enterprise_linux:9::appstream'), a component's package URL the build; identity comes from these alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.formats.csaf import document
from periderm.formats.csaf.document import Parsed, Vulnerability
from periderm.formats.csaf.rpms import Compare, Rpm, Said, rpm_of
from periderm.model.advisory import Advisory, Verdict
from periderm.model.advisory_build import Refused
from periderm.model.ecosystems import normalise
from periderm.model.severity import Severity

_CPES = ("cpe:/o:redhat:", "cpe:/a:redhat:")
_STREAMS = ("enterprise_linux:", "rhel_eus:", "rhel_aus:", "rhel_e4s:", "rhel_tus:", "rhel_els:")
_REMEDIES = {
    "will not fix": Verdict.WILL_NOT_FIX,
    "out of support scope": Verdict.END_OF_LIFE,
    "fix deferred": Verdict.FIX_DEFERRED,
    "affected": Verdict.AFFECTED,
}


def parse(data: bytes, compare: Compare, *, where: str = "") -> Iterator[Advisory | Refused]:
    """One advisory for each CVE ('REDHAT-CVE-2024-1234'). Raises FormatError."""
    parsed = document.read(data, where=where)
    if not parsed.vulnerabilities:
        yield Refused(where, "it speaks of no vulnerability")
    for vulnerability in parsed.vulnerabilities:
        yield _advisory(vulnerability, parsed, compare, where)


def _advisory(vulnerability: Vulnerability, parsed: Parsed, compare: Compare, where: str) -> Advisory | Refused:
    said = _said(vulnerability, parsed, compare)
    affected = tuple(said.affected())
    if not vulnerability.cve or not affected:
        return Refused(f"{where} ({vulnerability.cve})", "it speaks of no rpm of a Red Hat Enterprise Linux release")
    errata = [r.url for r in vulnerability.remediations or () if r.category == "vendor_fix" and r.url]
    return Advisory(
        id=f"REDHAT-{vulnerability.cve}",
        source="redhat",
        upstream=(vulnerability.cve,),
        summary=document.summary(vulnerability, parsed),
        details=document.description(vulnerability, parsed),
        severity=max(document.impacts(vulnerability).values(), default=Severity.UNKNOWN),
        scores=document.scores(vulnerability, "redhat"),
        cwes=(vulnerability.cwe.id,) if vulnerability.cwe and vulnerability.cwe.id else (),
        references=tuple(dict.fromkeys([*parsed.references[:20], *errata]))[:100],
        published=parsed.published,
        modified=parsed.modified,
        affected=affected,
    )


def _said(vulnerability: Vulnerability, parsed: Parsed, compare: Compare) -> Said:
    said = Said(compare)
    impacts, remedies = document.impacts(vulnerability), document.remedies(vulnerability)
    status = vulnerability.product_status or {}
    for product_id in status.get("fixed", ()):
        release, rpm = _place(product_id, parsed)
        if rpm is not None and rpm.version:
            package = normalise(f"Red Hat:{release}", rpm.name)
            said.fixed(package, rpm.module, rpm.version, impacts.get(product_id, Severity.UNKNOWN))
    for word in ("known_affected", "under_investigation", "known_not_affected"):
        for product_id in status.get(word, ()):
            release, rpm = _place(product_id, parsed)
            if rpm is None or rpm.version:
                continue  # of a single build: its package is told of by itself
            package = normalise(f"Red Hat:{release}", rpm.name)
            verdict, note = _verdict(word, *remedies.get(product_id, ("", "")))
            said.unfixed(package, rpm.module, verdict, note, impacts.get(product_id, Severity.UNKNOWN))
    return said


def _verdict(word: str, category: str, details: str) -> tuple[Verdict, str]:
    if word == "known_not_affected":
        return Verdict.NOT_AFFECTED, ""
    if word == "under_investigation":
        return Verdict.UNDER_INVESTIGATION, ""
    fallback = Verdict.WILL_NOT_FIX if category == "no_fix_planned" else Verdict.AFFECTED
    return _REMEDIES.get(details.lower().rstrip("."), fallback), details[:200]


def _place(product_id: str, parsed: Parsed) -> tuple[str, Rpm | None]:
    """(release as a CPE's tail, rpm); None if the platform is no Red Hat Enterprise Linux or the component no rpm."""
    product = parsed.products.get(product_id)
    if product is None or not product.parent:
        return "", None
    platform, component = parsed.products.get(product.parent), parsed.products.get(product.component)
    if platform is None or component is None:
        return "", None
    release = next((platform.cpe.removeprefix(p) for p in _CPES if platform.cpe.startswith(p)), "")
    if not release.startswith(_STREAMS):
        return "", None
    rpm = rpm_of(component.purl)
    if rpm is not None and not rpm.module and "::" in product_id:
        rpm = Rpm(rpm.name, rpm.version, product_id.partition("::")[2], rpm.source)
    return release, rpm
